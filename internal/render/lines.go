package render

import (
	"bytes"
	"io"
	"strings"
)

// printer gathers lines, trims blanks at their ends, and writes them in larger
// pieces. The first error of the writer stays.
type printer struct {
	w      io.Writer
	indent string
	buf    bytes.Buffer
	err    error
}

// line writes one line; blanks at its end are dropped.
func (p *printer) line(text string) {
	text = strings.TrimRight(text, " ")
	if text != "" {
		p.buf.WriteString(p.indent)
		p.buf.WriteString(text)
	}
	p.buf.WriteByte('\n')
	if p.buf.Len() > 1<<16 {
		p.flush()
	}
}

func (p *printer) flush() error {
	if p.err == nil && p.buf.Len() > 0 {
		_, p.err = p.w.Write(p.buf.Bytes())
	}
	p.buf.Reset()
	return p.err
}

// Places of a horizontal rule in a table.
const (
	ruleTop = iota
	ruleMiddle
	ruleBottom
)

// lineWriter draws a table line by line, in the same shape as tablewriter does.
type lineWriter struct {
	style   Style
	out     *printer
	columns []Column
	widths  []int
	border  Border
}

func (s Style) lines(out *printer, columns []Column, widths []int, border Border) *lineWriter {
	return &lineWriter{style: s, out: out, columns: columns, widths: widths, border: border}
}

func (l *lineWriter) head() {
	if l.border == Boxed {
		l.rule(ruleTop)
	}
	cells := make([][]string, len(l.columns))
	tones := make([]Tone, len(l.columns))
	for i, c := range l.columns {
		cells[i] = c.title(l.widths[i])
		tones[i] = Strong
	}
	l.put(cells, tones)
	l.rule(ruleMiddle)
}

func (l *lineWriter) row(row []Cell) {
	cells := make([][]string, len(l.columns))
	tones := make([]Tone, len(l.columns))
	for i, c := range l.columns {
		cell := cellAt(row, i)
		cells[i] = c.fit(cell.Text, l.widths[i])
		tones[i] = cell.Tone
	}
	l.put(cells, tones)
}

func (l *lineWriter) end() {
	if l.border == Boxed {
		l.rule(ruleBottom)
	}
}

// put writes the lines of one row.
func (l *lineWriter) put(cells [][]string, tones []Tone) {
	height := 0
	for _, c := range cells {
		height = max(height, len(c))
	}
	for n := range height {
		var b strings.Builder
		if l.border == Boxed {
			b.WriteString("│ ")
		}
		for i, c := range l.columns {
			if i > 0 {
				if l.border == Boxed {
					b.WriteString(" │ ")
				} else {
					b.WriteString("  ")
				}
			}
			text := ""
			if n < len(cells[i]) {
				text = cells[i][n]
			}
			b.WriteString(l.style.paint(tones[i], pad(text, l.widths[i], c.Align)))
		}
		if l.border == Boxed {
			b.WriteString(" │")
		}
		l.out.line(b.String())
	}
}

func (l *lineWriter) rule(place int) {
	if l.border != Boxed {
		l.out.line(strings.Repeat("─", sum(l.widths)+l.border.gap()*(len(l.widths)-1)))
		return
	}
	marks := [][3]string{{"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"└", "┴", "┘"}}[place]
	var b strings.Builder
	for i, w := range l.widths {
		b.WriteString(marks[min(i, 1)])
		b.WriteString(strings.Repeat("─", w+2))
	}
	b.WriteString(marks[2])
	l.out.line(b.String())
}

// records writes rows one field a line, for tables that fit no other way.
func (s Style) records(out *printer, columns []Column, rows [][]Cell, width int) {
	label := 0
	for _, c := range columns {
		label = max(label, min(Width(clean(c.Title)), width/3))
	}
	for n, row := range rows {
		if n > 0 {
			out.line("")
		}
		for i, c := range columns {
			cell := cellAt(row, i)
			if cell.Text == "" {
				continue
			}
			name := pad(truncate(clean(c.Title), label), label, Left)
			for k, text := range wrap(cleanLines(cell.Text), width-label-2) {
				if k > 0 {
					name = strings.Repeat(" ", label)
				}
				out.line(s.paint(Strong, name) + "  " + s.paint(cell.Tone, text))
			}
		}
	}
}
