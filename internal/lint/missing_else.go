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
			for _, step := range s.Steps() {
				if step.Verb != route.Choose || hasElse(step) || s.data().entry[step] == nil {
					continue
				}
				wishes := s.around(step)
				for _, b := range step.Branches {
					if t := tree(b.If); t != nil {
						wishes = append(wishes, decide.Wish{Cond: t})
					}
				}
				verdict, witness := s.ask(s.inside(step), wishes...)
				switch {
				case verdict == decide.Impossible:
					continue
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
