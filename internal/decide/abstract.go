package decide

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
)

// abstract gives an atom with its terms replaced by fields named after variables, and notes in a which these are
// and in the variables what they are compared with.
func (q *question) abstract(e *expr.Expr, a *atom) *expr.Expr {
	switch {
	case e.Op == expr.Call && (e.Name == "empty" || e.Name == "filled") && len(e.Args) == 1:
		c := *e
		c.Args = []*expr.Expr{q.term(e.Args[0], a)}
		return &c
	case classes(e):
		c := *e
		c.Args = []*expr.Expr{q.term(e.Args[0], a), q.term(e.Args[1], a)}
		q.relate(a, &c)
		return &c
	}
	if _, ok := path(e); ok || e.Op == expr.Coalesce {
		return q.term(e, a)
	}
	return q.free(e, a)
}

// classes says whether a comparison is constant on the classes that constants make of the values of fields. Texts
// have no order here: it would need texts between texts.
func classes(e *expr.Expr) bool {
	switch e.Op {
	case expr.Eq, expr.Ne:
	case expr.In, expr.NotIn:
		return e.Args[1].Op == expr.ListOf
	case expr.Lt, expr.Le, expr.Gt, expr.Ge:
		for _, side := range e.Args {
			if !measured(side.Type.Kind) {
				return false
			}
		}
	default:
		return false
	}
	for _, side := range e.Args {
		if k := side.Type.Kind; k >= expr.Table {
			return asksNil(e)
		}
	}
	return true
}

// asksNil says whether a comparison asks for emptiness.
func asksNil(e *expr.Expr) bool {
	return slices.ContainsFunc(e.Args, func(a *expr.Expr) bool { return a.Op == expr.Literal && a.Value == nil })
}

// measured says whether values of a kind lie on a line.
func measured(k expr.Kind) bool {
	return k.IsNumber() || k == expr.DateKind || k == expr.DateTime
}

// term gives a side of a comparison: constants, fields, lists and ?? of these; anything else is a free value.
func (q *question) term(e *expr.Expr, a *atom) *expr.Expr {
	if e.Op == expr.Literal {
		return e
	}
	if p, ok := path(e); ok {
		return q.field(e, p, a)
	}
	if e.Op == expr.Coalesce || e.Op == expr.ListOf {
		c := *e
		c.Args = make([]*expr.Expr, len(e.Args))
		for i, arg := range e.Args {
			c.Args[i] = q.term(arg, a)
		}
		if e.Op == expr.Coalesce {
			q.relate(a, &c)
		}
		return &c
	}
	return q.free(e, a)
}

// relate puts the variables of a comparison into one group and notes its constants.
func (q *question) relate(a *atom, e *expr.Expr) {
	first := -1
	e.Walk(func(n *expr.Expr) bool {
		if n.Op == expr.Field {
			i := q.index[n.Name]
			q.vars[i].compared = true
			if first < 0 {
				first = i
			} else {
				q.join(first, i)
			}
		}
		return true
	})
	if first < 0 {
		return
	}
	e.Walk(func(n *expr.Expr) bool {
		if n.Op == expr.Literal && n.Value != nil {
			q.vars[first].consts = append(q.vars[first].consts, n.Value)
		}
		return true
	})
}

func (q *question) group(i int) int {
	for q.vars[i].joined != i {
		i = q.vars[i].joined
	}
	return i
}

func (q *question) join(i, j int) { q.vars[q.group(i)].joined = q.group(j) }

// field gives the node that stands for a field in atoms.
func (q *question) field(e *expr.Expr, key string, a *atom) *expr.Expr {
	i, known := q.index[key]
	if !known {
		v := &variable{key: key, typ: e.Type}
		if q.domains != nil {
			v.domain = q.domains(key, e.Type)
		}
		v.loose = v.domain.Loose || e.Type.Kind == expr.Any
		if e.Op == expr.Member && e.Args[0].Type.Kind.IsNamed() {
			v.typ.Nullable = true // whatever the entry or document promises, it may be gone
		}
		i = q.add(v)
	}
	return q.node(e, i, a)
}

// free gives the node that stands for an expression whose meaning is not looked into.
func (q *question) free(e *expr.Expr, a *atom) *expr.Expr {
	key := "(" + text(e) + ")"
	i, known := q.index[key]
	if !known {
		i = q.add(&variable{key: key, typ: e.Type, loose: true})
	}
	return q.node(e, i, a)
}

func (q *question) add(v *variable) int {
	v.joined = len(q.vars)
	q.index[v.key] = v.joined
	q.vars = append(q.vars, v)
	return v.joined
}

func (q *question) node(e *expr.Expr, i int, a *atom) *expr.Expr {
	if !slices.Contains(a.vars, i) {
		a.vars = append(a.vars, i)
	}
	return &expr.Expr{Op: expr.Field, Name: q.vars[i].key, Type: e.Type, From: e.From, To: e.To}
}

// hidden are the attributes that a field of the same name does not hide: card.title is not title.
var hidden = []string{"number", "uid", "form", "status", "registered", "by", "title", "author", "settings", "card",
	"today", "now", "starter", "last", "controller"}

// path is the dotted path of a field; card.amount is amount.
func path(e *expr.Expr) (string, bool) {
	p, ok := e.Path()
	if !ok {
		return "", false
	}
	if rest, card := strings.CutPrefix(p, "card."); card && !slices.Contains(hidden, strings.SplitN(rest, ".", 2)[0]) {
		return rest, true
	}
	return p, true
}

// Path is the dotted path under which the package knows a field, as witnesses and [Domains] have it; ok is false
// for any other expression.
func Path(e *expr.Expr) (dotted string, ok bool) { return path(e) }

// Text writes a tree in a way that is the same for equal trees only.
func Text(e *expr.Expr) string { return text(e) }

// text is Text.
func text(e *expr.Expr) string {
	var b strings.Builder
	var write func(e *expr.Expr)
	write = func(e *expr.Expr) {
		if e == nil {
			return
		}
		switch e.Op {
		case expr.Literal:
			fmt.Fprintf(&b, "%s:%q", e.Type.Kind, expr.FormatValue(e.Value))
			return
		case expr.Field:
			b.WriteString(e.Name)
			return
		}
		fmt.Fprintf(&b, "%s %s(", e.Op, e.Name)
		for i, a := range e.Args {
			if i > 0 {
				b.WriteByte(',')
			}
			write(a)
		}
		b.WriteByte(')')
	}
	write(e)
	return b.String()
}
