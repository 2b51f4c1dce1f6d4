package render

import (
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// draw lets tablewriter draw a table whose layout is decided. It reports false,
// having written nothing, where the library measures a cell otherwise than this
// package: the columns would not line up.
func (s Style) draw(out *printer, t Table, widths []int) bool {
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		cell, ok := block(c.title(widths[i]), widths[i], c.Align)
		if !ok {
			return false
		}
		head[i] = cell
	}
	rows := make([][]string, 0, len(t.Rows)+len(t.Footer))
	for _, part := range [][][]Cell{t.Rows, t.Footer} {
		for _, row := range part {
			line := make([]string, len(t.Columns))
			for i, c := range t.Columns {
				cell, ok := block(c.fit(cellAt(row, i).Text, widths[i]), widths[i], c.Align)
				if !ok {
					return false
				}
				line[i] = cell
			}
			rows = append(rows, line)
		}
	}
	var b strings.Builder
	table := tablewriter.NewTable(&b, options(t)...)
	table.Header(head)
	if err := table.Bulk(rows[:len(t.Rows)]); err != nil {
		return false
	}
	if err := table.Render(); err != nil {
		return false
	}
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	// Between its paddings a cell may measure otherwise than alone: a combining
	// mark at its beginning joins the blank before it.
	whole := 2 * len(widths)
	if t.Border == Boxed {
		whole += len(widths) + 1
	}
	for _, w := range widths {
		whole += w
	}
	for _, line := range lines {
		if n := Width(line); n > whole || n < whole && t.Border == Boxed {
			return false
		}
	}
	foot := ""
	if t.Border == Boxed {
		lines, foot = lines[:len(lines)-1], lines[len(lines)-1]
	}
	for _, line := range lines {
		out.line(line)
	}
	if len(t.Footer) > 0 {
		// The library takes one footer line of its own making; totals of several
		// lines are drawn in the same shape here.
		l := s.lines(out, t.Columns, widths, t.Border)
		l.rule(ruleMiddle)
		for _, row := range t.Footer {
			l.row(row)
		}
	}
	if foot != "" {
		out.line(foot)
	}
	return true
}

// block pads the lines of a cell to the column, so that the library has nothing
// left to decide.
func block(lines []string, width int, align Align) (string, bool) {
	out := make([]string, len(lines))
	for i, line := range lines {
		padded := pad(line, width, align)
		if twwidth.Width(padded) != width {
			return "", false
		}
		out[i] = padded
	}
	return strings.Join(out, "\n"), true
}

// options is the shape of a table in the library's terms.
func options(t Table) []tablewriter.Option {
	shape := tw.Rendition{
		Borders: tw.Border{Left: tw.On, Right: tw.On, Top: tw.On, Bottom: tw.On},
		Symbols: tw.NewSymbols(tw.StyleLight),
		Settings: tw.Settings{
			Separators: tw.Separators{BetweenColumns: tw.On, BetweenRows: tw.Off, ShowHeader: tw.On},
			Lines:      tw.Lines{ShowTop: tw.On, ShowBottom: tw.On, ShowHeaderLine: tw.On},
		},
	}
	paddings := make([]tw.Padding, len(t.Columns))
	for i := range paddings {
		paddings[i] = tw.Padding{Left: " ", Right: " ", Overwrite: true}
	}
	if t.Border == Open {
		shape.Borders = tw.BorderNone
		shape.Settings.Separators.BetweenColumns = tw.Off
		for i := range paddings {
			paddings[i] = tw.Padding{Right: "  ", Overwrite: true}
		}
		paddings[len(paddings)-1] = tw.PaddingNone
	}
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Padding:    tw.CellPadding{PerColumn: paddings},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft},
	}
	return []tablewriter.Option{
		tablewriter.WithEastAsian(false),
		tablewriter.WithRenderer(renderer.NewBlueprint(shape)),
		tablewriter.WithHeaderConfig(cell),
		tablewriter.WithRowConfig(cell),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithTrimSpace(tw.Off),
	}
}
