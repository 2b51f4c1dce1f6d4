package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// rotationOverOne reports a choice among several people where there is one.
func rotationOverOne() *rule {
	return &rule{
		Code:     Code{"R053", "rotation-over-one", "a rotation or choice by load among a single person; name a role or department, or leave `pick` out"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.works() {
				if k := step.Pick.Kind; k != route.PickRoundRobin && k != route.PickLeastLoaded && k != route.PickFirst {
					continue
				}
				if one := s.performers(step.Who).one; one == "" || !s.several(step.Who) {
					continue
				}
				if step.Else != nil && (s.performers(step.Else).one == "" || !s.several(step.Else)) {
					continue // the choice is among those
				}
				s.report(step.Pick.At, "pick: %s has nobody to choose from: %q is one person", step.Pick, step.Who.String()).Help =
					"name a role or a department, or leave `pick` out"
			}
		},
	}
}
