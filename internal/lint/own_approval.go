package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// ownApproval reports approvals given to the very person who did the work that
// is approved: two signatures of one person are one.
func ownApproval() *rule {
	return &rule{
		Code:     Code{"R051", "own-approval", "a decision given to the person who did the work before it; let somebody else decide"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.works() {
				if step.Verb != route.Approve {
					continue
				}
				one := s.performers(step.Who).one
				work := before(step)
				if one == "" || work == nil || s.performers(work.Who).one != one || !s.several(step.Who, work.Who) {
					continue
				}
				p := s.report(step.Who.At, "step %q is decided by %q, who does step %q before it", step.ID, step.Who.String(), work.ID)
				p.Related = []diag.Related{{At: work.Who.At, Message: "the same person"}}
				p.Help = "let somebody else decide, or give the step before a `controller`"
			}
		},
	}
}

// before is the task that precedes a step in its block or in the blocks
// around it, branches of other outcomes left aside.
func before(step *route.Step) *route.Step {
	for b := step.Parent; b != nil; {
		for i := step.Index - 1; i >= 0; i-- {
			switch s := b.Steps[i]; {
			case s.Verb == route.Task && s.Who != nil:
				return s
			case s.Verb != route.Do && s.Verb != route.Inform:
				return nil // what is approved is not that clear any more
			}
		}
		if step = b.Owner; step == nil {
			return nil
		}
		b = step.Parent
	}
	return nil
}

// several tells that the people are one not only because the organisation has
// a single user.
func (s *subject) several(lists ...*route.People) bool {
	if s.crowded() {
		return true
	}
	for _, p := range lists {
		if s.performers(p).known {
			return false
		}
	}
	return true
}
