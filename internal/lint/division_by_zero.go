package lint

import (
	"slices"

	"github.com/shopspring/decimal"

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
				withRows(t, nil, func(e *expr.Expr, guards []decide.Wish) {
					if (e.Op == expr.Div || e.Op == expr.Mod) && e.Args[1].Op != expr.Literal {
						s.divisor(u, e.Args[1], guards)
					}
				})
			}
		},
	}
}

func (s *subject) divisor(u *use, e *expr.Expr, guards []decide.Wish) {
	given := append(s.moment(u), guards...)
	at := u.expr.Within(e.From, e.To)
	if counts(e) {
		verdict, _ := s.ask(u.at, append(given, decide.Wish{Cond: equals(e, zeroNumber()), Holds: true})...)
		table, ok := decide.Path(e.Args[0])
		if verdict == decide.Impossible || ok && len(e.Args) == 1 && e.Name != "sum" && s.data().filled(u.at)(table) {
			return
		}
		s.report(at, "division by zero when there are no rows").Help = "ask before: if: … > 0"
		return
	}
	rows := &counted{names: map[string]string{}, calls: map[string]*expr.Expr{}}
	e, given = rows.fields(e), rows.wishes(given)
	given = append(given, rows.bounds()...)
	ask := func(freely bool, cond *expr.Expr) (decide.Verdict, decide.Witness) {
		return s.askIn(u.at, func(path string, d *decide.Domain) {
			if !rows.domain(s, u.at, path, d) && freely {
				s.free(path, d)
			}
		}, append(slices.Clip(given), decide.Wish{Cond: cond, Holds: true}))
	}
	verdict, witness := ask(false, equals(e, zeroNumber()))
	if verdict == decide.Undecided {
		if verdict, _ = ask(false, rows.fields(s.nought(e, true))); verdict != decide.Impossible {
			verdict, witness = ask(true, s.nought(e, false))
		}
	}
	if verdict == decide.Possible && len(witness) > 0 {
		s.report(at, "division by zero when %s", witness).Help = "ask before: if: … != 0"
	}
}

// counts tells whether an expression is zero for an empty table.
func counts(e *expr.Expr) bool {
	return e.Op == expr.Call && len(e.Args) > 0 && e.Args[0].Type.Kind >= expr.Table &&
		(e.Name == "count" || e.Name == "len" || e.Name == "sum")
}

// free takes a computed field for one that may have any value of its type; a
// number of rows is never negative.
func (s *subject) free(path string, d *decide.Domain) {
	t := s.computed(path)
	if t == nil {
		return
	}
	d.Loose = false
	if counts(t) && t.Name != "sum" {
		d.Min = int64(0)
	}
}

// computed gives what the field behind a path is computed from; nil for others.
func (s *subject) computed(path string) *expr.Expr {
	f := s.field(path)
	if f == nil || !f.Computed || f.Value == nil || slices.Contains(s.loose, path) {
		return nil
	}
	p, err := f.Value.Program()
	if err != nil {
		return nil
	}
	return p.Tree()
}

// nought gives a condition under which a number is zero: a sum when both parts
// are, a product when one is. With fully, it also has what must hold besides,
// which other conditions may exclude: that the difference itself is zero, and
// what a computed field of the document is computed from.
func (s *subject) nought(e *expr.Expr, fully bool) *expr.Expr { return s.noughtIn(e, fully, nil) }

func (s *subject) noughtIn(e *expr.Expr, fully bool, within []string) *expr.Expr {
	inner := func(i int) *expr.Expr { return s.noughtIn(e.Args[i], fully, within) }
	itself := equals(e, zeroNumber())
	var cond *expr.Expr
	switch {
	case e.Op == expr.Sub:
		cond = equals(e.Args[0], e.Args[1])
		for _, side := range e.Args {
			if _, field := decide.Path(side); field && side.Type.Nullable {
				cond = both(cond, truth(expr.Ne, side, &expr.Expr{Op: expr.Literal, Type: side.Type}))
			}
		}
	case e.Op == expr.Add && opposite(e.Args[0]) != nil:
		cond = equals(e.Args[1], opposite(e.Args[0]))
	case e.Op == expr.Add && opposite(e.Args[1]) != nil:
		cond = equals(e.Args[0], opposite(e.Args[1]))
	case e.Op == expr.Add:
		cond = both(inner(0), inner(1))
	case e.Op == expr.Mul:
		cond = truth(expr.Or, inner(0), inner(1))
	case e.Op == expr.Neg, e.Op == expr.Div, e.Op == expr.Call && (e.Name == "abs" || e.Name == "round"):
		cond = inner(0)
	case e.Op == expr.If:
		cond = truth(expr.If, e.Args[0], inner(1), inner(2))
	default:
		path, isField := decide.Path(e)
		if !fully || !isField || e.Op != expr.Field || slices.Contains(within, path) {
			return itself
		}
		if t := s.computed(path); t != nil {
			return both(itself, s.noughtIn(t, true, append(within, path)))
		}
		return itself
	}
	if fully {
		return both(itself, cond)
	}
	return cond
}

func truth(op expr.Op, args ...*expr.Expr) *expr.Expr {
	return &expr.Expr{Op: op, Type: expr.Type{Kind: expr.Bool}, Args: args}
}

func both(a, b *expr.Expr) *expr.Expr { return truth(expr.And, a, b) }

func equals(a, b *expr.Expr) *expr.Expr { return truth(expr.Eq, a, b) }

func zeroNumber() *expr.Expr {
	return &expr.Expr{Op: expr.Literal, Type: expr.Type{Kind: expr.Int}, Value: int64(0)}
}

// opposite gives the number that a constant and another one make zero with; nil
// for anything but a constant.
func opposite(e *expr.Expr) *expr.Expr {
	if e.Op != expr.Literal {
		return nil
	}
	c := *e
	switch n := e.Value.(type) {
	case int64:
		c.Value = -n
	case decimal.Decimal:
		c.Value = n.Neg()
	default:
		return nil
	}
	return &c
}
