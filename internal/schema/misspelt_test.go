package schema_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// TestNoMisspeltKeyFits misspells every key of every shipped definition, one at
// a time: an editor marks it, but where the names are people's own.
func TestNoMisspeltKeyFits(t *testing.T) {
	all := shipped(t)
	schemas := compiled(t, all)
	tried, own := 0, 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		kind := kindOf(name)
		if kind == "" || strings.HasPrefix(name, "sample/") {
			continue
		}
		f, problems := yamlsrc.Parse(name, []byte(all[name]))
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		seen := map[string]bool{} // of each kind of place one is enough
		eachKey(f.Root, "", func(n *yamlsrc.Node, i int, at string) {
			if seen[at] {
				return
			}
			seen[at] = true
			tried++
			key := n.Pairs[i].Key
			good := key.Value
			key.Value = good + "q"
			fits := schemas[kind].Validate(valueOf(f.Root)) == nil
			if people := ownNames.MatchString(kind + at); people {
				own++
			} else if fits {
				t.Errorf("%s: %q in the place of %s fits the schema", name, key.Value, at)
			}
			key.Value = good
		})
	}
	if tried < 1000 || own > tried/4 {
		t.Errorf("of %d keys %d are people's own names", tried, own)
	}
}

// ownNames are the places where a key is a name that people choose, or that of
// a field or step which only lint can tell.
var ownNames = regexp.MustCompile(strings.Join([]string{
	`^directory/entries/[^/]+$`,              // columns, which the file itself declares
	`^import/fields/[^/]+/(values|columns)/`, // words of letters, columns of a table
	`^settings/(constants|links)/`,
	`^route/(ends|.*outcomes)/[^/]+$`,
	`^route/.*set/[^/.]+\.[^/.]+$`,                                             // a field of another document
	`^route-test/(people|heads|.*settings|.*card|.*documents|.*fields|.*set)/`, // cards, of which the file does not say the form
	`^route-test/tests/answers/[^/]+$`,                                         // STEP: OUTCOME
	`^route-test/.*expect/(who|due|controller)/`,                               // by step
}, "|"))

// eachKey visits every key of a tree with the keys that lead to it.
func eachKey(n *yamlsrc.Node, at string, visit func(n *yamlsrc.Node, i int, at string)) {
	for i, p := range n.Pairs {
		visit(n, i, at+"/"+p.Key.Value)
		eachKey(p.Value, at+"/"+p.Key.Value, visit)
	}
	for _, item := range n.Items {
		eachKey(item, at, visit)
	}
}
