package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// noCalendar reports working time where the repository has no working
// calendar: Monday to Friday and the fixed holidays would be taken.
func noCalendar() *rule {
	return &rule{
		Code:     Code{"R064", "no-calendar", "working time without a working calendar; add calendars/NAME.yaml and name it under `calendar` in e1.yaml or in the route"},
		severity: diag.Warning,
		check: func(s *subject) {
			if s.wrong(s.Calendar.At) || s.defs.Calendar(s.Calendar.Text) != nil {
				return
			}
			for _, step := range s.works() {
				if step.Due == nil {
					continue
				}
				for _, e := range step.Due.Exprs {
					if usesWorkingTime(e) {
						name := s.Calendar.Text
						if name == "" {
							name = s.settings.Calendar
						}
						s.report(e.At(), "%q is working time, and the repository has no usable calendar %q", e.Text, name).Help =
							"add calendars/" + name + ".yaml, or use calendar units (h, d, w)"
						return
					}
				}
			}
		},
	}
}

func usesWorkingTime(e *route.Expr) (found bool) {
	t := tree(e)
	if t == nil {
		return false
	}
	t.Walk(func(n *expr.Expr) bool {
		if d, ok := lengthOf(n); ok && d.Working() {
			found = true
		}
		return !found
	})
	return found
}
