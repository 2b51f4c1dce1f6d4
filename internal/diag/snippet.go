package diag

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
)

// lineWidth is the widest source line a snippet shows; longer ones are cut
// around the place.
const lineWidth = 160

// Snippet shows the places of a problem in the text of its file, with related
// places of the same file, the path and the help:
//
//	   |
//	33 |       - go: archive
//	   |         ----------- this jump leaves the branch
//	41 |     join: all
//	   |     ^^^^^^^^^
//	   = path: start > prepare > archive
//	   = help: let the branch arrive with `leave`
//
// Lines end in "\n"; "" when there is nothing to show. Related places in other
// files become notes.
func Snippet(src []byte, p Problem) string {
	lines := bytes.Split(src, []byte("\n"))
	marks := marksOf(p, len(lines))
	gutter := 2
	for _, m := range marks {
		gutter = max(gutter, len(strconv.Itoa(m.at.Start.Line)))
	}
	pad := strings.Repeat(" ", gutter)
	var b strings.Builder
	if len(marks) > 0 {
		fmt.Fprintf(&b, "%s |\n", pad)
	}
	shown := 0
	for i, m := range marks {
		line := strings.TrimSuffix(string(lines[m.at.Start.Line-1]), "\r")
		if m.at.Start.Line == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		// Marks of one line share its window, so their columns agree with it.
		w := window(line, marks[i].at.Start.Column)
		if m.at.Start.Line == shown {
			w = window(line, firstColumn(marks, shown))
		} else {
			shown = m.at.Start.Line
			w = window(line, firstColumn(marks, shown))
			fmt.Fprintf(&b, "%*d | %s\n", gutter, shown, w.text)
		}
		under := w.underline(line, m)
		fmt.Fprintf(&b, "%s | %s\n", pad, under)
	}
	for _, r := range p.Related {
		if r.At.File != p.At.File || !r.At.Start.IsValid() {
			fmt.Fprintf(&b, "%s = note: %s: %s\n", pad, r.At, oneLine(r.Message))
		}
	}
	if len(p.Path) > 0 {
		fmt.Fprintf(&b, "%s = path: %s\n", pad, oneLine(strings.Join(p.Path, " > ")))
	}
	if p.Help != "" {
		fmt.Fprintf(&b, "%s = help: %s\n", pad, oneLine(p.Help))
	}
	return b.String()
}

// mark is one underlined place.
type mark struct {
	at   Span
	sign byte
	text string
}

func marksOf(p Problem, lines int) []mark {
	var marks []mark
	inFile := func(s Span) bool { return s.Start.Line >= 1 && s.Start.Line <= lines }
	if inFile(p.At) {
		marks = append(marks, mark{at: p.At, sign: '^'})
	}
	for _, r := range p.Related {
		if r.At.File == p.At.File && inFile(r.At) {
			marks = append(marks, mark{at: r.At, sign: '-', text: oneLine(r.Message)})
		}
	}
	slices.SortStableFunc(marks, func(a, b mark) int {
		if a.at.Start == b.at.Start {
			return 0
		}
		if a.at.Start.Before(b.at.Start) {
			return -1
		}
		return 1
	})
	return marks
}

// firstColumn gives the column of the first mark on a line.
func firstColumn(marks []mark, line int) int {
	for _, m := range marks {
		if m.at.Start.Line == line {
			return m.at.Start.Column
		}
	}
	return 1
}

// view is the visible part of a source line.
type view struct {
	text  string
	first int // index of the first visible code point
	runes int // visible code points
	lead  int // columns taken by the sign of what was cut
}

// window cuts a line around a column; most lines fit and are shown whole.
func window(line string, column int) view {
	runes := []rune(line)
	if len(runes) <= lineWidth {
		return view{text: visible(runes), runes: len(runes)}
	}
	first := 0
	if column > lineWidth*3/4 {
		first = min(column-1-lineWidth/4, len(runes)-lineWidth)
		first = max(first, 0)
	}
	end := min(first+lineWidth, len(runes))
	v := view{first: first, runes: end - first, text: visible(runes[first:end])}
	if first > 0 {
		v.text, v.lead = "…"+v.text, 1
	}
	if end < len(runes) {
		v.text += "…"
	}
	return v
}

// underline gives the line of signs below a source line.
func (v view) underline(line string, m mark) string {
	runes := []rune(line)
	from := min(max(m.at.Start.Column-1, 0), len(runes))
	var to int
	switch {
	case m.at.End.Line == m.at.Start.Line:
		to = min(max(m.at.End.Column-1, from), len(runes))
	case m.at.End.Line < m.at.Start.Line:
		to = from
	default:
		// A place of several lines: to the end of the text on its first one.
		to = max(from, len([]rune(strings.TrimRight(line, " \t"))))
	}
	from = min(max(from-v.first, 0), v.runes)
	to = min(max(to-v.first, from), v.runes)
	shown := runes[v.first : v.first+v.runes]
	signs := strings.Repeat(string(m.sign), max(1, width(shown[from:to])))
	out := strings.Repeat(" ", v.lead+width(shown[:from])) + signs
	if m.text != "" {
		out += " " + m.text
	}
	return out
}

// visible replaces what a terminal would obey, one code point by one.
func visible(runes []rune) string {
	out := make([]rune, len(runes))
	for i, r := range runes {
		switch {
		case r == '\t':
			out[i] = ' '
		case !harmless(r):
			out[i] = '\ufffd'
		default:
			out[i] = r
		}
	}
	return string(out)
}

// width counts the terminal cells of a text as visible prints it.
func width(runes []rune) int {
	// A condition of its own: the package's default looks at the locale.
	c := runewidth.Condition{StrictEmojiNeutral: true}
	n := 0
	for _, r := range runes {
		if r == '\t' || !harmless(r) {
			n++
			continue
		}
		n += c.RuneWidth(r)
	}
	return n
}
