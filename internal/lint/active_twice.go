package lint

import "github.com/e1-dms/e1/internal/diag"

// activeTwice reports blocks that the route comes to again while branches of
// theirs are still at work.
func activeTwice() *rule {
	return &rule{
		Code:     Code{"R013", "active-twice", "a block that the route may come back to while branches of it are still at work, which cancels them; say `rest: cancel`, or wait for all before going back"},
		severity: diag.Error,
		check: func(s *subject) {
			for _, c := range s.together().twice {
				at := c.step.At
				if c.step.Join.At.Start.IsValid() {
					at = c.step.Join.At
				}
				p := s.report(at, "the route may come back to %q while branches of it are still at work; what they have not finished is then lost", c.step.ID)
				p.Path = c.path
				p.Help = "say `rest: cancel` if the rest is not wanted, or `join: all` if it is"
				p.Related = append(p.Related, diag.Related{At: c.step.At, Message: "the block"})
			}
		},
	}
}
