package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// controllerIsPerformer reports steps whose finished task goes back to the
// person who finished it.
func controllerIsPerformer() *rule {
	return &rule{
		Code:     Code{"R054", "controller-is-performer", "a step controlled by the person who does it; name another controller or none"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.works() {
				if step.Controller == nil {
					continue
				}
				controller := step.Controller
				if len(controller.Who) == 1 && controller.Who[0].Kind == route.WhoController && s.Controller != nil {
					controller = s.Controller
				}
				one := s.performers(controller).one
				if one == "" || one != s.performers(step.Who).one || !s.several(controller, step.Who) {
					continue
				}
				p := s.report(step.Controller.At, "step %q is controlled by %q, who does it", step.ID, step.Controller.String())
				p.Related = []diag.Related{{At: step.Who.At, Message: "the performer"}}
				p.Help = "name another controller, or none"
			}
		},
	}
}
