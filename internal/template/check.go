package template

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

// Need is a value that a template cannot do without although it may be empty.
type Need struct {
	At   diag.Span
	Text string
	// Reads are the names the expression reads.
	Reads []string
}

// Check holds the template against a form: every expression is compiled with
// the form's names. Needs lists what may be empty and has no default.
func (t *Template) Check(form *expr.Env) (needs []Need, problems diag.List) {
	c := &checker{}
	for _, p := range t.all() {
		c.nodes(p.nodes, Env(form), nil)
	}
	problems = c.problems.Dedup()
	problems.Sort()
	return c.needs, problems
}

type checker struct {
	needs    []Need
	problems diag.List
}

// nodes checks nodes; sure are the expressions that a condition around them
// has asked for.
func (c *checker) nodes(nodes []node, env *expr.Env, sure []string) {
	for _, n := range nodes {
		switch n := n.(type) {
		case value:
			c.value(n, env, sure)
		case *branch:
			for i, cond := range n.conds {
				known := sure
				if cond != nil {
					p, problems := cond.compile(env, expr.Options{Want: expr.Type{Kind: expr.Bool}})
					c.problems = append(c.problems, problems...)
					if p != nil && !problems.HasErrors() {
						known = append(known[:len(known):len(known)], p.Reads()...)
					} else {
						for _, found := range problems { // as it was meant
							known = append(known[:len(known):len(known)], found.Meant)
						}
					}
				}
				c.nodes(n.then[i], env, known)
			}
		case *loop:
			c.loop(n, env, sure)
		}
	}
}

func (c *checker) value(e value, env *expr.Env, sure []string) {
	p, problems := e.compile(env, expr.Options{})
	c.problems = append(c.problems, problems...)
	if problems.HasErrors() {
		return
	}
	switch k := p.Type().Kind; k {
	case expr.Table, expr.Record:
		report(&c.problems, wrongType, e.whole(), "name one of its columns, or write {{ each … }}", "%q is %s; a text is needed", e.text, p.Type())
		return
	}
	if !p.Type().Nullable || e.fallback != nil {
		return
	}
	for _, name := range p.Reads() {
		for _, s := range sure {
			if s == name {
				return
			}
		}
	}
	c.needs = append(c.needs, Need{e.whole(), e.text, p.Reads()})
}

func (c *checker) loop(l *loop, env *expr.Env, sure []string) {
	p, problems := l.over.compile(env, expr.Options{})
	c.problems = append(c.problems, problems...)
	if problems.HasErrors() {
		return
	}
	if k := p.Type().Kind; k != expr.Table && k != expr.List {
		report(&c.problems, wrongType, l.over.whole(), "", "each goes over %s; a table or a list is needed", p.Type())
		return
	}
	inner := env.With(expr.Var{Name: l.as, Type: itemOf(p.Type())}, expr.Var{Name: l.as + "_no", Type: expr.Type{Kind: expr.Int}})
	c.nodes(l.body, inner, sure)
}
