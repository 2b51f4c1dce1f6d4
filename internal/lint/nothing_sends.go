package lint

import (
	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// nothingSends reports waits for events that nothing in the repository brings
// about.
func nothingSends() *rule {
	return &rule{
		Code:     Code{"R066", "nothing-sends", "a wait for what nothing in the repository sends; add what brings it, or wait for a field instead"},
		severity: diag.Warning,
		check: func(s *subject) {
			events := func(list []*route.Handler) (out []*route.Event) {
				for _, h := range list {
					out = append(out, h.Event)
				}
				return out
			}
			all := events(s.Handlers)
			for _, step := range s.Steps() {
				all = append(append(all, step.Waits...), events(step.Handlers)...)
			}
			for _, e := range all {
				switch e.Kind {
				case route.EventPayment:
					s.report(e.At, "nothing brings payments to the documents of this repository").Help =
						"wait until a field says it: `when: paid >= amount`"
				case route.EventMessage:
					if imports, err := s.defs.List(definition.ImportsDir); err == nil && len(imports) == 0 {
						s.report(e.At, "no import brings letters to the documents of this repository").Help = "add imports/NAME.yaml, or wait for a field instead"
					}
				}
			}
		},
	}
}
