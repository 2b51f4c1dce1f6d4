package route

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

func (c *checker) actions(list []*Action, env *expr.Env) {
	for _, a := range list {
		c.action(a, env)
	}
}

func (c *checker) action(a *Action, env *expr.Env) {
	c.condition(a.If, env)
	switch a.Kind {
	case Set:
		for _, set := range a.Set {
			c.assignment(set, c.r.For.Text, env, env)
		}
	case Register:
		c.register(a, env)
	case LinkTo:
		if p := c.compile(a.To, env, expr.Options{}); p != nil {
			if k := p.Type().Kind; k != expr.Document && !k.IsText() {
				c.errorf(R031, a.To.At(), "the link leads to %s; a document is needed", p.Type())
			}
		}
	case Remark:
		c.compile(a.Text, env, expr.Options{Want: expr.Type{Kind: expr.Text}})
	case StartOf:
		c.route(a.Route)
		c.compile(a.On, env, expr.Options{Want: expr.Type{Kind: expr.Document}})
	case Assign:
		if a.Field.Text != "" && c.env != nil {
			c.field(a.Field, c.fields, "field")
			if v, ok := c.env.Lookup(a.Field.Text); ok && v.Type.Kind != expr.UserKind {
				c.errorf(R031, a.Field.At, "field %q is %s; it cannot hold a person", a.Field.Text, v.Type)
			}
		}
		c.people(a.Who, env)
		c.due(a.Due, env)
	case Mail, Reply, Generate, Attach:
		c.paper(a, env)
	}
}

func (c *checker) register(a *Action, env *expr.Env) {
	target := c.ctx.Env(a.Form.Text)
	if target == nil {
		if a.Form.Text != "" {
			c.errorf(R006, a.Form.At, "%s", diag.Unknown("form", a.Form.Text, c.ctx.Forms))
		}
		return
	}
	for _, set := range a.Set {
		c.assignment(set, a.Form.Text, target, env)
	}
	unique, fields := c.ctx.Unique(a.Form.Text), c.ctx.Fields(a.Form.Text)
	vague := a.Vague || slices.ContainsFunc(a.Set, func(s *Assignment) bool { return !slices.Contains(fields, s.Fields()[0]) })
	for _, w := range a.Find {
		switch {
		case !slices.Contains(unique, w.Text):
			c.helpf(R006, w.At, "a field can be searched that is `unique` or among the `duplicates` of the form",
				"%s", diag.Unknown("unique field", w.Text, unique))
		case vague: // the field may be among what is set
		case !slices.ContainsFunc(a.Set, func(s *Assignment) bool { return s.Field.Text == w.Text }):
			c.errorf(R002, w.At, "find looks for %q, to which \"set\" gives no value", w.Text)
		}
	}
	if a.Into.Text == "" || c.env == nil {
		return
	}
	c.field(a.Into, c.fields, "field")
	if v, ok := c.env.Lookup(a.Into.Text); ok && (v.Type.Kind != expr.Document || v.Type.Name != "" && v.Type.Name != a.Form.Text) {
		c.errorf(R031, a.Into.At, "field %q is %s; it cannot hold a document of %s", a.Into.Text, v.Type, a.Form.Text)
	}
}

// assignment checks `field: value`; the field belongs to target, the value is
// computed in env.
func (c *checker) assignment(set *Assignment, form string, target, env *expr.Env) {
	if target == nil || env == nil {
		return
	}
	path := set.Fields()
	for len(path) > 1 {
		v, ok := target.Lookup(path[0])
		if !ok || v.Type.Kind != expr.Document || v.Type.Name == "" {
			c.errorf(R006, set.Field.At, "%q is no reference to a document of one form", path[0])
			return
		}
		form = v.Type.Name
		if target = c.ctx.Env(form); target == nil {
			return
		}
		path = path[1:]
	}
	known := append(slices.Clone(c.ctx.Fields(form)), "status")
	if !slices.Contains(known, path[0]) {
		c.errorf(R006, set.Field.At, "%s", noField(target, path[0], known, "field"))
		return
	}
	want, ok := target.Lookup(path[0])
	if !ok {
		return
	}
	want.Type.Nullable = true
	c.compile(set.Value, env, expr.Options{Want: want.Type})
}
