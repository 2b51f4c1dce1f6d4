package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// editedAfterApproval reports fields that the route has filled before an
// approval, or asks about for it, and writes once more behind the last one:
// what was approved is not what stays.
func editedAfterApproval() *rule {
	return &rule{
		Code:     Code{"R074", "edited-after-approval", "a field that was filled for an approval and is written again after the last one; fill it before, or have it approved again"},
		severity: diag.Warning,
		check: func(s *subject) {
			steps := s.Steps()
			last := -1
			number := map[*route.Step]int{}
			for i, step := range steps {
				number[step] = i
				if step.Verb == route.Approve && !handled(step) {
					last = i
				}
			}
			if last < 0 {
				return
			}
			approval := steps[last]
			for _, w := range s.data().writes {
				if strings.Contains(w.path, ".") || w.path == "status" || handled(w.step) || !follows(approval, w.step) || leadsBack(steps[number[w.step]:], number, last) {
					continue
				}
				if s.approved(w.path, approval) {
					p := s.report(w.word.At, "%q is written after %q has been approved with it", w.path, approval.ID)
					p.Help = fmt.Sprintf("fill %q before the approval, or have it approved again", w.path)
					p.Related = []diag.Related{{At: approval.At, Message: "the approval"}}
				}
			}
		},
	}
}

// approved tells whether a field is part of what an approval is about: a
// person has filled it before, or a condition of the approval asks for it.
func (s *subject) approved(path string, approval *route.Step) bool {
	for _, w := range s.data().writes {
		if w.path == path && w.value == nil && w.action == nil && follows(w.step, approval) {
			return true
		}
	}
	for at := approval; at != nil; at = at.Parent.Owner {
		for _, e := range []*route.Expr{at.If, at.Parent.If} {
			if p := e.Program(); p != nil && slices.Contains(p.Reads(), path) {
				return true
			}
		}
	}
	return false
}

// follows tells whether a step stands behind another one, in the same
// sequence or in one around it.
func follows(first, later *route.Step) bool {
	above := map[*route.Branch]*route.Step{}
	for at := first; at != nil; at = at.Parent.Owner {
		above[at.Parent] = at
	}
	for at := later; at != nil; at = at.Parent.Owner {
		if before := above[at.Parent]; before != nil {
			return before.Index < at.Index
		}
	}
	return false
}

// leadsBack tells whether a way from one of the steps leads to the approval
// or before it.
func leadsBack(steps []*route.Step, number map[*route.Step]int, approval int) bool {
	for _, s := range steps {
		ways := []*route.Target{s.Target, s.OnMax}
		for _, o := range s.Outcomes {
			ways = append(ways, o.Target, o.Else)
		}
		for _, t := range ways {
			if t == nil || t.Kind != route.GoTo {
				continue
			}
			for to, i := range number {
				if to.ID == t.Name && i <= approval {
					return true
				}
			}
		}
	}
	return false
}
