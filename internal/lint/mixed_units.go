package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// mixedUnits reports sums of working time and calendar time: `1wd + 12h` is
// nobody's idea of a deadline.
func mixedUnits() *rule {
	return &rule{
		Code:     Code{"R061", "mixed-units", "working time and calendar time in one sum; use one of them"},
		severity: diag.Warning,
		check: func(s *subject) {
			look := func(due *route.Due) {
				if due == nil {
					return
				}
				for _, e := range due.Exprs {
					s.mixed(e)
				}
			}
			look(s.Due)
			for _, step := range s.Steps() {
				look(step.Due)
				for _, w := range step.Waits {
					if w.Kind == route.EventUntil {
						s.mixed(w.Expr)
					}
				}
			}
		},
	}
}

func (s *subject) mixed(e *route.Expr) {
	t := tree(e)
	if t == nil {
		return
	}
	t.Walk(func(n *expr.Expr) bool {
		if n.Op == expr.Add || n.Op == expr.Sub {
			if d, ok := lengthsOf(n); ok && d.working && d.calendar {
				s.report(e.Within(n.From, n.To), "%q adds working time to calendar time", e.Text).Help =
					"use working units (wh, wd) or calendar units (h, d, w) throughout"
				return false
			}
		}
		return true
	})
}

type unitsSeen struct{ working, calendar bool }

// lengthsOf gathers the units of the literals of a sum of durations.
func lengthsOf(n *expr.Expr) (unitsSeen, bool) {
	switch {
	case n.Op == expr.Add || n.Op == expr.Sub:
		a, ok := lengthsOf(n.Args[0])
		b, also := lengthsOf(n.Args[1])
		return unitsSeen{a.working || b.working, a.calendar || b.calendar}, ok || also
	case n.Op == expr.Literal && n.Type.Kind == expr.DurationKind:
		d, _ := lengthOf(n)
		return unitsSeen{d.Working(), d.Calendar()}, true
	}
	return unitsSeen{}, false
}
