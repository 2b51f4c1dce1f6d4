package lint

import (
	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// inside gives the state in which a step begins its work: its own condition
// holds. It is nil for a step that is never reached.
func (s *subject) inside(step *route.Step) *state {
	d := s.data()
	return d.assume(d.entry[step], step.If, true)
}

// ask looks for values of the document's fields with which conditions come
// true in a state.
func (s *subject) ask(st *state, wishes ...decide.Wish) (decide.Verdict, decide.Witness) {
	return decide.Satisfy(wishes, s.domains(s.data().filled(st)))
}

// context gives the conditions that hold at the moment a step is reached,
// because the blocks around it have judged them at the same moment.
func (s *subject) context(step *route.Step) []decide.Wish {
	b := step.Parent
	if step.Index > 0 || b.Owner == nil || s.data().jumps[step] != nil {
		return nil
	}
	owner := b.Owner
	out := s.context(owner)
	if t := tree(owner.If); t != nil {
		out = append(out, decide.Wish{Cond: t, Holds: true})
	}
	if owner.Verb != route.Choose {
		return nil // other blocks are entered at moments of their own
	}
	for _, before := range owner.Branches[:b.Index] {
		if t := tree(before.If); t != nil {
			out = append(out, decide.Wish{Cond: t, Holds: false})
		}
	}
	if t := tree(b.If); t != nil {
		out = append(out, decide.Wish{Cond: t, Holds: true})
	}
	return out
}

// around is context with the step's own condition.
func (s *subject) around(step *route.Step) []decide.Wish {
	out := s.context(step)
	if t := tree(step.If); t != nil {
		out = append(out, decide.Wish{Cond: t, Holds: true})
	}
	return out
}

// hasElse tells whether a choose says what happens when no condition holds.
func hasElse(s *route.Step) bool {
	last := s.Branches[len(s.Branches)-1]
	return last.Else || last.If == nil
}

// constant tells whether a condition always or never holds.
func (s *subject) constant(e *expr.Expr) (constant, holds bool) {
	for _, holds := range []bool{true, false} {
		if verdict, _ := decide.Satisfy([]decide.Wish{{Cond: e, Holds: !holds}}, s.domains(nil)); verdict == decide.Impossible {
			return true, holds
		}
	}
	return false, false
}
