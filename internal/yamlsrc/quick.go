package yamlsrc

import (
	"strings"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
)

// quickDepth is how deep the quick reader follows; what lies deeper is left to
// yaml.v3, as is everything else that is unusual.
const quickDepth = 40

// quick reads the YAML that definitions are written in: block mappings and
// lists, flow collections, texts that are plain, in quotes on one line, or
// literal blocks, and comments. It gives the tree that yaml.v3 and converter
// give, with the same texts, styles and places, about fifteen times as fast. It
// gives up at everything it is not sure about and at every error, which yaml.v3
// then reads or reports; so it decides nothing.
//
// Its methods begin at the first character of what they read and end behind it.
type quick struct {
	f     *File
	s     string // the file
	at    int    // the place in s
	ln    int    // the line of it, counted from 0
	depth int

	// The last place asked for: columns count characters, and places are asked
	// for from left to right.
	colLine, colAt, col int

	// Slabs, of which the part up to the capacity is free.
	nodes    []Node
	pairSlab []Pair
	itemSlab []*Node
	// What the mappings and lists being read have so far, outer ones first.
	pairs []Pair
	items []*Node
}

// slab copies a slice to where it stays.
func slab[T any](free *[]T, from []T) []T {
	if *free == nil || cap(*free)-len(*free) < len(from) {
		*free = make([]T, 0, max(len(from), 64))
	}
	start := len(*free)
	*free = append(*free, from...)
	return (*free)[start:len(*free):len(*free)]
}

// errUnsure is what the quick reader panics with, inside this file only, where
// it gives up: a state to be handed through every call otherwise.
type errUnsure struct{}

// quickParse reads a file whose characters were already found to be allowed.
func quickParse(f *File, depth int) (root *Node) {
	if len(f.Src) == 0 || f.Src[len(f.Src)-1] != '\n' || bomLen(f.Src) > 0 {
		return nil
	}
	q := quick{f: f, s: string(f.Src), depth: min(depth, quickDepth), colLine: -1}
	if strings.ContainsAny(q.s, "\t\r") {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			if _, unsure := r.(errUnsure); !unsure {
				panic(r)
			}
			root = nil
		}
	}()
	// A colon stands between two values; the lines are for lists and collections.
	q.nodes = make([]Node, 0, min(2*strings.Count(q.s, ":")+len(f.lines), 4096))
	indent := q.nextLine()
	if indent != 0 {
		return nil
	}
	root = q.blockMapping(0, 1)
	if q.at != len(q.s) {
		return nil
	}
	return root
}

func (q *quick) unsure() { panic(errUnsure{}) }

// node takes a node from the slab, which begins at an offset of this line.
func (q *quick) node(from int) *Node {
	i := len(q.nodes)
	if i == cap(q.nodes) {
		q.nodes, i = make([]Node, 0, 64), 0
	}
	q.nodes = q.nodes[:i+1]
	n := &q.nodes[i]
	n.from, n.Start = int32(from), q.pos(from)
	return n
}

// pos gives the place of an offset of the line at hand.
func (q *quick) pos(off int) diag.Pos {
	if q.colLine != q.ln || off < q.colAt {
		q.colLine, q.colAt, q.col = q.ln, int(q.f.lines[q.ln]), 1
	}
	q.col += utf8.RuneCountInString(q.s[q.colAt:off])
	q.colAt = off
	return diag.Pos{Line: q.ln + 1, Column: q.col}
}

// end sets where a scalar ends on the line at hand.
func (q *quick) end(n *Node, to int) {
	n.to, n.End = int32(to), q.pos(to)
}

// endLine passes blanks and a comment up to the end of the line and goes to
// the next line with content.
func (q *quick) endLine() int {
	i := q.at
	for q.s[i] == ' ' {
		i++
	}
	switch {
	case q.s[i] == '\n':
	case q.s[i] == '#' && (i > q.at || i == int(q.f.lines[q.ln])):
		i += strings.IndexByte(q.s[i:], '\n')
	default:
		q.unsure()
	}
	q.at = i + 1
	q.ln++
	return q.nextLine()
}

// nextLine goes from the start of a line to the first content in this or a
// later one and gives its indentation, -1 at the end of the file.
func (q *quick) nextLine() int {
	for q.at < len(q.s) {
		start := q.at
		for q.s[q.at] == ' ' {
			q.at++
		}
		switch q.s[q.at] {
		case '\n':
			q.at++
		case '#':
			q.at += strings.IndexByte(q.s[q.at:], '\n') + 1
		default:
			if q.at == start && (strings.HasPrefix(q.s[start:], "---") || strings.HasPrefix(q.s[start:], "...")) {
				q.unsure()
			}
			return q.at - start
		}
		q.ln++
	}
	return -1
}

// dash tells whether an item of a list begins here.
func (q *quick) dash() bool {
	return q.s[q.at] == '-' && (q.s[q.at+1] == ' ' || q.s[q.at+1] == '\n')
}

// block reads a mapping or list whose first part begins here, at an
// indentation.
func (q *quick) block(indent, level int) *Node {
	if q.dash() {
		n, next := q.blockSequence(indent, level)
		if next >= indent {
			q.unsure()
		}
		return n
	}
	return q.blockMapping(indent, level)
}

// blockMapping reads pairs at an indentation, up to the next line of less. The
// place is then the content of that line.
func (q *quick) blockMapping(indent, level int) *Node {
	if level >= q.depth {
		q.unsure()
	}
	n := q.node(q.at)
	n.Kind, n.Style = Mapping, Block
	mark := len(q.pairs)
	for {
		key := q.key(false)
		q.pairs = append(q.pairs, Pair{Key: key})
		slot := len(q.pairs) - 1
		value, next := q.afterColon(indent, level+1)
		q.pairs[slot].Value = value
		if next < indent {
			break
		}
		if next > indent || q.dash() {
			q.unsure()
		}
	}
	q.close(n, mark)
	last := n.Pairs[len(n.Pairs)-1].Value
	n.to, n.End = last.to, last.End
	return n
}

// close gives a mapping the pairs above mark.
func (q *quick) close(n *Node, mark int) {
	found := q.pairs[mark:]
	if hasDuplicates(found) {
		q.unsure()
	}
	n.Pairs = slab(&q.pairSlab, found)
	q.pairs = q.pairs[:mark]
}

// afterColon reads the value behind the colon of a key of a mapping at an
// indentation; next is the indentation of the line it then stands in.
func (q *quick) afterColon(indent, level int) (value *Node, next int) {
	colon := q.at
	for q.s[q.at] == ' ' {
		q.at++
	}
	if c := q.s[q.at]; c != '\n' && c != '#' {
		return q.inline(indent, level)
	}
	null := q.null(colon)
	next = q.endLine()
	switch {
	case next > indent:
		// A text that begins on the next line is no block.
		n := q.block(next, level)
		return n, q.indentation()
	case next == indent && q.dash():
		return q.blockSequence(indent, level)
	}
	return null, next
}

// indentation is that of the line at hand, whose content is here.
func (q *quick) indentation() int {
	if q.at == len(q.s) {
		return -1
	}
	return q.at - int(q.f.lines[q.ln])
}

// null makes the value of a key or item with nothing behind it.
func (q *quick) null(at int) *Node {
	n := q.node(at)
	n.Style, n.Tag, n.to, n.End = Plain, TagNull, n.from, n.Start
	return n
}

// blockSequence reads items whose dashes stand at an indentation.
func (q *quick) blockSequence(indent, level int) (n *Node, next int) {
	if level >= q.depth {
		q.unsure()
	}
	n = q.node(q.at)
	n.Kind, n.Style = Sequence, Block
	mark := len(q.items)
	for {
		var item *Node
		item, next = q.item(indent, level+1)
		q.items = append(q.items, item)
		if next < indent || next == indent && !q.dash() {
			break
		}
		if next > indent {
			q.unsure()
		}
	}
	n.Items = slab(&q.itemSlab, q.items[mark:])
	q.items = q.items[:mark]
	last := n.Items[len(n.Items)-1]
	n.to, n.End = last.to, last.End
	return n, next
}

// item reads a dash and what stands behind it.
func (q *quick) item(indent, level int) (item *Node, next int) {
	q.at++
	dash := q.at
	for q.s[q.at] == ' ' {
		q.at++
	}
	switch c := q.s[q.at]; {
	case c == '\n' || c == '#':
		null := q.null(dash)
		if next = q.endLine(); next > indent {
			return q.block(next, level), q.indentation()
		}
		return null, next
	case q.dash():
		return q.block(q.indentation(), level), q.indentation()
	case q.startsPair():
		return q.blockMapping(q.indentation(), level), q.indentation()
	}
	return q.inline(indent, level)
}

// startsPair tells whether a key and a colon stand here.
func (q *quick) startsPair() bool {
	switch q.s[q.at] {
	case '"', '\'':
		end := q.at + 1
		for q.s[end] != q.s[q.at] {
			if q.s[end] == '\n' || q.s[end] == '\\' {
				return false
			}
			end++
		}
		return q.s[end+1] == ':'
	case '[', '{', '|', '>':
		return false
	}
	for i := q.at; q.s[i] != '\n'; i++ {
		if q.s[i] == ':' && (q.s[i+1] == ' ' || q.s[i+1] == '\n') {
			return true
		}
		if q.s[i] == '#' && q.s[i-1] == ' ' {
			return false
		}
	}
	return false
}
