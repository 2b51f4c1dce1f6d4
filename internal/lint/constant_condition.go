package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// constantCondition reports conditions, and parts of them, that hold for every
// card or for none.
func constantCondition() *rule {
	return &rule{
		Code:     Code{"R035", "constant-condition", "a condition that always or never holds, whatever the card says; compare with what was meant or remove it"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, u := range s.data().uses {
				if u.kind == useCondition {
					s.constantIn(u.expr, tree(u.expr), true)
				}
			}
		},
	}
}

func (s *subject) constantIn(e *route.Expr, part *expr.Expr, whole bool) {
	if constant, holds := s.constant(part); constant {
		at, what := e.At(), "the condition"
		if !whole {
			at, what = e.Within(part.From, part.To), "this part of the condition"
		}
		says := "never holds"
		if holds {
			says = "always holds"
		}
		s.report(at, "%s %s, whatever the card says", what, says).Help = "compare with what was meant, or remove it"
		return
	}
	switch part.Op {
	case expr.And, expr.Or, expr.Not:
		for _, a := range part.Args {
			s.constantIn(e, a, false)
		}
	}
}
