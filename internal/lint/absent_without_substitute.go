package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// absentWithoutSubstitute reports steps given to one user by name who is going
// to be away while nobody stands in.
func absentWithoutSubstitute() *rule {
	return &rule{
		Code:     Code{"R056", "absent-without-substitute", "a step for one user by name who has an absence without a substitute; name a substitute in org.yaml, or `else` in the step"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.works() {
				if step.Else != nil || len(step.Who.Who) != 1 || step.Verb == route.Inform {
					continue
				}
				u := s.namedUser(step.Who.Who[0])
				if u == nil {
					continue
				}
				for _, a := range s.org.Absences {
					if a.User == u.ID && a.Substitute == "" {
						p := s.report(step.Who.At, "step %q waits for %q, who is away from %s to %s without a substitute", step.ID, u.ID, a.From, a.To)
						p.Related = []diag.Related{{At: a.At, Message: "the absence"}}
						p.Help = "name a substitute for the absence, or say `else` in the step"
						break
					}
				}
			}
		},
	}
}
