package schema

import (
	"maps"
	"slices"

	"github.com/e1-dms/e1/internal/definition"
)

// Key is a key that a definition may have.
type Key struct {
	Name, About string
	Values      []string // what it may hold, when that is a list
}

// FieldKeys are the keys of a field of a form, sorted, for completion.
func FieldKeys(defs *definition.Set) ([]Key, error) {
	s, err := newSource(defs)
	if err != nil {
		return nil, err
	}
	properties := s.fieldDefinitions()["field"].(object)["properties"].(object)
	var out []Key
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		o, ok := properties[name].(object)
		if !ok {
			continue
		}
		key := Key{Name: name}
		key.About, _ = o["description"].(string)
		key.Values, _ = o["enum"].([]string)
		if o["type"] == "boolean" {
			key.Values = []string{"true", "false"}
		}
		out = append(out, key)
	}
	return out, nil
}
