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
	switch {
	case !sameLine:
		// The old value stands on lines of its own below.
		before := e.lineStart(from)
		cut := before - 1
		if cut > 0 && e.file.Src[cut-1] == '\r' {
			cut--
		}
		if strings.HasPrefix(head, " |") {
			cut = e.lineStop(anchor) // what stands between would become text
		}
		return []change{{anchor, anchor, head}, {cut, e.endOf(old), rest}}
	case old.Kind != Scalar && old.Style == Block:
		return []change{{anchor, e.endOf(old), head + rest}}
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

// remove deletes a pair or item.
func (e *Editor) remove(s slot) []change {
	n := len(s.in.Pairs) + len(s.in.Items)
	if n == 1 {
		return e.empty(s)
	}
	if s.in.Style == Flow {
		return e.removeInFlow(s)
	}
	from := e.start(s)
	begin := e.attached(from)
	end := e.endOf(s.value())
	if s.in.Kind == Mapping {
		end = max(end, e.colon(int(s.in.Pairs[s.index].Key.to)))
	} else {
		end = max(end, from+1)
	}
	if begin == e.lineStart(from) || begin < from {
		if next := e.nextLine(end); next < len(e.file.Src) || e.file.Src[next-1] == '\n' {
			return []change{{begin, next, ""}}
		}
		return []change{{max(begin-1, 0), len(e.file.Src), ""}}
	}
	// The first part stands behind a dash, where the second one now goes.
	next := e.start(slot{in: s.in, index: 1})
	resume := e.attached(next)
	for e.file.Src[resume] == ' ' {
		resume++
	}
	return []change{{from, resume, ""}}
}

// empty makes {} or [] of what loses its last part.
func (e *Editor) empty(s slot) []change {
	text := "{}"
	if s.in.Kind == Sequence {
		text = "[]"
	}
	if s.in.Style == Flow || len(s.path) == 1 {
		return []change{{int(s.in.from), int(e.endOf(s.in)), text}}
	}
	parent, _ := e.find(s.path[:len(s.path)-2])
	up, err := e.slot(parent, s.path[:len(s.path)-1])
	if err != nil {
		return nil
	}
	changes := e.replace(up, &Node{Kind: s.in.Kind})
	// A comment above the only part goes with it.
	from := e.start(s)
	if top := e.attached(from); top < e.lineStart(from) && len(changes) == 2 && changes[1].from < from {
		cut := top - 1
		if cut > 0 && e.file.Src[cut-1] == '\r' {
			cut--
		}
		changes[1].from = max(cut, changes[0].to)
	}
	return changes
}

func (e *Editor) removeInFlow(s slot) []change {
	bounds := func(i int) (int, int) {
		if s.in.Kind == Mapping {
			p := s.in.Pairs[i]
			return int(p.Key.from), max(int(p.Value.to), e.colon(int(p.Key.to)))
		}
		return int(s.in.Items[i].from), int(s.in.Items[i].to)
	}
	from, to := bounds(s.index)
	if s.index+1 < len(s.in.Pairs)+len(s.in.Items) {
		next, _ := bounds(s.index + 1)
		return []change{{from, next, ""}}
	}
	_, before := bounds(s.index - 1)
	return []change{{before, to, ""}}
}

// insert puts an item into a list that has some.
func (e *Editor) insert(list *Node, at int, v *Node) []change {
	if list.Style == Flow {
		text := renderFlow(v, Auto)
		if at == len(list.Items) {
			end := int(list.Items[at-1].to)
			return []change{{end, end, ", " + text}}
		}
		from := int(list.Items[at].from)
		return []change{{from, from, text + ", "}}
	}
	indent := indentOf(list)
	text := e.renderItem(v, indent)
	if at == len(list.Items) {
		return e.addLines(e.endOf(list), strings.Repeat(" ", indent)+text)
	}
	from := e.dash(list, at)
	if begin := e.attached(from); begin <= e.lineStart(from) {
		return []change{{begin, begin, strings.Repeat(" ", indent) + text + "\n"}}
	}
	return []change{{from, from, text + "\n" + strings.Repeat(" ", indent)}}
}

// reorder moves an item of a list.
func (e *Editor) reorder(list *Node, from, to int) []change {
	if list.Style == Flow {
		return e.reorderInFlow(list, from, to)
	}
	region := func(i int) (int, int) {
		dash := e.dash(list, i)
		begin := e.attached(dash)
		if begin > e.lineStart(dash) {
			begin = dash
		}
		return begin, e.nextLine(max(e.endOf(list.Items[i]), dash+1))
	}
	begin, end := region(from)
	text := string(e.file.Src[begin:end])
	target, after := region(to)
	if to > from {
		target = after
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if target == len(e.file.Src) && e.file.Src[target-1] != '\n' {
		text = "\n" + strings.TrimRight(text, "\r\n")
	}
	return []change{{begin, end, ""}, {target, target, strings.ReplaceAll(text, "\r\n", "\n")}}
}

// reorderInFlow moves the texts of items between the commas of a list.
func (e *Editor) reorderInFlow(list *Node, from, to int) []change {
	order := make([]int, 0, len(list.Items))
	for i := range list.Items {
		if i != from {
			order = append(order, i)
		}
	}
	order = append(order[:to], append([]int{from}, order[to:]...)...)
	var changes []change
	for i, n := range list.Items {
		if order[i] != i {
			changes = append(changes, change{int(n.from), int(n.to), string(e.file.Source(list.Items[order[i]]))})
		}
	}
	return changes
}
