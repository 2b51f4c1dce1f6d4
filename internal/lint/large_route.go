package lint

import "github.com/e1-dms/e1/internal/diag"

// The size up to which people take a route in.
const (
	manySteps = 100
	deep      = 7
)

// largeRoute notes routes that nobody can read any more.
func largeRoute() *rule {
	return &rule{
		Code:     Code{"R093", "large-route", "a route of so many steps or blocks within blocks that nobody takes it in; move a part into a route of its own and `call` it"},
		severity: diag.Note,
		check: func(s *subject) {
			if n := len(s.Steps()); n > manySteps {
				s.report(s.Name.At, "the route has %d steps; above %d people lose their way", n, manySteps).Help = "move a part into a route of its own and `call` it"
			}
			for _, step := range s.Steps() {
				depth := 0
				for b := step.Parent; b.Owner != nil; b = b.Owner.Parent {
					depth++
				}
				if depth > deep {
					s.report(step.IDAt, "step %q stands in %d blocks within each other", step.ID, depth).Help = "move the inner blocks into a route of its own and `call` it"
					return
				}
			}
		},
	}
}
