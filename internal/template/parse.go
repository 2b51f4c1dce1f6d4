package template

import (
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// node is a piece of a part.
type node interface{}

// literal is text that stays as it is.
type literal string

// value is a placeholder. A text behind a last ?? stands for an empty value of
// any type.
type value struct {
	*expression
	fallback *string
}

// branch is `if … else if … else … end`.
type branch struct {
	conds []*expression // the last may be nil: else
	then  [][]node
}

// loop is `each … as … end`.
type loop struct {
	over *expression
	as   string
	body []node
}

// expression is an expression with its place in the source.
type expression struct {
	text   string
	source *source
	offset int // of text in the source, in bytes
}

// at gives the place of code points [from, to) of the expression.
func (e *expression) at(from, to int) diag.Span {
	return e.source.span(e.offset+byteOf(e.text, from), e.offset+byteOf(e.text, to))
}

func (e *expression) whole() diag.Span {
	return e.source.span(e.offset, e.offset+len(e.text))
}

// byteOf gives the byte at which a code point begins.
func byteOf(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}

// tag is one placeholder of a source.
type tag struct {
	from, to int // with the braces
	verb     string
	expr     *expression // of a value, if, else if, each
	as       string
}

// parsePart reads a text with placeholders.
func parsePart(s *source, problems *diag.List) *part {
	p := &parser{source: s, problems: problems, tags: tagsOf(s, problems)}
	nodes := p.block(nil)
	return &part{source: s, nodes: nodes}
}

// tagsOf finds the placeholders. A brace inside quotes of an expression does
// not end it.
func tagsOf(s *source, problems *diag.List) []*tag {
	var out []*tag
	for i := 0; ; {
		start := strings.Index(s.text[i:], "{{")
		if start < 0 {
			return out
		}
		start += i
		end := closing(s.text, start+2)
		if end < 0 {
			report(problems, badTag, s.span(start, start+2), "end it with }}", "the placeholder is not closed")
			return out
		}
		if t := readTag(s, start, end, problems); t != nil {
			out = append(out, t)
		}
		i = end
	}
}

// closing gives the offset behind the "}}" that ends a placeholder. A remark is
// a text of people, in which an apostrophe quotes nothing.
func closing(text string, i int) int {
	if strings.HasPrefix(strings.TrimLeft(text[i:], " \t\n\r"), "#") {
		if end := strings.Index(text[i:], "}}"); end >= 0 {
			return i + end + 2
		}
		return -1
	}
	quote := byte(0)
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"', c == '\'', c == '`':
			quote = c
		case c == '{' && strings.HasPrefix(text[i:], "{{"):
			return -1
		case c == '}' && strings.HasPrefix(text[i:], "}}"):
			return i + 2
		}
	}
	return -1
}

func readTag(s *source, start, end int, problems *diag.List) *tag {
	from, to := start+2, end-2
	for from < to && isSpace(s.text[from]) {
		from++
	}
	for to > from && isSpace(s.text[to-1]) {
		to--
	}
	t := &tag{from: start, to: end}
	text := s.text[from:to]
	word, rest, _ := strings.Cut(text, " ")
	inner := strings.TrimLeft(rest, " \t\n")
	innerAt := to - len(inner)
	switch {
	case text == "":
		report(problems, badTag, s.span(start, end), "", "the placeholder is empty")
		return nil
	case text[0] == '#':
		t.verb = "#"
	case text == "end", text == "else":
		t.verb = text
	case word == "if":
		t.verb, t.expr = "if", &expression{inner, s, innerAt}
	case word == "else" && strings.HasPrefix(inner, "if "):
		cond := strings.TrimLeft(inner[3:], " \t\n")
		t.verb, t.expr = "else if", &expression{cond, s, to - len(cond)}
	case word == "each":
		t.verb, t.as = "each", "item"
		if i := strings.LastIndex(inner, " as "); i >= 0 {
			t.as = strings.TrimSpace(inner[i+4:])
			inner = strings.TrimRight(inner[:i], " \t")
		}
		if !identifier(t.as) {
			report(problems, badTag, s.span(start, end), "", "%q is no name; write \"each lines as line\"", t.as)
		}
		t.expr = &expression{inner, s, innerAt}
	default:
		t.expr = &expression{text, s, from}
	}
	if t.expr != nil && t.expr.text == "" {
		report(problems, badTag, s.span(start, end), "", "%q has no expression", t.verb)
		return nil
	}
	return t
}

// value splits a text behind the last ?? off the expression.
func (t *tag) value() value {
	text := t.expr.text
	i := strings.LastIndex(text, "??")
	if i < 0 {
		return value{expression: t.expr}
	}
	quoted := strings.TrimSpace(text[i+2:])
	if n := len(quoted); n < 2 || quoted[0] != '"' && quoted[0] != '\'' || quoted[n-1] != quoted[0] || strings.ContainsAny(quoted[1:n-1], "\\"+quoted[:1]) {
		return value{expression: t.expr}
	}
	fallback := quoted[1 : len(quoted)-1]
	rest := strings.TrimRight(text[:i], " \t\n")
	if rest == "" {
		return value{expression: t.expr}
	}
	return value{expression: &expression{rest, t.expr.source, t.expr.offset}, fallback: &fallback}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

func identifier(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}

// parser builds the tree of a part.
type parser struct {
	source   *source
	problems *diag.List
	tags     []*tag
	next     int
	offset   int
}

// block reads up to the tag that ends the block of open, or the end.
func (p *parser) block(open *tag) []node {
	var nodes []node
	for p.next < len(p.tags) {
		t := p.tags[p.next]
		from, to := t.from, t.to
		if t.verb != "" && p.source.trim {
			from, to = p.line(t)
		}
		if from > p.offset {
			nodes = append(nodes, literal(p.source.text[p.offset:from]))
		}
		p.offset = max(p.offset, to)
		switch t.verb {
		case "":
			p.next++
			nodes = append(nodes, t.value())
		case "#":
			p.next++
		case "if":
			p.next++
			nodes = append(nodes, p.branch(t))
		case "each":
			p.next++
			nodes = append(nodes, &loop{over: t.expr, as: t.as, body: p.block(t)})
			p.end(t)
		default: // end, else, else if
			if open != nil && (t.verb == "end" || open.verb == "if") {
				return nodes
			}
			report(p.problems, badBlock, p.source.span(t.from, t.to), "", "%q belongs to no block", t.verb)
			p.next++
		}
	}
	if open == nil && p.offset < len(p.source.text) {
		nodes = append(nodes, literal(p.source.text[p.offset:]))
		p.offset = len(p.source.text)
	}
	return nodes
}

func (p *parser) branch(open *tag) *branch {
	b := &branch{conds: []*expression{open.expr}}
	closed := false
	for {
		b.then = append(b.then, p.block(open))
		if p.next >= len(p.tags) {
			break
		}
		t := p.tags[p.next]
		if t.verb == "end" {
			break
		}
		if closed {
			report(p.problems, badBlock, p.source.span(t.from, t.to), "", "%q stands behind \"else\"", t.verb)
		}
		p.next++
		closed = t.verb == "else"
		b.conds = append(b.conds, t.expr)
	}
	p.end(open)
	return b
}

// end takes the tag that ends a block.
func (p *parser) end(open *tag) {
	if p.next < len(p.tags) && p.tags[p.next].verb == "end" {
		p.next++
		return
	}
	report(p.problems, badBlock, p.source.span(open.from, open.to), "add {{ end }}", "%q has no \"end\"", open.verb)
}

// line widens a tag to its whole line when nothing else stands there.
func (p *parser) line(t *tag) (from, to int) {
	text := p.source.text
	from, to = t.from, t.to
	for from > p.offset && (text[from-1] == ' ' || text[from-1] == '\t') {
		from--
	}
	for to < len(text) && (text[to] == ' ' || text[to] == '\t') {
		to++
	}
	if (from > 0 && text[from-1] != '\n') || (to < len(text) && text[to] != '\n') {
		return t.from, t.to
	}
	return from, min(to+1, len(text))
}
