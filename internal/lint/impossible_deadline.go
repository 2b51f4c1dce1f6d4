package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// impossibleDeadline reports deadlines that have passed when the task is
// given, and moments that have passed when the route begins to wait for them:
// no time, less than none, or a day before today.
func impossibleDeadline() *rule {
	return &rule{
		Code:     Code{"R060", "impossible-deadline", "a deadline of no time at all, or in the past; give it some"},
		severity: diag.Error,
		check: func(s *subject) {
			for _, step := range s.works() {
				if step.Due == nil {
					continue
				}
				for _, e := range step.Due.Exprs {
					if d, ok := length(e); ok && d.IsZero() || past(tree(e)) {
						s.report(e.At(), "step %q is late when it is given: due is %s", step.ID, e.Text).Help = "write a duration such as `4wh`, or leave `due` out"
					}
				}
			}
			for _, step := range s.Steps() {
				for _, w := range step.Waits {
					if w.Kind == route.EventUntil && past(tree(w.Expr)) {
						s.report(w.Expr.At(), "the wait is over when it begins: %s has passed then", w.Expr.Text).Help = "write a duration such as `2wd`, or a date field"
					}
				}
			}
		},
	}
}

// past tells whether a moment has passed whenever it is asked for.
func past(t *expr.Expr) bool {
	if t == nil {
		return false
	}
	if name, ok := t.Path(); ok {
		return name == "registered" || name == "now"
	}
	if t.Op != expr.Sub {
		return false
	}
	name, ok := t.Args[0].Path()
	d, also := lengthOf(t.Args[1])
	return ok && also && !d.IsZero() && (name == "today" || name == "registered" || name == "now")
}
