package yamlsrc

import (
	"bytes"
	"strings"
)

// The functions here work out which bytes of the file an edit changes; apply
// judges the result.

// indentOf gives the column, from 0, at which a node starts.
func indentOf(n *Node) int { return n.Start.Column - 1 }

// hanging tells whether the file writes lists without more indentation than
// their key has, judged by its first list below a key.
func (e *Editor) hanging() bool {
	found, hangs := false, false
	var walk func(n *Node)
	walk = func(n *Node) {
		for _, p := range n.Pairs {
			if v := p.Value; !found && v.Kind == Sequence && v.Style == Block {
				found, hangs = true, indentOf(v) == indentOf(p.Key)
			}
			walk(p.Value)
		}
		for _, item := range n.Items {
			walk(item)
		}
	}
	walk(e.file.Root)
	return hangs
}

// renderPair writes a pair at an indentation, without the indentation of its
// first line and the end of its last one.
func (e *Editor) renderPair(key string, v *Node, indent int) string {
	enc := encoder{hanging: e.hanging()}
	enc.indent(indent)
	enc.key(Text(key))
	enc.buf = append(enc.buf, ':')
	enc.value(v, indent)
	return strings.TrimSuffix(string(enc.buf[indent:]), "\n")
}

// renderItem writes an item with its dash likewise.
func (e *Editor) renderItem(v *Node, indent int) string {
	enc := encoder{hanging: e.hanging()}
	enc.indent(indent)
	enc.item(v, indent)
	return strings.TrimSuffix(string(enc.buf[indent:]), "\n")
}

// renderFlow writes a value inside a {mapping} or [list].
func renderFlow(v *Node, style Style) string {
	if v.Kind == Scalar {
		if text, ok := requote(v, style, true); ok {
			return text
		}
	}
	var enc encoder
	enc.flowValue(v)
	return string(enc.buf)
}

// requote writes a text with the quotes that it had before.
func requote(v *Node, style Style, flow bool) (string, bool) {
	if tagOf(v) != TagText || v.Value == "" && style != Single && style != Double || !flow && literalSafe(v) {
		return "", false
	}
	switch style {
	case Single:
		if strings.ContainsAny(v.Value, "\n\r\t") || !plainChars(v.Value) {
			return "", false
		}
		return "'" + strings.ReplaceAll(v.Value, "'", "''") + "'", true
	case Double:
		return string(appendQuoted(nil, v.Value)), true
	}
	return "", false
}

func plainChars(s string) bool {
	return !strings.ContainsFunc(s, mustEscape)
}

// lineStart gives the start of the line that holds a byte.
func (e *Editor) lineStart(off int) int {
	return bytes.LastIndexByte(e.file.Src[:off], '\n') + 1
}

// lineStop gives the end of the line that holds a byte, without its line end.
func (e *Editor) lineStop(off int) int {
	end := lineEnd(e.file.Src, off)
	if end > off && e.file.Src[end-1] == '\r' {
		end--
	}
	return end
}

// nextLine gives the start of the line after the one that holds a byte.
func (e *Editor) nextLine(off int) int {
	return min(lineEnd(e.file.Src, off)+1, len(e.file.Src))
}

// addPair adds a key at the end of a mapping.
func (e *Editor) addPair(s slot, key string, v *Node) []change {
	m := s.in
	whole := Map(append(append([]Pair(nil), m.Pairs...), P(key, v))...)
	switch {
	case m.Kind == Scalar || len(m.Pairs) == 0 && !(m.Style == Flow && flowable(whole, true) && e.inFlow(s.path[:len(s.path)-1])):
		if len(s.path) == 1 { // an empty file: {}
			return []change{{int(m.from), int(m.to), e.renderPair(key, v, 0)}}
		}
		parent, _ := e.find(s.path[:len(s.path)-2])
		up, err := e.slot(parent, s.path[:len(s.path)-1])
		if err != nil {
			return nil
		}
		return e.replace(up, whole)
	case m.Style == Flow:
		enc := encoder{}
		enc.scalarIn(Text(key), true, true)
		text := string(enc.buf) + ": " + renderFlow(v, Auto)
		if len(m.Pairs) == 0 {
			return []change{{int(m.from) + 1, int(m.to) - 1, text}}
		}
		last := m.Pairs[len(m.Pairs)-1]
		at := int(max(last.Value.to, last.Key.to))
		return []change{{at, at, ", " + text}}
	}
	indent := indentOf(m.Pairs[0].Key)
	return e.addLines(e.endOf(m), strings.Repeat(" ", indent)+e.renderPair(key, v, indent))
}

// inFlow tells whether the value at a path lies inside a {mapping} or [list].
func (e *Editor) inFlow(path []any) bool {
	n := e.file.Root
	for _, p := range path {
		if n.Style == Flow {
			return true
		}
		next, err := findIn(n, []any{p})
		if err != nil {
			return false
		}
		n = next
	}
	return false
}

// addLines puts lines below the one that holds the byte before off.
func (e *Editor) addLines(off int, text string) []change {
	at := e.lineStop(off)
	return []change{{at, at, "\n" + text}}
}

// endOf gives the end of a node, with the empty lines that a block scalar at
// its end keeps.
func (e *Editor) endOf(n *Node) int {
	last := n
	for last.Kind != Scalar && last.Style == Block {
		switch {
		case len(last.Pairs) > 0:
			last = last.Pairs[len(last.Pairs)-1].Value
		case len(last.Items) > 0:
			last = last.Items[len(last.Items)-1]
		}
	}
	end := int(n.to)
	if last.Style != Literal && last.Style != Folded {
		return end
	}
	header := e.file.Src[last.from:lineEnd(e.file.Src, int(last.from))]
	if comment := bytes.IndexByte(header, '#'); comment >= 0 {
		header = header[:comment]
	}
	if bytes.IndexByte(header, '+') < 0 {
		return end
	}
	for {
		next := e.nextLine(end)
		if next >= len(e.file.Src) || len(bytes.TrimSpace(e.file.Src[next:lineEnd(e.file.Src, next)])) > 0 {
			return end
		}
		end = e.lineStop(next)
	}
}

// replace writes a value in the place of another.
func (e *Editor) replace(s slot, v *Node) []change {
	old := s.value()
	from, to := int(old.from), int(old.to)
	if s.in.Style == Flow {
		return e.replaceInFlow(s, v)
	}
	var text string // behind the colon or dash
	anchor := 0     // behind which it stands
	if s.in.Kind == Mapping {
		key := s.in.Pairs[s.index].Key
		anchor = e.colon(int(key.to))
		text = e.renderPair(key.Value, v, indentOf(key))
		text = text[len(e.renderPair(key.Value, &Node{Tag: TagNull}, indentOf(key))):]
	} else {
		anchor = e.dash(s.in, s.index) + 1
		text = e.renderItem(v, indentOf(s.in))[1:]
	}
	if old.Kind == Scalar && v.Kind == Scalar {
		if quoted, ok := requote(v, old.Style, false); ok {
			text = " " + quoted
		}
	}
	head, rest, _ := strings.Cut(text, "\n")
	if rest != "" {
		rest = "\n" + rest
	}
	sameLine := bytes.IndexByte(e.file.Src[anchor:from], '\n') < 0
	block := strings.HasPrefix(head, " |")
	end := e.endOf(old)
	if rest != "" {
		end = e.lineStop(end) // a comment behind the last line may become text
	}
	switch {
	case !sameLine:
		// The old value stands on lines of its own below.
		before := e.lineStart(from)
		cut := before - 1
		if cut > 0 && e.file.Src[cut-1] == '\r' {
			cut--
		}
		if block {
			cut = e.lineStop(anchor) // so would comments between
		}
		return []change{{anchor, anchor, head}, {cut, end, rest}}
	case old.Kind != Scalar && old.Style == Block:
		return []change{{anchor, end, head + rest}}
	case old.Kind == Scalar && (old.Style == Literal || old.Style == Folded):
		header := e.lineStop(from)
		token := from
		for token < header && e.file.Src[token] != ' ' {
			token++
		}
		return []change{{anchor, token, head}, {header, max(header, e.endOf(old)), rest}}
	case head == "" && rest == "" || from == to:
		return []change{{anchor, to, head}, {e.lineStop(to), e.lineStop(to), rest}}
	}
	if head == "" {
		// The value goes down; a comment behind it stays up.
		return []change{{anchor, to, ""}, {e.lineStop(to), e.lineStop(to), rest}}
	}
	return []change{{from, to, strings.TrimPrefix(head, " ")}, {e.lineStop(to), e.lineStop(to), rest}}
}

// replaceInFlow writes a value inside a {mapping} or [list].
func (e *Editor) replaceInFlow(s slot, v *Node) []change {
	old := s.value()
	text := renderFlow(v, old.Style)
	if old.from == old.to && s.in.Kind == Mapping {
		end := int(s.in.Pairs[s.index].Key.to)
		if at := e.colon(end); at > end {
			return []change{{at, at, " " + text}}
		}
		return []change{{end, end, ": " + text}}
	}
	return []change{{int(old.from), int(old.to), text}}
}

// colon gives the place behind the colon of a key that ends at off; off itself
// when there is none.
func (e *Editor) colon(off int) int {
	for i := off; i < len(e.file.Src); i++ {
		switch e.file.Src[i] {
		case ' ', '\t', '\n', '\r':
		case ':':
			return i + 1
		default:
			return off
		}
	}
	return off
}

// dash gives the place of an item's dash in a block list.
func (e *Editor) dash(list *Node, i int) int {
	if i == 0 {
		return int(list.from)
	}
	for at := e.nextLine(e.endOf(list.Items[i-1])); at < len(e.file.Src); at = e.nextLine(at) {
		if off := at + indentOf(list); off < len(e.file.Src) && e.file.Src[off] == '-' && len(bytes.TrimSpace(e.file.Src[at:off])) == 0 {
			return off
		}
	}
	return int(list.Items[i].from)
}

// start gives where a pair or item begins: its key or dash.
func (e *Editor) start(s slot) int {
	if s.in.Kind == Mapping {
		return int(s.in.Pairs[s.index].Key.from)
	}
	return e.dash(s.in, s.index)
}

// attached goes up from a place to the first of the comment lines directly
// above it that have its indentation. The comment at the top of the file
// belongs to the file.
func (e *Editor) attached(off int) int {
	start := e.lineStart(off)
	indent := off - start
	if len(bytes.TrimSpace(e.file.Src[start:off])) > 0 {
		return off // behind a dash: there are no lines above of its own
	}
	top := start
	for top > 0 {
		above := e.lineStart(top - 1)
		line := e.file.Src[above : top-1]
		if leadingSpaces(line) != indent || len(line) == indent || line[indent] != '#' {
			return top
		}
		top = above
	}
	return start
}
