package lint

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// unreachableStep reports steps that nothing leads to, whatever is answered
// and whichever conditions hold: the first of each sequence.
func unreachableStep() *rule {
	return &rule{
		Code:     Code{"R010", "unreachable-step", "a step that nothing leads to, whatever is answered; let an outcome, a branch or a jump lead to it, or remove it"},
		severity: diag.Error,
		check: func(s *subject) {
			f := s.graph()
			reached := f.beyondTraps()
			for _, step := range s.Steps() {
				if reached[begin(f.index[step])] || !firstUnreached(f, reached, step) {
					continue
				}
				p := s.report(step.IDAt, "step %q is never reached: nothing leads to it", step.ID)
				p.Help = "remove it, or let an outcome, a branch or a jump lead to it"
				if step.Index > 0 {
					before := step.Parent.Steps[step.Index-1]
					p.Message = fmt.Sprintf("step %q is never reached: %s before it", step.ID, leadsAway(before))
					p.Related = append(p.Related, diag.Related{At: before.At, Message: "leads away"})
				}
			}
			s.neverBegun()
		},
	}
}

// neverBegun reports steps to which a way leads, but in no order of what may
// happen.
func (s *subject) neverBegun() {
	f, found := s.graph(), s.together()
	reached := slices.Clone(f.reached)
	for step := range found.never {
		reached[begin(f.index[step])] = false
	}
	for _, step := range s.Steps() {
		o, never := found.never[step]
		if !never || told(found.held, step) {
			continue
		}
		switch other := o.step; {
		case !o.comes && !firstUnreached(f, reached, step):
		case !o.comes:
			s.report(step.IDAt, "step %q is never reached: in whichever order everything happens, what it stands in is over or cancelled before the route comes to it", step.ID).
				Help = "let what cuts it off wait for somebody, or remove the step"
		case other == nil:
			s.report(step.IDAt, "step %q is never begun: its turn does not come before what it stands in is over or cancelled", step.ID).
				Help = "let what it waits for be over earlier, or remove the step"
		case step.WhileOpen.Text == "":
			p := s.report(step.IDAt, "step %q is never reached: it comes after %q, which is not done before the route or its block is over", step.ID, other.ID)
			p.Help = "remove the `after`, or let " + other.ID + " go on"
			p.Related = append(p.Related, diag.Related{At: step.After[0].At, Message: "comes after it"})
		default:
			p := s.report(step.WhileOpen.At, "step %q is possible only while %q is open, which it never is when the route comes here", step.ID, other.ID)
			p.Help = fmt.Sprintf("that is asked as soon as the route comes here: let %q be at work then, in another branch of one parallel", other.ID)
			p.Related = append(p.Related, diag.Related{At: other.At, Message: "the step that should be open"})
		}
	}
}

// firstUnreached tells whether what leads to an unreached step is reached
// itself, so that the step is where the fault is.
func firstUnreached(f *flow, reached []bool, s *route.Step) bool {
	switch {
	case s.Index > 0:
		return reached[begin(f.index[s.Parent.Steps[s.Index-1]])]
	case s.Parent.Owner != nil:
		return reached[begin(f.index[s.Parent.Owner])]
	case s.Parent.Handler != nil && s.Parent.Handler.Block != nil:
		return reached[begin(f.index[s.Parent.Handler.Block])]
	}
	return true
}

// leadsAway says why nothing follows a step in its sequence.
func leadsAway(s *route.Step) string {
	switch s.Verb {
	case route.Task, route.Approve, route.Call:
		return fmt.Sprintf("every outcome of %q leads elsewhere", s.ID)
	case route.Choose, route.Wait:
		return fmt.Sprintf("every branch of %q leads elsewhere", s.ID)
	case route.Parallel, route.Each:
		if len(s.Outcomes) > 0 {
			return fmt.Sprintf("every outcome of %q leads elsewhere", s.ID)
		}
		return fmt.Sprintf("%q never has all the branches that it waits for", s.ID)
	}
	return fmt.Sprintf("%q leads elsewhere", s.ID)
}
