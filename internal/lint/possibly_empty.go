package lint

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

// possiblyEmpty reports expressions that an empty field turns into something
// their author hardly meant: a comparison with an empty value is false, also
// !=; a calculation with one is empty; a date that is empty never comes.
func possiblyEmpty() *rule {
	return &rule{
		Code:     Code{"R036", "possibly-empty", "an expression that an empty field makes false or empty; ask `filled(…)` first, give a value with `??`, or let a step before `fill` the field"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, u := range s.data().uses {
				filled := s.expected(u.at)
				switch u.kind {
				case useCondition:
					s.emptyCondition(u, filled)
				case useSet, useRegister:
					s.emptyValue(u, filled)
				case useMoment:
					if len(u.step.Waits) == 1 {
						s.emptyMoment(u, filled, "then the route waits for ever", "let a step before fill PATH, or wait for the first of several events")
					}
				case useDue:
					s.emptyMoment(u, filled, "then the task has no deadline", "give another deadline for that case: due: [TEXT, 2wd]")
				}
			}
		},
	}
}

// expected is the test for paths that have a value in a state, or will have
// one as a rule: the form gives it by default or asks for it.
func (s *subject) expected(st *state) func(string) bool {
	filled := s.data().filled(st)
	return func(path string) bool {
		if filled(path) {
			return true
		}
		f := s.field(path)
		if f == nil && strings.HasSuffix(path, ".status") {
			return s.field(strings.TrimSuffix(path, ".status")) == nil
		}
		return f == nil || f.Computed || f.Default != nil || f.Required != nil
	}
}

func (s *subject) emptyCondition(u *use, filled func(string) bool) {
	guarded(tree(u.expr), true, nil, func(e *expr.Expr, guards []decide.Wish) {
		here := also(filled, known(guards))
		switch e.Op {
		case expr.Ne, expr.NotIn:
			if emptyLiteral(e.Args[0]) || emptyLiteral(e.Args[1]) || zero(e.Args[1]) {
				return
			}
			for _, side := range e.Args {
				path, isField := decide.Path(side)
				if !isField || !side.Type.Nullable || here(path) {
					continue
				}
				s.report(u.expr.Within(e.From, e.To), "this is false when %q is empty: an empty value differs from nothing", path).
					Help = fmt.Sprintf("write (… or empty(%s)) if that case belongs here, filled(%[1]s) and … if it does not", path)
				return
			}
		case expr.Add, expr.Sub:
			if !e.Type.Kind.IsNumber() {
				return
			}
			for i, side := range e.Args {
				path, isField := decide.Path(side)
				_, other := decide.Path(e.Args[1-i])
				if isField && other && side.Type.Nullable && !here(path) {
					s.report(u.expr.Within(side.From, side.To), "%q may be empty here; then so is the calculation, and the condition does not hold", path).
						Help = fmt.Sprintf("write (%s ?? 0)", path)
					return
				}
			}
		}
	})
}

func (s *subject) emptyValue(u *use, filled func(string) bool) {
	t := tree(u.expr)
	if t == nil || !calculated(t) {
		return
	}
	paths, empty := maybeEmpty(t, also(filled, known(s.moment(u))))
	for _, e := range paths {
		path, _ := decide.Path(e)
		if empty && s.field(path) != nil {
			fallback := `""`
			if e.Type.Kind.IsNumber() {
				fallback = "0"
			}
			p := s.report(u.expr.Within(e.From, e.To), "%q may be empty here; then %q gets no value", path, u.field.Field.Text)
			p.Help = fmt.Sprintf("let a step before fill %q, or do it only if: filled(%[1]s)", path)
			if e.Type.Kind.IsNumber() || e.Type.Kind.IsText() {
				p.Help = fmt.Sprintf("write (%s ?? %s), or do it only if: filled(%[1]s)", path, fallback)
			}
		}
	}
}

// calculated tells whether a value is worked out of others; copying one that
// may be empty is nothing to wonder about.
func calculated(e *expr.Expr) bool {
	switch e.Op {
	case expr.Add, expr.Sub, expr.Mul, expr.Div, expr.Mod, expr.Neg:
		return true
	case expr.Call:
		return (e.Name == "round" || e.Name == "abs" || e.Name == "floor" || e.Name == "ceil") && calculated(e.Args[0])
	}
	return false
}

func (s *subject) emptyMoment(u *use, filled func(string) bool, then, help string) {
	t := tree(u.expr)
	paths, empty := maybeEmpty(t, also(filled, known(s.moment(u))))
	for _, e := range paths {
		if path, _ := decide.Path(e); empty && s.field(path) != nil {
			s.report(u.expr.Within(e.From, e.To), "%q may be empty here; %s", path, then).
				Help = strings.NewReplacer("PATH", strconv.Quote(path), "TEXT", u.expr.Text).Replace(help)
			return
		}
	}
}

// zero tells whether an expression is the number 0: nothing differs from it as
// little as an empty sum does.
func zero(e *expr.Expr) bool {
	n, ok := expr.Compare(e.Value, int64(0))
	return e.Op == expr.Literal && ok && n == 0
}
