package yamlsrc

import (
	"strings"
	"unicode/utf8"
)

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

// inline reads a value that begins on the line at hand, and the end of its
// last line.
func (c *canonical) inline(indent, level int) *Node {
	if c.at >= len(c.s) {
		return c.fail()
	}
	var n *Node
	switch c.s[c.at] {
	case '{', '[':
		n = c.flow(level)
	case '|':
		return c.literal(indent + 2)
	case '"':
		n = c.node()
		c.quoted(n)
	default:
		n = c.node()
		c.plainLine(n)
	}
	if c.failed || c.at >= len(c.s) || c.s[c.at] != '\n' {
		return c.fail()
	}
	c.at++
	return n
}

// plainLine reads a plain text up to the end of its line.
func (c *canonical) plainLine(n *Node) {
	end := strings.IndexByte(c.s[c.at:], '\n')
	if end <= 0 {
		c.fail()
		return
	}
	text := c.s[c.at : c.at+end]
	if !plainStart(text) || !plainASCII(text, false) || text[end-1] == ' ' || text[end-1] == ':' {
		c.fail()
		return
	}
	n.Value, n.Style, n.Tag = text, Plain, tagOfPlain(text)
	c.at += end
}

// quoted reads a text in double quotes on one line.
func (c *canonical) quoted(n *Node) {
	n.Style, n.Tag = Double, TagText
	from := c.at + 1
	for i := from; i < len(c.s); i++ {
		switch c.s[i] {
		case '"':
			n.Value = c.s[from:i]
			c.at = i + 1
			return
		case '\\':
			c.escaped(n, from, i)
			return
		case '\n', '\t':
			c.fail()
			return
		}
	}
	c.fail()
}

// escaped goes on with a quoted text from its first backslash, at i.
func (c *canonical) escaped(n *Node, from, i int) {
	b := make([]byte, 0, 64)
	clean := from
	for i < len(c.s) {
		switch c.s[i] {
		case '"':
			n.Value = string(append(b, c.s[clean:i]...))
			c.at = i + 1
			return
		case '\n', '\t':
			c.fail()
			return
		case '\\':
			b = append(b, c.s[clean:i]...)
			size := 0
			if b, size = appendUnescaped(b, c.s[i:]); size == 0 {
				c.fail()
				return
			}
			i += size
			clean = i
		default:
			i++
		}
	}
	c.fail()
}

// appendUnescaped undoes one of the escapes that appendEscape writes; size is
// that of the escape, 0 for any other one.
func appendUnescaped(b []byte, s string) ([]byte, int) {
	if len(s) < 2 {
		return b, 0
	}
	width := 0
	switch s[1] {
	case '"', '\\':
		return append(b, s[1]), 2
	case 'n':
		return append(b, '\n'), 2
	case 't':
		return append(b, '\t'), 2
	case 'r':
		return append(b, '\r'), 2
	case 'x':
		width = 2
	case 'u':
		width = 4
	case 'U':
		width = 8
	default:
		return b, 0
	}
	if len(s) < 2+width {
		return b, 0
	}
	var r rune
	for _, d := range []byte(s[2 : 2+width]) {
		v := strings.IndexByte(hex, d)
		if v < 0 || r > utf8.MaxRune {
			return b, 0
		}
		r = r<<4 | rune(v)
	}
	if !utf8.ValidRune(r) {
		return b, 0
	}
	return utf8.AppendRune(b, r), 2 + width
}

// flow reads a mapping or list on the line at hand.
func (c *canonical) flow(level int) *Node {
	if level >= MaxDepth {
		return c.fail()
	}
	n := c.node()
	n.Style = Flow
	if c.s[c.at] == '{' {
		n.Kind = Mapping
		c.flowMapping(n, level)
	} else {
		n.Kind = Sequence
		c.flowSequence(n, level)
	}
	return n
}

func (c *canonical) flowMapping(n *Node, level int) {
	c.at++
	if c.s[c.at] == '}' {
		c.at++
		return
	}
	mark := len(c.stack)
	for {
		key := c.key(true)
		if c.failed || c.s[c.at] != ' ' {
			c.fail()
			return
		}
		c.at++
		c.stack = append(c.stack, Pair{Key: key})
		slot := len(c.stack) - 1
		value := c.flowValue(level)
		if c.failed {
			return
		}
		c.stack[slot].Value = value
		if !c.comma('}') {
			break
		}
	}
	if c.failed || hasDuplicates(c.stack[mark:]) {
		c.fail()
		return
	}
	n.Pairs = c.take(mark)
}

func (c *canonical) flowSequence(n *Node, level int) {
	c.at++
	if c.s[c.at] == ']' {
		c.at++
		return
	}
	mark := len(c.items)
	for {
		item := c.flowValue(level)
		if c.failed {
			return
		}
		c.items = append(c.items, item)
		if !c.comma(']') {
			break
		}
	}
	n.Items = c.takeItems(mark)
}

// comma passes ", " between two parts of a flow collection, or its end.
func (c *canonical) comma(end byte) bool {
	if c.s[c.at] == end {
		c.at++
		return false
	}
	if strings.HasPrefix(c.s[c.at:], ", ") {
		c.at += 2
		return true
	}
	c.fail()
	return false
}

// flowValue reads a value inside a flow collection. The text ends with a line
// feed, which ends every scan here.
func (c *canonical) flowValue(level int) *Node {
	switch c.s[c.at] {
	case '{', '[':
		return c.flow(level + 1)
	case '"':
		n := c.node()
		c.quoted(n)
		return n
	}
	from := c.at
	i := from
scan:
	for ; i < len(c.s); i++ {
		switch c.s[i] {
		case ',', '}', ']', '\n':
			break scan
		}
	}
	text := c.s[from:i]
	if text == "" || !plainStart(text) || !plainASCII(text, true) || text[len(text)-1] == ' ' || text[len(text)-1] == ':' {
		return c.fail()
	}
	n := c.node()
	n.Value, n.Style, n.Tag = text, Plain, tagOfPlain(text)
	c.at = i
	return n
}

// literal reads a block whose lines stand at an indentation.
func (c *canonical) literal(indent int) *Node {
	keep := true // the line feed at the end
	c.at++
	if c.s[c.at] == '-' {
		keep = false
		c.at++
	}
	if c.s[c.at] != '\n' {
		return c.fail()
	}
	c.at++
	var b strings.Builder
	blank := 0
	for first := true; c.at < len(c.s); first = false {
		end := c.at + strings.IndexByte(c.s[c.at:], '\n')
		line := c.s[c.at:end]
		if line == "" {
			if first {
				return c.fail()
			}
			blank++
			c.at = end + 1
			continue
		}
		spaces := 0
		for spaces < len(line) && line[spaces] == ' ' {
			spaces++
		}
		if spaces == len(line) || line[spaces] == '\t' || first && spaces != indent {
			return c.fail()
		}
		if spaces < indent {
			break
		}
		if !first {
			b.WriteByte('\n')
		}
		for ; blank > 0; blank-- {
			b.WriteByte('\n')
		}
		b.WriteString(line[indent:])
		c.at = end + 1
	}
	if blank > 0 || b.Len() == 0 {
		return c.fail()
	}
	if keep {
		b.WriteByte('\n')
	}
	n := c.node()
	n.Value, n.Style, n.Tag = b.String(), Literal, TagText
	return n
}
