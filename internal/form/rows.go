package form

import (
	"fmt"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// typedRows reads the rows of a table as YAML or JSON: a list of mappings, or one mapping for one row. Columns not
// given get their defaults.
func (s *Set) typedRows(f *Form, d *document.Document, table *Field, text string, ctx Context) ([]document.Row, *Problem) {
	bad := func(format string, args ...any) ([]document.Row, *Problem) {
		return nil, &Problem{Field: table.Name, Code: "type", Message: fmt.Sprintf(format, args...),
			Hint: fmt.Sprintf("write %s='[{%s: …}]'", table.Name, table.Columns[0].Name)}
	}
	if p := unreadable(table, text); p != nil {
		return nil, p
	}
	if text = clean(text, true); fold(text) == "" {
		return nil, nil
	}
	if len(table.Columns) == 0 {
		return nil, &Problem{Field: table.Name, Code: "type", Message: fmt.Sprintf("table %q has no columns", table.Name)}
	}
	file, problems := yamlsrc.ParseAny("", []byte(text))
	if problems.HasErrors() {
		return bad("the rows of %q are no YAML list: %s", table.Name, problems[0].Message)
	}
	nodes := []*yamlsrc.Node{file.Root}
	if file.Root.Kind == yamlsrc.Sequence {
		nodes = file.Root.Items
	}
	if len(nodes) > maxRows {
		return bad("a table has at most %d rows", maxRows)
	}
	rows := make([]document.Row, 0, len(nodes))
	for i, n := range nodes {
		if n.Kind != yamlsrc.Mapping {
			return bad("row %d of %q is no {column: value}", i+1, table.Name)
		}
		var cells []RowInput
		for _, p := range n.Pairs {
			if p.Value.Kind != yamlsrc.Scalar {
				return bad("row %d of %q: column %q holds no single value", i+1, table.Name, p.Key.Value)
			}
			text := p.Value.Value
			if p.Value.IsNull() {
				text = ""
			}
			cells = append(cells, RowInput{p.Key.Value, text})
		}
		var row document.Row
		if problems := s.fillRow(f, table, &row, i+1, cells, ctx); len(problems) > 0 {
			return nil, &problems[0]
		}
		s.defaultCells(f, d, table, &row, ctx)
		if len(row) == 0 {
			return bad("row %d of %q is empty", i+1, table.Name)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// fillRow stores what was typed for columns of a row and tells every problem.
func (s *Set) fillRow(f *Form, table *Field, row *document.Row, number int, cells []RowInput, ctx Context) []Problem {
	var problems []Problem
	add := func(p Problem) {
		p.Column, p.Field, p.Row = p.Field, table.Name, number
		problems = append(problems, p)
	}
	for _, cell := range cells {
		c := table.Column(cell.Column)
		switch {
		case c == nil && cell.Text == "" && row.Has(cell.Column):
			row.Delete(cell.Column) // what nobody knows may go
			continue
		case c == nil:
			add(Problem{Field: cell.Column, Code: "unknown-field", Message: diag.Unknown("column", cell.Column, table.columnNames()),
				Hint: "e1 form show " + f.Name})
			continue
		case c.Computed:
			add(Problem{Field: c.Name, Code: "computed", Message: fmt.Sprintf("column %q is computed from %s", c.Name, c.Value.Source)})
			continue
		}
		text, p := s.typed(c, cell.Text, ctx)
		if p != nil {
			add(*p)
			continue
		}
		for _, was := range c.Was {
			row.Delete(was)
		}
		row.Set(c.Name, text)
	}
	return problems
}

// defaultCells fills the columns of a new row that are absent and have a default; a default that cannot be
// evaluated leaves its column absent, which Check reports where the column is required.
func (s *Set) defaultCells(f *Form, d *document.Document, table *Field, row *document.Row, ctx Context) {
	for _, c := range table.Columns {
		if c.Default == nil || row.Has(c.Name) {
			continue
		}
		scope := &rowScope{Scope: s.Scope(f, d, ctx), field: table, doc: *row, row: expr.Row{}}
		v, err := c.Default.value(scope)
		if err != nil || v == nil {
			continue
		}
		text := c.exprType(nil).Format(v)
		if s.storable(c, text) == nil {
			row.Set(c.Name, text)
		}
	}
}

// tableOf finds a table that can be changed.
func (f *Form) tableOf(d *document.Document, name string) (*Field, []document.Row, *Problem) {
	fl, p := f.settable(name)
	if p != nil {
		return nil, nil, p
	}
	if fl.Type != expr.Table {
		return nil, nil, &Problem{Field: name, Code: "type", Message: fmt.Sprintf("field %q is no table but a %s", name, fl.Type)}
	}
	v := f.Stored(d, fl)
	if v == nil {
		return fl, nil, nil
	}
	if v.Text != "" || v.List != nil || v.Node != nil {
		return nil, nil, &Problem{Field: name, Code: "type", Message: fmt.Sprintf("field %q holds no table", name)}
	}
	return fl, v.Clone().Rows, nil
}

// AddRow adds a row to a table, with the defaults of the columns not given. It returns the number of the row, from 1.
// The card is unchanged when problems come back.
func (s *Set) AddRow(f *Form, d *document.Document, table string, cells []RowInput, ctx Context) (int, []Problem) {
	fl, rows, p := f.tableOf(d, table)
	if p != nil {
		return 0, []Problem{*p}
	}
	n := len(rows) + 1
	if n > maxRows {
		return 0, []Problem{{Field: table, Code: "type", Message: fmt.Sprintf("a table has at most %d rows", maxRows)}}
	}
	var row document.Row
	if problems := s.fillRow(f, fl, &row, n, cells, ctx); len(problems) > 0 {
		return 0, problems
	}
	s.defaultCells(f, d, fl, &row, ctx)
	if len(row) == 0 {
		return 0, []Problem{{Field: table, Row: n, Code: "required", Message: "the row is empty"}}
	}
	store(d, fl, &document.Value{Rows: append(rows, row)})
	return n, nil
}

// SetRow changes columns of a row, counted from 1; blank text clears a column. The card is unchanged when problems
// come back.
func (s *Set) SetRow(f *Form, d *document.Document, table string, row int, cells []RowInput, ctx Context) []Problem {
	fl, rows, p := f.tableOf(d, table)
	if p == nil {
		p = noRow(table, row, len(rows))
	}
	if p != nil {
		return []Problem{*p}
	}
	if problems := s.fillRow(f, fl, &rows[row-1], row, cells, ctx); len(problems) > 0 {
		return problems
	}
	if len(rows[row-1]) == 0 {
		return []Problem{{Field: table, Row: row, Code: "required", Message: "the row would be empty", Hint: "remove it instead: e1 row rm"}}
	}
	store(d, fl, &document.Value{Rows: rows})
	return nil
}

// RemoveRow removes a row, counted from 1.
func (s *Set) RemoveRow(f *Form, d *document.Document, table string, row int) *Problem {
	fl, rows, p := f.tableOf(d, table)
	if p == nil {
		p = noRow(table, row, len(rows))
	}
	if p != nil {
		return p
	}
	store(d, fl, &document.Value{Rows: append(rows[:row-1:row-1], rows[row:]...)})
	return nil
}

func noRow(table string, row, rows int) *Problem {
	if row >= 1 && row <= rows {
		return nil
	}
	return &Problem{Field: table, Row: row, Code: "unknown-row", Message: fmt.Sprintf("there is no such row; the table has %d", rows)}
}
