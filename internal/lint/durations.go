package lint

import (
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// length is the duration that an expression is whatever the card holds:
// a literal, or a sum of literals.
func length(e *route.Expr) (worktime.Duration, bool) {
	t := tree(e)
	if t == nil || t.Type.Kind != expr.DurationKind {
		return worktime.Duration{}, false
	}
	return lengthOf(t)
}

func lengthOf(t *expr.Expr) (worktime.Duration, bool) {
	switch t.Op {
	case expr.Literal:
		d, ok := t.Value.(worktime.Duration)
		return d, ok
	case expr.Add:
		a, ok := lengthOf(t.Args[0])
		b, also := lengthOf(t.Args[1])
		return a.Plus(b), ok && also
	}
	return worktime.Duration{}, false
}

// dueLength is the time that a step always has: its only deadline is a
// duration that does not depend on the card.
func dueLength(d *route.Due) (worktime.Duration, bool) {
	if d == nil || d.ByHand || len(d.Exprs) != 1 {
		return worktime.Duration{}, false
	}
	return length(d.Exprs[0])
}

// later tells whether a wait for some time is never over in the moment in which
// it begins.
func later(e *route.Expr) bool {
	d, fixed := length(e)
	return fixed && d != worktime.Duration{}
}
