package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// superfluousBlock reports blocks that do nothing that their steps alone would
// not do.
func superfluousBlock() *rule {
	return &rule{
		Code:     Code{"R024", "superfluous-block", "a block that does nothing its steps alone would not do; write the steps alone"},
		severity: diag.Warning,
		check: func(s *subject) {
			f := s.graph()
			for _, step := range s.Steps() {
				if s.LostSteps(step.Range) || !f.reaches(step) || len(step.Handlers) > 0 || step.Lock.Text != "" || step.While != nil || step.WhileOpen.Text != "" || len(step.After) > 0 || f.withdraw[step] {
					continue // it is there to be listened to, held or withdrawn
				}
				switch step.Verb {
				case route.Parallel:
					if len(step.Branches) == 1 && len(step.Outcomes) == 0 && step.Join.Kind != route.JoinNone && !leaves(step.Branches[0]) {
						p := s.report(step.At, "a parallel of one branch does one thing after the other")
						p.Help = "write the steps of the branch without parallel"
						if step.Branches[0].If != nil {
							p.Help = "write the steps of the branch in a choose"
						}
					}
				case route.Choose:
					if len(step.Branches) == 1 && step.Branches[0].Else {
						s.report(step.At, "a choose with nothing but `else` chooses nothing").Help = "write the steps without choose"
					}
				case route.Repeat:
					if step.Max == 1 {
						s.report(step.At, "a repeat with `max: 1` repeats nothing").Help = "write the steps without repeat, or a larger `max`"
					} else if step.Max > 0 && s.sameAgain(step) {
						s.report(step.At, "the rounds of this repeat are all the same: nothing in them changes what `until` asks for").Help = "write the steps without repeat, or let one change it"
					} else if !f.reached[behind(f.index[step])] && !f.trapped[begin(f.index[step])] {
						s.report(step.At, "the steps of this repeat always lead elsewhere; it never comes to a second round").Help = "write the steps without repeat, or let one go on to `until`"
					}
				}
			}
		},
	}
}

// leaves tells whether a step of the branch leaves it: that is what the block
// may be there for.
func leaves(b *route.Branch) bool {
	for _, s := range b.Steps {
		for _, o := range s.Outcomes {
			if o.Target.Kind == route.LeaveBranch || o.Else != nil && o.Else.Kind == route.LeaveBranch {
				return true
			}
		}
		if s.Verb == route.Leave || s.Target != nil && s.Target.Kind == route.LeaveBranch || s.OnMax != nil && s.OnMax.Kind == route.LeaveBranch {
			return true
		}
		if s.Verb != route.Parallel && s.Verb != route.Each {
			for _, inner := range s.Branches {
				if leaves(inner) {
					return true
				}
			}
		}
	}
	return false
}
