package lint

import (
	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

// divisionByZero reports divisors that can be zero: the step would be refused
// at that moment.
func divisionByZero() *rule {
	return &rule{
		Code:     Code{"R039", "division-by-zero", "a divisor that can be zero, with the value for which it is; ask for it before"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, u := range s.data().uses {
				t := tree(u.expr)
				if t == nil {
					continue
				}
				guarded(t, false, nil, func(e *expr.Expr, guards []decide.Wish) {
					if (e.Op == expr.Div || e.Op == expr.Mod) && e.Args[1].Op != expr.Literal {
						s.divisor(u, e.Args[1], guards)
					}
				})
			}
		},
	}
}

func (s *subject) divisor(u *use, e *expr.Expr, guards []decide.Wish) {
	zero := &expr.Expr{Op: expr.Eq, Type: expr.Type{Kind: expr.Bool},
		Args: []*expr.Expr{e, {Op: expr.Literal, Type: expr.Type{Kind: expr.Int}, Value: int64(0)}}}
	wishes := append(append(s.moment(u), guards...), decide.Wish{Cond: zero, Holds: true})
	verdict, witness := s.ask(u.at, wishes...)
	at := u.expr.Within(e.From, e.To)
	switch {
	case verdict == decide.Possible && len(witness) > 0:
		s.report(at, "division by zero when %s", witness).Help = "ask before: if: … != 0"
	case verdict == decide.Undecided && counts(e):
		table, ok := decide.Path(e.Args[0])
		if ok && len(e.Args) == 1 && e.Name != "sum" && s.data().filled(u.at)(table) {
			return
		}
		s.report(at, "division by zero when there are no rows").Help = "ask before: if: … > 0"
	}
}

// counts tells whether an expression is zero for an empty table.
func counts(e *expr.Expr) bool {
	return e.Op == expr.Call && len(e.Args) > 0 && e.Args[0].Type.Kind >= expr.Table &&
		(e.Name == "count" || e.Name == "len" || e.Name == "sum")
}
