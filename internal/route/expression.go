package route

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
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

// writtenDate is a date in an expression, where it is a subtraction.
var writtenDate = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(^|[^"'\d])(\d{4}-\d\d-\d\d)($|[^"'\d])`) })

// meant guesses from an expression of a wrong type what was meant by it.
func (e *Expr) meant(code Code) string {
	if m := writtenDate().FindStringSubmatch(e.Text); m != nil && code == R031 {
		return fmt.Sprintf("a date is written date(%q)", m[2])
	}
	if code == R031 && digits(e.Text) {
		return fmt.Sprintf("a text of digits is written '%q'", e.Text)
	}
	if code == R006 && slices.Contains([]string{"yes", "on", "no", "off", "True", "False"}, e.Text) {
		return "write true or false"
	}
	return ""
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
