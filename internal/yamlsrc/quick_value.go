package yamlsrc

import (
	"strings"
	"unicode/utf8"
)

// maxKey is the longest key the quick reader takes; yaml.v3 has a limit too.
const maxKey = 250

// key reads a key with its colon, behind which a blank or the end of the line
// must stand.
func (q *quick) key(flow bool) *Node {
	n := q.node(q.at)
	switch c := q.s[q.at]; c {
	case '"', '\'':
		q.quoted(n, c)
	default:
		q.plain(n, flow)
	}
	if n.Value == "" || n.Value == "<<" && n.Style == Plain || len(n.Value) > maxKey || q.s[q.at] != ':' {
		q.unsure()
	}
	q.at++
	if c := q.s[q.at]; c != ' ' && c != '\n' {
		q.unsure()
	}
	return n
}

// inline reads a value that begins on the line at hand and belongs to a key or
// dash at an indentation; next is the indentation of the line it then stands in.
func (q *quick) inline(indent, level int) (n *Node, next int) {
	switch c := q.s[q.at]; c {
	case '|':
		return q.literal(indent)
	case '[', '{':
		n = q.flow(indent, level)
	case '"', '\'':
		n = q.node(q.at)
		q.quoted(n, c)
	default:
		n = q.node(q.at)
		q.plain(n, false)
	}
	if next = q.endLine(); next > indent {
		q.unsure() // a text that goes on
	}
	return n, next
}

// plain reads a plain text up to a colon, a comment, the end of the line or,
// inside a flow collection, what ends it there.
func (q *quick) plain(n *Node, flow bool) {
	from := q.at
	switch c, after := q.s[from], q.s[from+1]; {
	case c == '-' || !flow && (c == '?' || c == ':'):
		if after == ' ' || after == '\n' {
			q.unsure()
		}
	case strings.IndexByte("?:,[]{}#&*!|>'\"%@`", c) >= 0:
		q.unsure()
	}
	end := from
scan:
	for i := from; ; i++ {
		switch c := q.s[i]; c {
		case ' ':
			continue
		case '\n':
			break scan
		case ':':
			if after := q.s[i+1]; after == ' ' || after == '\n' {
				if end != i {
					q.unsure() // blanks before the colon
				}
				break scan
			}
		case '#':
			if q.s[i-1] == ' ' {
				break scan
			}
		case ',', '[', ']', '{', '}', '?':
			if flow {
				if c == '?' || c == '[' || c == '{' {
					q.unsure()
				}
				break scan
			}
		}
		end = i + 1
	}
	if end == from {
		q.unsure()
	}
	q.at = end
	n.Value, n.Style = q.s[from:end], Plain
	n.Tag = tagOfPlain(n.Value)
	q.end(n, end)
}

// quoted reads a text in quotes on one line.
func (q *quick) quoted(n *Node, quote byte) {
	n.Style, n.Tag = Double, TagText
	if quote == '\'' {
		n.Style = Single
	}
	from := q.at + 1
	i := from
	for ; q.s[i] != quote; i++ {
		switch q.s[i] {
		case '\n':
			q.unsure()
		case '\\':
			if quote == '"' {
				q.escaped(n, from, i)
				return
			}
		}
	}
	if quote == '\'' && q.s[i+1] == '\'' {
		q.doubled(n, from)
		return
	}
	n.Value = q.s[from:i]
	q.at = i + 1
	q.end(n, q.at)
}

// escaped goes on with a text in double quotes from its first backslash.
func (q *quick) escaped(n *Node, from, i int) {
	b := append(make([]byte, 0, 64), q.s[from:i]...)
	for q.s[i] != '"' {
		switch q.s[i] {
		case '\n':
			q.unsure()
		case '\\':
			switch q.s[i+1] {
			case '"', '\\':
				b = append(b, q.s[i+1])
			case 'n':
				b = append(b, '\n')
			case 't':
				b = append(b, '\t')
			default:
				q.unsure()
			}
			i += 2
		default:
			b = append(b, q.s[i])
			i++
		}
	}
	n.Value = string(b)
	q.at = i + 1
	q.end(n, q.at)
}

// doubled reads a text in single quotes that has such quotes inside.
func (q *quick) doubled(n *Node, from int) {
	i := from
	for q.s[i] != '\'' || q.s[i+1] == '\'' {
		if q.s[i] == '\n' {
			q.unsure()
		}
		if q.s[i] == '\'' {
			i++
		}
		i++
	}
	n.Value = strings.ReplaceAll(q.s[from:i], "''", "'")
	q.at = i + 1
	q.end(n, q.at)
}

// flow reads a list or mapping in brackets. It may go on over several lines,
// which are indented more than the key or dash it belongs to.
func (q *quick) flow(indent, level int) *Node {
	if level >= q.depth {
		q.unsure()
	}
	n := q.node(q.at)
	n.Kind, n.Style = Sequence, Flow
	closing := byte(']')
	if q.s[q.at] == '{' {
		n.Kind, closing = Mapping, '}'
	}
	q.at++
	pairs, items := len(q.pairs), len(q.items)
	for q.flowSpace(indent); q.s[q.at] != closing; {
		if n.Kind == Mapping {
			key := q.key(true)
			q.pairs = append(q.pairs, Pair{Key: key})
			slot := len(q.pairs) - 1
			q.flowSpace(indent)
			if c := q.s[q.at]; c == ',' || c == closing {
				q.pairs[slot].Value = q.null(q.at)
			} else {
				value := q.flowValue(indent, level+1)
				q.pairs[slot].Value = value
			}
		} else {
			item := q.flowValue(indent, level+1)
			q.items = append(q.items, item)
		}
		q.flowSpace(indent)
		if q.s[q.at] == closing {
			break
		}
		if q.s[q.at] != ',' {
			q.unsure()
		}
		q.at++
		q.flowSpace(indent)
	}
	q.at++
	if n.Kind == Mapping {
		q.close(n, pairs)
	} else {
		n.Items = slab(&q.itemSlab, q.items[items:])
		q.items = q.items[:items]
	}
	q.end(n, q.at)
	return n
}

// flowValue reads a value inside brackets.
func (q *quick) flowValue(indent, level int) *Node {
	switch c := q.s[q.at]; c {
	case '[', '{':
		return q.flow(indent, level)
	case '"', '\'':
		n := q.node(q.at)
		q.quoted(n, c)
		return n
	}
	n := q.node(q.at)
	q.plain(n, true)
	return n
}

// flowSpace passes blanks and line ends inside brackets.
func (q *quick) flowSpace(indent int) {
	for {
		switch q.s[q.at] {
		case ' ':
			q.at++
		case '\n':
			q.at++
			q.ln++
			if q.at == len(q.s) {
				q.unsure()
			}
			start := q.at
			for q.s[q.at] == ' ' {
				q.at++
			}
			if q.at-start <= indent {
				q.unsure()
			}
		default:
			return
		}
	}
}

// literal reads a block text that keeps its lines, with at most one line feed
// at its end.
func (q *quick) literal(indent int) (n *Node, next int) {
	n = q.node(q.at)
	n.Style, n.Tag = Literal, TagText
	q.at++
	strip := q.s[q.at] == '-'
	if strip {
		q.at++
	}
	if q.s[q.at] != '\n' {
		q.unsure()
	}
	q.at++
	q.ln++
	var b strings.Builder
	width, feeds := -1, 0
	for q.at < len(q.s) {
		line := q.s[q.at : q.at+strings.IndexByte(q.s[q.at:], '\n')]
		spaces := 0
		for spaces < len(line) && line[spaces] == ' ' {
			spaces++
		}
		if spaces == len(line) {
			if spaces > 0 || width < 0 {
				q.unsure() // blanks may belong to the text
			}
			feeds++
		} else {
			if width < 0 {
				width = spaces
				if width <= indent {
					q.unsure()
				}
			}
			if spaces < width {
				break
			}
			for ; feeds > 0; feeds-- {
				b.WriteByte('\n')
			}
			b.WriteString(line[width:])
			feeds = 1
			n.to = int32(q.at + len(line))
			n.End.Line, n.End.Column = q.ln+1, 1+utf8.RuneCountInString(line)
		}
		q.at += len(line) + 1
		q.ln++
	}
	if width < 0 {
		q.unsure()
	}
	if !strip {
		b.WriteByte('\n')
	}
	n.Value = b.String()
	next = q.nextLine()
	if next > indent {
		q.unsure()
	}
	return n, next
}
