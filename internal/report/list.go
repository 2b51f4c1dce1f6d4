package report

import (
	"slices"

	"github.com/e1-dms/e1/internal/expr"
)

// list evaluates a report whose rows are documents.
func (ev *evaluation) list(result *Result) error {
	ev.specs = make([]*spec, 0, len(ev.r.Columns))
	totals := make([]accumulator, len(ev.r.Columns))
	for i, c := range ev.r.Columns {
		if c.Total != "" {
			totals[i] = newAccumulator(&spec{fn: c.Total, typ: c.Value.Program.Type()})
		}
	}
	var rows [][]expr.Value
	scope := ev.newScope()
	collect := func(raw []any) error {
		scope.set(raw)
		ok, err := ev.accepts(scope)
		if err != nil || !ok {
			return err
		}
		row := make([]expr.Value, len(ev.r.Columns))
		for i, c := range ev.r.Columns {
			if row[i], err = tolerable(c.Value.Program.Eval(scope)); err != nil {
				return err
			}
			if totals[i] != nil && (c.Total != "count" || !expr.IsEmpty(row[i])) {
				totals[i].add(row[i])
			}
		}
		result.Documents++
		// Without an order the first rows are the ones shown; the rest only counts.
		if len(ev.r.Sort) > 0 || ev.limit == 0 || len(rows) < ev.limit {
			rows = append(rows, row)
		}
		return nil
	}
	if !ev.nothing {
		if err := ev.in.Source.Rows(ev.query(), collect); err != nil {
			return err
		}
	}
	ev.sortRows(rows)
	if ev.limit > 0 && len(rows) > ev.limit {
		rows = rows[:ev.limit]
	}
	result.More = int(result.Documents) - len(rows)
	for _, row := range rows {
		line := make([]Value, len(row))
		for i, c := range ev.r.Columns {
			line[i] = Value{
				Text:  canonical(c.typeName(), c.Value.Program.Type(), row[i]),
				Title: ev.name(c.Value.Program, row[i]),
			}
		}
		result.Rows = append(result.Rows, line)
	}
	if ev.r.Totals && slices.ContainsFunc(totals, func(a accumulator) bool { return a != nil }) {
		result.Totals = make([]Value, len(totals))
		for i, a := range totals {
			if a != nil {
				c := ev.r.Columns[i]
				result.Totals[i].Text = canonical(totalType(c), c.Value.Program.Type(), a.result())
			}
		}
	}
	return nil
}

// totalType is the type a total is shown as: counts and sums of durations are
// not what their column is.
func totalType(c *Column) string {
	switch {
	case c.Total == "count":
		return "int"
	case c.Value.Program.Type().Kind == expr.DurationKind && (c.Total == "sum" || c.Total == "avg"):
		return "hours"
	}
	return c.typeName()
}

// sortRows orders documents by the report's keys; equal ones keep the order of
// the source, which is that of registration.
func (ev *evaluation) sortRows(rows [][]expr.Value) {
	if len(ev.r.Sort) == 0 {
		return
	}
	at := make([]int, len(ev.r.Sort))
	for k, o := range ev.r.Sort {
		at[k] = slices.IndexFunc(ev.r.Columns, func(c *Column) bool { return c.Name == o.Column })
	}
	slices.SortStableFunc(rows, func(a, b []expr.Value) int {
		for k, o := range ev.r.Sort {
			if n := compareCells(a[at[k]], b[at[k]], o.Desc); n != 0 {
				return n
			}
		}
		return 0
	})
}
