package lint

import (
	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/expr"
)

// guarded visits the nodes of an expression with the conditions that the
// expression itself sets before them: in `a and b`, b is evaluated only when a
// holds. What a gives matters only when b holds, too; with mutual, that is a
// guard as well.
func guarded(e *expr.Expr, mutual bool, guards []decide.Wish, visit func(e *expr.Expr, guards []decide.Wish)) {
	visit(e, guards)
	with := func(cond *expr.Expr, holds bool) []decide.Wish {
		return append(guards[:len(guards):len(guards)], decide.Wish{Cond: cond, Holds: holds})
	}
	switch {
	case e.Op == expr.And || e.Op == expr.Or:
		left := guards
		if mutual {
			left = with(e.Args[1], e.Op == expr.And)
		}
		guarded(e.Args[0], mutual, left, visit)
		guarded(e.Args[1], mutual, with(e.Args[0], e.Op == expr.And), visit)
	case e.Op == expr.If:
		guarded(e.Args[0], mutual, guards, visit)
		guarded(e.Args[1], mutual, with(e.Args[0], true), visit)
		guarded(e.Args[2], mutual, with(e.Args[0], false), visit)
	case e.Body():
		guarded(e.Args[0], mutual, guards, visit) // rows have values of their own
	default:
		for _, a := range e.Args {
			guarded(a, mutual, guards, visit)
		}
	}
}

// known gives the paths that have a value because guards hold.
func known(guards []decide.Wish) []string {
	var out []string
	for _, g := range guards {
		out = append(out, fact(g.Cond, g.Holds)...)
	}
	return out
}

// moment gives the conditions that hold when a use is evaluated, because they
// were judged at the same moment.
func (s *subject) moment(u *use) []decide.Wish {
	var out []decide.Wish
	if u.action != nil {
		if t := meant(u.action.If); t != nil && u.expr != u.action.If {
			out = append(out, decide.Wish{Cond: t, Holds: true})
		}
	}
	if u.step == nil {
		return append(out, u.given...)
	}
	if u.action != nil && len(u.step.Actions) == 0 {
		return out // of an outcome: time has passed since the step began
	}
	if u.expr == u.step.If {
		return append(out, s.context(u.step)...)
	}
	return append(out, s.around(u.step)...)
}
