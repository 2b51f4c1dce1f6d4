package repo

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/index"
)

// Condition turns an expression over a form's documents into a condition of
// the index. ok is false where the index cannot decide it exactly; the
// documents are then to be tested one by one.
func Condition(e *expr.Expr) (cond index.Cond, ok bool) {
	switch e.Op {
	case expr.And, expr.Or:
		var parts []index.Cond
		for _, arg := range e.Args {
			c, ok := Condition(arg)
			if !ok {
				return nil, false
			}
			parts = append(parts, c)
		}
		if e.Op == expr.And {
			return index.And(parts), true
		}
		return index.Or(parts), true
	case expr.Not:
		c, ok := Condition(e.Args[0])
		return index.Not{Cond: c}, ok
	}
	return comparison(e)
}

// Conditions splits an expression at its ands: what the index can decide, and
// whether that is all of it.
func Conditions(e *expr.Expr) (conds []index.Cond, exact bool) {
	if e.Op == expr.And {
		exact = true
		for _, arg := range e.Args {
			c, ok := Conditions(arg)
			conds = append(conds, c...)
			exact = exact && ok
		}
		return conds, exact
	}
	c, ok := Condition(e)
	if !ok {
		return nil, false
	}
	return []index.Cond{c}, true
}

var operators = map[expr.Op]index.Op{
	expr.Eq: index.Eq, expr.Ne: index.Ne, expr.Lt: index.Lt, expr.Le: index.Le, expr.Gt: index.Gt, expr.Ge: index.Ge,
}

var mirrored = map[index.Op]index.Op{
	index.Eq: index.Eq, index.Ne: index.Ne, index.Lt: index.Gt, index.Le: index.Ge, index.Gt: index.Lt, index.Ge: index.Le,
}

func comparison(e *expr.Expr) (index.Cond, bool) {
	if op, ok := operators[e.Op]; ok {
		return compareWith(e, op)
	}
	switch {
	case e.Op == expr.In && e.Args[1].Op == expr.ListOf:
		path, ok := e.Args[0].Path()
		if !ok || !usable(e.Args[0]) {
			return nil, false
		}
		in := index.In{Column: path}
		for _, item := range e.Args[1].Args {
			v, ok := constant(item.Value)
			if item.Op != expr.Literal || !ok {
				return nil, false
			}
			in.Values = append(in.Values, v)
		}
		return in, true
	case e.Op == expr.Call && (e.Name == "empty" || e.Name == "filled") && len(e.Args) == 1:
		path, ok := e.Args[0].Path()
		if !ok || !usable(e.Args[0]) {
			return nil, false
		}
		if e.Name == "empty" {
			return index.IsNull{Column: path}, true
		}
		return index.Not{Cond: index.IsNull{Column: path}}, true
	}
	if path, ok := e.Path(); ok && e.Type.Kind == expr.Bool && usable(e) {
		return index.Compare{Column: path, Op: index.Eq, Value: true}, true
	}
	return nil, false
}

func compareWith(e *expr.Expr, op index.Op) (index.Cond, bool) {
	field, literal := e.Args[0], e.Args[1]
	if field.Op == expr.Literal {
		field, literal, op = literal, field, mirrored[op]
	}
	path, ok := field.Path()
	if !ok || literal.Op != expr.Literal || !usable(field) {
		return nil, false
	}
	v, ok := constant(literal.Value)
	if !ok {
		return nil, false
	}
	c := index.Compare{Column: path, Op: op, Value: v}
	if op == index.Ne {
		// In the language a comparison with an empty value is false.
		return index.And{c, index.Not{Cond: index.IsNull{Column: path}}}, true
	}
	return c, true
}

// usable reports whether the index has the column and compares it as the
// language does: texts order by locale-free bytes in both, durations do not.
func usable(e *expr.Expr) bool {
	switch e.Type.Kind {
	case expr.DurationKind, expr.Table, expr.List, expr.Record, expr.Any:
		return false
	}
	path, _ := e.Path()
	switch path {
	case "today", "now", "author":
		return false
	}
	if e.Op == expr.Member && e.Args[0].Type.Kind != expr.Document {
		return false
	}
	return true
}

func constant(v expr.Value) (any, bool) {
	switch v := v.(type) {
	case string, bool, int64, time.Time:
		return v, true
	case decimal.Decimal:
		return v.String(), true
	case expr.Date:
		return v.String(), true
	case expr.Entry, expr.User, expr.Ref:
		id, _ := expr.Identity(v)
		return id, true
	}
	return nil, false
}
