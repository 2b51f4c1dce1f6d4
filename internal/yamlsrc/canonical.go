package yamlsrc

import "unicode/utf8"

// ParseCanonical reads what Encode writes, fast and without places. It gives
// false for everything it is not sure about: comments, other indentation,
// folded text, anything wrong. Where it gives true, Parse gives the same tree.
func ParseCanonical(src []byte) (*Node, bool) {
	var r CanonicalReader
	return r.Parse(src)
}

// CanonicalReader is ParseCanonical for many files: it uses its memory again.
// The zero value is ready; one reader serves one goroutine.
type CanonicalReader struct{ c canonical }

// Parse is ParseCanonical. The nodes live until the next call; Clone what is to
// stay. The texts in them stay anyway.
func (r *CanonicalReader) Parse(src []byte) (*Node, bool) {
	if len(src) == 0 || len(src) > MaxSize || src[len(src)-1] != '\n' || !utf8.Valid(src) || !clean(src) {
		return nil, false
	}
	c := &r.c
	c.s, c.at, c.failed = string(src), 0, false
	if c.s == "{}\n" {
		return &Node{Kind: Mapping, Style: Flow}, true
	}
	if c.nodes == nil {
		// A typical document has a key or value in every ten bytes.
		c.nodes = make([]Node, 0, min(len(src)/10+4, 128))
	}
	c.nodes, c.pairs, c.lists = c.nodes[:0], c.pairs[:0], c.lists[:0]
	c.stack, c.items = c.stack[:0], c.items[:0]
	root := c.blockMapping(0, 1)
	if c.failed || c.at != len(c.s) {
		return nil, false
	}
	return root, true
}

// clean looks for characters that scan refuses; the text is UTF-8.
func clean(src []byte) bool {
	for i, c := range src {
		if c >= ' ' && c < 0x7f {
			continue
		}
		switch c {
		case 0xC2: // C1 controls and the next-line character
			if src[i+1] < 0xA0 {
				return false
			}
		case 0xE2: // line and paragraph separator
			if src[i+1] == 0x80 && (src[i+2] == 0xA8 || src[i+2] == 0xA9) {
				return false
			}
		case 0xEF: // byte order mark and non-characters
			if src[i+1] == 0xBB && src[i+2] == 0xBF || src[i+1] == 0xBF && src[i+2] >= 0xBE {
				return false
			}
		default:
			if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
				return false
			}
		}
	}
	return true
}

// canonical is a reader at a place of its text. Each of its methods begins at
// the first character of what it reads and ends behind it; failed is set when
// the text is not surely canonical, and everything returned is then worthless.
type canonical struct {
	s      string
	at     int
	failed bool

	// Slabs, of which the part up to the capacity is free.
	nodes []Node
	pairs []Pair
	lists []*Node
	// What the mappings and lists being read have so far.
	stack []Pair
	items []*Node
}

func (c *canonical) fail() *Node {
	c.failed = true
	return nil
}

// node takes a node from the slab.
func (c *canonical) node() *Node {
	i := len(c.nodes)
	if i == cap(c.nodes) {
		c.nodes, i = make([]Node, 0, max(2*cap(c.nodes), 64)), 0
	}
	c.nodes = c.nodes[:i+1]
	n := &c.nodes[i]
	*n = Node{}
	return n
}

// take makes a slice of the pairs above mark on the stack.
func (c *canonical) take(mark int) []Pair {
	n := len(c.stack) - mark
	if cap(c.pairs)-len(c.pairs) < n {
		c.pairs = make([]Pair, 0, max(n, 2*cap(c.pairs), 32))
	}
	from := len(c.pairs)
	c.pairs = append(c.pairs, c.stack[mark:]...)
	c.stack = c.stack[:mark]
	return c.pairs[from:len(c.pairs):len(c.pairs)]
}

// takeItems is take for the items of lists.
func (c *canonical) takeItems(mark int) []*Node {
	n := len(c.items) - mark
	if cap(c.lists)-len(c.lists) < n {
		c.lists = make([]*Node, 0, max(n, 2*cap(c.lists), 8))
	}
	from := len(c.lists)
	c.lists = append(c.lists, c.items[mark:]...)
	c.items = c.items[:mark]
	return c.lists[from:len(c.lists):len(c.lists)]
}

// lineIndent counts the spaces at the start of the line at hand; -1 at the end
// of the text.
func (c *canonical) lineIndent() int {
	i := c.at
	for i < len(c.s) && c.s[i] == ' ' {
		i++
	}
	if i == len(c.s) {
		return -1
	}
	return i - c.at
}

// blockMapping reads pairs at an indentation. It begins behind the indentation
// of the first one.
func (c *canonical) blockMapping(indent, level int) *Node {
	if level >= MaxDepth {
		return c.fail()
	}
	n := c.node()
	n.Kind, n.Style = Mapping, Block
	mark := len(c.stack)
	for {
		key := c.key(false)
		if c.failed {
			return nil
		}
		// The slot is taken first: reading the value uses the stack above it.
		c.stack = append(c.stack, Pair{Key: key})
		slot := len(c.stack) - 1
		value := c.afterColon(indent, level+1)
		if c.failed {
			return nil
		}
		c.stack[slot].Value = value
		next := c.lineIndent()
		if next < indent {
			break
		}
		if next > indent {
			return c.fail()
		}
		c.at += indent
	}
	if hasDuplicates(c.stack[mark:]) {
		return c.fail()
	}
	n.Pairs = c.take(mark)
	return n
}

func hasDuplicates(pairs []Pair) bool {
	if len(pairs) > 24 {
		seen := make(map[string]bool, len(pairs))
		for _, p := range pairs {
			if seen[p.Key.Value] {
				return true
			}
			seen[p.Key.Value] = true
		}
		return false
	}
	for i := range pairs {
		for j := range i {
			if pairs[i].Key.Value == pairs[j].Key.Value {
				return true
			}
		}
	}
	return false
}

// key reads a key with its colon.
func (c *canonical) key(flow bool) *Node {
	n := c.node()
	if c.at < len(c.s) && c.s[c.at] == '"' {
		c.quoted(n)
	} else {
		c.plainKey(n, flow)
	}
	if c.failed || len(n.Value) > keyLimit || c.at >= len(c.s) || c.s[c.at] != ':' {
		return c.fail()
	}
	c.at++
	return n
}

// plainKey reads a key of letters, digits and a few signs inside.
func (c *canonical) plainKey(n *Node, flow bool) {
	from := c.at
	i := from
	for ; i < len(c.s); i++ {
		switch class[c.s[i]] {
		case letter:
			continue
		case inner:
			if i > from {
				continue
			}
		}
		break
	}
	if i == from || i == len(c.s) || c.s[i-1] == ' ' {
		c.fail()
		return
	}
	c.at = i
	n.Value = c.s[from:i]
	n.Style = Plain
	n.Tag = tagOfPlain(n.Value)
}

// tagOfPlain is Resolve with a short cut for words, which most values are.
func tagOfPlain(s string) string {
	switch c := s[0]; {
	case c >= utf8.RuneSelf, len(s) > 5 && c >= 'A':
		return TagText
	}
	return Resolve(s)
}

// The classes of bytes in plain keys.
const (
	other  = iota
	letter // anywhere
	inner  // not as the first one
)

var class = func() (t [256]uint8) {
	for i := range t {
		switch {
		case i >= 'a' && i <= 'z', i >= 'A' && i <= 'Z', i >= '0' && i <= '9', i == '_', i >= utf8.RuneSelf:
			t[i] = letter
		case i == ' ', i == '-', i == '.', i == '/', i == '(', i == ')':
			t[i] = inner
		}
	}
	return
}()

// afterColon reads the value behind the colon of a key at an indentation, and
// the end of its last line.
func (c *canonical) afterColon(indent, level int) *Node {
	if c.at >= len(c.s) {
		return c.fail()
	}
	switch c.s[c.at] {
	case ' ':
		c.at++
		return c.inline(indent, level)
	case '\n':
		c.at++
	default:
		return c.fail()
	}
	next := c.lineIndent()
	switch {
	case next == indent+2:
		c.at += next
		if c.dash() {
			return c.blockSequence(next, level)
		}
		return c.blockMapping(next, level)
	case next > indent, next == indent && c.s[c.at+next] == '-':
		return c.fail()
	}
	return c.null()
}

// null makes the value of a key or item with nothing behind it.
func (c *canonical) null() *Node {
	n := c.node()
	n.Style, n.Tag = Plain, TagNull
	return n
}

// dash tells whether an item of a list starts here.
func (c *canonical) dash() bool {
	return c.at+1 < len(c.s) && c.s[c.at] == '-' && (c.s[c.at+1] == ' ' || c.s[c.at+1] == '\n')
}

// blockSequence reads items whose dashes stand at an indentation. It begins at
// the first dash.
func (c *canonical) blockSequence(indent, level int) *Node {
	if level >= MaxDepth {
		return c.fail()
	}
	n := c.node()
	n.Kind, n.Style = Sequence, Block
	mark := len(c.items)
	for {
		if !c.dash() {
			return c.fail()
		}
		c.at++
		item := c.item(indent, level+1)
		if c.failed {
			return nil
		}
		c.items = append(c.items, item)
		next := c.lineIndent()
		if next < indent {
			break
		}
		if next > indent {
			return c.fail()
		}
		c.at += indent
	}
	n.Items = c.takeItems(mark)
	return n
}

// item reads what stands behind a dash, and the end of its last line.
func (c *canonical) item(indent, level int) *Node {
	if c.s[c.at] == '\n' {
		c.at++
		if c.lineIndent() > indent {
			return c.fail()
		}
		return c.null()
	}
	c.at++
	switch {
	case c.dash():
		return c.blockSequence(indent+2, level)
	case c.startsPair():
		return c.blockMapping(indent+2, level)
	}
	return c.inline(indent, level)
}

// startsPair tells whether a key and a colon stand here.
func (c *canonical) startsPair() bool {
	i := c.at
	if c.s[i] == '"' {
		for i++; i < len(c.s) && c.s[i] != '"'; i++ {
			if c.s[i] == '\\' {
				i++
			}
		}
		return i+1 < len(c.s) && c.s[i+1] == ':'
	}
	for ; i < len(c.s) && class[c.s[i]] != other; i++ {
	}
	return i+1 < len(c.s) && c.s[i] == ':' && (c.s[i+1] == ' ' || c.s[i+1] == '\n')
}
