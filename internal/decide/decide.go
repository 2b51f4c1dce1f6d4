package decide

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
)

// Wish is a condition and whether it is to hold.
type Wish struct {
	Cond  *expr.Expr
	Holds bool
}

// Verdict is the answer to whether wishes can come true together.
type Verdict uint8

// The verdicts.
const (
	Undecided Verdict = iota
	Impossible
	Possible
)

// Domain is what is known about a field beside its type.
type Domain struct {
	// Filled says that the field is not empty where the conditions are asked.
	Filled bool
	// Min and Max bound numbers and dates; nil: no bound.
	Min, Max expr.Value
	// Loose says that not every value of the type need occur: the field is computed, or depends on others.
	Loose bool
	// Present is the value a constant has now; another one may be written tomorrow.
	Present expr.Value
	// Never lists ids of a choice, directory or status that do not occur.
	Never []string
}

// Domains gives the domain of a field by its dotted path; nil: nothing is known about any.
type Domains func(path string, t expr.Type) Domain

// Limits of the search; beyond them a question is Undecided.
const (
	maxCombinations = 1 << 14 // of representatives
	maxAtoms        = 64
	maxTable        = 1 << 12 // representatives of the fields of one atom, in combination
)

// Satisfy looks for values with which every wish comes true.
func Satisfy(wishes []Wish, domains Domains) (Verdict, Witness) {
	q := &question{domains: domains, index: map[string]int{}}
	for _, w := range wishes {
		f := q.formula(w.Cond)
		if !w.Holds {
			f = &formula{op: isNot, args: []*formula{f}}
		}
		q.goals = append(q.goals, f)
	}
	if !q.prepare() {
		return Undecided, nil
	}
	verdict := q.search()
	if verdict != Possible {
		return verdict, nil
	}
	return verdict, q.witness()
}

// Constant says whether a condition holds for all values or for none.
func Constant(cond *expr.Expr, domains Domains) (constant, holds bool) {
	q := &question{domains: domains, index: map[string]int{}}
	f := q.formula(cond)
	if !q.prepare() {
		return false, false
	}
	q.goals = []*formula{f}
	if q.search() == Impossible {
		return true, false
	}
	for _, v := range q.vars {
		v.pick = 0
	}
	q.goals[0] = &formula{op: isNot, args: []*formula{f}}
	return q.search() == Impossible, true
}

func (q *question) prepare() bool {
	return len(q.atoms) <= maxAtoms && q.represent() && q.tabulate()
}

// question is one call of Satisfy.
type question struct {
	domains Domains
	goals   []*formula
	atoms   []*atom
	vars    []*variable
	index   map[string]int // of vars by key
}

type connective uint8

const (
	isAtom connective = iota
	isConst
	isNot
	isAnd
	isOr
)

// formula is the boolean structure of a condition.
type formula struct {
	op    connective
	args  []*formula
	atom  int
	value bool // isConst
}

// atom is a condition without boolean structure.
type atom struct {
	expr *expr.Expr // with its terms replaced by fields named after variables
	vars []int
	// table holds what the atom says for each combination of representatives of its variables, the last
	// variable running fastest.
	table []answer
	text  string
}

type answer uint8

const (
	no answer = iota
	yes
	failed // the evaluation failed
)

// variable is a field, or an expression that stands for a free value.
type variable struct {
	key    string
	typ    expr.Type
	domain Domain
	loose  bool
	reps   []representative
	pick   int // during the search
	joined int // the variable that stands for its group
	consts []expr.Value
	// compared says that it is a side of a comparison with something; else only its emptiness matters.
	compared bool
}

type representative struct {
	value   expr.Value // nil: empty
	other   bool       // stands for all values that are not named
	certain bool       // a document can have it
}

// formula takes a condition apart.
func (q *question) formula(e *expr.Expr) *formula {
	sub := func(op connective) *formula {
		f := &formula{op: op}
		for _, a := range e.Args {
			f.args = append(f.args, q.formula(a))
		}
		return f
	}
	switch e.Op {
	case expr.Literal:
		b, _ := e.Value.(bool)
		return &formula{op: isConst, value: b}
	case expr.Not:
		return sub(isNot)
	case expr.And:
		return sub(isAnd)
	case expr.Or:
		return sub(isOr)
	case expr.If:
		cond, then, other := q.formula(e.Args[0]), q.formula(e.Args[1]), q.formula(e.Args[2])
		return &formula{op: isOr, args: []*formula{
			{op: isAnd, args: []*formula{cond, then}},
			{op: isAnd, args: []*formula{{op: isNot, args: []*formula{cond}}, other}},
		}}
	}
	return q.atomOf(e)
}

func (q *question) atomOf(e *expr.Expr) *formula {
	a := &atom{}
	a.expr = q.abstract(e, a)
	a.text = text(a.expr)
	for i, known := range q.atoms {
		if known.text == a.text {
			return &formula{op: isAtom, atom: i}
		}
	}
	q.atoms = append(q.atoms, a)
	return &formula{op: isAtom, atom: len(q.atoms) - 1}
}

// eval says whether a formula holds for the picked representatives; ok is false when an evaluation failed.
func (q *question) eval(f *formula) (holds, ok bool) {
	switch f.op {
	case isConst:
		return f.value, true
	case isNot:
		holds, ok = q.eval(f.args[0])
		return !holds, ok
	case isAnd, isOr:
		unsure := false
		for _, a := range f.args {
			holds, ok = q.eval(a)
			if ok && holds == (f.op == isOr) {
				return holds, !unsure
			}
			unsure = unsure || !ok
		}
		return f.op == isAnd, !unsure
	}
	a := q.atoms[f.atom]
	at := 0
	for _, v := range a.vars {
		at = at*len(q.vars[v].reps) + q.vars[v].pick
	}
	return a.table[at] == yes, a.table[at] != failed
}

// search tries every combination of representatives; it stops at the first with which the goals are met.
func (q *question) search() Verdict {
	combinations := 1
	for _, v := range q.vars {
		if combinations *= len(v.reps); combinations > maxCombinations {
			return Undecided
		}
	}
	verdict := Impossible
	if combinations == 0 { // a field that can have no value at all: the definitions contradict each other
		return Undecided
	}
	for {
		if feasible, certain := q.feasible(); feasible {
			holds, ok := q.holds()
			if !ok || holds && !certain {
				verdict = Undecided
			} else if holds {
				return Possible
			}
		}
		i := len(q.vars) - 1
		for ; i >= 0; i-- {
			v := q.vars[i]
			if v.pick++; v.pick < len(v.reps) {
				break
			}
			v.pick = 0
		}
		if i < 0 {
			return verdict
		}
	}
}

// holds says whether all goals are met by the picked representatives.
func (q *question) holds() (holds, ok bool) {
	ok = true
	for _, g := range q.goals {
		h, sure := q.eval(g)
		if sure && !h {
			return false, true
		}
		ok = ok && sure
	}
	return true, ok
}

// feasible says whether the picked values can stand beside each other: nothing is read of an empty reference.
// They do so certainly unless a filled reference has an empty member, which the member's form may forbid.
func (q *question) feasible() (feasible, certain bool) {
	certain = true
	for _, v := range q.vars {
		rep := v.reps[v.pick]
		certain = certain && rep.certain
		for path := v.key; ; {
			i := strings.LastIndexByte(path, '.')
			if i < 0 {
				break
			}
			path = path[:i]
			base, ok := q.index[path]
			if !ok {
				continue
			}
			filled := q.vars[base].reps[q.vars[base].pick].value != nil
			if !filled && rep.value != nil {
				return false, false
			}
			if filled && rep.value == nil {
				certain = false
			}
		}
	}
	return true, certain
}

// witness keeps the picked values that matter: the wishes do not come true whatever the value is. Fields that are
// compared with each other all matter, since their classes hold for them together only.
func (q *question) witness() Witness {
	var out Witness
	free := make([]bool, len(q.vars))
	together := make([]int, len(q.vars))
	for i, v := range q.vars {
		if v.reps[v.pick].value != nil { // an empty one leaves the other alone with the constants
			together[q.group(i)]++
		}
	}
	for i, v := range q.vars {
		picked := v.pick
		free[i] = v.joined == i && q.alone(i) || together[q.group(i)] == 1 && v.reps[v.pick].value != nil
		if free[i] {
			holds, ok := q.everywhere(free, 0)
			free[i] = holds && ok
		}
		v.pick = picked
		if !free[i] {
			rep := v.reps[v.pick]
			out = append(out, Assignment{Path: v.key, Type: v.typ, Value: rep.value, Other: rep.other,
				Filled: rep.value != nil && (!v.compared || v.typ.Kind >= expr.Table) && v.typ.Kind != expr.Bool})
		}
	}
	slices.SortStableFunc(out, func(a, b Assignment) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// alone says whether a variable is compared with no other.
func (q *question) alone(i int) bool {
	for j := range q.vars {
		if j != i && q.group(j) == q.group(i) {
			return false
		}
	}
	return true
}

// everywhere says whether the goals are met for all values of the free variables from one on.
func (q *question) everywhere(free []bool, from int) (holds, ok bool) {
	for i := from; i < len(q.vars); i++ {
		if !free[i] {
			continue
		}
		v := q.vars[i]
		picked := v.pick
		defer func() { v.pick = picked }()
		for v.pick = range v.reps {
			if holds, ok = q.everywhere(free, i+1); !holds || !ok {
				return false, ok
			}
		}
		return true, true
	}
	return q.holds()
}
