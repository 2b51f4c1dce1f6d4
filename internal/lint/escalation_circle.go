package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// escalationCircle reports escalations to somebody who has had the task
// already.
func escalationCircle() *rule {
	return &rule{
		Code:     Code{"R063", "escalation-circle", "an escalation to the person who is late, or who was told before; escalate to somebody else"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.works() {
				owner := step.Who
				told := map[string]*route.People{}
				for _, e := range step.Escalate {
					to := s.performers(s.behind(e.To)).one
					if to == "" || !s.several(e.To, owner) {
						continue
					}
					if to == s.performers(owner).one {
						p := s.report(e.To.At, "step %q escalates to %q, who is late with it", step.ID, e.To.String())
						p.Related = []diag.Related{{At: owner.At, Message: "the performer"}}
						p.Help = "escalate to somebody else, such as `head of …`"
					} else if first := told[to]; first != nil {
						p := s.report(e.To.At, "step %q escalates to %q for the second time", step.ID, e.To.String())
						p.Related = []diag.Related{{At: first.At, Message: "the first time"}}
						p.Help = "escalate to somebody else, or remove one of them"
					}
					told[to] = e.To
					if e.Reassign {
						owner = e.To
					}
				}
			}
		},
	}
}

// behind gives the people whom the word controller stands for.
func (s *subject) behind(p *route.People) *route.People {
	if p != nil && len(p.Who) == 1 && p.Who[0].Kind == route.WhoController && s.Controller != nil {
		return s.Controller
	}
	return p
}
