package decide

import "github.com/e1-dms/e1/internal/expr"

// tabulate asks the evaluator what every atom says for the representatives of its variables; false when an atom
// has too many combinations.
func (q *question) tabulate() bool {
	s := &scope{q: q}
	for _, a := range q.atoms {
		size := 1
		for _, v := range a.vars {
			if size *= len(q.vars[v].reps); size > maxTable {
				return false
			}
		}
		a.table = make([]answer, size)
		for at := range a.table {
			rest := at
			for i := len(a.vars) - 1; i >= 0; i-- {
				v := q.vars[a.vars[i]]
				v.pick = rest % len(v.reps)
				rest /= len(v.reps)
			}
			switch value, err := a.expr.Eval(s); {
			case err != nil:
				a.table[at] = failed
			case value == true:
				a.table[at] = yes
			}
		}
	}
	for _, v := range q.vars {
		v.pick = 0
	}
	return true
}

// scope gives the evaluator the picked representatives.
type scope struct{ q *question }

// Value implements expr.Scope.
func (s *scope) Value(name string) (expr.Value, error) {
	v := s.q.vars[s.q.index[name]]
	return v.reps[v.pick].value, nil
}

// Ref implements expr.Scope; members of references are variables of their own.
func (s *scope) Ref(string, string) (expr.Scope, error) { return nil, nil }
