package route

import (
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Expr is an expression as written, with its place. It is compiled where it is
// used, because its environment depends on the form.
type Expr struct {
	Text string

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
