package form

import (
	"fmt"
	"sync"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Expression is an expression of a definition, with its place. It is compiled when it is first needed, since most
// commands need few of them; [Set.Verify] compiles all.
type Expression struct {
	Source string

	file *yamlsrc.File
	node *yamlsrc.Node
	env  func() *expr.Env // set by Link
	want expr.Type
	opt  expr.Options

	once     sync.Once
	program  *expr.Program
	problems diag.List
}

// Program compiles the expression. The error is a *diag.ListError with every issue at its place.
func (e *Expression) Program() (*expr.Program, error) {
	e.once.Do(e.compile)
	if e.program == nil {
		if err := e.problems.Err(); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("the expression %q is not linked", e.Source)
	}
	return e.program, nil
}

// Span is the place of the expression.
func (e *Expression) Span() diag.Span { return e.file.Span(e.node) }

func (e *Expression) compile() {
	if e.env == nil {
		return
	}
	opt := e.opt
	opt.Want = e.want
	p, issues := expr.Compile(e.Source, e.env(), opt)
	for _, is := range issues {
		e.problems.Add(diag.Problem{
			Code: badExpression.Code, Slug: badExpression.Slug, Message: is.Message, Help: is.Help,
			At: e.file.SpanAt(e.node, is.From, is.To),
		})
	}
	if e.program = p; p == nil {
		return
	}
	for _, f := range p.Former() {
		e.problems.Add(yamlsrc.Former(e.file.SpanAt(e.node, f.From, f.To), f.Was, f.Now))
	}
}

func (e *Expression) link(env func() *expr.Env, want expr.Type) {
	if e != nil {
		e.env, e.want = env, want
	}
}

// holds evaluates a condition; a nil expression is false.
func (e *Expression) holds(scope expr.Scope) (bool, error) {
	if e == nil {
		return false, nil
	}
	p, err := e.Program()
	if err != nil {
		return false, err
	}
	return p.True(scope)
}

// value evaluates the expression; a nil expression is empty.
func (e *Expression) value(scope expr.Scope) (expr.Value, error) {
	if e == nil {
		return nil, nil
	}
	p, err := e.Program()
	if err != nil {
		return nil, err
	}
	return p.Eval(scope)
}

// Place is the file and the scalar that hold the expression.
func (e *Expression) Place() (*yamlsrc.File, *yamlsrc.Node) { return e.file, e.node }
