package lint

import (
	"slices"

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
	return s.askIn(st, func(string, *decide.Domain) {}, wishes)
}

// askIn is ask with more that is known about fields.
func (s *subject) askIn(st *state, more func(path string, d *decide.Domain), wishes []decide.Wish) (decide.Verdict, decide.Witness) {
	if slices.ContainsFunc(wishes, func(w decide.Wish) bool { return s.unsure(w.Cond) }) {
		return decide.Undecided, nil
	}
	known := s.domains(s.data().certain(st))
	return decide.Satisfy(wishes, func(path string, t expr.Type) decide.Domain {
		d := known(path, t)
		more(path, &d)
		d.Loose = d.Loose || s.data().doubts(st, path)
		return d
	})
}

// unsure tells whether a condition asks for a field of which nobody knows what
// it may hold, since its form or directory has errors.
func (s *subject) unsure(cond *expr.Expr) bool {
	if s.shaky == nil || !s.shaky.unread {
		return false
	}
	found := false
	cond.Walk(func(e *expr.Expr) bool {
		path, ok := decide.Path(e)
		found = found || ok && s.shaky.doubts(s.For.Text, path)
		return !found
	})
	return found
}

// context gives the conditions that hold at the moment a step is reached,
// because the blocks around it have judged them at the same moment.
func (s *subject) context(step *route.Step) []decide.Wish {
	b := step.Parent
	if step.Index > 0 || b.Owner == nil || s.data().entered(step) {
		return nil
	}
	owner := b.Owner
	out := s.context(owner)
	if t := meant(owner.If); t != nil {
		out = append(out, decide.Wish{Cond: t, Holds: true})
	}
	if owner.Verb != route.Choose {
		return nil // other blocks are entered at moments of their own
	}
	for _, before := range owner.Branches[:b.Index] {
		if t := meant(before.If); t != nil {
			out = append(out, decide.Wish{Cond: t, Holds: false})
		}
	}
	if t := meant(b.If); t != nil {
		out = append(out, decide.Wish{Cond: t, Holds: true})
	}
	return out
}

// around is context with the step's own condition.
func (s *subject) around(step *route.Step) []decide.Wish {
	out := s.context(step)
	if t := meant(step.If); t != nil {
		out = append(out, decide.Wish{Cond: t, Holds: true})
	}
	return out
}

// hasElse tells whether a choose says what happens when no condition holds.
func hasElse(s *route.Step) bool {
	if len(s.Branches) == 0 {
		return true // which is reported
	}
	last := s.Branches[len(s.Branches)-1]
	return last.Else || last.If == nil
}

// unread tells whether a condition of a choose could not be read.
func (s *subject) unread(step *route.Step) bool {
	return s.LostSteps(step.Range) || slices.ContainsFunc(step.Branches, func(b *route.Branch) bool { return b.If != nil && meant(b.If) == nil })
}

// constant tells whether a condition always or never holds.
func (s *subject) constant(e *expr.Expr) (constant, holds bool) {
	if s.open(e, map[string]bool{}) || s.unsure(e) {
		return false, false
	}
	if known, ok := s.constants[e]; ok {
		return known[0], known[1]
	}
	constant, holds = decide.Constant(e, s.domains(nil))
	if s.constants == nil {
		s.constants = map[*expr.Expr][2]bool{}
	}
	s.constants[e] = [2]bool{constant, holds}
	return constant, holds
}

// open tells at a glance that a condition is not constant: it asks for no
// field twice and none of its comparisons is settled by the field's type. It
// spares most conditions the exact answer.
func (s *subject) open(e *expr.Expr, seen map[string]bool) bool {
	once := func(e *expr.Expr) bool {
		p, ok := decide.Path(e)
		if !ok || seen[p] {
			return false
		}
		seen[p] = true
		return true
	}
	switch e.Op {
	case expr.And, expr.Or, expr.Not:
		for _, a := range e.Args {
			if !s.open(a, seen) {
				return false
			}
		}
		return true
	case expr.Eq, expr.Ne, expr.Lt, expr.Le, expr.Gt, expr.Ge:
		field, other := e.Args[0], e.Args[1]
		if other.Op != expr.Literal || other.Value == nil || !once(field) {
			return false
		}
		if k := field.Type.Kind; k.IsNumber() || k == expr.DateKind || k == expr.DateTime {
			p, _ := decide.Path(field)
			f := s.field(p)
			return f != nil && beyond(other, f.Min, -1) && beyond(other, f.Max, 1)
		}
		return (e.Op == expr.Eq || e.Op == expr.Ne) && (field.Type.Values == nil || len(field.Type.Values) > 2)
	case expr.Call:
		return (e.Name == "empty" || e.Name == "filled") && len(e.Args) == 1 && e.Args[0].Type.Nullable && once(e.Args[0])
	}
	return false
}

// beyond tells whether a constant lies on the inner side of a bound, if there
// is one: sign is -1 for the least value and 1 for the greatest.
func beyond(constant *expr.Expr, bound string, sign int) bool {
	if bound == "" {
		return true
	}
	v, err := expr.ParseValue(expr.Type{Kind: expr.Decimal}, bound)
	if err != nil {
		return false
	}
	n, ok := expr.Compare(v, constant.Value)
	return ok && n == sign
}
