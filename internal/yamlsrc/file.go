package yamlsrc

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
)

// File is a parsed file.
type File struct {
	Name string
	Src  []byte
	Root *Node // nil when the syntax is broken
	// Unread are the parts that ParseOn has passed over.
	Unread []diag.Span

	lines []int32 // byte offset of the start of each line
	// Of a copy in which parts are blanked, see mender.
	mended  bool
	decoded int // bytes read by the search for what is not YAML
}

// Span gives the place of a node; a nil node has the file's first character.
func (f *File) Span(n *Node) diag.Span {
	if n == nil {
		return diag.Span{File: f.Name, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
	}
	return diag.Span{File: f.Name, Start: n.Start, End: n.End}
}

// Source gives the bytes of the file that a node was read from.
func (f *File) Source(n *Node) []byte { return f.Src[n.from:n.to] }

// Behind gives what stands on the line of a node behind its end.
func (f *File) Behind(n *Node) string {
	rest := f.Src[n.to:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return string(bytes.TrimRight(rest, "\r "))
}

// lineStarts finds the lines of a text; a byte order mark belongs to none.
func lineStarts(src []byte) []int32 {
	lines := make([]int32, 1, bytes.Count(src, []byte{'\n'})+1)
	lines[0] = int32(bomLen(src))
	for i := 0; ; i++ {
		n := bytes.IndexByte(src[i:], '\n')
		if n < 0 {
			return lines
		}
		i += n
		lines = append(lines, int32(i+1))
	}
}

func bomLen(src []byte) int {
	if len(src) >= 3 && src[0] == 0xEF && src[1] == 0xBB && src[2] == 0xBF {
		return 3
	}
	return 0
}

// pos turns a byte offset into a place.
func (f *File) pos(off int) diag.Pos {
	line := sort.Search(len(f.lines), func(i int) bool { return int(f.lines[i]) > off }) - 1
	if line < 0 {
		return diag.Pos{Line: 1, Column: 1}
	}
	return diag.Pos{Line: line + 1, Column: 1 + utf8.RuneCount(f.Src[f.lines[line]:off])}
}

// span gives the place between two byte offsets.
func (f *File) span(from, to int) diag.Span {
	return diag.Span{File: f.Name, Start: f.pos(from), End: f.pos(to)}
}

// cursor turns places into byte offsets; places asked for in file order cost
// one pass over the file together, also when it is a single long line.
type cursor struct {
	f         *File
	line, col int
	off       int
}

func (c *cursor) offset(line, col int) int {
	if line < 1 || line > len(c.f.lines) {
		return len(c.f.Src)
	}
	if line != c.line || col < c.col {
		c.line, c.col, c.off = line, 1, int(c.f.lines[line-1])
	}
	for c.col < col && c.off < len(c.f.Src) {
		if c.f.Src[c.off] < utf8.RuneSelf {
			c.off++
		} else {
			_, size := utf8.DecodeRune(c.f.Src[c.off:])
			c.off += size
		}
		c.col++
	}
	return c.off
}

// place turns the byte offsets of one cursor pass into places cheaply.
func (c *cursor) place(off int) diag.Pos {
	if c.line >= 1 && off >= c.off && (c.line == len(c.f.lines) || off < int(c.f.lines[c.line])) {
		return diag.Pos{Line: c.line, Column: c.col + utf8.RuneCount(c.f.Src[c.off:off])}
	}
	return c.f.pos(off)
}

// At gives the bytes of the file at a place.
func (f *File) At(at diag.Span) []byte {
	c := cursor{f: f}
	from := c.offset(at.Start.Line, at.Start.Column)
	return f.Src[from:max(from, c.offset(at.End.Line, at.End.Column))]
}
