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
	missingKey    = yamlsrc.Code{Code: "D001", Slug: "missing-key"}
	wrongShape    = yamlsrc.Code{Code: "D002", Slug: "wrong-shape"}
	wrongTime     = yamlsrc.Code{Code: "D003", Slug: "not-a-time"}
	wrongNumber   = yamlsrc.Code{Code: "D004", Slug: "not-a-number"}
	duplicateTask = yamlsrc.Code{Code: "D005", Slug: "duplicate-task-id"}
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

func (r *reader) link(n *yamlsrc.Node, l *Link) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "kind":
			l.Kind = r.text(k, p.Value)
		case "to":
			l.To = r.text(k, p.Value)
		default:
			l.Extra = append(l.Extra, r.own(p))
		}
	}
}

func (r *reader) attachment(n *yamlsrc.Node, f *File) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "name":
			f.Name = r.text(k, p.Value)
		case "original":
			f.Original = r.text(k, p.Value)
		case "sha256":
			f.SHA256 = r.text(k, p.Value)
		case "size":
			f.Size = r.int64(k, p.Value)
		case "by":
			f.By = r.text(k, p.Value)
		case "at":
			f.At = r.time(k, p.Value)
		default:
			f.Extra = append(f.Extra, r.own(p))
		}
	}
}

func (r *reader) letter(n *yamlsrc.Node, l *Letter) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "id":
			l.ID = r.text(k, p.Value)
		case "to":
			l.To = r.texts(k, p.Value)
		case "subject":
			l.Subject = r.text(k, p.Value)
		case "template":
			l.Template = r.text(k, p.Value)
		case "state":
			l.State = r.text(k, p.Value)
		case "by":
			l.By = r.text(k, p.Value)
		case "at":
			l.At = r.time(k, p.Value)
		case "sent":
			l.Sent = r.time(k, p.Value)
		default:
			l.Extra = append(l.Extra, r.own(p))
		}
	}
}

func (r *reader) comment(n *yamlsrc.Node, c *Comment) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "id":
			c.ID = r.text(k, p.Value)
		case "at":
			c.At = r.time(k, p.Value)
		case "by":
			c.By = r.text(k, p.Value)
		case "text":
			c.Text = r.text(k, p.Value)
		default:
			c.Extra = append(c.Extra, r.own(p))
		}
	}
}

func (r *reader) instance(n *yamlsrc.Node, in *Instance) {
	for _, p := range n.Pairs {
		k, v := p.Key.Value, p.Value
		switch k {
		case "id":
			in.ID = r.int(k, v)
		case "route":
			in.Route = r.text(k, v)
		case "definition":
			in.Definition = r.text(k, v)
		case "title":
			in.Title = r.text(k, v)
		case "state":
			in.State = r.text(k, v)
		case "by":
			in.By = r.text(k, v)
		case "started":
			in.Started = r.time(k, v)
		case "ended":
			in.Ended = r.time(k, v)
		case "end":
			in.End = r.text(k, v)
		case "vars":
			in.Vars = r.card(k, v)
		case "open":
			in.Open = list(r, k, v, r.position)
		case "tasks":
			in.Tasks = list(r, k, v, r.task)
		default:
			in.Extra = append(in.Extra, r.own(p))
		}
	}
}

func (r *reader) position(n *yamlsrc.Node, pos *Position) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "at":
			pos.At = r.text(k, p.Value)
		case "item":
			pos.Item = r.text(k, p.Value)
		case "state":
			pos.State = r.text(k, p.Value)
		case "until":
			pos.Until = r.time(k, p.Value)
		case "started":
			pos.Started = r.texts(k, p.Value)
		case "answers":
			pos.Answers = r.texts(k, p.Value)
		case "child":
			pos.Child = r.int(k, p.Value)
		case "since":
			pos.Since = r.time(k, p.Value)
		case "arrived":
			pos.Arrived = r.texts(k, p.Value)
		case "count":
			pos.Count = r.int(k, p.Value)
		default:
			pos.Extra = append(pos.Extra, r.own(p))
		}
	}
}

func (r *reader) task(n *yamlsrc.Node, t *Task) {
	for _, p := range n.Pairs {
		k, v := p.Key.Value, p.Value
		switch k {
		case "id":
			t.ID = r.int(k, v)
			if r.tasks[t.ID] {
				r.errorf(duplicateTask, v, "give one of them a number of its own", "task %d is there twice", t.ID)
			}
			if r.tasks == nil {
				r.tasks = map[int]bool{}
			}
			r.tasks[t.ID] = true
		case "step":
			t.Step = r.text(k, v)
		case "title":
			t.Title = r.text(k, v)
		case "who":
			t.Who = r.text(k, v)
		case "candidates":
			t.Candidates = r.texts(k, v)
		case "state":
			t.State = r.text(k, v)
		case "assigned":
			t.Assigned = r.time(k, v)
		case "due":
			t.Due = r.time(k, v)
		case "accepted":
			t.Accepted = r.time(k, v)
		case "done":
			t.Done = r.time(k, v)
		case "outcome":
			t.Outcome = r.text(k, v)
		case "comment":
			t.Comment = r.text(k, v)
		case "by":
			t.By = r.text(k, v)
		case "for":
			t.For = r.text(k, v)
		case "controller":
			t.Controller = r.text(k, v)
		case "cycle":
			t.Cycle = r.int(k, v)
		case "item":
			t.Item = r.text(k, v)
		case "timer":
			t.Timer = r.time(k, v)
		case "told":
			t.Told = r.texts(k, v)
		default:
			t.Extra = append(t.Extra, r.own(p))
		}
	}
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
