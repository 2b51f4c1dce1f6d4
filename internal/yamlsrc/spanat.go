package yamlsrc

import (
	"strings"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
)

// SpanAt gives the place in the file of the code points [from, to) of a
// scalar's text, however the scalar is written: with quotes and escapes, over
// several lines, as a block. Indexes out of range are brought into it; for
// mappings and lists, and nodes that were not parsed, it is Span.
func (f *File) SpanAt(n *Node, from, to int) diag.Span {
	if n == nil || n.Kind != Scalar || !n.Start.IsValid() {
		return f.Span(n)
	}
	offs := f.offsets(n)
	last := len(offs) - 1
	from = min(max(from, 0), last)
	to = min(max(to, from), last)
	end := offs[to].start
	if to > from {
		// The end of the last character, not the start of the next: escapes,
		// indentation and line ends may lie between.
		end = offs[to-1].end
	}
	return f.span(offs[from].start, end)
}

// extent is where one code point of a value stands in the source.
type extent struct{ start, end int }

// offsets gives the place of each code point of a scalar's value, and as last
// element the end of its text.
func (f *File) offsets(n *Node) []extent {
	switch n.Style {
	case Double:
		return f.doubleOffsets(n)
	case Single:
		return f.singleOffsets(n)
	case Literal, Folded:
		return f.blockOffsets(n)
	}
	return f.plainOffsets(n, int(n.from))
}

// plainOffsets walks text without escapes that may be folded over lines.
func (f *File) plainOffsets(n *Node, from int) []extent {
	offs := make([]extent, 0, len(n.Value)+1)
	walkPlain(f.Src, from, n.Value, func(i, off int) {
		if i == len(n.Value) {
			offs = append(offs, extent{off, off})
		} else if utf8.RuneStart(n.Value[i]) {
			_, size := utf8.DecodeRuneInString(n.Value[i:])
			offs = append(offs, extent{off, off + size})
		}
	})
	return offs
}

func (f *File) singleOffsets(n *Node) []extent {
	w := quoted{src: f.Src, off: int(n.from) + 1, end: int(n.to) - 1}
	for w.off < w.end {
		if f.Src[w.off] == '\'' {
			w.take(2, 1)
			continue
		}
		if !w.fold() {
			w.rune()
		}
	}
	return w.done()
}

func (f *File) doubleOffsets(n *Node) []extent {
	w := quoted{src: f.Src, off: int(n.from) + 1, end: int(n.to) - 1}
	for w.off < w.end {
		switch {
		case f.Src[w.off] != '\\':
			if !w.fold() {
				w.rune()
			}
		case w.escapedBreak():
		default:
			size := 2
			switch f.Src[min(w.off+1, w.end)] {
			case 'x':
				size = 4
			case 'u':
				size = 6
			case 'U':
				size = 10
			}
			w.take(size, 1)
		}
	}
	return w.done()
}

// quoted walks the inside of a quoted scalar.
type quoted struct {
	src      []byte
	off, end int
	offs     []extent
}

// take records count code points written in size bytes.
func (w *quoted) take(size, count int) {
	to := min(w.off+size, w.end)
	for range count {
		w.offs = append(w.offs, extent{w.off, to})
	}
	w.off = to
}

func (w *quoted) rune() {
	_, size := utf8.DecodeRune(w.src[w.off:w.end])
	w.take(size, 1)
}

// fold passes a line break with the blanks around it: one break is a space,
// each further one a line feed.
func (w *quoted) fold() bool {
	i := w.off
	for i < w.end && (w.src[i] == ' ' || w.src[i] == '\t') {
		i++
	}
	if i >= w.end || w.src[i] != '\n' && w.src[i] != '\r' {
		return false
	}
	breaks, j := 0, i
	for j < w.end && (w.src[j] == ' ' || w.src[j] == '\t' || w.src[j] == '\n' || w.src[j] == '\r') {
		if w.src[j] == '\n' {
			breaks++
		}
		j++
	}
	w.take(j-w.off, max(1, breaks-1))
	return true
}

// escapedBreak passes a backslash at the end of a line, which joins the lines
// without a space; empty lines after it are line feeds.
func (w *quoted) escapedBreak() bool {
	i := w.off + 1
	for i < w.end && w.src[i] == '\r' {
		i++
	}
	if i >= w.end || w.src[i] != '\n' {
		return false
	}
	breaks := 0
	for i < w.end && (w.src[i] == ' ' || w.src[i] == '\t' || w.src[i] == '\n' || w.src[i] == '\r') {
		if w.src[i] == '\n' {
			breaks++
		}
		i++
	}
	w.take(i-w.off, breaks-1)
	return true
}

func (w *quoted) done() []extent { return append(w.offs, extent{w.end, w.end}) }

// blockOffsets finds the lines of a block scalar that have text in its value,
// one after the other. What lies between them in the value, spaces and line
// feeds, stands for the ends of lines.
func (f *File) blockOffsets(n *Node) []extent {
	v := n.Value
	offs := make([]extent, 0, len(v)+1)
	header := lineEnd(f.Src, int(n.from))
	indent := max(blockIndent(f.Src, header, v), 0)
	i, last := 0, min(header+1, int(n.to))
	gap := func(to int) {
		for ; i < to; i++ {
			if utf8.RuneStart(v[i]) {
				offs = append(offs, extent{last, last})
			}
		}
	}
	for off := header + 1; off < int(n.to); off = lineEnd(f.Src, off) + 1 {
		line := strings.TrimRight(string(f.Src[off:lineEnd(f.Src, off)]), "\r")
		if len(line) <= indent || strings.Trim(line, " ") == "" {
			continue
		}
		text := line[indent:]
		start := i
		for start < len(v) && !strings.HasPrefix(v[start:], text) && (v[start] == ' ' || v[start] == '\n') {
			start++
		}
		if !strings.HasPrefix(v[start:], text) {
			break // cannot happen with a node of this file
		}
		gap(start)
		for j, r := range text {
			from := off + indent + j
			offs = append(offs, extent{from, from + utf8.RuneLen(r)})
		}
		i, last = start+len(text), off+indent+len(text)
	}
	gap(len(v))
	return append(offs, extent{last, last})
}
