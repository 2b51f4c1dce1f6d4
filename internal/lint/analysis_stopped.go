package lint

import "github.com/e1-dms/e1/internal/diag"

// analysisStopped tells that a route is too entangled to be judged whole.
func analysisStopped() *rule {
	return &rule{
		Code:     Code{"R019", "analysis-stopped", "a route whose branches wait for each other in more ways than are looked at; what could be found is reported, the rest is not proved; split the route with `call`"},
		severity: diag.Note,
		check: func(s *subject) {
			if s.together().stopped {
				s.report(s.Name.At, "not every order in which things may happen in this route was looked at, there are more than %d; what is reported is right, but may not be all", maxPlayed).
					Help = "split the route with `call`, or use fewer branches that wait for each other"
			}
		},
	}
}
