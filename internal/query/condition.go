// Package query asks the index in the terms of expressions: conditions of lists
// and reports become conditions of the index, and the index becomes a source of
// reports.
//
// In go typed trees of package expr; out come conditions of package index that
// hold for exactly the same documents. The package refuses, instead of
// approximating, whatever it cannot say exactly; the caller then reads the
// documents and evaluates the expression itself.
//
// Invariant: a condition that Translator gives and the expression it was made
// of agree on every document, empty values included.
package query

import (
	"slices"
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/shopspring/decimal"
)

// Translator turns expressions into conditions.
type Translator struct {
	// Zone is the repository's time zone: what a day means for moments.
	Zone *time.Location
	// Given tells values that are the same for all documents: today, now,
	// author; nil: none are known.
	Given func(name string) (expr.Value, bool)
}

// Condition gives the condition of an expression; ok is false when the index
// cannot say it exactly.
func (t Translator) Condition(e *expr.Expr) (c index.Cond, ok bool) {
	switch e.Op {
	case expr.Literal:
		v, isBool := e.Value.(bool)
		return constant(v), isBool || e.Value == nil
	case expr.And, expr.Or:
		left, ok := t.Condition(e.Args[0])
		if !ok {
			return nil, false
		}
		right, ok := t.Condition(e.Args[1])
		if !ok {
			return nil, false
		}
		if e.Op == expr.And {
			return index.And{left, right}, true
		}
		return index.Or{left, right}, true
	case expr.Not:
		inner, ok := t.Condition(e.Args[0])
		return index.Not{Cond: inner}, ok
	case expr.Field, expr.Member:
		return t.truth(e)
	case expr.Eq, expr.Ne, expr.Lt, expr.Le, expr.Gt, expr.Ge:
		return t.comparison(e)
	case expr.In, expr.NotIn:
		return t.membership(e)
	case expr.Contains, expr.StartsWith:
		return t.textual(e)
	case expr.Call:
		if e.Name == "empty" || e.Name == "filled" {
			return t.emptiness(e.Args[0], e.Name == "empty")
		}
	}
	return nil, false
}

func constant(v bool) index.Cond {
	if v {
		return index.And{}
	}
	return index.Or{}
}

// column is the path of a node the index has a column for.
func column(e *expr.Expr) (path string, ok bool) {
	if e.Type.Kind >= expr.Table {
		return "", false
	}
	switch e.Op {
	case expr.Field:
		return e.Name, !slices.Contains([]string{"today", "now", "author", "settings"}, e.Name)
	case expr.Member:
		of := e.Args[0]
		if of.Op == expr.Field && of.Name == "card" && of.Type.Kind == expr.Record {
			return "card." + e.Name, true
		}
		if of.Type.Kind != expr.Document || of.Type.Name == "" {
			return "", false
		}
		head, ok := column(of)
		return head + "." + e.Name, ok
	}
	return "", false
}

// value is the value of a literal or of a name that is given.
func (t Translator) value(e *expr.Expr) (v expr.Value, ok bool) {
	switch {
	case e.Op == expr.Literal:
		return e.Value, true
	case e.Op == expr.Field && t.Given != nil:
		return t.Given(e.Name)
	}
	return nil, false
}

// truth is a field of type bool standing for itself.
func (t Translator) truth(e *expr.Expr) (index.Cond, bool) {
	if v, ok := t.value(e); ok {
		yes, isBool := v.(bool)
		return constant(yes), isBool
	}
	path, ok := column(e)
	if !ok || e.Type.Kind != expr.Bool {
		return nil, false
	}
	return index.Compare{Column: path, Op: index.Eq, Value: true}, true
}

func (t Translator) emptiness(e *expr.Expr, empty bool) (index.Cond, bool) {
	path, ok := column(e)
	if !ok {
		return nil, false
	}
	if empty {
		return index.IsNull{Column: path}, true
	}
	return index.Not{Cond: index.IsNull{Column: path}}, true
}

// operators gives the operator of the index, and what it becomes when the sides
// are exchanged.
func operators(op expr.Op) (as, exchanged index.Op) {
	switch op {
	case expr.Ne:
		return index.Ne, index.Ne
	case expr.Lt:
		return index.Lt, index.Gt
	case expr.Le:
		return index.Le, index.Ge
	case expr.Gt:
		return index.Gt, index.Lt
	case expr.Ge:
		return index.Ge, index.Le
	}
	return index.Eq, index.Eq
}

// comparison compares a column with a value. A written nil asks for emptiness;
// else a comparison with an empty side is false.
func (t Translator) comparison(e *expr.Expr) (index.Cond, bool) {
	op, exchanged := operators(e.Op)
	field, other := e.Args[0], e.Args[1]
	path, ok := column(field)
	if !ok {
		field, other, op = e.Args[1], e.Args[0], exchanged
		if path, ok = column(field); !ok {
			return nil, false
		}
	}
	v, known := t.value(other)
	switch {
	case !known:
		return t.columns(field, other, path, op)
	case other.Op == expr.Literal && v == nil:
		if op != index.Eq && op != index.Ne {
			return constant(false), true
		}
		return t.emptiness(field, op == index.Eq)
	case expr.IsEmpty(v):
		return constant(false), true
	}
	if day, isDay := v.(expr.Date); isDay && field.Type.Kind == expr.DateTime {
		return t.onDay(path, op, day), true
	}
	plain, ok := t.plain(field.Type.Kind, v)
	if !ok {
		return nil, false
	}
	return filledAnd(path, op, index.Compare{Column: path, Op: op, Value: plain}), true
}

// filledAnd adds what != needs: that the column is filled.
func filledAnd(path string, op index.Op, c index.Cond) index.Cond {
	if op != index.Ne {
		return c
	}
	return index.And{c, index.Not{Cond: index.IsNull{Column: path}}}
}

// onDay compares moments with a day of the repository's zone.
func (t Translator) onDay(path string, op index.Op, day expr.Date) index.Cond {
	begin := expr.Midnight(day, t.Zone)
	end := expr.Midnight(expr.DateOf(expr.Midnight(day, time.UTC).AddDate(0, 0, 1)), t.Zone)
	compare := func(op index.Op, at time.Time) index.Cond {
		return index.Compare{Column: path, Op: op, Value: at}
	}
	switch op {
	case index.Lt:
		return compare(index.Lt, begin)
	case index.Le:
		return compare(index.Lt, end)
	case index.Gt:
		return compare(index.Ge, end)
	case index.Ge:
		return compare(index.Ge, begin)
	case index.Ne:
		return index.Or{compare(index.Lt, begin), compare(index.Ge, end)}
	}
	return index.And{compare(index.Ge, begin), compare(index.Lt, end)}
}

// columns compares two columns of one type.
func (t Translator) columns(left, right *expr.Expr, path string, op index.Op) (index.Cond, bool) {
	other, ok := column(right)
	if !ok || kindOf(left.Type.Kind) != kindOf(right.Type.Kind) || kindOf(left.Type.Kind) == expr.DurationKind {
		return nil, false
	}
	c := index.CompareColumns{Left: path, Op: op, Right: other}
	if op != index.Eq && op != index.Ne {
		return c, true
	}
	filled := func(p string) index.Cond { return index.Not{Cond: index.IsNull{Column: p}} }
	return index.And{c, filled(path), filled(other)}, true
}

// kindOf folds the kinds the index keeps alike.
func kindOf(k expr.Kind) expr.Kind {
	switch {
	case k.IsText() || k.IsNamed():
		return expr.Text
	case k == expr.Money:
		return expr.Decimal
	}
	return k
}

// plain is a value as the index compares it with a column of a kind.
func (t Translator) plain(k expr.Kind, v expr.Value) (any, bool) {
	if id, ok := expr.Identity(v); ok {
		return id, kindOf(k) == expr.Text
	}
	switch v := v.(type) {
	case bool:
		return v, k == expr.Bool
	case int64:
		if kindOf(k) == expr.Decimal {
			return strconv.FormatInt(v, 10), true
		}
		return v, k == expr.Int
	case decimal.Decimal:
		if k == expr.Int && v.IsInteger() && v.BigInt().IsInt64() {
			return v.IntPart(), true
		}
		return v.String(), kindOf(k) == expr.Decimal
	case expr.Date:
		return v.String(), k == expr.DateKind
	case time.Time:
		if k == expr.DateKind {
			return expr.DateOf(v).String(), true
		}
		return v, k == expr.DateTime
	case worktime.Duration:
		return nil, false // working and calendar time do not compare; the index would
	}
	return nil, false
}

// membership is x in [a, b]: false when x is empty, as is its opposite.
func (t Translator) membership(e *expr.Expr) (index.Cond, bool) {
	path, ok := column(e.Args[0])
	if !ok || e.Args[0].Type.Kind == expr.DateTime {
		return nil, false
	}
	items, ok := t.items(e.Args[1])
	if !ok {
		return nil, false
	}
	var values []any
	for _, item := range items {
		if expr.IsEmpty(item) {
			continue
		}
		plain, ok := t.plain(e.Args[0].Type.Kind, item)
		if !ok {
			return nil, false
		}
		values = append(values, plain)
	}
	var c index.Cond = constant(false)
	if len(values) > 0 {
		c = index.In{Column: path, Values: values}
	}
	if e.Op == expr.In {
		return c, true
	}
	if len(items) == 0 {
		return nil, false // what an empty list means is the language's business
	}
	return index.And{index.Not{Cond: c}, index.Not{Cond: index.IsNull{Column: path}}}, true
}

// items are the elements of a written list.
func (t Translator) items(e *expr.Expr) ([]expr.Value, bool) {
	if e.Op == expr.Literal {
		list, ok := e.Value.([]expr.Value)
		return list, ok
	}
	if e.Op != expr.ListOf {
		return nil, false
	}
	var out []expr.Value
	for _, a := range e.Args {
		v, ok := t.value(a)
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// textual is contains and startsWith, which heed the case of letters.
func (t Translator) textual(e *expr.Expr) (index.Cond, bool) {
	path, ok := column(e.Args[0])
	v, known := t.value(e.Args[1])
	text, isText := v.(string)
	if !ok || !known || !isText || expr.IsEmpty(text) || !e.Args[0].Type.Kind.IsText() {
		return nil, false
	}
	if e.Op == expr.Contains {
		return index.Contains{Column: path, Text: text}, true
	}
	return index.HasPrefix{Column: path, Text: text}, true
}
