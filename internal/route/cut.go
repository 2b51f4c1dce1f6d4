package route

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// cuts reports texts that YAML has cut at a comma because they stand in braces
// or brackets without quotes: {if: max(a, b) > 3} has a key `b) > 3`.
func (p *parser) cuts(n *yamlsrc.Node) {
	for i, pair := range n.Pairs {
		p.cuts(pair.Value)
		if n.Style != yamlsrc.Flow || pair.Value.Kind != yamlsrc.Scalar || pair.Value.Style != yamlsrc.Plain {
			continue
		}
		var rest []*yamlsrc.Node
		for _, next := range n.Pairs[i+1:] {
			if next.Value.Kind != yamlsrc.Scalar || next.Value.Value != "" || next.Value.Style != yamlsrc.Plain && next.Value.Style != yamlsrc.Auto {
				break
			}
			rest = append(rest, next.Key)
		}
		p.cut(pair.Value, rest)
	}
	skip := 0
	for i, item := range n.Items {
		p.cuts(item)
		if skip > 0 {
			skip--
			continue
		}
		if n.Style == yamlsrc.Flow && item.Kind == yamlsrc.Scalar && item.Style == yamlsrc.Plain {
			rest := n.Items[i+1:]
			for j, next := range rest {
				if next.Kind != yamlsrc.Scalar || next.Style != yamlsrc.Plain {
					rest = rest[:j]
					break
				}
			}
			if len(item.Value) > 0 && !digits(item.Value) {
				skip = p.cut(item, rest)
			}
		}
	}
}

// cut joins a text with as many of the pieces behind it as close its brackets
// and quotes, and says how many these were.
func (p *parser) cut(n *yamlsrc.Node, rest []*yamlsrc.Node) int {
	if len(rest) == 0 {
		return 0
	}
	if digits(n.Value) && digits(rest[0].Value) {
		p.cutAt(n, rest[:1], "write the number with a point: "+n.Value+"."+rest[0].Value)
		return 1
	}
	if closed(n.Value) {
		return 0
	}
	text := n.Value
	for i, piece := range rest {
		if text += ", " + piece.Value; closed(text) {
			p.cutAt(n, rest[:i+1], "put it in quotes: "+quoted(text))
			return i + 1
		}
	}
	return 0
}

func (p *parser) cutAt(from *yamlsrc.Node, pieces []*yamlsrc.Node, help string) {
	at := p.file.Span(from)
	at.End = p.file.Span(pieces[len(pieces)-1]).End
	for _, n := range append([]*yamlsrc.Node{from}, pieces...) {
		p.cutOff(n)
	}
	p.problems.Add(diag.Problem{Code: R009.Code, Slug: R009.Slug, Severity: R009.Severity, At: at, Help: help,
		Message: "YAML ends this at the comma, since it stands in braces or brackets"})
}

// commentCut reports an expression of which YAML takes the end for a comment.
func (p *parser) commentCut(n *yamlsrc.Node) {
	if n.Style != yamlsrc.Plain || closed(n.Value) && !unfinished(n.Value) {
		return
	}
	rest := p.file.Behind(n)
	if comment := strings.TrimLeft(rest, " \t"); comment == rest || !strings.HasPrefix(comment, "#") {
		return
	}
	at := p.file.Span(n)
	at.End.Column += len([]rune(rest))
	p.cutOff(n)
	p.problems.Add(diag.Problem{Code: R009.Code, Slug: R009.Slug, Severity: R009.Severity, At: at,
		Message: "YAML takes this from \" #\" on for a comment", Help: "put it in quotes: " + quoted(n.Value+rest)})
}

// cutOff notes a text that YAML has cut, or a piece of one.
func (p *parser) cutOff(n *yamlsrc.Node) {
	if p.cutNodes == nil {
		p.cutNodes = map[*yamlsrc.Node]bool{}
	}
	p.cutNodes[n] = true
}

// losesHalf warns of a comment that reads on like the expression before it: both
// together would be one as well.
func (c *checker) losesHalf(e *Expr, env *expr.Env, opt expr.Options) {
	if e.node == nil || e.node.Style != yamlsrc.Plain || e.base > 0 || e.Text != e.node.Value {
		return
	}
	rest := e.file.Behind(e.node)
	comment, ok := strings.CutPrefix(strings.TrimLeft(rest, " \t"), "#")
	if comment = strings.TrimSpace(comment); !ok || rest[0] == '#' || !operator(comment) {
		return
	}
	if _, issues := expr.Compile(e.Text+" "+comment, env, opt); len(issues) > 0 {
		return
	}
	at := e.At()
	at.Start, at.End.Column = at.End, at.End.Column+len([]rune(rest))
	at.Start.Column += strings.IndexByte(rest, '#')
	c.problems.Add(diag.Problem{Code: R009.Code, Slug: R009.Slug, Severity: diag.Warning, At: at,
		Message: "YAML takes this for a comment, though it would go on with the expression", Help: "put the whole in quotes: " + quoted(e.Text+" "+comment) + ", or begin the comment with another word"})
}

// operator tells whether a text begins with what joins two expressions.
func operator(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	return slices.Contains(operators, word)
}

// quoted writes a text in quotes, single ones when it has double ones.
func quoted(text string) string {
	if strings.Contains(text, `"`) {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return fmt.Sprintf("%q", text)
}

// closed tells whether every bracket and quote of a text is closed.
func closed(text string) bool {
	depth := 0
	quote := rune(0)
	for _, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"', r == '\'':
			quote = r
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			depth--
		}
	}
	return depth <= 0 && quote == 0
}

// unfinished tells whether an expression ends with an operator.
func unfinished(text string) bool {
	words := strings.Fields(text)
	return len(words) > 0 && slices.Contains(operators, words[len(words)-1])
}

// operators are the words and signs behind which an expression goes on.
var operators = []string{"and", "or", "not", "in", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "??", "?", ":", "contains", "startsWith", "endsWith", "matches"}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// withoutEchoes drops what else is wrong with a text that was cut: it is the
// same fault once more.
func withoutEchoes(problems diag.List) diag.List {
	var cuts []diag.Span
	for _, problem := range problems {
		if problem.Code == R009.Code {
			cuts = append(cuts, problem.At)
		}
	}
	if len(cuts) == 0 {
		return problems
	}
	return slices.DeleteFunc(problems, func(problem diag.Problem) bool {
		return problem.Code != R009.Code && slices.ContainsFunc(cuts, func(at diag.Span) bool {
			return !before(problem.At.Start, at.Start) && !before(at.End, problem.At.Start)
		})
	})
}

func before(a, b diag.Pos) bool { return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column }
