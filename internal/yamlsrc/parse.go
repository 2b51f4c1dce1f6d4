package yamlsrc

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"

	"github.com/e1-dms/e1/internal/diag"
)

// Limits of what is read.
const (
	MaxSize  = 16 << 20 // bytes of a file, where Limits says nothing else
	MaxDepth = 100      // levels of mappings and lists inside each other
)

// Limits changes what a reader accepts; zero fields keep the defaults.
type Limits struct {
	Size  int
	Depth int
	// AnyRoot accepts a list or a scalar at the root, and an empty file.
	AnyRoot bool
}

// Parse reads a definition or document: one document with a mapping at its
// root. All problems that one pass finds are reported, with places. The file
// is never nil; its Root is nil when the syntax is broken, and usable, though
// not to be trusted, when only refused constructs (duplicate keys, tags) were
// found.
func Parse(name string, src []byte) (*File, diag.List) {
	return ParseLimited(name, src, Limits{})
}

// ParseAny is Parse for files whose root may be a list or a scalar too; the
// root of an empty file is a null.
func ParseAny(name string, src []byte) (*File, diag.List) {
	return ParseLimited(name, src, Limits{AnyRoot: true})
}

// ParseLimited is Parse with other limits.
func ParseLimited(name string, src []byte, limits Limits) (*File, diag.List) {
	return parse(name, src, limits, true)
}

// parse is ParseLimited, with or without the quick reader, which tells nobody
// but the clock.
func parse(name string, src []byte, limits Limits, quickly bool) (*File, diag.List) {
	if limits.Size == 0 {
		limits.Size = MaxSize
	}
	if limits.Depth == 0 {
		limits.Depth = MaxDepth
	}
	f := &File{Name: name, Src: src}
	var problems diag.List
	if len(src) > limits.Size {
		f.lines = []int32{0}
		problems.Add(problem(tooLarge, f.Span(nil), "file has %d bytes, more than %d are not read", len(src), limits.Size))
		return f, problems
	}
	f.lines = lineStarts(src)
	scan(f, &problems)
	if problems.HasErrors() {
		return f, problems
	}
	if quickly && !limits.AnyRoot {
		if f.Root = quickParse(f, limits.Depth); f.Root != nil {
			return f, problems
		}
	}
	doc, err := decode(src[bomLen(src):])
	if err != nil {
		explain(f, err, &problems)
		return f, problems
	}
	if doc == nil || len(doc.Content) == 0 {
		if !limits.AnyRoot {
			problems.Add(helped(problem(wrongRoot, f.Span(nil), "file is empty"), "write `key: value` lines"))
			return f, problems
		}
		at := bomLen(src)
		f.Root = &Node{Tag: TagNull, Style: Plain, Start: f.pos(at), End: f.pos(at), from: int32(at), to: int32(at)}
		return f, problems
	}
	c := converter{f: f, problems: &problems, depth: limits.Depth, cur: cursor{f: f}}
	root := c.node(doc.Content[0], 1)
	f.Root = root
	if root != nil && root.Kind != Mapping && !limits.AnyRoot {
		problems.Add(helped(problem(wrongRoot, f.Span(root), "expected `key: value` lines, found %s", root.Kind),
			"begin the file with a key"))
		f.Root = nil
	}
	problems.Sort()
	return f, problems
}

// errSeveral is what decode gives for a second document in a file.
var errSeveral = errors.New("several documents")

// decode runs yaml.v3; its panics, should there be any, become errors.
func decode(src []byte) (doc *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var n yaml.Node
	if err := dec.Decode(&n); err != nil {
		if err == io.EOF {
			return nil, nil
		}
		return nil, err
	}
	var second yaml.Node
	switch err := dec.Decode(&second); err {
	case io.EOF:
		return &n, nil
	case nil:
		return nil, errSeveral
	default:
		return nil, err
	}
}

// converter turns yaml.v3's nodes into ours.
type converter struct {
	f        *File
	problems *diag.List
	depth    int
	cur      cursor
	stopped  bool // too deep: reported once
}

func (c *converter) node(y *yaml.Node, level int) *Node {
	from := c.cur.offset(y.Line, y.Column)
	n := &Node{from: int32(from), Start: diag.Pos{Line: y.Line, Column: y.Column}}
	if level > c.depth {
		if !c.stopped {
			c.stopped = true
			c.problems.Add(helped(problem(tooDeep, diag.Span{File: c.f.Name, Start: n.Start, End: n.Start},
				"values lie more than %d levels deep", c.depth), "put fewer values inside each other"))
		}
		n.Tag, n.Style, n.to, n.End = TagNull, Plain, n.from, n.Start
		return n
	}
	c.refuse(y, n)
	switch y.Kind {
	case yaml.MappingNode:
		c.mapping(y, n, level)
	case yaml.SequenceNode:
		n.Kind = Sequence
		n.Style = collectionStyle(y)
		n.Items = make([]*Node, len(y.Content))
		end := from
		for i, item := range y.Content {
			n.Items[i] = c.node(item, level+1)
			end = int(n.Items[i].to)
		}
		c.end(n, end)
	case yaml.ScalarNode:
		c.scalar(y, n)
	default: // an alias, refused above
		n.Tag, n.Value, n.Style = TagText, "*"+y.Value, Plain
		n.to = int32(min(from+1+len(y.Value), len(c.f.Src)))
		n.End = c.cur.place(int(n.to))
	}
	return n
}

func collectionStyle(y *yaml.Node) Style {
	if y.Style&yaml.FlowStyle != 0 {
		return Flow
	}
	return Block
}

func (c *converter) mapping(y *yaml.Node, n *Node, level int) {
	n.Kind = Mapping
	n.Style = collectionStyle(y)
	n.Pairs = make([]Pair, 0, len(y.Content)/2)
	seen := newSeen(len(y.Content) / 2)
	end := int(n.from)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := c.node(y.Content[i], level+1)
		c.key(y.Content[i], key, seen, min(end, int(key.from)))
		value := c.node(y.Content[i+1], level+1)
		n.Pairs = append(n.Pairs, Pair{key, value})
		end = max(int(value.to), int(key.to))
	}
	c.end(n, end)
}

// end sets the end of a mapping or list, end being that of its last part.
func (c *converter) end(n *Node, end int) {
	if n.Style == Flow {
		end = closing(c.f.Src, max(end, int(n.from)+1))
	}
	n.to = int32(end)
	n.End = c.cur.place(end)
}

// closing finds the end of a flow collection whose last part ends at i.
func closing(src []byte, i int) int {
	for i < len(src) {
		switch src[i] {
		case ']', '}':
			return i + 1
		case '#':
			for i < len(src) && src[i] != '\n' {
				i++
			}
		default:
			i++
		}
	}
	return i
}

func (c *converter) scalar(y *yaml.Node, n *Node) {
	n.Value = y.Value
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.Style, n.Tag = Double, TagText
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.Style, n.Tag = Single, TagText
	case y.Style&yaml.LiteralStyle != 0:
		n.Style, n.Tag = Literal, TagText
	case y.Style&yaml.FoldedStyle != 0:
		n.Style, n.Tag = Folded, TagText
	default:
		n.Style, n.Tag = Plain, Resolve(y.Value)
	}
	n.to = int32(scalarEnd(c.f.Src, int(n.from), n))
	n.End = c.cur.place(int(n.to))
}

// seen finds duplicate keys: few by looking, many through a map.
type seen struct {
	few  []*Node
	many map[string]*Node
}

func newSeen(n int) *seen {
	if n > 16 {
		return &seen{many: make(map[string]*Node, n)}
	}
	return &seen{few: make([]*Node, 0, n)}
}

// add gives the earlier key of the same text, if any.
func (s *seen) add(key *Node) *Node {
	if s.many != nil {
		if first := s.many[key.Value]; first != nil {
			return first
		}
		s.many[key.Value] = key
		return nil
	}
	for _, k := range s.few {
		if k.Value == key.Value {
			return k
		}
	}
	s.few = append(s.few, key)
	return nil
}

// key refuses what cannot be a key; before is the end of the value before it.
func (c *converter) key(y *yaml.Node, key *Node, seen *seen, before int) {
	at := c.f.Span(key)
	switch {
	case y.Kind == yaml.AliasNode:
	case key.Kind != Scalar:
		c.problems.Add(helped(problem(complexKey, at, "a key is a text, found %s", key.Kind), "write `key: value`, or quote what begins with [ or {"))
		key.Kind, key.Pairs, key.Items, key.Tag = Scalar, nil, nil, TagText
	case asksKey(c.f.Src[before:key.from]):
		c.problems.Add(helped(problem(complexKey, at, "keys written with `?` are not read"), "write `key: value`"))
	case key.Style == Plain && key.Value == "<<":
		c.problems.Add(helped(problem(mergeKey, at, "merge keys (`<<`) are not read"), "write the keys out"))
	case key.Style == Plain && key.Value == "":
		c.problems.Add(helped(problem(complexKey, at, "the key before `:` is missing"), "write `key: value`"))
	default:
		if first := seen.add(key); first != nil {
			p := problem(duplicateKey, at, "key %q is already there in line %d", key.Value, first.Start.Line)
			p.Related = []diag.Related{{At: c.f.Span(first), Message: "first written here"}}
			c.problems.Add(helped(p, "keep one of them"))
		}
	}
}

// asksKey tells whether there is a `?`, which begins a key on its own, between
// the end of one value and the next key.
func asksKey(src []byte) bool {
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '?':
			return true
		case '#':
			i = lineEnd(src, i)
		}
	}
	return false
}

// refuse reports tags, anchors and aliases.
func (c *converter) refuse(y *yaml.Node, n *Node) {
	at := int(n.from)
	if y.Kind == yaml.AliasNode {
		c.problems.Add(helped(problem(anchor, c.f.span(at, wordEnd(c.f.Src, at)), "aliases (`*%s`) are not read", y.Value),
			"write the value out, or put text that begins with * in quotes"))
		return
	}
	for at < len(c.f.Src) && (c.f.Src[at] == '&' || c.f.Src[at] == '!') {
		end := wordEnd(c.f.Src, at)
		word := string(c.f.Src[at:end])
		if c.f.Src[at] == '&' {
			c.problems.Add(helped(problem(anchor, c.f.span(at, end), "anchors (`%s`) are not read", word),
				"write the value out, or put text that begins with & in quotes"))
		} else {
			c.problems.Add(helped(problem(explicitTag, c.f.span(at, end), "tags (`%s`) are not read", word),
				"remove it, or put text that begins with ! in quotes"))
		}
		for at = end; at < len(c.f.Src) && (c.f.Src[at] == ' ' || c.f.Src[at] == '\n' || c.f.Src[at] == '\r'); at++ {
		}
		n.from = int32(at)
	}
}

func wordEnd(src []byte, i int) int {
	for i < len(src) && src[i] > ' ' && src[i] != ',' && src[i] != ']' && src[i] != '}' {
		i++
	}
	return i
}
