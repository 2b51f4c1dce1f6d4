package lint

import "github.com/e1-dms/e1/internal/diag"

// impossibleDeadline reports deadlines that have passed when the task is
// given: no time, or less than none.
func impossibleDeadline() *rule {
	return &rule{
		Code:     Code{"R060", "impossible-deadline", "a deadline of no time at all; give it some"},
		severity: diag.Error,
		check: func(s *subject) {
			for _, step := range s.works() {
				if step.Due == nil {
					continue
				}
				for _, e := range step.Due.Exprs {
					if d, ok := length(e); ok && d.IsZero() {
						s.report(e.At(), "step %q is late when it is given: due is %s", step.ID, e.Text).Help = "write a duration such as `4wh`, or leave `due` out"
					}
				}
			}
		},
	}
}
