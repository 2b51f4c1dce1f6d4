package form

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// FieldKey is one key of a field definition with its value as a person types it: a text, or YAML for lists and
// mappings ({en: …, ru: …}). A dotted key sets one language: label.ru.
type FieldKey struct{ Key, Value string }

// editor changes a form file line by line; comments and blank lines survive.
type editor struct {
	*yamlsrc.Editor
	name string
}

func edit(name string, src []byte) (*editor, error) {
	e, err := yamlsrc.NewEditor(name, src)
	if err != nil {
		return nil, err
	}
	return &editor{Editor: e, name: name}, nil
}

// done checks the edited file as a form; problems that were not there before refuse the edit.
func (e *editor) done(before []byte) ([]byte, error) {
	problems := func(src []byte) diag.List {
		f, broken := yamlsrc.Parse(e.name, src)
		_, wrong := Parse(f)
		return append(broken, wrong...)
	}
	if err := problems(e.Bytes()).Since(problems(before)).Err(); err != nil {
		return nil, err
	}
	return e.Bytes(), nil
}

// place finds a field: its group's position and its own.
func (e *editor) place(field string) (group, at int, node *yamlsrc.Node, err error) {
	var names []string
	for g, gn := range items(e.Root().Get("groups")) {
		for i, fn := range items(gn.Get("fields")) {
			name := fn.Get("field")
			if name == nil {
				continue
			}
			if name.Value == field {
				return g, i, fn, nil
			}
			names = append(names, name.Value)
		}
	}
	return 0, 0, nil, fmt.Errorf("%s", diag.Unknown("field", field, names))
}

func items(n *yamlsrc.Node) []*yamlsrc.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// group finds a group by name; "" is the last one.
func (e *editor) group(name string) (at int, node *yamlsrc.Node, err error) {
	groups := items(e.Root().Get("groups"))
	if len(groups) == 0 {
		return 0, nil, fmt.Errorf("the form has no groups")
	}
	if name == "" {
		return len(groups) - 1, groups[len(groups)-1], nil
	}
	var names []string
	for i, g := range groups {
		if n := g.Get("group"); n != nil {
			if n.Value == name {
				return i, g, nil
			}
			names = append(names, n.Value)
		}
	}
	return 0, nil, fmt.Errorf("%s", diag.Unknown("group", name, names))
}

// behind is the position in a group's fields behind a field; "" is the group's end.
func behind(group *yamlsrc.Node, after string) (int, error) {
	fields := items(group.Get("fields"))
	if after == "" {
		return len(fields), nil
	}
	var names []string
	for i, f := range fields {
		if n := f.Get("field"); n != nil {
			if n.Value == after {
				return i + 1, nil
			}
			names = append(names, n.Value)
		}
	}
	return 0, fmt.Errorf("%s", diag.Unknown("field", after, names))
}

// AddField adds a field to a form file: to a group ("" is the last one, or that of the field `after`), behind the field
// `after` or at the group's end. The file's name is used in messages. Only the lines of the new field are added; the
// edit is refused when the result is no valid form.
func AddField(name string, src []byte, field, group, after string, keys []FieldKey) ([]byte, error) {
	e, err := edit(name, src)
	if err != nil {
		return nil, err
	}
	if _, _, _, err := e.place(field); err == nil {
		return nil, fmt.Errorf("field %q is there already", field)
	}
	g, gn, err := e.group(group)
	if err == nil && group == "" && after != "" {
		if g, _, _, err = e.place(after); err == nil {
			gn = items(e.Root().Get("groups"))[g]
		}
	}
	if err != nil {
		return nil, err
	}
	at, err := behind(gn, after)
	if err != nil {
		return nil, err
	}
	n := yamlsrc.Map(yamlsrc.P("field", yamlsrc.PlainText(field)))
	for _, k := range keys {
		if err := setKey(n, k); err != nil {
			return nil, err
		}
	}
	if n.Get("type") == nil {
		n.Pairs = slices.Insert(n.Pairs, 1, yamlsrc.P("type", yamlsrc.PlainText("text")))
	}
	if gn.Get("fields") == nil {
		err = e.Set([]any{"groups", g, "fields"}, yamlsrc.Seq(n.Flow()))
	} else {
		err = e.Insert([]any{"groups", g, "fields"}, at, n.Flow())
	}
	if err != nil {
		return nil, err
	}
	return e.done(src)
}

// keyNode makes the node of a typed value: YAML where it is a list or mapping, a truth value, else a text.
func keyNode(value string) (*yamlsrc.Node, error) {
	t := strings.TrimSpace(value)
	switch {
	case t == "true" || t == "false":
		return yamlsrc.PlainText(t), nil
	case strings.HasPrefix(t, "{"), strings.HasPrefix(t, "["):
		f, problems := yamlsrc.ParseAny("", []byte(t))
		if err := problems.Err(); err != nil {
			return nil, fmt.Errorf("%q is no YAML: %w", value, err)
		}
		return f.Root.Clone(), nil
	}
	return yamlsrc.Text(value), nil
}

// setKey puts a key into a node that is not in a file yet.
func setKey(n *yamlsrc.Node, k FieldKey) error {
	v, err := keyNode(k.Value)
	if err != nil {
		return err
	}
	if key, lang, dotted := strings.Cut(k.Key, "."); dotted {
		label := n.Get(key)
		if label == nil {
			label = yamlsrc.Map().Flow()
			n.Pairs = append(n.Pairs, yamlsrc.P(key, label))
		}
		label.Pairs = append(label.Pairs, yamlsrc.P(lang, yamlsrc.Text(k.Value)))
		return nil
	}
	n.Pairs = append(n.Pairs, yamlsrc.P(k.Key, v))
	return nil
}

// SetField changes keys of a field; an empty value removes the key. The key field renames it: the old name goes under
// was, so that documents and definitions that use it still mean the field, and other keys of the form that name it
// follow. Expressions are not rewritten; they know former names.
func SetField(name string, src []byte, field string, keys []FieldKey) ([]byte, error) {
	e, err := edit(name, src)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		g, i, node, err := e.place(field)
		if err != nil {
			return nil, err
		}
		path := []any{"groups", g, "fields", i}
		switch {
		case k.Key == "field":
			if err := e.rename(path, node, field, k.Value); err != nil {
				return nil, err
			}
			field = k.Value
		case k.Value == "":
			if node.Get(k.Key) != nil {
				if err := e.Delete(append(path, any(k.Key))); err != nil {
					return nil, err
				}
			}
		default:
			if err := e.setKey(path, node, k); err != nil {
				return nil, err
			}
		}
	}
	return e.done(src)
}

func (e *editor) setKey(path []any, node *yamlsrc.Node, k FieldKey) error {
	v, err := keyNode(k.Value)
	if err != nil {
		return err
	}
	key, lang, dotted := strings.Cut(k.Key, ".")
	if !dotted {
		return e.Set(append(path, any(k.Key)), v)
	}
	old := node.Get(key)
	switch {
	case old == nil:
		return e.Set(append(path, any(key)), yamlsrc.Map(yamlsrc.P(lang, yamlsrc.Text(k.Value))).Flow())
	case old.Kind == yamlsrc.Scalar:
		other := "en"
		if lang == "en" {
			other = "ru"
		}
		return e.Set(append(path, any(key)), yamlsrc.Map(yamlsrc.P(other, yamlsrc.Text(old.Value)), yamlsrc.P(lang, yamlsrc.Text(k.Value))).Flow())
	}
	return e.Set(append(path, any(key), any(lang)), yamlsrc.Text(k.Value))
}

// rename gives a field another name and keeps the old one under was.
func (e *editor) rename(path []any, node *yamlsrc.Node, from, to string) error {
	if from == to {
		return nil
	}
	if !validName(to) {
		return fmt.Errorf("%q is no field name: small letters, digits and underscores, a letter first", to)
	}
	if _, _, _, err := e.place(to); err == nil {
		return fmt.Errorf("field %q is there already", to)
	}
	var was []*yamlsrc.Node
	for _, n := range scalars(node.Get("was")) {
		if n.Value != to { // renamed back
			was = append(was, yamlsrc.PlainText(n.Value))
		}
	}
	was = append(was, yamlsrc.PlainText(from))
	if err := e.Set(append(slices.Clone(path), "field"), yamlsrc.PlainText(to)); err != nil {
		return err
	}
	if err := e.Set(append(slices.Clone(path), "was"), yamlsrc.Seq(was...).Flow()); err != nil {
		return err
	}
	return e.follow(from, to)
}

// follow renames a field where other keys of the form name it: duplicates, brief, calendar, bik.
func (e *editor) follow(from, to string) error {
	for _, list := range []string{"duplicates", "brief"} {
		for i, n := range items(e.Root().Get(list)) {
			if n.Value == from {
				if err := e.Set([]any{list, i}, yamlsrc.PlainText(to)); err != nil {
					return err
				}
			}
		}
	}
	for _, key := range []string{"start", "length", "who", "client"} {
		if n := e.Root().Get("calendar").Get(key); n != nil && n.Value == from {
			if err := e.Set([]any{"calendar", key}, yamlsrc.PlainText(to)); err != nil {
				return err
			}
		}
	}
	for g, gn := range items(e.Root().Get("groups")) {
		for i, fn := range items(gn.Get("fields")) {
			if n := fn.Get("bik"); n != nil && n.Value == from {
				if err := e.Set([]any{"groups", g, "fields", i, "bik"}, yamlsrc.PlainText(to)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// MoveField moves a field: into a group ("" keeps it in its own, or takes that of the field `after`), behind the field
// `after`, or to the group's end.
func MoveField(name string, src []byte, field, group, after string) ([]byte, error) {
	e, err := edit(name, src)
	if err != nil {
		return nil, err
	}
	if field == after {
		return nil, fmt.Errorf("field %q cannot stand behind itself", field)
	}
	from, at, node, err := e.place(field)
	if err != nil {
		return nil, err
	}
	target := from
	switch {
	case group != "":
		target, _, err = e.group(group)
	case after != "":
		target, _, _, err = e.place(after)
	}
	if err != nil {
		return nil, err
	}
	gn := items(e.Root().Get("groups"))[target]
	to, err := behind(gn, after)
	if err != nil {
		return nil, err
	}
	fields := []any{"groups", from, "fields"}
	if target == from {
		if to > at {
			to--
		}
		if err := e.Move(fields, at, to); err != nil {
			return nil, err
		}
		return e.done(src)
	}
	if len(items(items(e.Root().Get("groups"))[from].Get("fields"))) == 1 {
		return nil, fmt.Errorf("field %q is the only one of its group; remove the group by hand or move another field into it first", field)
	}
	moved := node.Clone()
	if err := e.Insert([]any{"groups", target, "fields"}, to, moved); err != nil {
		return nil, err
	}
	if err := e.Delete(append(fields, any(at))); err != nil {
		return nil, err
	}
	return e.done(src)
}

// RemoveField removes a field. Documents keep what they hold; the check of the repository then reports it.
func RemoveField(name string, src []byte, field string) ([]byte, error) {
	e, err := edit(name, src)
	if err != nil {
		return nil, err
	}
	g, at, _, err := e.place(field)
	if err != nil {
		return nil, err
	}
	if len(items(items(e.Root().Get("groups"))[g].Get("fields"))) == 1 {
		return nil, fmt.Errorf("field %q is the only one of its group; remove the group by hand", field)
	}
	if err := e.Delete([]any{"groups", g, "fields", at}); err != nil {
		return nil, err
	}
	return e.done(src)
}
