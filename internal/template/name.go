package template

import (
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

// Pattern is the name of a file with expressions in single braces:
// "{number}.docx".
type Pattern struct{ part *part }

// ParsePattern reads a pattern. at gives the place of code points [from, to)
// of its text.
func ParsePattern(text string, at func(from, to int) diag.Span) (*Pattern, diag.List) {
	var problems diag.List
	s := &source{text: text}
	s.at = func(offset int) diag.Pos {
		n := len([]rune(text[:offset]))
		return at(n, n).Start
	}
	s.file = at(0, 0).File
	p := &part{source: s}
	for i := 0; i < len(text); {
		open := strings.IndexByte(text[i:], '{')
		if open < 0 {
			p.nodes = append(p.nodes, literal(text[i:]))
			break
		}
		open += i
		if open > i {
			p.nodes = append(p.nodes, literal(text[i:open]))
		}
		end := strings.IndexByte(text[open:], '}')
		if end < 0 {
			report(&problems, badTag, s.span(open, open+1), "write \"{number}.docx\"", "the brace is not closed")
			break
		}
		end += open
		if inner := strings.TrimSpace(text[open+1 : end]); inner == "" {
			report(&problems, badTag, s.span(open, end+1), "", "the braces are empty")
		} else {
			p.nodes = append(p.nodes, value{expression: &expression{inner, s, strings.Index(text[open:], inner) + open}})
		}
		i = end + 1
	}
	if problems.HasErrors() {
		return nil, problems
	}
	return &Pattern{p}, nil
}

// Check holds the pattern against the names it may use.
func (p *Pattern) Check(env *expr.Env) diag.List {
	c := &checker{}
	c.nodes(p.part.nodes, Env(env), nil)
	return c.problems
}

// Render gives the name.
func (p *Pattern) Render(env *expr.Env, scope expr.Scope, language string) (string, error) {
	w := &writer{env: Env(env), values: &values{Scope: scope, language: language}, escape: func(s string) string { return s }}
	return w.text(p.part)
}
