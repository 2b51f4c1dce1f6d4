package route

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Auto-processing rules have the same actions, conditions and events as
// routes; what follows reads and checks them outside of a route.

// ParseActions reads a list of actions.
func ParseActions(f *yamlsrc.File, n *yamlsrc.Node) ([]*Action, diag.List) {
	p := &parser{file: f, route: &Route{File: f}}
	p.cuts(n)
	return p.actions(n), withoutEchoes(p.problems)
}

// ParseExpr reads an expression; what names its place in messages.
func ParseExpr(f *yamlsrc.File, n *yamlsrc.Node, what string) (*Expr, diag.List) {
	p := &parser{file: f, route: &Route{File: f}}
	return p.expr(n, what), p.problems
}

// Judge checks actions and events of a form outside of a route.
type Judge struct{ c *checker }

// NewJudge begins a check; extra is the environment of the event, nil for that
// of the form alone.
func NewJudge(form string, ctx Context) *Judge {
	c := &checker{r: &Route{For: Word{Text: form}}, ctx: ctx, astray: map[*Branch]bool{}}
	if c.base = ctx.Env(form); c.base != nil {
		c.env, c.fields = Env(c.base), ctx.Fields(form)
	}
	return &Judge{c}
}

// Env gives the names that expressions may use; nil for an unknown form.
func (j *Judge) Env() *expr.Env { return j.c.env }

// Event checks what an event is for, without its filter, and gives the names
// that conditions and actions may use.
func (j *Judge) Event(e *Event) *expr.Env {
	j.c.event(e, j.c.env)
	if j.c.env == nil {
		return nil
	}
	return ArrivalEnv(e, j.c.env)
}

// Field checks that a name is a field of the form, or "status".
func (j *Judge) Field(w Word) { j.c.event(&Event{Kind: EventChanged, Name: w}, j.c.env) }

// Condition checks a condition.
func (j *Judge) Condition(e *Expr, env *expr.Env) { j.c.condition(e, env) }

// Actions checks actions.
func (j *Judge) Actions(list []*Action, env *expr.Env) { j.c.actions(list, env) }

// Problems gives what was found.
func (j *Judge) Problems() diag.List { return j.c.problems }

// Compiled is an expression of another definition, so that what judges those of
// routes can judge it: its text stands behind from code points of the node's.
func Compiled(f *yamlsrc.File, n *yamlsrc.Node, from int, p *expr.Program) *Expr {
	e := &Expr{Text: p.Source(), file: f, node: n, base: from}
	e.compiled.Store(p)
	return e
}

// Doing is a route of one step that carries out actions, for what judges
// routes to judge actions that stand elsewhere.
func Doing(f *yamlsrc.File, form Word, cond *Expr, actions []*Action) *Route {
	body := &Branch{}
	step := &Step{Verb: Do, ID: "do.1", If: cond, Actions: actions, Parent: body}
	body.Steps = []*Step{step}
	return &Route{File: f, For: form, Body: body, steps: map[string]*Step{step.ID: step}, order: body.Steps}
}
