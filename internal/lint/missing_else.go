package lint

import (
	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// missingElse reports a choose that finds no branch for some card: the route
// would stand still there.
func missingElse() *rule {
	return &rule{
		Code:     Code{"R032", "missing-else", "a `choose` that may find no branch; add `- else: next` or another way"},
		severity: diag.Error,
		check: func(s *subject) {
			for _, step := range s.falling() {
				verdict, witness := s.noBranch(step)
				switch {
				case s.unread(step), s.data().entry[step] == nil, verdict == decide.Undecided && s.doubtful(step):
				case verdict == decide.Possible && len(witness) > 0:
					s.report(step.At, "choose has no branch for %s and no \"else\"", witness).
						Help = "add \"- else: next\" or say what else is to happen"
				default:
					s.report(step.At, "choose may find none of its conditions true and has no \"else\"").
						Help = "add \"- else: next\" or say what else is to happen"
				}
			}
		},
	}
}

// falling gives the choose steps for which some card may find no branch.
func (s *subject) falling() []*route.Step {
	if s.fall == nil {
		s.fall = []*route.Step{}
		for _, step := range s.Steps() {
			if step.Verb != route.Choose || hasElse(step) {
				continue
			}
			if verdict, _ := s.noBranch(step); verdict != decide.Impossible || s.unread(step) {
				s.fall = append(s.fall, step)
			}
		}
	}
	return s.fall
}

// noBranch looks for a card with which none of the conditions of a choose holds.
func (s *subject) noBranch(step *route.Step) (decide.Verdict, decide.Witness) {
	wishes := s.around(step)
	for _, b := range step.Branches {
		if t := meant(b.If); t != nil {
			wishes = append(wishes, decide.Wish{Cond: t})
		}
	}
	return s.ask(s.inside(step), wishes...)
}
