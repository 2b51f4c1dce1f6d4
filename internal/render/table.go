package render

import (
	"io"
	"slices"
)

// Align is the side a column's cells stand on.
type Align uint8

// The alignments.
const (
	Left Align = iota
	Right
	Center
)

// Column is one column of a table.
type Column struct {
	Title string
	Align Align // Right is for numbers; such cells are never shortened
	Max   int   // widest the column may get; 0: no limit
	Min   int   // narrowest it is shrunk to; 0: eight columns
	Flex  bool  // shrinks first when the table is too wide
	Wrap  bool  // long cells continue on further lines instead of ending in …
	Whole bool  // never shortened: numbers of documents, codes
}

// Cell is one cell; its text may hold anything.
type Cell struct {
	Text string
	Tone Tone
	// Raw is what programs read instead of the text that people do, an id
	// instead of a title for instance; empty: the same.
	Raw string
}

// value is what programs read.
func (c Cell) value() string {
	if c.Raw != "" {
		return c.Raw
	}
	return c.Text
}

// Row makes cells of plain texts.
func Row(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, t := range texts {
		row[i] = Cell{Text: t}
	}
	return row
}

// Border is how a table is drawn.
type Border uint8

// The borders.
const (
	Open  Border = iota // a rule under the header, two blanks between columns
	Boxed               // lines around and between columns
)

// Table is a table with all its rows at hand.
type Table struct {
	Columns []Column
	Rows    [][]Cell
	Footer  [][]Cell // totals, under a rule of their own
	Border  Border
}

// libraryRows is the number of rows up to which tablewriter draws a table; it
// keeps every cell several times over, so longer tables are written by line; so
// are colored ones, around whose cells it puts resets of its own.
const libraryRows = 2000

// Table writes a table, laid out for the width. A table whose columns cannot be
// shrunk far enough is written as records, one field a line, rather than cut.
func (s Style) Table(w io.Writer, t Table) error {
	return s.table(w, t, s.width(), "")
}

// fits reports whether a table can be laid out for the width without breaking a
// word of a cell.
func (s Style) fits(t Table) bool {
	_, strained, ok := fitColumns(t.Columns, slices.Values(slices.Concat(t.Rows, t.Footer)), t.Border, s.width())
	return ok && !strained
}

func (s Style) table(w io.Writer, t Table, width int, indent string) error {
	if len(t.Columns) == 0 {
		return nil
	}
	all := t.Rows
	if len(t.Footer) > 0 {
		all = slices.Concat(t.Rows, t.Footer)
	}
	widths, ok := layout(t.Columns, slices.Values(all), t.Border, width-Width(indent))
	out := &printer{w: w, indent: indent}
	if !ok {
		s.records(out, t.Columns, all, width-Width(indent))
		return out.flush()
	}
	if !s.Color && len(t.Rows) > 0 && len(t.Rows) <= libraryRows && s.draw(out, t, widths) {
		return out.flush()
	}
	l := s.lines(out, t.Columns, widths, t.Border)
	l.head()
	for _, row := range t.Rows {
		l.row(row)
	}
	if len(t.Footer) > 0 {
		l.rule(ruleMiddle)
		for _, row := range t.Footer {
			l.row(row)
		}
	}
	l.end()
	return out.flush()
}

// cellAt is the cell of a row that may be shorter than the table.
func cellAt(row []Cell, i int) Cell {
	if i < len(row) {
		return row[i]
	}
	return Cell{}
}
