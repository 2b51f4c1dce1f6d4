package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// neverStarted reports routes for other routes to start that none starts.
func neverStarted() *rule {
	return &rule{
		Code:     Code{"R020", "never-started", "a route that only other routes start, and none does; call it, add another `start`, or remove it"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, start := range s.Starts {
				if start.On != route.ByRoute {
					return
				}
			}
			if len(s.Starts) == 0 {
				return
			}
			all, err := s.defs.Routes()
			if err != nil {
				return
			}
			for _, r := range all {
				for _, step := range r.Steps() {
					if step.Call != nil && step.Call.Route.Text == s.Name.Text {
						return
					}
					for _, a := range actionsOf(step) {
						if a.Kind == route.StartOf && a.Route.Text == s.Name.Text {
							return
						}
					}
				}
			}
			s.report(s.Starts[0].At, "route %q is started by other routes only, and none does", s.Name.Text).Help =
				"call it from a route, add another `start`, or remove it"
		},
	}
}
