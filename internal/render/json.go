package render

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Schema names the version of the JSON contract.
const Schema = "e1/1"

// Member is one key of an Object.
type Member struct {
	Key   string
	Value any
}

// Object is a JSON object whose keys stand in the order given.
type Object []Member

// JSON writes one object on one line, `"schema":"e1/1"` first. Structs keep the
// order of their fields (json tags are honoured, a field without one gets its
// name in snake_case), maps are sorted by key, nil slices are [], the zero time
// is null, other times are RFC 3339 with their offset. The value must be a
// struct, an Object, a map with string keys, or a pointer to one.
func JSON(w io.Writer, value any) error {
	var b bytes.Buffer
	e := &jsonEncoder{b: &b}
	b.WriteString(`{"schema":"` + Schema + `"`)
	if err := e.members(reflect.ValueOf(value)); err != nil {
		return err
	}
	b.WriteString("}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// Place is where an error is, for the error object.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Failure is the error object of the JSON contract.
type Failure struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Hint    string  `json:"hint"`
	At      []Place `json:"at"`
	// Documents are the numbers of others that stand in the way.
	Documents []string `json:"documents,omitempty"`
}

// ErrorJSON writes the error object, for standard error.
func ErrorJSON(w io.Writer, f Failure) error { return JSON(w, Object{{"error", f}}) }

// jsonEncoder writes values; encoding/json does the leaves.
type jsonEncoder struct{ b *bytes.Buffer }

var (
	marshalerType = reflect.TypeFor[json.Marshaler]()
	textType      = reflect.TypeFor[encoding.TextMarshaler]()
	timeType      = reflect.TypeFor[time.Time]()
	objectType    = reflect.TypeFor[Object]()
)

func (e *jsonEncoder) value(v reflect.Value) error {
	for v.IsValid() && (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer) {
		if v.IsNil() {
			e.b.WriteString("null")
			return nil
		}
		if v.Type().Implements(marshalerType) {
			return e.leaf(v.Interface())
		}
		v = v.Elem()
	}
	if !v.IsValid() {
		e.b.WriteString("null")
		return nil
	}
	switch {
	case v.Type() == timeType:
		t := v.Interface().(time.Time)
		if t.IsZero() {
			e.b.WriteString("null")
			return nil
		}
		return e.leaf(t.Format(time.RFC3339))
	case v.Type() == objectType:
		return e.object(v)
	case v.Type().Implements(marshalerType), v.Type().Implements(textType):
		return e.leaf(v.Interface())
	}
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		return e.object(v)
	case reflect.Slice, reflect.Array:
		e.b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				e.b.WriteByte(',')
			}
			if err := e.value(v.Index(i)); err != nil {
				return err
			}
		}
		e.b.WriteByte(']')
		return nil
	}
	return e.leaf(v.Interface())
}

func (e *jsonEncoder) object(v reflect.Value) error {
	e.b.WriteByte('{')
	if err := e.members(v); err != nil {
		return err
	}
	e.b.WriteByte('}')
	return nil
}

// members writes the keys of an object; a comma is due unless its brace was the
// last thing written.
func (e *jsonEncoder) members(v reflect.Value) error {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		v = v.Elem()
	}
	if !v.IsValid() {
		return nil
	}
	put := func(key string, value reflect.Value) error {
		if written := e.b.Bytes(); written[len(written)-1] != '{' {
			e.b.WriteByte(',')
		}
		if err := e.leaf(key); err != nil {
			return err
		}
		e.b.WriteByte(':')
		return e.value(value)
	}
	if v.Type() == objectType {
		for _, m := range v.Interface().(Object) {
			if err := put(m.Key, reflect.ValueOf(m.Value)); err != nil {
				return err
			}
		}
		return nil
	}
	switch v.Kind() {
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			return fmt.Errorf("json: a map with %s keys has no place in the contract", v.Type().Key())
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			if err := put(k.String(), v.MapIndex(k)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Struct:
		return e.fields(v, put)
	}
	return fmt.Errorf("json: %s is no object", v.Type())
}

func (e *jsonEncoder) fields(v reflect.Value, put func(string, reflect.Value) error) error {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous && field.Tag.Get("json") == "" {
			if err := e.members(v.Field(i)); err != nil {
				return err
			}
			continue
		}
		if !field.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if name == "" {
			name = snake(field.Name)
		}
		empty := v.Field(i).IsZero() || v.Field(i).Kind() == reflect.Slice && v.Field(i).Len() == 0
		if empty && strings.Contains(options, "omitempty") || v.Field(i).IsZero() && strings.Contains(options, "omitzero") {
			continue
		}
		if err := put(name, v.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

// leaf writes a scalar without escaping <, > and &, and with every control
// character escaped, those that encoding/json lets through included: objects are
// looked at on terminals, too.
func (e *jsonEncoder) leaf(v any) error {
	from := e.b.Len()
	enc := json.NewEncoder(e.b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	e.b.Truncate(e.b.Len() - 1) // the encoder's line feed
	written := e.b.Bytes()[from:]
	if !bytes.ContainsFunc(written, unprintable) {
		return nil
	}
	text := string(written)
	e.b.Truncate(from)
	for _, r := range text {
		if unprintable(r) {
			fmt.Fprintf(e.b, `\u%04x`, r)
		} else {
			e.b.WriteRune(r)
		}
	}
	return nil
}

// snake turns DocumentID into document_id.
func snake(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		if unicode.IsUpper(r) && i > 0 &&
			(!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
