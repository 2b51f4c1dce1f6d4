package render

import (
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Report is a report's result. Values are canonical texts; Text, where given,
// is what people read instead (the title of a directory entry, a person's
// name). The type of a column is that of the report package: money, decimal,
// int, percent, date, datetime, bool, duration, text and others shown as text.
type Report struct {
	Name      string
	Title     string
	Params    []ReportParam
	Columns   []ReportColumn
	Groups    int // the first columns are what the rows are grouped by
	Rows      [][]Datum
	Subtotals []Subtotal
	Totals    []Datum // as long as Columns, or empty
	Note      string  // what is missing: rows beyond the limit
}

// ReportParam is a parameter the report ran with.
type ReportParam struct{ Name, Title, Value, Text string }

// ReportColumn is a column of a report.
type ReportColumn struct{ Name, Title, Type string }

// Datum is one value; the empty text is no value.
type Datum struct{ Value, Text string }

// Subtotal is the sum line of a group of rows, after its last row.
type Subtotal struct {
	Level int // 1: the outermost group
	After int // number of rows that stand before it
	Cells []Datum
}

// numeric reports whether a type's values stand on the right and are numbers in
// JSON's sense or ours.
func numeric(kind string) bool {
	switch kind {
	case "money", wholeMoney, "decimal", "int", "percent", "hours", "duration":
		return true
	}
	return false
}

// Report writes a report as a table under its title and parameters. Values of a
// group that repeat in the next row are written once.
func (s Style) Report(w io.Writer, r Report) error {
	out := &printer{w: w}
	if r.Title != "" {
		for _, line := range wrap([]string{clean(r.Title)}, s.width()) {
			out.line(s.paint(Strong, line))
		}
	}
	var params []string
	for _, p := range r.Params {
		if p.Value != "" {
			params = append(params, clean(p.Title)+": "+clean(p.shown()))
		}
	}
	for _, line := range wrap([]string{strings.Join(params, " · ")}, s.width()) {
		if line != "" {
			out.line(s.paint(Dim, line))
		}
	}
	if r.Title != "" {
		out.line("")
	}
	if out.flush() != nil {
		return out.err
	}
	if len(r.Rows) == 0 {
		return nil // totals of nothing are no news
	}
	t := s.reportTable(r)
	if !s.fits(t) {
		t = s.reportTable(r.withoutKopecks())
	}
	if err := s.Table(w, t); err != nil {
		return err
	}
	if r.Note != "" {
		for _, line := range wrap([]string{clean(r.Note)}, s.width()) {
			out.line(s.paint(Dim, line))
		}
	}
	return out.flush()
}

// withoutKopecks leaves the kopecks out of the columns in which there are none,
// where the width does not suffice otherwise.
func (r Report) withoutKopecks() Report {
	columns := slices.Clone(r.Columns)
	all := slices.Concat(r.Rows, [][]Datum{r.Totals})
	for _, t := range r.Subtotals {
		all = append(all, t.Cells)
	}
	for i, c := range columns {
		if c.Type == "money" && !slices.ContainsFunc(all, func(row []Datum) bool {
			_, kopecks, _ := strings.Cut(datumAt(row, i).Value, ".")
			return strings.Trim(kopecks, "0") != ""
		}) {
			columns[i].Type = wholeMoney
		}
	}
	r.Columns = columns
	return r
}

// wholeMoney is the type of a column of amounts without kopecks.
const wholeMoney = "whole money"

func (p ReportParam) shown() string {
	if p.Text != "" {
		return p.Text
	}
	return p.Value
}

// reportTable turns a report into a table: repeated group values blank, sums of
// groups in lines of their own.
func (s Style) reportTable(r Report) Table {
	t := Table{}
	for _, c := range r.Columns {
		column := Column{Title: c.Title, Flex: true, Wrap: true, Min: 8}
		switch {
		case numeric(c.Type):
			column = Column{Title: c.Title, Align: Right}
		case c.Type == "date" || c.Type == "datetime" || c.Type == "week" || c.Type == "month" || c.Type == "quarter":
			column = Column{Title: c.Title, Whole: true}
		}
		if numbered(r.Rows, len(t.Columns)) {
			column = Column{Title: c.Title, Whole: true}
		}
		t.Columns = append(t.Columns, column)
	}
	next := 0
	subtotals := func(before int) {
		for next < len(r.Subtotals) && r.Subtotals[next].After <= before {
			t.Rows = append(t.Rows, s.sumRow(r, r.Subtotals[next].Cells, r.Subtotals[next].Level))
			next++
		}
	}
	for i, row := range r.Rows {
		subtotals(i)
		cells := make([]Cell, len(r.Columns))
		repeated := i > 0 && !subtotalAt(r, i)
		for k := range r.Columns {
			datum := datumAt(row, k)
			repeated = repeated && k < r.Groups-1 && datum == datumAt(r.Rows[i-1], k)
			if !repeated {
				cells[k] = Cell{Text: s.shown(r.Columns[k].Type, datum)}
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	subtotals(len(r.Rows))
	if len(r.Totals) > 0 {
		t.Footer = [][]Cell{s.sumRow(r, r.Totals, 0)}
	}
	return t
}

// registration is the shape of a document's number, which is never broken.
var registration = regexp.MustCompile(`^[A-Z0-9]+(-[A-Z0-9]+)+$`)

// numbered tells whether a column holds numbers of documents and nothing else.
func numbered(rows [][]Datum, column int) bool {
	for _, row := range rows {
		if d := datumAt(row, column); d.Text != "" || d.Value != "" && !registration.MatchString(d.Value) {
			return false
		}
	}
	return len(rows) > 0
}

// sumRow is a line of totals; the word stands in the first column that has no
// total of its own, after the group's values.
func (s Style) sumRow(r Report, data []Datum, level int) []Cell {
	cells := make([]Cell, len(r.Columns))
	for k := range r.Columns {
		cells[k] = Cell{Text: s.shown(r.Columns[k].Type, datumAt(data, k)), Tone: Strong}
	}
	if at := level; at < len(cells) && cells[at].Text == "" {
		cells[at].Text = s.Word("Total")
	}
	return cells
}

func subtotalAt(r Report, row int) bool {
	for _, s := range r.Subtotals {
		if s.After == row {
			return true
		}
	}
	return false
}

func datumAt(row []Datum, i int) Datum {
	if i < len(row) {
		return row[i]
	}
	return Datum{}
}

// shown is a value as people read it.
func (s Style) shown(kind string, d Datum) string {
	if d.Text != "" {
		return d.Text
	}
	if kind == wholeMoney {
		whole, _, _ := strings.Cut(d.Value, ".")
		return s.Number(whole)
	}
	return s.Human(kind, d.Value)
}

// text is a value for files: titles where there are some, else canonical.
func (d Datum) text() string {
	if d.Text != "" {
		return d.Text
	}
	return d.Value
}

// ReportCSV writes the columns' titles and the rows as RFC 4180 says: commas,
// CRLF, quotes where needed; numbers and dates canonical, totals left out. With
// bom the file starts with a byte order mark, which some spreadsheets need to
// see that it is UTF-8.
func ReportCSV(w io.Writer, r Report, bom bool) error {
	if bom {
		if _, err := io.WriteString(w, "\uFEFF"); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	line := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		line[i] = c.Title
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for _, row := range r.Rows {
		for i := range r.Columns {
			line[i] = datumAt(row, i).text()
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// ReportPlain writes the rows as Plain does: identifiers and canonical values,
// no header, no totals.
func ReportPlain(w io.Writer, r Report) error {
	return Plain(w, func(yield func([]string) bool) {
		for _, row := range r.Rows {
			line := make([]string, len(r.Columns))
			for i := range r.Columns {
				line[i] = datumAt(row, i).Value
			}
			if !yield(line) {
				return
			}
		}
	})
}

// ReportMarkdown writes the report as a Markdown table with a heading.
func (s Style) ReportMarkdown(w io.Writer, r Report) error {
	out := &printer{w: w}
	if r.Title != "" {
		out.line("# " + markdown(r.Title))
		out.line("")
	}
	for _, p := range r.Params {
		if p.Value != "" {
			out.line("- " + markdown(p.Title) + ": " + markdown(p.shown()))
		}
	}
	if len(r.Params) > 0 {
		out.line("")
	}
	head, rule := "|", "|"
	for _, c := range r.Columns {
		head += " " + markdown(c.Title) + " |"
		if numeric(c.Type) {
			rule += " ---: |"
		} else {
			rule += " --- |"
		}
	}
	out.line(head)
	out.line(rule)
	t := s.reportTable(Report{Columns: r.Columns, Rows: r.Rows, Totals: r.Totals, Groups: r.Groups, Subtotals: r.Subtotals})
	for _, row := range append(t.Rows, t.Footer...) {
		line := "|"
		for _, cell := range row {
			text := markdown(cell.Text)
			if cell.Tone == Strong && text != "" {
				text = "**" + text + "**"
			}
			line += " " + text + " |"
		}
		out.line(line)
	}
	if r.Note != "" {
		out.line("")
		out.line(markdown(r.Note))
	}
	return out.flush()
}

// markdown escapes what would end a cell or start markup.
func markdown(text string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;").Replace(clean(text))
}

// ReportJSON writes the report's object of the JSON contract. Rows hold
// canonical values: money, decimals, dates and identifiers as strings, whole
// numbers as numbers, booleans as booleans, null for no value. `titles` gives,
// per column, what people read for the identifiers in it.
func ReportJSON(w io.Writer, r Report) error {
	params, titles := Object{}, Object{}
	for _, p := range r.Params {
		params = append(params, Member{p.Name, nullable(p.Value)})
	}
	columns := make([]any, len(r.Columns))
	for i, c := range r.Columns {
		columns[i] = Object{{"name", c.Name}, {"title", c.Title}, {"type", c.Type}}
		known := map[string]string{}
		for _, row := range r.Rows {
			if d := datumAt(row, i); d.Value != "" && d.Text != "" && d.Text != d.Value {
				known[d.Value] = d.Text
			}
		}
		if len(known) > 0 {
			titles = append(titles, Member{c.Name, known})
		}
	}
	rows := make([][]any, len(r.Rows))
	for i, row := range r.Rows {
		rows[i] = jsonRow(r.Columns, row)
	}
	totals := []any{}
	if len(r.Totals) > 0 {
		totals = jsonRow(r.Columns, r.Totals)
	}
	subtotals := make([]any, len(r.Subtotals))
	for i, s := range r.Subtotals {
		subtotals[i] = Object{{"level", s.Level}, {"after", s.After}, {"values", jsonRow(r.Columns, s.Cells)}}
	}
	return JSON(w, Object{
		{"report", r.Name}, {"title", r.Title}, {"params", params}, {"columns", columns},
		{"rows", rows}, {"totals", totals}, {"subtotals", subtotals}, {"titles", titles},
	})
}

func jsonRow(columns []ReportColumn, row []Datum) []any {
	out := make([]any, len(columns))
	for i, c := range columns {
		d := datumAt(row, i)
		switch {
		case d.Value == "":
			out[i] = nil
		case c.Type == "int":
			out[i] = jsonNumber(d.Value)
		case c.Type == "bool":
			out[i] = d.Value == "true"
		default:
			out[i] = d.Value
		}
	}
	return out
}

func nullable(value string) any {
	if value == "" {
		return nil
	}
	return value
}
