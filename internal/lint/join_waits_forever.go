package lint

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// joinWaitsForever reports steps that are held until something has happened
// that can no longer happen. Circles of `after` alone are found by package
// route.
func joinWaitsForever() *rule {
	return &rule{
		Code:     Code{route.R012.Code, route.R012.Slug, route.R012.Summary},
		severity: diag.Error,
		check: func(s *subject) {
			for _, c := range s.together().held {
				at, what := c.step.At, "its turn"
				switch {
				case len(c.step.After) > 0:
					at = c.step.After[0].At
					var names []string
					for _, w := range c.step.After {
						names = append(names, w.Text)
					}
					what = strings.Join(names, ", ")
				case c.step.Lock.Text != "":
					at, what = c.step.Lock.At, "the lock "+c.step.Lock.Text
				}
				p := s.report(at, "step %q may wait for %s for ever", c.step.ID, what)
				p.Path = c.path
				for _, other := range c.with {
					p.Related = append(p.Related, diag.Related{At: other.Lock.At, Message: fmt.Sprintf("%q waits for the lock %s meanwhile", other.ID, other.Lock.Text)})
				}
				p.Help = "take locks in the same order everywhere, and let no step wait for one that waits for it"
			}
		},
	}
}
