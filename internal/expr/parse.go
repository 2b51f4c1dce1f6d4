package expr

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"
	"github.com/shopspring/decimal"
)

// parsed is a source with the library's tree, the literals cut out of it and the tokens for exact places.
type parsed struct {
	src      []rune
	root     ast.Node
	literals map[int]literal // by code point where they begin
	tokens   []lexer.Token
	byStart  map[int]int // index of the token that begins at a code point
	// renamed holds the functions that were masked as "map" because the library parses a body with a
	// leading dot only for its own names: min(lines, .price).
	renamed map[int]string
}

type literal struct {
	value Value
	kind  Kind
}

// parse reads a source. It fails with exactly one issue, since the library stops at the first one.
func parse(src string) (*parsed, *Issue) {
	if !utf8.ValidString(src) {
		return nil, &Issue{Slug: "syntax", Message: "the expression is not valid UTF-8"}
	}
	if n := utf8.RuneCountInString(src); n > MaxSource {
		return nil, &Issue{To: n, Slug: "cost",
			Message: fmt.Sprintf("the expression has %d characters, at most %d are allowed", n, MaxSource)}
	}
	p := &parsed{src: []rune(src), literals: map[int]literal{}, renamed: map[int]string{}}
	if strings.TrimSpace(src) == "" {
		return nil, &Issue{To: len(p.src), Slug: "syntax", Message: "the expression is empty"}
	}
	masked, issue := p.mask()
	if issue != nil {
		return nil, issue
	}
	var err error
	if p.tokens, err = lexer.Lex(file.NewSource(string(masked))); err != nil {
		return nil, p.syntaxIssue(err)
	}
	p.byStart = make(map[int]int, len(p.tokens))
	for i, t := range p.tokens {
		p.byStart[t.From] = i
		if p.extremeOverRows(i) {
			p.renamed[t.From] = t.Value
			copy(masked[t.From:t.To], []rune("map"))
		}
	}
	tree, err := parseLibrary(string(masked))
	if err != nil {
		return nil, p.syntaxIssue(err)
	}
	p.root = tree.Node
	return p, nil
}

// extremeOverRows reports whether token i begins a call like min(lines, .price): two arguments, the second
// one with a leading dot.
func (p *parsed) extremeOverRows(i int) bool {
	t := p.tokens[i]
	if t.Kind != lexer.Identifier || t.Value != "min" && t.Value != "max" ||
		i+1 >= len(p.tokens) || !p.tokens[i+1].Is(lexer.Bracket, "(") {
		return false
	}
	depth, commas, dot := 0, 0, false
	for j := i + 1; j < len(p.tokens); j++ {
		switch u := p.tokens[j]; {
		case u.Kind == lexer.Bracket && strings.Contains("([{", u.Value):
			depth++
		case u.Kind == lexer.Bracket:
			if depth--; depth == 0 {
				return commas == 1 && dot
			}
		case u.Is(lexer.Operator, ",") && depth == 1:
			commas++
		case u.Is(lexer.Operator, ".", "#") && depth == 1 && commas == 1:
			before := p.tokens[j-1]
			dot = dot || before.Kind == lexer.Operator || before.Is(lexer.Bracket, "(", "[", "{")
		}
	}
	return false
}

// parseLibrary turns a panic of the library into an error: its input is a user's text.
func parseLibrary(src string) (tree *parser.Tree, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the expression cannot be parsed")
		}
	}()
	return parser.Parse(src)
}

// mask replaces every number and duration outside texts and comments by an identifier of the same length
// and remembers its exact value.
func (p *parsed) mask() ([]rune, *Issue) {
	out := append([]rune(nil), p.src...)
	for i := 0; i < len(p.src); {
		r := p.src[i]
		switch {
		case r == '"' || r == '\'' || r == '`':
			i = p.skipText(i)
		case r == '/' && i+1 < len(p.src) && p.src[i+1] == '/':
			for i < len(p.src) && p.src[i] != '\n' {
				i++
			}
		case r == '/' && i+1 < len(p.src) && p.src[i+1] == '*':
			i += 2
			for i < len(p.src) && !(p.src[i-1] == '*' && p.src[i] == '/' && i > 2) {
				i++
			}
			i++
		case isWord(r) && !isDigit(r):
			for i < len(p.src) && isWord(p.src[i]) {
				i++
			}
		case isDigit(r):
			end := i
			for end < len(p.src) && (isWord(p.src[end]) || p.decimalPoint(end)) {
				end++
			}
			lit, issue := readLiteral(string(p.src[i:end]), i)
			if issue != nil {
				return nil, issue
			}
			p.literals[i] = lit
			for ; i < end; i++ {
				out[i] = '_'
			}
		default:
			i++
		}
	}
	return out, nil
}

// decimalPoint reports whether the code point at i is a point between two digits.
func (p *parsed) decimalPoint(i int) bool {
	return p.src[i] == '.' && i > 0 && isDigit(p.src[i-1]) && i+1 < len(p.src) && isDigit(p.src[i+1])
}

func (p *parsed) skipText(i int) int {
	quote := p.src[i]
	for i++; i < len(p.src); i++ {
		switch {
		case p.src[i] == '\\' && quote != '`':
			i++
		case p.src[i] == quote:
			return i + 1
		}
	}
	return i
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isWord(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// maxDigits bounds the digits of a number, written or computed.
const maxDigits = 60

func readLiteral(text string, at int) (literal, *Issue) {
	bad := func(message, help string) (literal, *Issue) {
		return literal{}, &Issue{From: at, To: at + utf8.RuneCountInString(text), Slug: "syntax",
			Message: message, Help: help}
	}
	plain := strings.ReplaceAll(text, "_", "")
	if strings.Trim(plain, "0123456789.") == "" {
		if strings.HasSuffix(text, "_") || strings.Contains(text, "__") || strings.Contains(text, "_.") || strings.Contains(text, "._") {
			return bad(fmt.Sprintf("%q is no number", text), "an underscore separates two digits")
		}
		if len(plain) > maxDigits {
			return bad(fmt.Sprintf("a number has at most %d digits", maxDigits), "")
		}
		d, err := decimal.NewFromString(plain)
		if err != nil {
			return bad(fmt.Sprintf("%q is no number", text), "")
		}
		if !strings.Contains(plain, ".") && d.IsInteger() && d.BigInt().IsInt64() {
			return literal{value: d.IntPart(), kind: Int}, nil
		}
		return literal{value: d, kind: Decimal}, nil
	}
	if d, err := parseDuration(text); err == nil {
		return literal{value: d, kind: DurationKind}, nil
	}
	return bad(fmt.Sprintf("%q is neither a number nor a duration", text),
		"durations are written 2wd, 4wh, 3d, 36h, 30m; a text goes in quotes")
}

// syntaxIssue words an error of the library in our own terms, with the place in the original source.
func (p *parsed) syntaxIssue(err error) *Issue {
	var e *file.Error
	if !errors.As(err, &e) {
		return &Issue{To: len(p.src), Slug: "syntax", Message: err.Error()}
	}
	from, to := p.clamp(e.From, e.To)
	if is := p.strayDot(e.From); is != nil {
		return is
	}
	is := &Issue{From: from, To: to, Slug: "syntax"}
	switch found := strings.TrimSpace(string(p.src[from:to])); {
	case strings.Contains(e.Message, "exceeds maximum"):
		is.Slug, is.Message = "cost", "the expression is too large"
	case strings.Contains(e.Message, "cannot be mixed"):
		is.Message, is.Help = "?? cannot be mixed with other operators", "put parentheses around (x ?? y)"
	case strings.Contains(e.Message, "not terminated"):
		is.Message = "a text is not closed"
	case strings.Contains(e.Message, "unexpected token EOF"), strings.Contains(e.Message, "unexpected end"):
		is.Message = "the expression ends too early"
	case found == "=":
		is.Message, is.Help = `"=" compares nothing`, "write =="
	case strings.HasPrefix(e.Message, "unexpected token"):
		is.Message = fmt.Sprintf("unexpected %q", found)
	case strings.HasPrefix(e.Message, "unrecognized character"):
		is.Message = fmt.Sprintf("unexpected character %q", found)
	default:
		is.Message = strings.ToLower(e.Message[:1]) + e.Message[1:]
	}
	return is
}

// strayDot explains a leading dot in a function that goes over no rows: often the function's name is misspelt.
func (p *parsed) strayDot(at int) *Issue {
	i, ok := p.byStart[at]
	if !ok || !p.tokens[i].Is(lexer.Operator, ".", "#") {
		return nil
	}
	for depth := 0; i > 0; i-- {
		t := p.tokens[i]
		if t.Kind != lexer.Bracket {
			continue
		}
		if !strings.Contains("([{", t.Value) {
			depth++
			continue
		}
		if depth--; depth >= 0 {
			continue
		}
		name := p.tokens[i-1]
		if t.Value != "(" || name.Kind != lexer.Identifier || p.literals[name.From].value != nil {
			return nil
		}
		if functions[name.Value] == nil {
			return &Issue{From: name.From, To: name.To, Slug: "unknown", Help: nearest(name.Value, functionNames()),
				Message: fmt.Sprintf("unknown function %q", name.Value)}
		}
		return &Issue{From: at, To: at + 1, Slug: "syntax", Help: functions[name.Value].Usage,
			Message: fmt.Sprintf("%q has no rows for a leading dot here", name.Value)}
	}
	return nil
}

func (p *parsed) clamp(from, to int) (int, int) {
	n := len(p.src)
	from = max(0, min(from, n))
	to = max(from, min(to, n))
	if from == to && from < n {
		to++
	}
	return from, to
}

// literalAt is the number or duration that begins where a node of the library does.
func (p *parsed) literalAt(n ast.Node) (literal, bool) {
	l, ok := p.literals[n.Location().From]
	return l, ok
}

// closing is the code point behind the bracket that closes the one opened at or after token i.
func (p *parsed) closing(from int) int {
	i, ok := p.byStart[from]
	if !ok {
		return from
	}
	depth := 0
	for ; i < len(p.tokens); i++ {
		t := p.tokens[i]
		if t.Kind != lexer.Bracket {
			continue
		}
		if strings.Contains("([{", t.Value) {
			depth++
		} else if depth--; depth <= 0 {
			return t.To
		}
	}
	return len(p.src)
}
