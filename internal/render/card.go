package render

import (
	"io"
	"strconv"
	"strings"
	"time"
)

// Card is a document as `e1 show` draws it. Empty parts are left out.
type Card struct {
	Number     string
	Form       string // the form's name for one document: "Обращение"
	Title      string
	Status     string // in the reader's language
	StatusTone Tone
	Facts      []Field // registered, by whom, former numbers
	Groups     []Group
	Tasks      []Task
	Links      []Link // to other documents
	Backlinks  []Link // from other documents
	Files      []File
	Letters    []Letter
	Comments   []Comment
	Now        time.Time // what "overdue" and the current year mean
}

// Group is a group of the form's fields.
type Group struct {
	Title  string
	Fields []Field
}

// Field is one field with its value as people read it: a text of one or many
// lines, or a table.
type Field struct {
	Label string
	Value string
	Tone  Tone
	Table *Table
}

// Link is another document; links with the same heading stand together.
type Link struct {
	Heading string // the kind of link or the field that points
	Number  string
	Title   string
	Status  string
	Tone    Tone
	Details []string // lines below it
}

// File is an attachment.
type File struct {
	Name    string
	Version int // shown from the second on
	Size    int64
	By      string
	At      time.Time
}

// Letter is an outgoing letter recorded in the document.
type Letter struct {
	At      time.Time
	To      string
	Subject string
	State   string
	Tone    Tone
}

// Comment is a remark of a person.
type Comment struct {
	At   time.Time
	By   string
	Text string
}

// twoColumns is the width from which short fields stand in two columns.
const twoColumns = 110

// Card writes a document.
func (s Style) Card(w io.Writer, c Card) error {
	out := &printer{w: w}
	label := s.labelWidth(c)
	s.cardHead(out, c, label)
	for _, g := range c.Groups {
		if len(g.Fields) > 0 {
			s.section(out, g.Title)
			s.fields(out, g.Fields, label)
		}
	}
	if len(c.Tasks) > 0 {
		s.section(out, s.Word("Tasks"))
		s.inset(out, s.taskTable(c.Now, c.Tasks, false))
	}
	s.links(out, "Links", c.Links)
	s.links(out, "Linked from", c.Backlinks)
	s.files(out, c)
	s.letters(out, c)
	if len(c.Comments) > 0 {
		s.section(out, s.Word("Comments"))
		for _, m := range c.Comments {
			by := truncate(clean(m.By), s.width()-20)
			out.line("  " + s.paint(Strong, by) + "  " + s.paint(Dim, s.DateTime(m.At)))
			for _, text := range wrap(cleanLines(m.Text), s.width()-4) {
				out.line("    " + text)
			}
		}
	}
	return out.flush()
}

// cardHead writes the number and status on one line, the title under it.
func (s Style) cardHead(out *printer, c Card, label int) {
	width := s.width()
	left := clean(c.Number)
	if c.Form != "" {
		left = clean(c.Form) + " " + left
	}
	status := truncate(clean(c.Status), width/2)
	room := width - Width(status)
	if status != "" {
		room -= 2
	}
	left = truncate(left, room)
	gap := width - Width(left) - Width(status)
	out.line(s.paint(Accent, left) + strings.Repeat(" ", gap) + s.paint(c.StatusTone, status))
	for _, line := range wrap(cleanLines(c.Title), width) {
		out.line(s.paint(Strong, line))
	}
	out.line(strings.Repeat("─", width))
	if len(c.Facts) > 0 {
		s.fields(out, c.Facts, label)
	}
}

// labelWidth is the width of the labels of the whole card, so that all values
// stand in one column; longer labels are wrapped.
func (s Style) labelWidth(c Card) int {
	label, limit := 0, min(28, s.width()/3)
	count := func(fields []Field) {
		for _, f := range fields {
			if f.Table == nil {
				label = max(label, min(Width(clean(f.Label)), limit))
			}
		}
	}
	count(c.Facts)
	for _, g := range c.Groups {
		count(g.Fields)
	}
	return label
}

func (s Style) section(out *printer, title string) {
	out.line("")
	out.line(s.paint(Strong, truncate(clean(title), s.width())))
}

// inset writes a table two columns in.
func (s Style) inset(out *printer, t Table) {
	if out.flush() == nil {
		out.err = s.table(out.w, t, s.width(), "  ")
	}
}

// fields writes labels and values, aligned; short ones side by side where the
// width allows it, in reading order.
func (s Style) fields(out *printer, fields []Field, label int) {
	width := s.width()
	columns := 1
	if width >= twoColumns {
		columns = 2
	}
	column := (width - 2*columns) / columns // each stands two blanks in
	var line []Field
	flush := func() {
		if len(line) > 0 {
			s.fieldLine(out, line, label, column)
			line = line[:0]
		}
	}
	for _, f := range fields {
		lines := cleanLines(f.Value)
		if f.Table != nil {
			flush()
			out.line("  " + s.paint(Strong, truncate(clean(f.Label), width-2)))
			s.inset(out, *f.Table)
			continue
		}
		if columns == 1 || len(lines) > 1 || Width(lines[0]) > column-label-2 {
			flush()
			s.fieldLine(out, []Field{f}, label, width-2)
			continue
		}
		if line = append(line, f); len(line) == columns {
			flush()
		}
	}
	flush()
}

// fieldLine writes fields side by side, each in a column of the given width.
func (s Style) fieldLine(out *printer, fields []Field, label, column int) {
	labels, values := make([][]string, len(fields)), make([][]string, len(fields))
	height := 0
	for i, f := range fields {
		labels[i] = wrap([]string{clean(f.Label)}, label)
		values[i] = wrap(cleanLines(f.Value), column-label-2)
		height = max(height, len(labels[i]), len(values[i]))
	}
	for n := range height {
		var b strings.Builder
		for i, f := range fields {
			name, value := "", ""
			if n < len(labels[i]) {
				name = labels[i][n]
			}
			if n < len(values[i]) {
				value = values[i][n]
			}
			b.WriteString("  " + s.paint(Dim, pad(name, label, Left)) + "  ")
			b.WriteString(s.paint(f.Tone, pad(value, column-label-2, Left)))
		}
		out.line(b.String())
	}
}

// links writes linked documents under their headings.
func (s Style) links(out *printer, title string, links []Link) {
	if len(links) == 0 {
		return
	}
	s.section(out, s.Word(title))
	number := 0
	for _, l := range links {
		number = max(number, Width(clean(l.Number)))
	}
	heading := ""
	for i, l := range links {
		if i == 0 || l.Heading != heading {
			heading = l.Heading
			out.line("  " + s.paint(Dim, truncate(clean(heading), s.width()-2)))
		}
		status := truncate(clean(l.Status), 24)
		room := s.width() - 4 - number - 2
		if status != "" {
			room -= Width(status) + 2
		}
		text := truncate(clean(l.Title), room)
		out.line("    " + s.paint(Accent, pad(clean(l.Number), number, Left)) + "  " +
			pad(text, room, Left) + "  " + s.paint(l.Tone, status))
		for _, detail := range l.Details {
			for _, text := range wrap([]string{clean(detail)}, s.width()-6) {
				out.line("      " + s.paint(Dim, text))
			}
		}
	}
}

func (s Style) files(out *printer, c Card) {
	if len(c.Files) == 0 {
		return
	}
	s.section(out, s.Word("Files"))
	names := make([]string, len(c.Files))
	width := 0
	for i, f := range c.Files {
		names[i] = clean(f.Name)
		if f.Version > 1 {
			names[i] += ", " + s.Word("version") + " " + strconv.Itoa(f.Version)
		}
		width = max(width, Width(names[i]))
	}
	width = min(width, s.width()-4-9-34)
	for i, f := range c.Files {
		out.line("  " + pad(truncateName(names[i], width), width, Left) + "  " +
			pad(s.Size(f.Size), 7, Right) + "  " +
			s.paint(Dim, truncate(strings.TrimSpace(s.DateTime(f.At)+"  "+clean(f.By)), s.width()-4-9-width)))
	}
}

func (s Style) letters(out *printer, c Card) {
	if len(c.Letters) == 0 {
		return
	}
	s.section(out, s.Word("Letters"))
	t := Table{Columns: []Column{{Whole: true}, {Flex: true}, {Flex: true}, {Max: 20}}}
	for _, l := range c.Letters {
		t.Rows = append(t.Rows, []Cell{{Text: s.DateTime(l.At), Tone: Dim}, {Text: l.To}, {Text: l.Subject}, {Text: l.State, Tone: l.Tone}})
	}
	s.bare(out, t)
}

// bare writes the rows of a table without a header, two columns in.
func (s Style) bare(out *printer, t Table) {
	widths, ok := layout(t.Columns, func(yield func([]Cell) bool) {
		for _, r := range t.Rows {
			if !yield(r) {
				return
			}
		}
	}, Open, s.width()-2)
	if !ok {
		s.records(out, t.Columns, t.Rows, s.width())
		return
	}
	inner := &printer{w: out.w, indent: "  "}
	if out.flush() != nil {
		return
	}
	l := s.lines(inner, t.Columns, widths, Open)
	for _, r := range t.Rows {
		l.row(r)
	}
	out.err = inner.flush()
}
