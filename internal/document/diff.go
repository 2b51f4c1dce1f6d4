package document

import (
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Change is one difference of two documents: a value that came (Old is ""),
// went (New is "") or became another.
type Change struct {
	// Path names the value: card.inn, card.lines.2.qty (rows count from 1),
	// tasks.1.due, routes.1.state, links.reply_to, files.offer.pdf, comments.ID.
	Path     string
	Old, New string
}

// Diff lists what changed from a to b, in the order of the file: a's place for
// what it has, then what b has in addition. A nil document is an empty one.
// Tasks, comments, routes, files, letters and links are matched by what
// identifies them, rows of tables by their likeness, so that a row inserted
// first is one change.
func Diff(a, b *Document) []Change {
	var d differ
	d.mappings("", treeOf(a), treeOf(b))
	return d.changes
}

func treeOf(d *Document) *yamlsrc.Node {
	if d == nil {
		return yamlsrc.Map()
	}
	return d.node(nil)
}

type differ struct{ changes []Change }

func (d *differ) add(path, old, new string) {
	if old != new {
		d.changes = append(d.changes, Change{path, old, new})
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// nodes compares two values; nil is absence.
func (d *differ) nodes(path string, a, b *yamlsrc.Node) {
	switch {
	case yamlsrc.Equal(a, b):
	case isKind(a, b, yamlsrc.Mapping):
		d.mappings(path, orEmpty(a), orEmpty(b))
	case isKind(a, b, yamlsrc.Sequence):
		d.lists(path, orEmpty(a).Items, orEmpty(b).Items)
	default:
		d.add(path, show(a), show(b))
	}
}

// isKind tells whether both are of the kind, or one is and the other absent.
func isKind(a, b *yamlsrc.Node, k yamlsrc.Kind) bool {
	return (a == nil || a.Kind == k) && (b == nil || b.Kind == k)
}

func orEmpty(n *yamlsrc.Node) *yamlsrc.Node {
	if n == nil {
		return &yamlsrc.Node{}
	}
	return n
}

func (d *differ) mappings(path string, a, b *yamlsrc.Node) {
	for _, p := range a.Pairs {
		d.nodes(join(path, p.Key.Value), p.Value, b.Get(p.Key.Value))
	}
	for _, p := range b.Pairs {
		if a.Get(p.Key.Value) == nil {
			d.nodes(join(path, p.Key.Value), nil, p.Value)
		}
	}
}

// lists compares the lists at a path: those whose items have an identity item
// by item, others by their longest common part.
func (d *differ) lists(path string, a, b []*yamlsrc.Node) {
	name := path[strings.LastIndexByte(path, '.')+1:]
	id := identities[name]
	if id == nil || strings.HasPrefix(path, "card.") {
		d.rows(path, a, b)
		return
	}
	if name == "tasks" {
		path = name // ids of tasks are unique in the document
	}
	used := make([]bool, len(b))
	for _, item := range a {
		d.item(path, id(item), item, match(id, item, b, used))
	}
	for i, item := range b {
		if !used[i] {
			d.item(path, id(item), nil, item)
		}
	}
}

// match finds the first unused item with the identity of one.
func match(id func(*yamlsrc.Node) string, item *yamlsrc.Node, in []*yamlsrc.Node, used []bool) *yamlsrc.Node {
	for i, other := range in {
		if !used[i] && id(other) == id(item) && (id(item) != "" || yamlsrc.Equal(item, other)) {
			used[i] = true
			return other
		}
	}
	return nil
}

// item compares two items of one identity. One that came or went as a whole is
// one change; those of a route's tasks follow it.
func (d *differ) item(path, id string, a, b *yamlsrc.Node) {
	list := path[strings.LastIndexByte(path, '.')+1:]
	if list == "links" {
		id, _, _ = strings.Cut(id, "\x00")
	}
	at := join(path, id)
	if a != nil && b != nil {
		d.mappings(at, orEmpty(a), orEmpty(b))
		return
	}
	d.add(at, show(summary(list, a)), show(summary(list, b)))
	if list == "routes" {
		d.nodes(join(at, "tasks"), a.Get("tasks"), b.Get("tasks"))
	}
}

// summary gives the value that stands for a link, comment, file or route.
func summary(list string, n *yamlsrc.Node) *yamlsrc.Node {
	key := ""
	switch list {
	case "links":
		key = "to"
	case "comments":
		key = "text"
	case "files":
		key = "sha256"
	case "routes":
		key = "route"
	case "reached":
		key = "at"
	}
	if v := n.Get(key); v != nil {
		return v
	}
	return n
}

// identities tells, by the name of a list, what its items are known by.
var identities = map[string]func(*yamlsrc.Node) string{
	"routes":   by("id"),
	"tasks":    by("id"),
	"comments": by("id"),
	"letters":  by("id"),
	"files":    by("name"),
	"open":     by("at"),
	"reached": func(n *yamlsrc.Node) string {
		return value(n, "rule") + "." + value(n, "field") + "." + value(n, "date")
	},
	"links": func(n *yamlsrc.Node) string {
		// The same kind may point to several documents: links never change,
		// they come and go.
		return value(n, "kind") + "\x00" + value(n, "to")
	},
}

func by(key string) func(*yamlsrc.Node) string {
	return func(n *yamlsrc.Node) string { return value(n, key) }
}

func value(n *yamlsrc.Node, key string) string {
	if v := n.Get(key); v != nil {
		return v.Value
	}
	return ""
}

// rows compares two lists without identities: equal items at their places in
// the longest common subsequence are the same, what lies between is matched in
// order.
func (d *differ) rows(path string, a, b []*yamlsrc.Node) {
	start := 0
	for start < len(a) && start < len(b) && yamlsrc.Equal(a[start], b[start]) {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && yamlsrc.Equal(a[endA-1], b[endB-1]) {
		endA, endB = endA-1, endB-1
	}
	i, j := start, start
	for _, m := range common(a[start:endA], b[start:endB]) {
		d.gap(path, a, b, i, start+m[0], j, start+m[1])
		i, j = start+m[0]+1, start+m[1]+1
	}
	d.gap(path, a, b, i, endA, j, endB)
}

// gap compares items between two common ones, in order.
func (d *differ) gap(path string, a, b []*yamlsrc.Node, i, endA, j, endB int) {
	for ; i < endA && j < endB; i, j = i+1, j+1 {
		d.nodes(join(path, strconv.Itoa(j+1)), a[i], b[j])
	}
	for ; i < endA; i++ {
		d.add(join(path, strconv.Itoa(i+1)), show(a[i]), "")
	}
	for ; j < endB; j++ {
		d.add(join(path, strconv.Itoa(j+1)), "", show(b[j]))
	}
}

// tableLimit bounds the work of common; longer differences go row by row.
const tableLimit = 1 << 20

// common gives the pairs of indexes of a longest common subsequence.
func common(a, b []*yamlsrc.Node) [][2]int {
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > tableLimit {
		return nil
	}
	width := len(b) + 1
	length := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if yamlsrc.Equal(a[i], b[j]) {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case yamlsrc.Equal(a[i], b[j]):
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// show writes a value on one line: texts as they are, others as
// {key: text, …} and [text, …].
func show(n *yamlsrc.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	switch n.Kind {
	case yamlsrc.Mapping:
		b.WriteByte('{')
		for i, p := range n.Pairs {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(p.Key.Value + ": " + show(p.Value))
		}
		b.WriteByte('}')
	case yamlsrc.Sequence:
		b.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(show(item))
		}
		b.WriteByte(']')
	default:
		return n.Value
	}
	return b.String()
}
