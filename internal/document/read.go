package document

import (
	"slices"
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// The codes of what is wrong with a document beyond its YAML.
var (
	missingKey    = yamlsrc.Code{Code: "D001", Slug: "missing-key", Summary: "a document without `form` or `number`"}
	wrongShape    = yamlsrc.Code{Code: "D002", Slug: "wrong-shape", Summary: "a list where a text is expected, or the reverse"}
	wrongTime     = yamlsrc.Code{Code: "D003", Slug: "not-a-time", Summary: "a time that is not written like 2026-11-23T10:15:04+03:00"}
	wrongNumber   = yamlsrc.Code{Code: "D004", Slug: "not-a-number", Summary: "an id, size or count with other characters than digits"}
	duplicateTask = yamlsrc.Code{Code: "D005", Slug: "duplicate-task-id", Summary: "two tasks of one id in a document; give one of them a number of its own"}
)

// Codes lists the codes of this package, for documentation.
func Codes() []yamlsrc.Code {
	return []yamlsrc.Code{missingKey, wrongShape, wrongTime, wrongNumber, duplicateTask}
}

// Read reads a document. All problems of a broken one come as one
// *diag.ListError, with places but without the name of the file.
func Read(src []byte) (*Document, error) {
	var r Reader
	return r.Read(src)
}

// Reader is Read for many documents: it uses its memory again. The zero value
// is ready; one reader serves one goroutine.
type Reader struct{ canonical yamlsrc.CanonicalReader }

// Read is the function Read; the document shares nothing with the reader.
func (c *Reader) Read(src []byte) (*Document, error) {
	if root, ok := c.canonical.Parse(src); ok {
		r := reader{borrowed: true}
		if d := r.document(root); len(r.problems) == 0 {
			return d, nil
		}
	}
	d, problems := ReadFile("", src)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return d, nil
}

// ReadFile reads a document with the places of its problems. The document is
// nil when its YAML is broken, and incomplete when there are other errors.
func ReadFile(name string, src []byte) (*Document, diag.List) {
	f, problems := yamlsrc.Parse(name, src)
	if f.Root == nil {
		return nil, problems
	}
	r := reader{file: f, problems: problems}
	d := r.document(f.Root)
	r.problems.Sort()
	return d, r.problems
}

// reader decodes a tree. Without a file it finds problems but not their places.
type reader struct {
	file     *yamlsrc.File
	problems diag.List
	tasks    map[int]bool
	borrowed bool // the nodes belong to somebody: what is kept is copied
}

func (r *reader) own(p yamlsrc.Pair) yamlsrc.Pair {
	return yamlsrc.Pair{Key: r.ownNode(p.Key), Value: r.ownNode(p.Value)}
}

func (r *reader) ownNode(n *yamlsrc.Node) *yamlsrc.Node {
	if r.borrowed {
		return n.Clone()
	}
	return n
}

func (r *reader) errorf(c yamlsrc.Code, n *yamlsrc.Node, help, format string, args ...any) {
	var at diag.Span
	if r.file != nil {
		at = r.file.Span(n)
	}
	r.problems.Errorf(c.Code, c.Slug, at, format, args...)
	r.problems[len(r.problems)-1].Help = help
}

func (r *reader) document(root *yamlsrc.Node) *Document {
	d := &Document{}
	for i := range root.Pairs {
		p := &root.Pairs[i]
		k, v := p.Key.Value, p.Value
		switch k {
		case "form":
			d.Form = r.text(k, v)
		case "number":
			d.Number = r.text(k, v)
		case "aliases":
			d.Aliases = r.texts(k, v)
		case "uid":
			d.UID = r.text(k, v)
		case "registered":
			d.Registered = r.time(k, v)
		case "by":
			d.By = r.text(k, v)
		case "status":
			d.Status = r.text(k, v)
		case "message":
			d.Message = r.text(k, v)
		case "message_id":
			d.MessageID = r.text(k, v)
		case "card":
			d.Card = r.card(k, v)
		case "links":
			d.Links = list(r, k, v, r.link)
		case "files":
			d.Files = list(r, k, v, r.attachment)
		case "letters":
			d.Letters = list(r, k, v, r.letter)
		case "routes":
			d.Routes = list(r, k, v, r.instance)
		case "comments":
			d.Comments = list(r, k, v, r.comment)
		case "reached":
			d.Reached = list(r, k, v, r.reached)
		default:
			d.Extra = append(d.Extra, r.own(*p))
		}
	}
	if d.Form == "" {
		r.missing("form", root, "inquiries")
	}
	if d.Number == "" {
		r.missing("number", root, "INQ-2026-000042")
	}
	return d
}

// missing reports a missing key of the document at its first line.
func (r *reader) missing(key string, root *yamlsrc.Node, like string) {
	n := root
	if k := root.Key(key); k != nil {
		n = k
	} else if len(root.Pairs) > 0 {
		n = root.Pairs[0].Key
	}
	r.errorf(missingKey, n, "write it as in `"+key+": "+like+"`", "missing key %q", key)
}

// empty tells whether a key is there without a value, which means the same as
// its absence.
func empty(n *yamlsrc.Node) bool {
	if n.Kind == yamlsrc.Scalar {
		return n.Value == ""
	}
	return len(n.Pairs) == 0 && len(n.Items) == 0
}

func (r *reader) text(key string, n *yamlsrc.Node) string {
	if n.Kind != yamlsrc.Scalar && !empty(n) {
		r.errorf(wrongShape, n, "", "%s: expected a text, found %s", key, n.Kind)
		return ""
	}
	return n.Value
}

func (r *reader) texts(key string, n *yamlsrc.Node) []string {
	if empty(n) {
		return nil
	}
	if n.Kind == yamlsrc.Mapping {
		r.errorf(wrongShape, n, "write `[one, two]`", "%s: expected a list of texts, found %s", key, n.Kind)
		return nil
	}
	if n.Kind == yamlsrc.Scalar {
		return []string{n.Value}
	}
	out := make([]string, 0, len(n.Items))
	for _, item := range n.Items {
		if item.Kind != yamlsrc.Scalar {
			r.errorf(wrongShape, item, "", "%s: expected a text, found %s", key, item.Kind)
			continue
		}
		out = append(out, item.Value)
	}
	return out
}

func (r *reader) time(key string, n *yamlsrc.Node) time.Time {
	s := r.text(key, n)
	if s == "" {
		return time.Time{}
	}
	t, ok := ParseTime(s)
	if !ok {
		r.errorf(wrongTime, n, "write it as in 2026-11-23T10:15:04+03:00", "%s: %q is not a time", key, s)
	}
	return t
}

func (r *reader) int(key string, n *yamlsrc.Node) int {
	return int(r.int64(key, n))
}

func (r *reader) int64(key string, n *yamlsrc.Node) int64 {
	s := r.text(key, n)
	if s == "" {
		return 0
	}
	i, err := strconv.ParseInt(s, 10, 64)
	if err != nil || strconv.FormatInt(i, 10) != s {
		r.errorf(wrongNumber, n, "write digits only", "%s: %q is not a whole number", key, s)
	}
	return i
}

// list reads a list of mappings.
func list[T any](r *reader, key string, n *yamlsrc.Node, item func(n *yamlsrc.Node, out *T)) []T {
	if empty(n) {
		return nil
	}
	if n.Kind != yamlsrc.Sequence {
		r.errorf(wrongShape, n, "begin each item with `- `", "%s: expected a list, found %s", key, n.Kind)
		return nil
	}
	out := make([]T, len(n.Items))
	for i, it := range n.Items {
		if it.Kind != yamlsrc.Mapping {
			r.errorf(wrongShape, it, "", "%s: expected `key: value` lines, found %s", key, it.Kind)
			continue
		}
		item(it, &out[i])
	}
	return out
}

// card reads values of any shape; empty ones are left out.
func (r *reader) card(key string, n *yamlsrc.Node) Card {
	if empty(n) {
		return nil
	}
	if n.Kind != yamlsrc.Mapping {
		r.errorf(wrongShape, n, "write `field: value` lines", "%s: expected fields, found %s", key, n.Kind)
		return nil
	}
	c := make(Card, 0, len(n.Pairs))
	for _, p := range n.Pairs {
		if !empty(p.Value) {
			c = append(c, Entry{p.Key.Value, r.value(p.Value)})
		}
	}
	if len(c) == 0 {
		return nil
	}
	return c
}

func (r *reader) value(n *yamlsrc.Node) Value {
	switch n.Kind {
	case yamlsrc.Scalar:
		return Value{Text: n.Value}
	case yamlsrc.Sequence:
		if is := func(k yamlsrc.Kind) bool {
			return !slices.ContainsFunc(n.Items, func(it *yamlsrc.Node) bool { return it.Kind != k })
		}; is(yamlsrc.Mapping) {
			rows := make([]Row, len(n.Items))
			for i, item := range n.Items {
				rows[i] = r.row(item)
			}
			return Value{Rows: rows}
		} else if is(yamlsrc.Scalar) {
			texts := make([]string, len(n.Items))
			for i, item := range n.Items {
				texts[i] = item.Value
			}
			return Value{List: texts}
		}
	}
	return Value{Node: r.ownNode(n)}
}

func (r *reader) row(n *yamlsrc.Node) Row {
	out := make(Row, 0, len(n.Pairs))
	for _, p := range n.Pairs {
		switch {
		case empty(p.Value):
		case p.Value.Kind == yamlsrc.Scalar:
			out = append(out, Cell{Name: p.Key.Value, Text: p.Value.Value})
		default:
			out = append(out, Cell{Name: p.Key.Value, Node: r.ownNode(p.Value)})
		}
	}
	return out
}
