package route

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

func (c *checker) step(s *Step) {
	var env *expr.Env
	if c.env != nil {
		env = EnvAt(s, c.env)
	}
	c.condition(s.If, env)
	c.condition(s.While, env)
	c.condition(s.Until, env)
	if s.WhileOpen.Text != "" {
		c.known([]Word{s.WhileOpen})
	}
	for _, b := range s.Branches {
		c.condition(b.If, env)
	}
	if s.Join.When != nil && env != nil {
		c.condition(s.Join.When, JoinEnv(env))
	}
	c.people(s.Who, env)
	c.people(s.Else, env)
	c.people(s.Controller, env)
	for _, e := range s.Escalate {
		c.people(e.To, env)
	}
	c.due(s.Due, env)
	for _, w := range s.Fill {
		c.field(w, c.fields, "field")
	}
	if s.Over != nil {
		c.people(s.Over.People, env)
		if p := c.compile(s.Over.Expr, env, expr.Options{}); p != nil {
			if k := p.Type().Kind; k != expr.Table && k != expr.List {
				c.errorf(R031, s.Over.At, "each goes over %s; a table, a list or people are needed", p.Type())
			}
		}
	}
	for _, e := range s.Waits {
		c.event(e, env)
	}
	for _, h := range s.Handlers {
		c.event(h.Event, env)
	}
	if s.Call != nil {
		c.route(s.Call.Route)
		c.compile(s.Call.On, env, expr.Options{Want: expr.Type{Kind: expr.Document}})
	}
	c.actions(s.Actions, env)
	if s.Decider == nil {
		for _, o := range s.Outcomes {
			c.actions(o.Actions, env)
		}
	}
}

func (c *checker) field(w Word, known []string, what string) {
	if c.env != nil && !slices.Contains(known, w.Text) {
		c.errorf(R006, w.At, "%s", noField(c.env, w.Text, known, what))
	}
}

// noField says why a name is no field of the card that a person could fill.
func noField(env *expr.Env, name string, known []string, what string) string {
	_, there := env.Lookup(name)
	card, _ := env.Lookup("card")
	inCard := false
	if card.Type.Fields != nil {
		_, inCard = card.Type.Fields.Lookup(name)
	}
	switch {
	case inCard:
		return fmt.Sprintf("field %q is computed; nobody fills it", name)
	case name == "status":
		return "the status is no field of the card; it is given by `set` or by `e1 status`"
	case there:
		return fmt.Sprintf("%q is no field of the card; nobody fills it", name)
	}
	return diag.Unknown(what, name, known)
}

func (c *checker) route(w Word) {
	if w.Text != "" && w.Text != c.r.Name.Text && !slices.Contains(c.ctx.Routes, w.Text) {
		c.errorf(R006, w.At, "%s", diag.Unknown("route", w.Text, c.ctx.Routes))
	}
}

func (c *checker) event(e *Event, env *expr.Env) {
	if e == nil {
		return
	}
	switch e.Kind {
	case EventUntil:
		c.moment(e.Expr, env, "until")
	case EventChanged:
		c.field(e.Name, append(slices.Clone(c.fields), "status"), "field")
		c.condition(e.Expr, env)
	case EventMessage, EventDocument, EventPayment:
		c.arrival(e, env)
	default:
		c.condition(e.Expr, env)
	}
}

func (c *checker) due(d *Due, env *expr.Env) {
	if d == nil {
		return
	}
	for _, e := range d.Exprs {
		c.moment(e, env, "due")
	}
}

// moment checks an expression that gives a duration or a point in time.
func (c *checker) moment(e *Expr, env *expr.Env, what string) {
	p := c.compile(e, env, expr.Options{})
	if p == nil {
		return
	}
	switch p.Type().Kind {
	case expr.DurationKind, expr.DateKind, expr.DateTime:
	default:
		if m := writtenDate().FindStringSubmatch(e.Text); m != nil {
			c.helpf(R067, e.At(), "write date(\""+m[2]+"\")", "%s is %s", what, p.Type())
			return
		}
		c.helpf(R067, e.At(), "write a duration such as \"2wd\", a date field, or \"by hand\"", "%s is %s", what, p.Type())
	}
}

// people checks who is named. A word is a keyword, else a field, else a user.
func (c *checker) people(p *People, env *expr.Env) {
	if p == nil {
		return
	}
	for _, w := range p.Who {
		c.who(w, env)
	}
}

func (c *checker) who(w *Who, env *expr.Env) {
	switch w.Kind {
	case WhoAuthor, WhoStarter:
		c.keyword(w)
	case WhoController:
		if c.r.Controller == nil {
			c.errorf(R007, w.At, "the route has no \"controller\"")
		}
		c.keyword(w)
	case WhoRole:
		if !slices.Contains(c.ctx.Roles, w.Name) {
			c.errorf(R007, w.At, "%s", diag.Unknown("role", w.Name, c.ctx.Roles))
		}
	case WhoDepartment:
		c.department(w)
	case WhoHead:
		c.meanings(w.Of, env)
		if w.Of.Kind == WhoName && !w.Of.IsField(env) && !c.isUser(w.Of.Name) {
			c.department(w.Of)
			return
		}
		c.who(w.Of, env)
	case WhoName:
		if env == nil {
			return
		}
		if w.IsField(env) {
			if c.isUser(w.Name) {
				c.helpf(R007, w.At, "rename one of them", "%q is a field and a user", w.Name)
			}
			p := c.compile(w.Expr, env, expr.Options{})
			if p != nil && p.Type().Kind != expr.UserKind && !listOfUsers(p.Type()) {
				c.errorf(R031, w.At, "%q is %s; a user is needed", w.Name, p.Type())
			}
			return
		}
		c.user(w, env)
	case WhoExpr:
		p := c.compile(w.Expr, env, expr.Options{})
		if p != nil && p.Type().Kind != expr.UserKind && !p.Type().Kind.IsText() && !listOfUsers(p.Type()) {
			c.errorf(R031, w.At, "the expression gives %s; users are needed", p.Type())
		} else if p != nil {
			c.results(w, p.Tree())
		}
	}
}

// keyword reports a keyword that is the name of a field or the id of a user as
// well.
func (c *checker) keyword(w *Who) {
	what := map[WhoKind]string{WhoAuthor: "who registered the document", WhoStarter: "who started the route", WhoController: "the route's controller"}[w.Kind]
	if c.isUser(w.Text) {
		c.helpf(R007, w.At, "give the user another id", "%q is %s and a user", w.Text, what)
	}
	if w.Kind == WhoAuthor || c.base == nil {
		return
	}
	if _, field := c.base.Lookup(w.Text); field {
		c.helpf(R007, w.At, "write \"card."+w.Text+"\" for the field", "%q is %s and a field", w.Text, what)
	}
}

// meanings reports a word behind `head of` that is a department and a user or a
// field as well.
func (c *checker) meanings(w *Who, env *expr.Env) {
	if w.Kind != WhoName || env == nil || !slices.Contains(c.ctx.Departments, w.Name) {
		return
	}
	switch {
	case c.isUser(w.Name):
		c.helpf(R007, w.At, "write \"head of department "+w.Name+"\", or give one of them another id", "%q is a department and a user", w.Name)
	case w.IsField(env):
		c.helpf(R007, w.At, "write \"head of department "+w.Name+"\" or \"head of card."+w.Name+"\"", "%q is a department and a field", w.Name)
	}
}

// results checks the users that an expression names as its result.
func (c *checker) results(w *Who, e *expr.Expr) {
	switch e.Op {
	case expr.If:
		c.results(w, e.Args[1])
		c.results(w, e.Args[2])
	case expr.Coalesce, expr.ListOf:
		for _, a := range e.Args {
			c.results(w, a)
		}
	case expr.Literal:
		id, ok := e.Value.(string)
		if u, is := e.Value.(expr.User); is {
			id, ok = u.ID, true
		}
		if active, known := c.ctx.Users[id]; ok && id != "" && !(known && active) {
			c.noUser(id, w.Expr.Within(e.From, e.To), "")
		}
	}
}

func listOfUsers(t expr.Type) bool {
	return t.Kind == expr.List && t.Elem != nil && (t.Elem.Kind == expr.UserKind || t.Elem.Kind.IsText())
}

// IsField tells whether the word of a WhoName begins with a name of the
// environment.
func (w *Who) IsField(env *expr.Env) bool {
	first, _, _ := strings.Cut(w.Name, ".")
	_, ok := env.Lookup(first)
	return ok
}

func (c *checker) isUser(id string) bool {
	_, ok := c.ctx.Users[id]
	return ok
}

func (c *checker) department(w *Who) {
	if !slices.Contains(c.ctx.Departments, w.Name) {
		c.errorf(R007, w.At, "%s", diag.Unknown("department", w.Name, c.ctx.Departments))
	}
}

// noUser reports a user who is not there or inactive.
func (c *checker) noUser(id string, at diag.Span, help string) {
	if c.isUser(id) {
		c.errorf(R007, at, "user %q is inactive", id)
		return
	}
	c.helpf(R007, at, help, "%s", diag.Unknown("user", id, c.users()))
}

func (c *checker) users() []string {
	var known []string
	for id := range c.ctx.Users {
		known = append(known, id)
	}
	slices.Sort(known)
	return known
}

func (c *checker) user(w *Who, env *expr.Env) {
	active, ok := c.ctx.Users[w.Name]
	switch {
	case !ok:
		known := c.users()
		for _, name := range env.Names() {
			if v, _ := env.Lookup(name); v.Type.Kind == expr.UserKind {
				known = append(known, name)
			}
		}
		help := ""
		if slices.Contains(c.ctx.Roles, w.Name) {
			help = "write \"role " + w.Name + "\""
		} else if slices.Contains(c.ctx.Departments, w.Name) {
			help = "write \"department " + w.Name + "\""
		}
		c.helpf(R007, w.At, help, "%s", diag.Unknown("user or user field", w.Name, append(known, Keywords()...)))
	case !active:
		c.errorf(R007, w.At, "user %q is inactive", w.Name)
	}
}
