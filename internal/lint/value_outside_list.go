package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// valueOutsideList adds to what package route says about choices, directories
// and statuses: answers that no task of the route gives, none that can be the
// last one there, or none that the block decides on, and people whom the
// organisation does not have.
func valueOutsideList() *rule {
	return &rule{
		Code:     Code{route.R037.Code, route.R037.Slug, route.R037.Summary},
		severity: diag.Error,
		check: func(s *subject) {
			f := s.forms.Form(s.For.Text)
			for _, u := range s.data().uses {
				t := tree(u.expr)
				if t == nil {
					continue
				}
				t.Walk(func(e *expr.Expr) bool {
					switch e.Op {
					case expr.Eq, expr.Ne, expr.In, expr.NotIn:
					default:
						return true
					}
					for i, side := range e.Args {
						path, ok := decide.Path(side)
						switch first, _, _ := strings.Cut(path, "."); {
						case ok && path == "answers" && u.step != nil && u.expr == u.step.Join.When:
							s.decidedNamed(u, e.Args[1-i])
						case !ok || f != nil && f.Field(first) != nil || s.isItem(first):
						case path == "last.outcome":
							s.outcomesNamed(u, e.Args[1-i])
						case side.Type.Kind == expr.UserKind && len(side.Type.Values) == 0:
							s.usersNamed(u, e.Args[1-i])
						}
					}
					return true
				})
			}
		},
	}
}

// named calls fn for every constant of an expression or list.
func named(e *expr.Expr, fn func(at *expr.Expr, text string)) {
	switch e.Op {
	case expr.ListOf:
		for _, a := range e.Args {
			named(a, fn)
		}
	case expr.Literal:
		if u, ok := e.Value.(expr.User); ok {
			fn(e, u.ID)
		} else if text, ok := e.Value.(string); ok && text != "" {
			fn(e, text)
		}
	}
}

func (s *subject) usersNamed(u *use, e *expr.Expr) {
	named(e, func(at *expr.Expr, id string) {
		if len(s.org.Users) > 0 && s.org.User(id) == nil {
			s.report(u.expr.Within(at.From, at.To), "%s", diag.Unknown("user", id, s.org.UserIDs()))
		}
	})
}

func (s *subject) outcomesNamed(u *use, e *expr.Expr) {
	d := s.data()
	var all, here []string
	for _, step := range s.Steps() {
		for _, name := range answersOf(step) {
			if slices.Contains(all, name) {
				continue
			}
			all = append(all, name)
			if u.at.mayHold(d.path(lastly + name)) {
				here = append(here, name)
			}
		}
	}
	named(e, func(at *expr.Expr, name string) {
		switch where := u.expr.Within(at.From, at.To); {
		case !slices.Contains(all, name):
			s.report(where, "no task of the route is answered so: %s", diag.Unknown("outcome", name, all))
		case !slices.Contains(here, name):
			p := s.report(where, "the last answer is never %q here", name)
			p.Severity = diag.Warning
			p.Help = "no task has been finished before"
			if len(here) > 0 {
				p.Help = fmt.Sprintf("possible: %s", strings.Join(here, ", "))
			}
		}
	})
}

// decidedNamed judges what the condition of a join asks of the answers: they are
// those that the block decides on.
func (s *subject) decidedNamed(u *use, e *expr.Expr) {
	if s.LostSteps(u.step.Range) {
		return
	}
	var all []string
	for _, o := range u.step.Outcomes {
		all = append(all, o.Name)
	}
	named(e, func(at *expr.Expr, name string) {
		switch where := u.expr.Within(at.From, at.To); {
		case len(all) == 0:
			s.report(where, "%q is never among the answers: %q has no outcomes that its steps could answer", name, u.step.ID).Help =
				"give the block `outcomes`, those that its steps are answered with"
		case !slices.Contains(all, name):
			s.report(where, "the block is never answered so: %s", diag.Unknown("outcome", name, all))
		}
	})
}

// lastly is put before the name of an outcome in the set of what may have been
// written: the answer that came last.
const lastly = "last.outcome="

// answersOf lists the answers a person can give to a step.
func answersOf(s *route.Step) []string {
	if !s.Person() || s.Verb == route.Inform {
		return nil
	}
	from := s
	if s.Decider != nil {
		from = s.Decider
	}
	out := make([]string, len(from.Outcomes))
	for i, o := range from.Outcomes {
		out[i] = o.Name
	}
	return out
}

// answered is what may have been written once a step has been answered, with
// one of the outcomes if any are given.
func (d *dataflow) answered(written set, s *route.Step, outcomes ...*route.Outcome) set {
	out := slices.Clone(written)
	for name, i := range d.paths {
		if strings.HasPrefix(name, lastly) {
			out.remove(i)
		}
	}
	names := answersOf(s)
	if len(outcomes) > 0 {
		names = []string{outcomes[0].Name}
	}
	for _, name := range names {
		out.add(d.path(lastly + name))
	}
	return out
}

// answersBeside notes that any answer inside a block may come last, since its
// branches are at work beside each other.
func (d *dataflow) answersBeside(st *state, block *route.Step) {
	for _, s := range d.s.Steps() {
		for at := s.Parent; at != nil && at.Owner != nil; at = at.Owner.Parent {
			if at.Owner == block {
				for _, name := range answersOf(s) {
					st.written.add(d.path(lastly + name))
				}
				break
			}
		}
	}
}
