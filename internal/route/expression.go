package route

import (
	"sync/atomic"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Expr is an expression as written, with its place. It is compiled where it is
// used, because its environment depends on the form.
type Expr struct {
	Text string

	compiled atomic.Pointer[expr.Program]

	file *yamlsrc.File
	node *yamlsrc.Node
	base int // code points of the node's value before Text
}

func newExpr(file *yamlsrc.File, n *yamlsrc.Node) *Expr {
	return &Expr{Text: n.Value, file: file, node: n}
}

// part gives the expression that starts after so many code points of e.
func (e *Expr) part(from int, text string) *Expr {
	return &Expr{Text: text, file: e.file, node: e.node, base: e.base + from}
}

// Program gives what the expression was compiled to last, with the environment
// and the wishes of that place; nil when it never was or is wrong. After Check
// it is there for every expression of a route without errors.
func (e *Expr) Program() *expr.Program {
	if e == nil {
		return nil
	}
	return e.compiled.Load()
}

// At gives the place of the whole expression.
func (e *Expr) At() diag.Span {
	if e.base == 0 && e.Text == e.node.Value {
		return e.file.Span(e.node)
	}
	return e.Within(0, utf8.RuneCountInString(e.Text))
}

// Within gives the place of the code points [from, to) of the expression,
// wherever YAML's quotes and folds have put them.
func (e *Expr) Within(from, to int) diag.Span {
	return e.file.SpanAt(e.node, e.base+from, e.base+to)
}
