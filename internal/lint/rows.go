package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
)

// Conditions are held against fields. What is asked of rows becomes a field here:
// inside a function over rows the columns of the row at hand, lines.qty, and
// outside of it the number of rows, count(lines), or a sum of them.

// withRows visits every node of a tree with its guards, those that functions
// go through for each row too. Rows that are filtered before are passed over:
// what was asked of them is not known here.
func withRows(e *expr.Expr, guards []decide.Wish, visit func(e *expr.Expr, guards []decide.Wish)) {
	guarded(e, false, guards, func(e *expr.Expr, guards []decide.Wish) {
		visit(e, guards)
		if !e.Body() {
			return
		}
		if table, ok := decide.Path(e.Args[0]); ok {
			withRows(byRow(e.Args[1], table), guards, visit)
		}
	})
}

// byRow gives a copy of what is computed for each row of a table, in which its
// columns are fields.
func byRow(e *expr.Expr, table string) *expr.Expr {
	if e.Op == expr.Member && e.Args[0].Op == expr.Element {
		return &expr.Expr{Op: expr.Field, Name: table + "." + e.Name, Type: e.Type, From: e.From, To: e.To}
	}
	out := *e
	out.Args = slices.Clone(e.Args)
	for i, a := range e.Args {
		if i == 0 || !e.Body() { // rows in rows are others
			out.Args[i] = byRow(a, table)
		}
	}
	return &out
}

// counted are the numbers of rows and sums that conditions ask for.
type counted struct {
	names map[string]string // by the text of the call
	calls map[string]*expr.Expr
}

// fields gives a copy of a tree in which they are fields.
func (c *counted) fields(e *expr.Expr) *expr.Expr {
	if e == nil {
		return nil
	}
	if counts(e) {
		if table, ok := decide.Path(e.Args[0]); ok {
			return &expr.Expr{Op: expr.Field, Name: c.name(e, table), Type: e.Type, From: e.From, To: e.To}
		}
	}
	out := *e
	out.Args = make([]*expr.Expr, len(e.Args))
	for i, a := range e.Args {
		out.Args[i] = c.fields(a)
	}
	return &out
}

// name is the same for equal calls only.
func (c *counted) name(e *expr.Expr, table string) string {
	key := decide.Text(e)
	if name := c.names[key]; name != "" {
		return name
	}
	name := e.Name + "(" + table
	if len(e.Args) > 1 {
		name += ", …"
	}
	for name += ")"; c.calls[name] != nil; {
		name += "'"
	}
	c.names[key], c.calls[name] = name, e
	return name
}

func (c *counted) wishes(list []decide.Wish) []decide.Wish {
	out := make([]decide.Wish, len(list))
	for i, w := range list {
		w.Cond = c.fields(w.Cond)
		out[i] = w
	}
	return out
}

// bounds are what holds whatever the rows are: no part of them is more than all.
func (c *counted) bounds() []decide.Wish {
	var out []decide.Wish
	for name, e := range c.calls {
		if table, _ := decide.Path(e.Args[0]); e.Name == "count" && len(e.Args) > 1 {
			all := &expr.Expr{Op: expr.Field, Name: "count(" + table + ")", Type: e.Type}
			part := &expr.Expr{Op: expr.Field, Name: name, Type: e.Type}
			out = append(out, decide.Wish{Cond: truth(expr.Le, part, all), Holds: true})
		}
	}
	return out
}

// domain says what such a field may hold; false for every other one.
func (c *counted) domain(s *subject, st *state, path string, d *decide.Domain) bool {
	e := c.calls[path]
	all := e == nil && strings.HasPrefix(path, "count(")
	switch {
	case all, e != nil && e.Name != "sum":
		table := strings.TrimSuffix(strings.TrimPrefix(path, "count("), ")")
		*d = decide.Domain{Filled: true, Min: int64(0)}
		if !all {
			table, _ = decide.Path(e.Args[0])
		}
		if (all || len(e.Args) == 1) && s.data().filled(st)(table) {
			d.Min = int64(1)
		}
	case e != nil:
		*d = decide.Domain{Filled: true}
	default:
		col := s.columnAt(path)
		if col == nil {
			return false
		}
		d.Loose, d.Filled = col.Computed, col.RequiredAlways
		d.Min, _ = expr.ParseValue(expr.Type{Kind: col.Type}, col.Min)
		d.Max, _ = expr.ParseValue(expr.Type{Kind: col.Type}, col.Max)
	}
	return true
}

// columnAt finds the column that lines.qty names.
func (s *subject) columnAt(path string) *form.Field {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return nil
	}
	if table := s.field(path[:i]); table != nil && table.Type == expr.Table {
		return table.Column(path[i+1:])
	}
	return nil
}
