package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// tooFewPerformers reports steps that are to be done by more people than there
// are.
func tooFewPerformers() *rule {
	return &rule{
		Code:     Code{"R052", "too-few-performers", "a step that so many people are to do as there are not; name more people, or ask fewer"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.works() {
				found := s.performers(step.Who)
				if step.Pick.Kind != route.PickN || !found.known || len(found.users) == 0 || len(found.users) >= step.Pick.N {
					continue
				}
				s.report(step.Pick.At, "step %q is for %d people; %q gives %d", step.ID, step.Pick.N, step.Who.String(), len(found.users)).Help =
					"name more people, or ask fewer"
			}
		},
	}
}
