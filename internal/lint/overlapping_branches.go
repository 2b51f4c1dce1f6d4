package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// overlappingBranches reports values for which two branches of a choose hold
// though neither was meant to take in the other. A wider condition behind a
// narrower one is how thresholds are written (> 1000, then > 100), and
// conditions on different fields are an order of precedence; both are left
// alone.
func overlappingBranches() *rule {
	return &rule{
		Code:     Code{"R033", "overlapping-branches", "two conditions of a `choose` that hold for the same value, so that their order decides; let only one of them have it"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.Steps() {
				if step.Verb != route.Choose || s.data().entry[step] == nil {
					continue
				}
				for j, later := range step.Branches {
					for _, earlier := range step.Branches[:j] {
						if s.overlap(step, earlier, later) {
							break
						}
					}
				}
			}
		},
	}
}

func (s *subject) overlap(step *route.Step, earlier, later *route.Branch) bool {
	a, b := tree(earlier.If), tree(later.If)
	if a == nil || b == nil {
		return false
	}
	reads := earlier.If.Program().Reads()
	if len(reads) != 1 || !slices.Equal(reads, later.If.Program().Reads()) {
		return false
	}
	st := s.inside(step)
	both, witness := s.ask(st, decide.Wish{Cond: a, Holds: true}, decide.Wish{Cond: b, Holds: true})
	if both != decide.Possible || len(witness) == 0 {
		return false
	}
	if only, _ := s.ask(st, decide.Wish{Cond: b, Holds: true}, decide.Wish{Cond: a}); only != decide.Possible {
		return false // the later one is never taken, or nobody knows
	}
	if only, _ := s.ask(st, decide.Wish{Cond: a, Holds: true}, decide.Wish{Cond: b}); only != decide.Possible && !(listed(a) && listed(b)) {
		return false // the later one takes in the earlier one
	}
	p := s.report(later.If.At(), "%s takes this branch and the one in line %d; the earlier one has it", witness, earlier.If.At().Start.Line)
	p.Help = "let the value take one branch only"
	p.Related = []diag.Related{{At: earlier.If.At(), Message: "the earlier branch"}}
	return true
}

// listed tells whether a condition names its values one by one.
func listed(e *expr.Expr) bool {
	switch e.Op {
	case expr.Or:
		return listed(e.Args[0]) && listed(e.Args[1])
	case expr.Eq:
		return !emptyLiteral(e.Args[0]) && !emptyLiteral(e.Args[1])
	case expr.In:
		return true
	}
	return false
}
