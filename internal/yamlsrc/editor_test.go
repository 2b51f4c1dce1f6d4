package yamlsrc

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const formFile = `# yaml-language-server: $schema=../.e1/schema/form.json
form: inquiries   # the flow
title: {en: Inquiries, ru: Обращения}  # both

# how it is called
one: 'Inquiry'
text: |
  one
  two

groups:
# the first group
- group: requisites
  fields:
  # who they are
  - field: inn   # ten or twelve digits
    type: inn
    required: true

  - {field: kind, type: directory, label: Kind}
  - field: last
    values: [a, b]   # two
- group: more
empty:
`

func path(p ...any) []any { return p }

func TestEditor(t *testing.T) {
	field := func(name string) *Node { return Map(P("field", Text(name)), P("type", Text("text"))) }
	tests := []struct {
		name string
		edit func(e *Editor) error
		want [][2]string // replacements in formFile, in order
	}{
		{"plain text keeps its comment", func(e *Editor) error { return e.Set(path("form"), Text("orders")) },
			[][2]string{{"form: inquiries   # the flow", "form: orders   # the flow"}}},
		{"same value", func(e *Editor) error { return e.Set(path("form"), Text("inquiries")) }, nil},
		{"quotes stay", func(e *Editor) error { return e.Set(path("one"), Text("It's")) }, [][2]string{{"'Inquiry'", "'It''s'"}}},
		{"number as text", func(e *Editor) error { return e.Set(path("form"), Text("15")) }, [][2]string{{"form: inquiries ", `form: "15" `}}},
		{"number", func(e *Editor) error { return e.Set(path("form"), Int(15)) }, [][2]string{{"form: inquiries ", `form: 15 `}}},
		{"text of several lines", func(e *Editor) error { return e.Set(path("form"), Text("a\nb")) },
			[][2]string{{"form: inquiries   # the flow", "form: |-   # the flow\n  a\n  b"}}},
		{"block changes", func(e *Editor) error { return e.Set(path("text"), Text("three\n")) }, [][2]string{{"text: |\n  one\n  two\n", "text: |\n  three\n"}}},
		{"block to block", func(e *Editor) error { return e.Set(path("text"), Text("1\n2\n3")) }, [][2]string{{"text: |\n  one\n  two\n", "text: |-\n  1\n  2\n  3\n"}}},
		{"in flow", func(e *Editor) error { return e.Set(path("title", "en"), Text("Orders, all")) },
			[][2]string{{"{en: Inquiries,", `{en: "Orders, all",`}}},
		{"new key in flow", func(e *Editor) error { return e.Set(path("title", "de"), Text("Anfragen")) },
			[][2]string{{"ru: Обращения}", "ru: Обращения, de: Anfragen}"}}},
		{"parts of a mapping", func(e *Editor) error {
			return e.Set(path("title"), Map(P("en", Text("Orders")), P("ru", Text("Обращения"))))
		},
			[][2]string{{"{en: Inquiries,", "{en: Orders,"}}},
		{"mapping to text", func(e *Editor) error { return e.Set(path("title"), Text("Orders")) },
			[][2]string{{"title: {en: Inquiries, ru: Обращения}  # both", "title: Orders  # both"}}},
		{"text to mapping", func(e *Editor) error { return e.Set(path("form"), Map(P("a", Int(1)))) },
			[][2]string{{"form: inquiries   # the flow\n", "form:   # the flow\n  a: 1\n"}}},
		{"new key at the root", func(e *Editor) error { return e.Set(path("may"), Map(P("set", Seq(Text("a")).Flow()))) },
			[][2]string{{"empty:\n", "empty:\nmay:\n  set: [a]\n"}}},
		{"new key deep", func(e *Editor) error {
			return e.Set(path("groups", 0, "fields", 0, "default"), Text("today"))
		}, [][2]string{{"    required: true\n", "    required: true\n    default: today\n"}}},
		{"new list hangs as the others do", func(e *Editor) error { return e.Set(path("groups", 1, "fields"), Seq(field("x"))) },
			[][2]string{{"- group: more\n", "- group: more\n  fields:\n  - {field: x, type: text}\n"}}},
		{"value where none was", func(e *Editor) error { return e.Set(path("empty"), Text("x")) }, [][2]string{{"empty:\n", "empty: x\n"}}},
		{"key where no value was", func(e *Editor) error { return e.Set(path("empty", "a"), Text("x")) }, [][2]string{{"empty:\n", "empty:\n  a: x\n"}}},
		{"item where no value was", func(e *Editor) error { return e.Insert(path("empty"), 0, Text("x")) }, [][2]string{{"empty:\n", "empty:\n- x\n"}}},
		{"delete with its comment", func(e *Editor) error { return e.Delete(path("one")) }, [][2]string{{"# how it is called\none: 'Inquiry'\n", ""}}},
		{"delete keeps the file's comment", func(e *Editor) error { return e.Delete(path("form")) }, [][2]string{{"form: inquiries   # the flow\n", ""}}},
		{"delete an item", func(e *Editor) error { return e.Delete(path("groups", 0, "fields", 0)) },
			[][2]string{{"  # who they are\n  - field: inn   # ten or twelve digits\n    type: inn\n    required: true\n", ""}}},
		{"delete behind a dash", func(e *Editor) error { return e.Delete(path("groups", 0, "group")) },
			[][2]string{{"- group: requisites\n  fields:", "- fields:"}}},
		{"delete in flow", func(e *Editor) error { return e.Delete(path("title", "en")) }, [][2]string{{"{en: Inquiries, ru", "{ru"}}},
		{"delete the last in flow", func(e *Editor) error { return e.Delete(path("title", "ru")) }, [][2]string{{", ru: Обращения}", "}"}}},
		{"delete the only one", func(e *Editor) error { return e.Delete(path("groups", 1, "group")) }, [][2]string{{"- group: more", "- {}"}}},
		{"insert first", func(e *Editor) error { return e.Insert(path("groups", 0, "fields"), 0, field("x")) },
			[][2]string{{"  # who they are\n", "  - {field: x, type: text}\n  # who they are\n"}}},
		{"insert between", func(e *Editor) error { return e.Insert(path("groups", 0, "fields"), 1, field("x")) },
			[][2]string{{"  - {field: kind", "  - {field: x, type: text}\n  - {field: kind"}}},
		{"insert last", func(e *Editor) error { return e.Insert(path("groups", 0, "fields"), 3, field("x")) },
			[][2]string{{"[a, b]   # two\n", "[a, b]   # two\n  - {field: x, type: text}\n"}}},
		{"insert in flow", func(e *Editor) error { return e.Insert(path("groups", 0, "fields", 2, "values"), 1, Text("x")) },
			[][2]string{{"[a, b]", "[a, x, b]"}}},
		{"move down", func(e *Editor) error { return e.Move(path("groups", 0, "fields"), 0, 1) },
			[][2]string{
				{"  # who they are\n  - field: inn   # ten or twelve digits\n    type: inn\n    required: true\n", ""},
				{"label: Kind}\n", "label: Kind}\n  # who they are\n  - field: inn   # ten or twelve digits\n    type: inn\n    required: true\n"},
			}},
		{"move up", func(e *Editor) error { return e.Move(path("groups", 0, "fields"), 2, 0) },
			[][2]string{
				{"  # who they are\n", "  - field: last\n    values: [a, b]   # two\n  # who they are\n"},
				{"label: Kind}\n  - field: last\n    values: [a, b]   # two\n", "label: Kind}\n"},
			}},
		{"move in flow", func(e *Editor) error { return e.Move(path("groups", 0, "fields", 2, "values"), 0, 1) }, [][2]string{{"[a, b]", "[b, a]"}}},
	}
	for _, tt := range tests {
		for _, ends := range []string{"\n", "\r\n"} {
			e, err := NewEditor("", []byte(strings.ReplaceAll(formFile, "\n", ends)))
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.edit(e); err != nil {
				t.Errorf("%s: %v", tt.name, err)
				continue
			}
			want := formFile
			for _, r := range tt.want {
				if !strings.Contains(want, r[0]) {
					t.Fatalf("%s: %q is not there", tt.name, r[0])
				}
				want = strings.Replace(want, r[0], r[1], 1)
			}
			if diff := cmp.Diff(strings.ReplaceAll(want, "\n", ends), string(e.Bytes())); diff != "" {
				t.Errorf("%s:\n%s", tt.name, diff)
			}
		}
	}
}

func TestEditorRefuses(t *testing.T) {
	for name, edit := range map[string]func(e *Editor) error{
		"no path":        func(e *Editor) error { return e.Set(nil, Text("x")) },
		"nothing there":  func(e *Editor) error { return e.Set(path("a", "b"), Text("x")) },
		"no such item":   func(e *Editor) error { return e.Set(path("groups", 9), Text("x")) },
		"key of a text":  func(e *Editor) error { return e.Set(path("form", "x"), Text("x")) },
		"wrong path":     func(e *Editor) error { return e.Set(path(1.5), Text("x")) },
		"delete nothing": func(e *Editor) error { return e.Delete(path("nope")) },
		"insert outside": func(e *Editor) error { return e.Insert(path("groups"), 3, Text("x")) },
		"insert in text": func(e *Editor) error { return e.Insert(path("form"), 0, Text("x")) },
		"move outside":   func(e *Editor) error { return e.Move(path("groups"), 0, 2) },
		"bad value":      func(e *Editor) error { return e.Set(path("form"), Text("\xff")) },
		"bad value two":  func(e *Editor) error { return e.Set(path("form"), Map(P("a", nil))) },
	} {
		e, err := NewEditor("", []byte(formFile))
		if err != nil {
			t.Fatal(err)
		}
		if err := edit(e); err == nil {
			t.Errorf("%s: no error", name)
		}
		if string(e.Bytes()) != formFile {
			t.Errorf("%s: the file changed", name)
		}
	}
	if _, err := NewEditor("", []byte("a: b: c\n")); err == nil {
		t.Error("a broken file is edited")
	}
}

// commented draws a file with comments and blank lines that says the tree.
func commented(t *rapid.T, root *Node) []byte {
	enc := encoder{hanging: rapid.Bool().Draw(t, "hanging")}
	if len(root.Pairs) == 0 {
		return []byte("{}\n")
	}
	enc.block(root, 0)
	f, problems := Parse("", enc.buf)
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, enc.buf)
	}
	inside := map[int]bool{} // lines of block scalars, the first one excepted
	var walk func(n *Node)
	walk = func(n *Node) {
		if n.Style == Literal {
			for l := n.Start.Line + 1; l <= n.End.Line; l++ {
				inside[l] = true
			}
		}
		for _, p := range n.Pairs {
			walk(p.Value)
		}
		for _, item := range n.Items {
			walk(item)
		}
	}
	walk(f.Root)
	var out strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(string(enc.buf), "\n"), "\n") {
		if !inside[i+1] {
			indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
			switch rapid.IntRange(0, 9).Draw(t, "above") {
			case 0:
				out.WriteString("\n")
			case 1:
				out.WriteString(indent + "# about the next line\n")
			case 2:
				out.WriteString("# at the left\n\n")
			}
			if rapid.IntRange(0, 4).Draw(t, "behind") == 0 {
				line += "  # behind"
			}
		}
		out.WriteString(line + "\n")
	}
	text := out.String()
	if !inside[strings.Count(string(enc.buf), "\n")] && rapid.IntRange(0, 3).Draw(t, "no last line end") == 0 {
		text = strings.TrimRight(text, "\n")
	}
	if rapid.IntRange(0, 3).Draw(t, "line ends") == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text)
}

// places lists the paths of all values below the root.
func places(n *Node, at []any) [][]any {
	var out [][]any
	for _, p := range n.Pairs {
		next := append(slices.Clone(at), p.Key.Value)
		out = append(append(out, next), places(p.Value, next)...)
	}
	for i, item := range n.Items {
		next := append(slices.Clone(at), i)
		out = append(append(out, next), places(item, next)...)
	}
	return out
}

// TestEditorAnyFile: edits of random commented files lead to the edited tree,
// and leave the lines outside of what they touch as they were.
func TestEditorAnyFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := commented(t, anyTree(3).Draw(t, "tree"))
		e, err := NewEditor("", src)
		if err != nil {
			t.Skip(err)
		}
		all := places(e.Root(), nil)
		if len(all) == 0 {
			t.Skip("empty")
		}
		at := all[rapid.IntRange(0, len(all)-1).Draw(t, "place")]
		n, err := e.find(at)
		if err != nil {
			t.Fatal(err)
		}
		before := e.Root().Clone()
		first, last := touched(e, at)
		var want *Node
		op := rapid.IntRange(0, 4).Draw(t, "op")
		switch {
		case op == 0:
			v := drawNode(t, 2)
			want = edited(before, at, func(n **Node) { *n = v })
			err = e.Set(at, v)
		case op == 1:
			want = without(before, at)
			err = e.Delete(at)
		case op == 2 && n.Kind == Sequence:
			v := drawNode(t, 1)
			i := rapid.IntRange(0, len(n.Items)).Draw(t, "at")
			want = edited(before, at, func(n **Node) { (*n).Items = slices.Insert((*n).Items, i, v) })
			err = e.Insert(at, i, v)
		case op == 3 && n.Kind == Sequence && len(n.Items) > 1:
			from, to := rapid.IntRange(0, len(n.Items)-1).Draw(t, "from"), rapid.IntRange(0, len(n.Items)-1).Draw(t, "to")
			want = edited(before, at, func(n **Node) {
				item := (*n).Items[from]
				(*n).Items = slices.Insert(slices.Delete((*n).Items, from, from+1), to, item)
			})
			err = e.Move(at, from, to)
		case op == 4 && n.Kind == Mapping:
			v := drawNode(t, 1)
			if n.Get("added") != nil {
				t.Skip("there")
			}
			want = edited(before, at, func(n **Node) { (*n).Pairs = append((*n).Pairs, P("added", v)) })
			err = e.Set(append(slices.Clone(at), "added"), v)
		default:
			t.Skip("does not apply")
		}
		if err != nil {
			if string(e.Bytes()) != string(src) {
				t.Fatalf("refused, but changed: %v", err)
			}
			if !hasNothing(want) { // in [lists] there is no writing for it
				t.Fatalf("refused: %v\n%s", err, src)
			}
			return
		}
		if !Equal(e.Root(), want) {
			t.Fatalf("%v\n%s\nfrom\n%s", difference(want, e.Root(), ""), e.Bytes(), src)
		}
		f, problems := Parse("", e.Bytes())
		if len(problems) > 0 || !Equal(f.Root, want) {
			t.Fatalf("%v\n%s", problems, e.Bytes())
		}
		old, now := strings.SplitAfter(string(src), "\n"), strings.SplitAfter(string(e.Bytes()), "\n")
		for i := 0; i < first-1; i++ {
			if i >= len(now) || old[i] != now[i] {
				t.Fatalf("line %d changed\n%s\nto\n%s", i+1, src, e.Bytes())
			}
		}
		for i := 1; len(old)-i >= last; i++ {
			if i > len(now) || old[len(old)-i] != now[len(now)-i] {
				t.Fatalf("line %d changed\n%s\nto\n%s", len(old)-i+1, src, e.Bytes())
			}
		}
	})
}

// hasNothing tells whether a tree has a value that is not there, as in `a:`.
func hasNothing(n *Node) bool {
	if n.Kind == Scalar {
		return n.Tag == TagNull && n.Value == ""
	}
	return slices.ContainsFunc(n.Items, hasNothing) || slices.ContainsFunc(n.Pairs, func(p Pair) bool { return hasNothing(p.Value) })
}

// touched gives the first line that an edit of a value may change and the last
// one: those of the value, its key and the comments above, or of the smallest
// part around it that does not become empty.
func touched(e *Editor, at []any) (first, last int) {
	parent, _ := e.find(at[:len(at)-1])
	n, _ := e.find(at)
	first, last = n.Start.Line, n.End.Line
	if parent.Kind == Mapping {
		first = parent.Key(at[len(at)-1].(string)).Start.Line
	} else if d := e.file.pos(e.dash(parent, at[len(at)-1].(int))).Line; parent.Style == Block {
		first = d
	}
	if parent.Style == Flow || len(parent.Pairs)+len(parent.Items) == 1 {
		first, last = min(first, parent.Start.Line), max(last, parent.End.Line)
		if len(at) > 1 {
			f, l := touched(e, at[:len(at)-1])
			first, last = min(first, f), max(last, l)
		}
	}
	for first > 1 && strings.HasPrefix(strings.TrimSpace(string(e.file.line(first-2))), "#") {
		first--
	}
	// Deleting the first pair behind a dash brings up the next one.
	if parent.Style == Block && at[len(at)-1] != len(parent.Items)-1 {
		last = max(last, nextStart(parent, at[len(at)-1]))
	}
	return first, last
}

func nextStart(parent *Node, part any) int {
	if i, ok := part.(int); ok {
		return parent.Items[i+1].Start.Line
	}
	for i, p := range parent.Pairs {
		if p.Key.Value == part && i+1 < len(parent.Pairs) {
			return parent.Pairs[i+1].Key.Start.Line
		}
	}
	return 0
}

// edited gives a copy of a tree with one value changed.
func edited(root *Node, at []any, change func(n **Node)) *Node {
	if len(at) == 0 {
		root = root.Clone()
		change(&root)
		return root
	}
	c := root.Clone()
	parent, _ := findIn(c, at[:len(at)-1])
	switch p := at[len(at)-1].(type) {
	case string:
		for i := range parent.Pairs {
			if parent.Pairs[i].Key.Value == p {
				change(&parent.Pairs[i].Value)
			}
		}
	case int:
		change(&parent.Items[p])
	}
	return c
}

func without(root *Node, at []any) *Node {
	return edited(root, at[:len(at)-1], func(n **Node) {
		switch p := at[len(at)-1].(type) {
		case string:
			(*n).Pairs = slices.DeleteFunc((*n).Pairs, func(q Pair) bool { return q.Key.Value == p })
		case int:
			(*n).Items = slices.Delete((*n).Items, p, p+1)
		}
	})
}
