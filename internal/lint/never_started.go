package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// neverStarted reports routes that neither begin by themselves nor by hand, and
// that no other route and no rule starts.
func neverStarted() *rule {
	return &rule{
		Code:     Code{"R020", "never-started", "a route that neither begins by itself nor by hand, and that no route and no rule starts; start it from one, say `start: by hand`, or remove it"},
		severity: diag.Warning,
		check: func(s *subject) {
			at := s.Name.At
			for _, start := range s.Starts {
				if start.On != route.ByRoute && start.On != route.ByRule {
					return // by itself, by hand, or as nobody knows
				}
				at = s.Starts[0].At
			}
			if started, err := s.defs.Starts(s.Name.Text); s.Vague() || started || err != nil {
				return
			}
			p := s.report(at, "nothing starts the route %q: no event, no other route and no rule", s.Name.Text)
			p.Help = "call it from a route, start it by a rule, or say `start: by hand`"
		},
	}
}
