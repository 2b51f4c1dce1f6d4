package yamlsrc

import (
	"strings"
	"unicode/utf8"
)

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
