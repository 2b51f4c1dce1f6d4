package render

import (
	"strconv"

	"github.com/e1-dms/e1/internal/report"
)

// ReportOf turns an evaluated report into what is printed.
func (s Style) ReportOf(r *report.Result) Report {
	out := Report{Name: r.Report, Title: r.Title, Groups: r.Groups, Totals: data(r.Totals)}
	for _, p := range r.Params {
		out.Params = append(out.Params, ReportParam{
			Name: p.Name, Title: p.Title, Value: p.Value.Text, Text: s.paramText(p),
		})
	}
	for _, c := range r.Columns {
		out.Columns = append(out.Columns, ReportColumn{c.Name, c.Title, c.Type})
	}
	for _, row := range r.Rows {
		out.Rows = append(out.Rows, data(row))
	}
	for _, t := range r.Subtotals {
		out.Subtotals = append(out.Subtotals, Subtotal{Level: t.Level, After: t.After, Cells: data(t.Values)})
	}
	if r.More > 0 {
		out.Note = "… " + s.Word("more") + " " + s.Number(strconv.Itoa(r.More))
	}
	return out
}

// paramText is what people read for a parameter's value.
func (s Style) paramText(p report.ParamValue) string {
	if p.Value.Title != "" {
		return p.Value.Title
	}
	return s.Human(p.Type, p.Value.Text)
}

func data(values []report.Value) []Datum {
	if len(values) == 0 {
		return nil
	}
	out := make([]Datum, len(values))
	for i, v := range values {
		out[i] = Datum{Value: v.Text, Text: v.Title}
	}
	return out
}
