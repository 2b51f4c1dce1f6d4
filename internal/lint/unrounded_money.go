package lint

import (
	"github.com/shopspring/decimal"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

// unroundedMoney reports sums of money that are treated as mere numbers.
// Fields of type money keep two digits behind the point; a product or quotient
// has more, and equals none of them.
func unroundedMoney() *rule {
	return &rule{
		Code:     Code{"R038", "unrounded-money", "a sum of money stored as a mere number, or compared with parts of a kopeck; use a field of type money, or `round(…, 2)`"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, u := range s.data().uses {
				t := tree(u.expr)
				if t == nil {
					continue
				}
				if u.field != nil && t.Type.Kind == expr.Money && finer(t) {
					s.moneyAsNumber(u)
				}
				t.Walk(func(e *expr.Expr) bool {
					if e.Op == expr.Eq || e.Op == expr.Ne {
						s.unequalMoney(u, e)
					}
					return true
				})
			}
		},
	}
}

func (s *subject) moneyAsNumber(u *use) {
	name := u.field.Field.Text
	field := s.field(name)
	if u.kind == useRegister {
		if f := s.forms.Form(u.action.Form.Text); f != nil {
			field = f.Field(name)
		}
	}
	if field != nil && field.Type == expr.Decimal {
		p := s.report(u.expr.At(), "%q is a mere number; the sum is stored with parts of a kopeck", name)
		p.Help = "make the field one of type money, or write round(…, 2)"
	}
}

// unequalMoney judges == and != between a field of money and a sum that is
// finer than it can be.
func (s *subject) unequalMoney(u *use, e *expr.Expr) {
	for i, side := range e.Args {
		other := e.Args[1-i]
		if side.Type.Kind != expr.Money || finer(side) || !finer(other) {
			continue
		}
		p := s.report(u.expr.Within(other.From, other.To), "a sum of money has two digits behind the point; this has more and equals none")
		p.Help = "write round(…, 2)"
		return
	}
}

// finer tells whether a number may have more than two digits behind the point.
func finer(e *expr.Expr) bool {
	switch e.Op {
	case expr.Literal:
		d, ok := e.Value.(decimal.Decimal)
		return ok && !d.Equal(d.Round(2))
	case expr.Mul:
		return !whole(e.Args[0]) && !whole(e.Args[1])
	case expr.Div:
		return true
	case expr.Add, expr.Sub, expr.Neg, expr.Coalesce:
		for _, a := range e.Args {
			if finer(a) {
				return true
			}
		}
	case expr.If:
		return finer(e.Args[1]) || finer(e.Args[2])
	}
	return false
}

// whole tells whether a number has no digits behind the point.
func whole(e *expr.Expr) bool {
	if d, ok := e.Value.(decimal.Decimal); ok && e.Op == expr.Literal {
		return d.IsInteger()
	}
	return e.Type.Kind == expr.Int
}
