package route

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/template"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Context is what a repository offers to a route: names, and the environments
// of its forms.
type Context struct {
	// Env gives the names that expressions over a form's documents may use;
	// nil for a form that does not exist.
	Env func(form string) *expr.Env
	// Names, if given, keeps Env of each form's names, so that a thousand routes
	// share them.
	Names func(form string) *expr.Env
	// Fields gives the fields of a form that may be given a value.
	Fields func(form string) []string
	// Unique gives the fields of a form by which a document can be found.
	Unique func(form string) []string
	Forms  []string
	// Users maps the id of every user to whether they are active.
	Users       map[string]bool
	Departments []string
	Roles       []string
	Calendars   []string
	// Imports gives the names of the imports that letters come through; nil
	// when it does not matter.
	Imports func() []string
	// Template gives a template by its name, nil with the names there are when
	// there is none, and its problems when it is broken. Nil when templates do
	// not matter.
	Template func(name string) (t *template.Template, problems diag.List, known []string)
	// Attachable tells whether templates/ has a file of that name.
	Attachable func(name string) bool
	// Route gives another route of the repository, nil when there is none.
	Route  func(name string) *Route
	Routes []string
}

// Check holds a route against a repository: references, expressions, people,
// and the rules that follow from the route alone. A route with errors here
// must not be started.
func Check(r *Route, ctx Context) diag.List {
	c := &checker{r: r, ctx: ctx, astray: map[*Branch]bool{}}
	for _, s := range r.Steps() {
		if s.Named {
			c.named = append(c.named, s.ID)
		}
	}
	c.top()
	c.flow()
	for _, h := range r.Handlers {
		c.event(h.Event, c.env)
	}
	for _, s := range r.Steps() {
		c.step(s)
	}
	problems := c.problems.Dedup()
	problems.Sort()
	return problems
}

// named gives the names of a form with what every route adds.
func (ctx Context) named(form string, base *expr.Env) *expr.Env {
	if ctx.Names != nil {
		return ctx.Names(form)
	}
	return Env(base)
}

type checker struct {
	r        *Route
	ctx      Context
	base     *expr.Env // of the route's form, which templates read; nil without one
	env      *expr.Env // base with what every route adds
	fields   []string
	named    []string         // ids written in the file
	astray   map[*Branch]bool // regions with jumps that lead nobody knows where
	problems diag.List
}

func (c *checker) errorf(code Code, at diag.Span, format string, args ...any) {
	c.add(code, at, fmt.Sprintf(format, args...), "")
}

func (c *checker) helpf(code Code, at diag.Span, help, format string, args ...any) {
	c.add(code, at, fmt.Sprintf(format, args...), help)
}

func (c *checker) add(code Code, at diag.Span, message, help string, related ...diag.Related) {
	c.problems.Add(diag.Problem{Code: code.Code, Slug: code.Slug, Severity: code.Severity,
		Message: message, At: at, Help: help, Related: related})
}

func (c *checker) top() {
	r := c.r
	if r.For.Text != "" {
		form := r.For.Text
		if c.ctx.Env(form) == nil {
			c.errorf(R006, r.For.At, "%s", diag.Unknown("form", form, c.ctx.Forms))
			form = diag.Nearest(form, c.ctx.Forms) // the rest is held against the one that was meant
		}
		if base := c.ctx.Env(form); base != nil {
			c.base, c.env = base, c.ctx.named(form, base)
			c.fields = c.ctx.Fields(form)
		}
	} else if !r.vague {
		c.env = Env(expr.NewEnv(nil, nil))
	}
	if w := r.Calendar; w.Text != "" && !slices.Contains(c.ctx.Calendars, w.Text) {
		c.errorf(R006, w.At, "%s", diag.Unknown("calendar", w.Text, c.ctx.Calendars))
	}
	for _, s := range r.Starts {
		if (s.On == OnRegistered || s.On == OnChanged) && r.For.Text == "" && !r.vague {
			c.errorf(R002, s.At, "the route starts by itself but says for no form; add \"for\"")
		}
		c.condition(s.If, c.env)
	}
	for _, e := range r.Titled {
		// A route that runs out ends as done, without saying so.
		if ends := append(r.Ends(), "done"); !slices.Contains(ends, e.Name.Text) {
			c.errorf(R022, e.Name.At, "the route never ends so: %s", diag.Unknown("end", e.Name.Text, ends))
		}
	}
	c.people(r.Controller, c.env)
	c.due(r.Due, c.env)
}

// Env gives the names that expressions of a route may use: those of the form;
// starter, the user who started the route; and last, the answer to the last
// task of the route that was finished: last.performer, last.outcome and
// last.comment. A field of one of these names keeps its name.
func Env(base *expr.Env) *expr.Env {
	user := expr.Type{Kind: expr.UserKind, Nullable: true}
	text := expr.Type{Kind: expr.Text, Nullable: true}
	answer := expr.NewRecord([]expr.Var{{Name: "performer", Type: user}, {Name: "outcome", Type: text}, {Name: "comment", Type: text}}, nil)
	var add []expr.Var
	for _, v := range []expr.Var{{Name: "starter", Type: user}, {Name: "last", Type: expr.Type{Kind: expr.Record, Fields: answer}}} {
		if _, taken := base.Lookup(v.Name); !taken {
			add = append(add, v)
		}
	}
	return base.With(add...)
}

// JoinEnv gives the names that the condition of a join may use besides those
// of its step: arrived and started, numbers of branches, and answers, the
// outcomes given so far.
func JoinEnv(env *expr.Env) *expr.Env {
	count, text := expr.Type{Kind: expr.Int}, expr.Type{Kind: expr.Text}
	return env.With(expr.Var{Name: "arrived", Type: count}, expr.Var{Name: "started", Type: count},
		expr.Var{Name: "answers", Type: expr.Type{Kind: expr.List, Elem: &text}})
}

// EnvAt gives the names that expressions of a step may use: those of the
// route, and the items of every `each` around the step. An item is of any type
// while the expression of its `each` cannot be compiled.
func EnvAt(s *Step, base *expr.Env) *expr.Env {
	if s.Parent == nil {
		return base
	}
	owner := s.Parent.Owner
	if h := s.Parent.Handler; h != nil {
		owner = h.Block
	}
	if owner == nil {
		return base
	}
	env := EnvAt(owner, base)
	if owner.Verb != Each {
		return env
	}
	item := expr.Type{Kind: expr.UserKind}
	if owner.Over.Expr != nil {
		program, _ := owner.Over.Expr.Compile(env, expr.Options{})
		t := expr.Type{Kind: expr.Any} // of what cannot be read nobody knows
		if program != nil {
			t = program.Type()
		}
		switch {
		case t.Kind == expr.Any:
			item = t
		case t.Kind == expr.Table:
			item = expr.Type{Kind: expr.Record, Fields: t.Fields}
		case t.Kind == expr.List && t.Elem != nil:
			item = *t.Elem
		}
	}
	return env.With(expr.Var{Name: owner.Over.As, Type: item})
}

// Compile compiles the expression; problems have their places in the file.
func (e *Expr) Compile(env *expr.Env, opt expr.Options) (*expr.Program, diag.List) {
	if e.broken {
		return nil, nil
	}
	program, issues := expr.Compile(e.Text, env, opt)
	if program != nil {
		e.compiled.Store(program)
	}
	var problems diag.List
	if len(issues) > 0 {
		e.correct(issues, env, opt)
	}
	for _, issue := range issues {
		code := R030
		switch issue.Slug {
		case "unknown":
			code = R006
		case "type":
			code = R031
		case "clock":
			code = R040
		case "cost":
			code = R041
		case "value":
			code = R037
		}
		problems.Add(diag.Problem{Code: code.Code, Slug: code.Slug, Severity: code.Severity,
			Message: issue.Message, At: e.Within(issue.From, issue.To), Help: cmp.Or(e.meant(code), issue.Help)})
	}
	if program != nil {
		for _, f := range program.Former() {
			problems.Add(yamlsrc.Former(e.Within(f.From, f.To), f.Was, f.Now))
		}
	}
	return program, problems
}

func (c *checker) compile(e *Expr, env *expr.Env, opt expr.Options) *expr.Program {
	if e == nil || env == nil {
		return nil
	}
	program, problems := e.Compile(env, opt)
	c.problems = append(c.problems, problems...)
	if program != nil {
		c.losesHalf(e, env, opt)
	}
	return program
}

// condition compiles a condition. The clock is refused: the way of a document
// must not depend on the moment somebody asks.
func (c *checker) condition(e *Expr, env *expr.Env) {
	c.compile(e, env, expr.Options{Want: expr.Type{Kind: expr.Bool}, NoClock: true})
}
