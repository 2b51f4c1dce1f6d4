package route

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// object reads one mapping and remembers which keys it was asked for, so that
// done can report the others.
type object struct {
	p     *parser
	n     *yamlsrc.Node
	what  string
	asked []string
}

// object gives nil, with a problem, when the node is no mapping.
func (p *parser) object(n *yamlsrc.Node, what string) *object {
	if n.Kind != yamlsrc.Mapping {
		p.errorf(R004, p.file.Span(n), "%s is %s; a mapping is needed", what, describe(n))
		p.lose(n)
		return nil
	}
	for i, pair := range n.Pairs {
		if n.Get(pair.Key.Value) != pair.Value {
			p.lose(n.Pairs[i].Value) // the key is there twice
		}
	}
	return &object{p: p, n: n, what: what}
}

func (o *object) at() diag.Span { return o.p.file.Span(o.n) }

// node gives the value of a key, nil when it is absent.
func (o *object) node(key string) *yamlsrc.Node {
	o.asked = append(o.asked, key)
	return o.n.Get(key)
}

func (o *object) missing(key string) {
	o.p.errorf(R002, o.start(), "%s has no %q", o.what, key)
}

// start gives the place of the mapping's first key: the whole mapping is too
// much to underline.
func (o *object) start() diag.Span {
	if len(o.n.Pairs) > 0 {
		return o.p.file.Span(o.n.Pairs[0].Key)
	}
	return o.at()
}

// word gives a text value; the zero Word when it is absent or no text.
func (o *object) word(key string) Word {
	n := o.node(key)
	if n == nil {
		return Word{}
	}
	text, ok := o.p.scalar(n, key)
	if !ok {
		return Word{}
	}
	return Word{Text: text, At: o.p.file.Span(n)}
}

func (o *object) required(key string) Word {
	if o.n.Get(key) == nil {
		o.node(key)
		o.missing(key)
		return Word{}
	}
	return o.word(key)
}

// words gives a text or a list of texts.
func (o *object) words(key string) []Word {
	n := o.node(key)
	if n == nil {
		return nil
	}
	var out []Word
	for _, item := range listOf(n) {
		if text, ok := o.p.scalar(item, key); ok {
			out = append(out, Word{text, o.p.file.Span(item)})
		}
	}
	return out
}

func (o *object) expr(key string) *Expr {
	n := o.node(key)
	if n == nil {
		return nil
	}
	return o.p.expr(n, key)
}

func (o *object) boolean(key string) (value bool, at diag.Span) {
	n := o.node(key)
	if n == nil {
		return false, diag.Span{}
	}
	at = o.p.file.Span(n)
	if n.Kind == yamlsrc.Scalar && (n.Value == "true" || n.Value == "false") {
		return n.Value == "true", at
	}
	o.p.errorf(R004, at, "%s is %s; write true or false", key, describe(n))
	return false, at
}

// maxCount bounds how often something may be done again.
const maxCount = 10_000

// count gives a whole number of at least one, 0 when absent. One that is wrong
// is the greatest, so that nothing follows from it.
func (o *object) count(key string) int {
	n := o.node(key)
	if n == nil {
		return 0
	}
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yamlsrc.Scalar || err != nil || i < 1 || i > maxCount {
		o.p.errorf(R004, o.p.file.Span(n), "%s is %s; a whole number from 1 to %d is needed", key, describe(n), maxCount)
		return maxCount
	}
	return i
}

func (o *object) label(key string) yamlsrc.Label {
	n := o.node(key)
	if n == nil {
		return nil
	}
	return o.p.label(n, key)
}

// done reports the keys nobody asked for, and tells whether there are none.
func (o *object) done() bool {
	all := true
	for _, pair := range o.n.Pairs {
		known := false
		for _, key := range o.asked {
			known = known || key == pair.Key.Value
		}
		if !known {
			among := o.asked
			if absent := slices.DeleteFunc(slices.Clone(among), func(k string) bool { return o.n.Get(k) != nil }); diag.Nearest(pair.Key.Value, absent) != "" {
				among = absent // rather one that is not there yet
			}
			o.p.unknownKey(pair.Key, o.what, among)
			o.p.lose(pair.Key)
			o.p.lose(pair.Value)
			all = false
		}
	}
	return all
}

func (p *parser) unknownKey(key *yamlsrc.Node, what string, known []string) {
	p.errorf(R001, p.file.Span(key), "%s: %s", what, diag.Unknown("key", key.Value, known))
	p.problems[len(p.problems)-1].Meant = diag.Nearest(key.Value, known)
}

// scalar gives the text of a scalar. A missing value is a problem.
func (p *parser) scalar(n *yamlsrc.Node, what string) (string, bool) {
	if n.Kind != yamlsrc.Scalar || n.IsNull() || strings.TrimSpace(n.Value) == "" {
		p.errorf(R004, p.file.Span(n), "%s is %s; a text is needed", what, describe(n))
		p.lose(n)
		return "", false
	}
	return n.Value, true
}

func (p *parser) expr(n *yamlsrc.Node, what string) *Expr {
	if n.Kind != yamlsrc.Scalar || n.IsNull() || strings.TrimSpace(n.Value) == "" {
		help := ""
		if n.Kind != yamlsrc.Scalar {
			help = "; put quotes around an expression with braces or brackets"
		}
		p.errorf(R004, p.file.Span(n), "%s is %s; an expression is needed%s", what, describe(n), help)
		p.lose(n)
		return &Expr{file: p.file, node: n, broken: true}
	}
	p.commentCut(n)
	return p.newExpr(n)
}

// identifier checks a name that a definition gives to something.
func (p *parser) identifier(w Word, what string) bool {
	if w.Text == "" {
		return false
	}
	if !isID(w.Text) {
		p.errorf(R004, w.At, "%s %q is no id; small latin letters, digits, \"-\" and \"_\" make one, a letter first", what, w.Text)
		return false
	}
	return true
}

// label reads a text, or one text for each language.
func (p *parser) label(n *yamlsrc.Node, what string) yamlsrc.Label {
	switch {
	case n.Kind == yamlsrc.Scalar && !n.IsNull() && n.Value != "":
		if n.Tag != yamlsrc.TagText {
			p.errorf(R004, p.file.Span(n), "%s is %s; put it in quotes to make it a text", what, describe(n))
		}
	case n.Kind == yamlsrc.Mapping && len(n.Pairs) > 0:
		for _, pair := range n.Pairs {
			if pair.Value.IsNull() && pair.Value.Value == "" {
				p.errorf(R004, p.file.Span(pair.Key), "%s: %q has no text; a text with a comma needs quotes", what, pair.Key.Value)
				continue
			}
			if len(pair.Key.Value) != 2 {
				p.errorf(R001, p.file.Span(pair.Key), "%s: unknown language %q; known: \"en\", \"ru\"", what, pair.Key.Value)
			}
			if _, ok := p.scalar(pair.Value, what); ok && pair.Value.Tag != yamlsrc.TagText {
				p.errorf(R004, p.file.Span(pair.Value), "%s is %s; put it in quotes to make it a text", what, describe(pair.Value))
			}
		}
	default:
		p.errorf(R004, p.file.Span(n), "%s is %s; a text, or a text for each language, is needed", what, describe(n))
		return nil
	}
	if n.Kind == yamlsrc.Scalar {
		return yamlsrc.Label{"": n.Value}
	}
	l := make(yamlsrc.Label, len(n.Pairs))
	for _, pair := range n.Pairs {
		l[pair.Key.Value] = pair.Value.Value
	}
	return l
}

// describe names a value in a message.
func describe(n *yamlsrc.Node) string {
	switch {
	case n.Kind != yamlsrc.Scalar:
		return n.Kind.String()
	case n.IsNull():
		return "empty"
	case n.Tag == yamlsrc.TagBool:
		return fmt.Sprintf("%q, which YAML reads as true or false", n.Value)
	case n.Tag == yamlsrc.TagTimestamp:
		return fmt.Sprintf("%q, which YAML reads as a date", n.Value)
	case n.Tag == yamlsrc.TagInt, n.Tag == yamlsrc.TagFloat:
		return fmt.Sprintf("%q, which YAML reads as a number", n.Value)
	default:
		return fmt.Sprintf("%q", n.Value)
	}
}
