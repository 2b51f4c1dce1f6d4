package yamlsrc

import (
	"bytes"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
)

// ParseOn is Parse that goes on behind what is not YAML where it is clear how
// far that reaches: to the end of the list entry or of the value it stands in,
// by the indentation. Each such part is one problem. An entry of a list is a node
// of kind [Unread], so that the rest can be looked at; where it is the value of a
// key of the file, nobody knows what the rest means, and Root is nil. A file with
// problems is as little to be used as one that only Parse has read; what is
// found in it beside them goes through [File.WithoutEchoes].
func ParseOn(name string, src []byte) (*File, diag.List) {
	f, problems := Parse(name, src)
	if f.Root != nil || len(problems) != 1 || !mendable(problems[0]) || len(src) > culpritSize {
		return f, problems
	}
	m := &mender{copy: &File{Name: name, Src: slices.Clone(src), lines: f.lines}, file: f}
	if !m.run() {
		return f, problems[:1]
	}
	return m.read(), m.problems
}

// mendable tells whether a problem is that of one place.
func mendable(p diag.Problem) bool {
	return slices.Contains([]string{badSyntax.Code, tabIndent.Code, anchor.Code}, p.Code)
}

// Bounds of what is not read in one file: parts, and bytes that the search for
// them reads.
const (
	maxUnread  = 50
	maxDecoded = 32 << 20
)

// mender blanks what cannot be read out of a copy of a file; no byte and no line
// moves.
type mender struct {
	copy     *File
	file     *File // as it is
	problems diag.List
	parts    []unread
}

// unread is a part of a file that is not read: lines [from, to), the first one
// from a byte of the file on.
type unread struct {
	from, to int
	at       int // byte of the file at which a node stands for it, -1: none does
	item     bool
	indent   int
}

// run blanks every part; false when what remains cannot be told.
func (m *mender) run() bool {
	for range maxUnread {
		_, err := decode(m.copy.Src[bomLen(m.copy.Src):])
		if err == nil {
			return true
		}
		if m.copy.decoded > maxDecoded {
			return false
		}
		var found diag.List
		n := culprit(m.copy, err)
		explain(m.copy, err, &found)
		if len(found) != 1 || !mendable(found[0]) {
			return false
		}
		part, ok := m.isolate(n)
		if !ok {
			return false
		}
		m.copy.mended = true
		if last := len(m.parts) - 1; last >= 0 && part.from <= m.copy.skipBlank(m.parts[last].to) && part.from >= m.parts[last].from && !m.clear(m.parts[last], part) {
			m.parts[last].to = part.to // the same fault, which reaches further than it seemed
			continue
		}
		m.problems = append(m.problems, found...)
		m.parts = append(m.parts, part)
	}
	return false
}

// clear tells whether a part that begins right behind another one is one of its
// own: the next entry of the list is, whatever was open before.
func (m *mender) clear(before, part unread) bool {
	return before.item && part.item && part.indent == before.indent
}

// isolate blanks the smallest part around a line behind which the file can be
// read on.
func (m *mender) isolate(n int) (unread, bool) {
	for _, part := range m.candidates(n) {
		kept := slices.Clone(m.copy.Src)
		m.blank(part)
		if decodeError(m.copy.upto(part.to)) == nil {
			return part, true
		}
		m.copy.Src = kept
	}
	return unread{}, false
}

// candidates lists the parts that a fault in a line may make unreadable, from
// small to large: the entries of lists around it, then the value of a key.
func (m *mender) candidates(n int) []unread {
	var out []unread
	entry := func(from int) {
		if part, ok := m.entry(from, n); ok {
			out = append(out, part)
		}
	}
	level := m.indent(n)
	if next := m.copy.skipBlank(n + 1); m.tabbed(n) && m.opens(n) && next > n {
		level = min(level, m.indent(next)-1) // what stands below it is indented more
	}
	switch {
	case m.isItem(n) && m.tabbed(n): // of which list it is nobody knows
		if outer := m.outermost(n); outer >= 0 {
			entry(outer)
		}
		level = 0
	case m.isItem(n):
		entry(n)
	}
	key := n
	for i := n; i >= 0; i-- {
		at := m.indent(i)
		switch {
		case m.isBlank(i):
		case i < n && m.isItem(i) && !m.tabbed(i) && at < level:
			entry(i)
			level = at
		case at == 0 && !m.isItem(i):
			key, i = i, 0
		}
	}
	return append(out, m.value(key, n))
}

// entry is the entry of a list that begins in a line and has the fault in
// another one.
func (m *mender) entry(from, n int) (unread, bool) {
	indent := m.indent(from)
	part := unread{from: from, to: m.end(n, indent), item: true, indent: indent}
	for _, line := range []int{from, from + 1} { // a dash may stand alone
		if line < len(m.copy.lines) && line < part.to && len(m.copy.line(line)) > indent+2 {
			part.at = int(m.copy.lines[line]) + indent + 2
			return part, true
		}
	}
	return part, false
}

// outermost gives the line where the entry of the list of a key of the file
// begins in which a line stands; -1 when there is none.
func (m *mender) outermost(n int) int {
	outer := -1
	for i := n - 1; i >= 0 && (m.isBlank(i) || m.isItem(i) || m.indent(i) > 0); i-- {
		if m.isItem(i) && !m.tabbed(i) && (outer < 0 || m.indent(i) < m.indent(outer)) {
			outer = i
		}
	}
	return outer
}

// value is the value of a key of the file, or the line itself where it has none.
func (m *mender) value(key, n int) unread {
	part := unread{from: key, to: m.end(n, 0), at: -1}
	line := string(m.copy.line(key))
	name, value := splitKey(line, m.white(key))
	first := m.copy.skipBlank(key + 1)
	switch {
	case name == "" || m.white(key) > 0:
		part.from = n
	case value < len(line):
		part.at = int(m.copy.lines[key]) + value
	case first <= n && len(m.copy.line(first)) > max(1, m.white(first)):
		part.from, part.at = first, int(m.copy.lines[first])+max(1, m.white(first))
	}
	return part
}

// end gives the line behind a part that begins with an indentation and has the
// fault in line n: the next one that is not indented more.
func (m *mender) end(n, indent int) int {
	for i := n + 1; i < len(m.copy.lines); i++ {
		if !m.isBlank(i) && !m.tabbed(i) && m.indent(i) <= indent {
			return i
		}
	}
	return len(m.copy.lines)
}

// indent is that of a line. One with a tab in it, which is a fault, is taken to
// go on with what stands above.
func (m *mender) indent(n int) int {
	if !m.tabbed(n) {
		return m.white(n)
	}
	for i := n - 1; i >= 0; i-- {
		if m.isBlank(i) {
			continue
		}
		at := m.indent(i)
		if m.isItem(i) {
			at += 2
		}
		if m.opens(i) {
			at += 2
		}
		return at
	}
	return m.white(n)
}

// tabbed tells whether a line is indented with tabs.
func (m *mender) tabbed(n int) bool { return bytes.IndexByte(m.copy.line(n)[:m.white(n)], '\t') >= 0 }

// white counts what a line is indented with.
func (m *mender) white(n int) int {
	line := m.copy.line(n)
	return len(line) - len(bytes.TrimLeft(line, " \t"))
}

// opens tells whether a line is a key whose value stands below it.
func (m *mender) opens(n int) bool {
	return bytes.HasSuffix(bytes.TrimRight(m.copy.line(n), " "), []byte(":"))
}

func (m *mender) isItem(n int) bool {
	text := m.copy.line(n)[m.white(n):]
	return string(text) == "-" || bytes.HasPrefix(text, []byte("- "))
}

// isBlank tells whether a line has neither text nor more than a comment.
func (m *mender) isBlank(n int) bool {
	text := bytes.TrimSpace(m.copy.line(n))
	return len(text) == 0 || text[0] == '#'
}

// blank overwrites a part with spaces, but for what keeps its place in the tree.
func (m *mender) blank(part unread) {
	from, to := int(m.copy.lines[part.from]), len(m.copy.Src)
	if part.to < len(m.copy.lines) {
		to = int(m.copy.lines[part.to])
	}
	if part.at >= 0 && !part.item {
		if before := m.copy.Src[bytes.LastIndexByte(m.copy.Src[:part.at], '\n')+1 : part.at]; len(bytes.TrimSpace(before)) > 0 {
			from = part.at // the key stays
		}
	}
	for i := from; i < to; i++ {
		if m.copy.Src[i] != '\n' && m.copy.Src[i] != '\r' {
			m.copy.Src[i] = ' '
		}
	}
	if part.item {
		m.copy.Src[int(m.copy.lines[part.from])+part.indent] = '-'
	}
	if part.at >= 0 {
		m.copy.Src[part.at] = 'x'
	}
}

// read reads what remains. What is not read is a node with the text as it
// stands in the file.
func (m *mender) read() *File {
	f := m.file
	m.problems.Sort()
	doc, err := decode(m.copy.Src[bomLen(f.Src):])
	if err != nil || doc == nil || len(doc.Content) == 0 {
		return f
	}
	c := converter{f: m.copy, problems: &m.problems, depth: MaxDepth, cur: cursor{f: m.copy}}
	if slices.ContainsFunc(m.parts, func(part unread) bool { return !part.item }) {
		return f // what the file as a whole says is not known
	}
	if root := c.node(doc.Content[0], 1); root != nil && root.Kind == Mapping {
		f.Root = root
		for _, part := range m.parts {
			m.place(part)
		}
	}
	m.problems.Sort()
	return f
}

func (m *mender) place(part unread) {
	f := m.file
	from, to := int(f.lines[part.from]), len(f.Src)
	if part.to < len(f.lines) {
		to = int(f.lines[part.to])
	}
	if part.at >= 0 {
		from = part.at
	}
	span := f.span(from, to)
	f.Unread = append(f.Unread, span)
	f.Root.walk(func(n *Node) {
		if part.at >= 0 && int(n.from) == part.at && n.Kind == Scalar {
			n.Kind, n.Value, n.Start, n.End, n.to = Unread, string(f.Src[from:to]), span.Start, span.End, int32(to)
		}
	})
}
