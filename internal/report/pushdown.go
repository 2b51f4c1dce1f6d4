package report

import (
	"github.com/e1-dms/e1/internal/expr"
)

// conditions says for the source what restricts the documents, as far as it
// can be said without parameters and clock.
func (ev *evaluation) conditions() {
	ev.exact, ev.whole = true, true
	push := func(tree *expr.Expr, ok bool) {
		ev.exact = ev.exact && ok
		if ok && tree != nil {
			ev.where = append(ev.where, tree)
		}
	}
	if i, ok := ev.index["status"]; ok && !ev.r.Void {
		status := &expr.Expr{Op: expr.Field, Name: "status", Type: ev.columns[i].typ}
		literal := &expr.Expr{Op: expr.Literal, Type: status.Type, Value: expr.Entry{ID: void}}
		truth := expr.Type{Kind: expr.Bool}
		equal := &expr.Expr{Op: expr.Eq, Type: truth, Args: []*expr.Expr{status, literal}}
		push(&expr.Expr{Op: expr.Not, Type: truth, Args: []*expr.Expr{equal}}, true)
	}
	for _, p := range ev.r.Params {
		push(ev.condition(p))
	}
	if ev.r.Where == nil {
		return
	}
	for _, conjunct := range conjuncts(ev.r.Where.Program.Tree(), nil) {
		tree, ok := ev.bind(conjunct)
		if v, known := truth(tree); ok && known {
			ev.nothing = ev.nothing || !v
			continue
		}
		if ev.whole = ev.whole && ok; ok {
			ev.where = append(ev.where, tree)
		}
	}
}

// conjuncts takes a condition apart at `and`.
func conjuncts(e *expr.Expr, to []*expr.Expr) []*expr.Expr {
	if e.Op == expr.And {
		return conjuncts(e.Args[1], conjuncts(e.Args[0], to))
	}
	return append(to, e)
}

// bind replaces parameters and the clock by their values and folds what becomes
// known. It gives ok false for what a source cannot be expected to understand.
func (ev *evaluation) bind(e *expr.Expr) (*expr.Expr, bool) {
	switch e.Op {
	case expr.Literal:
		return e, true
	case expr.Field:
		return ev.bindName(e)
	case expr.Member:
		return ev.bindMember(e)
	case expr.Element:
		return nil, false
	case expr.Call:
		if e.Name != "empty" && e.Name != "filled" {
			return nil, false
		}
	}
	bound := *e
	bound.Args = make([]*expr.Expr, len(e.Args))
	for i, a := range e.Args {
		arg, ok := ev.bind(a)
		if !ok {
			return nil, false
		}
		bound.Args[i] = arg
	}
	return fold(&bound, e), true
}

// bindName binds a name; computed values are not the source's business.
func (ev *evaluation) bindName(e *expr.Expr) (*expr.Expr, bool) {
	if v, ok := ev.given(e.Name); ok {
		if expr.IsEmpty(v) {
			v = nil
		}
		return &expr.Expr{Op: expr.Literal, Type: e.Type, Value: v, From: e.From, To: e.To}, e.Type.Kind != expr.Record
	}
	_, known := ev.index[e.Name]
	return e, known
}

// bindMember binds a field of a referenced document or of the card, which are
// columns, and a setting, which is known.
func (ev *evaluation) bindMember(e *expr.Expr) (*expr.Expr, bool) {
	if e.Args[0].Op == expr.Field && e.Args[0].Name == "settings" {
		return &expr.Expr{Op: expr.Literal, Type: e.Type, Value: ev.in.Settings[e.Name], From: e.From, To: e.To}, true
	}
	path, ok := e.Path()
	if ok {
		_, ok = ev.index[path]
	}
	return e, ok
}

// fold reduces what is known after binding. A comparison with an empty
// parameter is false, though one with a written nil asks for emptiness.
func fold(e, original *expr.Expr) *expr.Expr {
	known := func(v bool) *expr.Expr {
		return &expr.Expr{Op: expr.Literal, Type: expr.Type{Kind: expr.Bool}, Value: v, From: e.From, To: e.To}
	}
	switch {
	case e.Op == expr.And || e.Op == expr.Or:
		decides := e.Op == expr.Or // the value that decides the whole
		for i, a := range e.Args {
			if v, ok := truth(a); ok {
				if v == decides {
					return known(v)
				}
				return e.Args[1-i]
			}
		}
	case e.Op == expr.Not:
		if v, ok := truth(e.Args[0]); ok {
			return known(!v)
		}
	case e.Op == expr.Call:
		if e.Args[0].Op == expr.Literal {
			return known(expr.IsEmpty(e.Args[0].Value) == (e.Name == "empty"))
		}
	case e.Op.IsComparison():
		for i, a := range e.Args {
			if a.Op != expr.Literal || a.Value != nil || writtenNil(original.Args[i]) {
				continue
			}
			if writtenNil(original.Args[1-i]) {
				return known(e.Op == expr.Eq)
			}
			return known(false)
		}
		// A filled parameter compared with a written nil is known as well.
		for i, a := range e.Args {
			if a.Op == expr.Literal && a.Value != nil && writtenNil(original.Args[1-i]) {
				return known(e.Op == expr.Ne)
			}
		}
	}
	return e
}

func writtenNil(e *expr.Expr) bool { return e.Op == expr.Literal && e.Value == nil }

// truth is the value of a literal truth value.
func truth(e *expr.Expr) (value, ok bool) {
	if e == nil || e.Op != expr.Literal {
		return false, false
	}
	value, ok = e.Value.(bool)
	return value, ok
}
