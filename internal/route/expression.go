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
	// broken tells that it could not be read, which is reported: that there is
	// one is all that is known.
	broken bool

	compiled atomic.Pointer[expr.Program]
	better   atomic.Pointer[expr.Program]

	file *yamlsrc.File
	node *yamlsrc.Node
	base int // code points of the node's value before Text
}

func (p *parser) newExpr(n *yamlsrc.Node) *Expr {
	return &Expr{Text: n.Value, file: p.file, node: n, broken: p.cutNodes[n]}
}

// part gives the expression that starts after so many code points of e.
func (e *Expr) part(from int, text string) *Expr {
	return &Expr{Text: text, file: e.file, node: e.node, base: e.base + from, broken: e.broken}
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

// Meant is Program, or what the expression would be compiled to with its
// misspelt names put right; nil when that is not known. Its places are not those
// of the text.
func (e *Expr) Meant() *expr.Program {
	if p := e.Program(); p != nil || e == nil {
		return p
	}
	return e.better.Load()
}

// correct compiles the expression with the names put right of which issues know
// what was meant.
func (e *Expr) correct(issues []expr.Issue, env *expr.Env, opt expr.Options) {
	text := []rune(e.Text)
	for i := len(issues) - 1; i >= 0; i-- {
		issue := issues[i]
		if issue.Meant == "" || issue.From >= issue.To || issue.To > len(text) {
			return
		}
		text = slices.Concat(text[:issue.From], []rune(issue.Meant), text[issue.To:])
	}
	if p, _ := expr.Compile(string(text), env, opt); p != nil {
		e.better.Store(p)
	}
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
