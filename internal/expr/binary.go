package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// comparisons are the operators that are false when a side is empty.
func comparisonOp(op string) (Op, bool) {
	i := slices.Index([]string{"==", "!=", "<", "<=", ">", ">=", "in", "not in", "matches", "contains", "startsWith", "endsWith"}, op)
	return Eq + Op(i), i >= 0
}

func (c *checker) binary(n *ast.BinaryNode, want Type) *Expr {
	if op, ok := comparisonOp(n.Operator); ok {
		return c.comparison(n, op)
	}
	switch n.Operator {
	case "and", "&&":
		l, r := c.condition(n.Left), c.condition(n.Right)
		return c.node(n, And, Type{Kind: Bool}, l, r)
	case "or", "||":
		l, r := c.condition(n.Left), c.condition(n.Right)
		return c.node(n, Or, Type{Kind: Bool}, l, r)
	case "??":
		l := c.check(n.Left, want)
		hint := want
		if hint.Kind == Any {
			hint = l.Type
		}
		r := c.check(n.Right, hint)
		t, ok := unify(l.Type, r.Type)
		if !ok {
			c.issue(r, "type", "", "both sides of ?? must be alike, one is %s, the other %s", article(l.Type), article(r.Type))
		}
		t.Nullable = r.Type.Nullable
		return c.node(n, Coalesce, t, l, r)
	case "+", "-", "*", "/", "%":
		if e := c.hyphenated(n, want); e != nil {
			return e
		}
		return c.arithmetic(n)
	}
	at := n.Location()
	help := ""
	if n.Operator == ".." {
		help = "write a <= x and x <= b"
	}
	c.issueAt(at.From, at.To, "syntax", help, "%q is not part of the language", n.Operator)
	return c.unknown(n)
}

// hyphenated reads a-b as an entry id where the place knows such a value.
func (c *checker) hyphenated(n *ast.BinaryNode, want Type) *Expr {
	if n.Operator != "-" || len(want.Values) == 0 {
		return nil
	}
	from, to := c.extent(n)
	if id := string(c.p.src[from:to]); slices.Contains(want.Values, id) {
		e := c.value(n, id, want)
		e.From, e.To = from, to
		return e
	}
	return nil
}

// extent is the part of the source a chain of subtractions of words covers; empty for anything else.
func (c *checker) extent(n ast.Node) (from, to int) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Location().From, n.Location().To
	case *ast.BinaryNode:
		lf, lt := c.extent(n.Left)
		rf, rt := c.extent(n.Right)
		if n.Operator == "-" && lf < lt && rf < rt {
			return lf, rt
		}
	}
	return 0, 0
}

func (c *checker) comparison(n *ast.BinaryNode, op Op) *Expr {
	if op == In {
		return c.membership(n)
	}
	l, r := c.sides(n)
	e := c.node(n, op, Type{Kind: Bool}, l, r)
	switch op {
	case Eq, Ne:
		if !alike(l.Type, r.Type) {
			c.mismatch(e, l, r)
		}
	case Lt, Le, Gt, Ge:
		switch {
		case l.Op == Literal && l.Value == nil && l.Type.Nullable, r.Op == Literal && r.Value == nil && r.Type.Nullable:
			c.issue(e, "type", "", "nil has no order; only == and != ask for emptiness")
		case !alike(l.Type, r.Type):
			c.mismatch(e, l, r)
		case !ordered(l.Type) || !ordered(r.Type):
			c.issue(e, "type", "", "%s has no order", article(l.Type))
		}
	default:
		for _, side := range []*Expr{l, r} {
			if !textual(side.Type) {
				c.issue(side, "type", "", "%q wants texts, this is %s", op, article(side.Type))
			}
		}
		if op == Matches {
			c.pattern(e)
		}
	}
	return e
}

func (c *checker) mismatch(e, l, r *Expr) {
	help := ""
	if numeric(l.Type) && r.Type.Kind == Text || numeric(r.Type) && l.Type.Kind == Text {
		help = "write numbers without quotes"
	}
	for _, sides := range [][2]*Expr{{l, r}, {r, l}} {
		if sides[0].Type.Kind.IsText() && sides[1].Op == Literal && sides[1].Type.Kind == Int {
			help = fmt.Sprintf("write it in quotes: \"%v\"", sides[1].Value) // an INN is no number, and neither is a phone
		}
	}
	c.issue(e, "type", help, "%s cannot be compared with %s", article(l.Type), article(r.Type))
}

// sides types both sides of a comparison, the one that is a bare word or a text last, so that it can
// take the type of the other.
func (c *checker) sides(n *ast.BinaryNode) (l, r *Expr) {
	asks := n.Operator == "==" || n.Operator == "!="
	side := func(n ast.Node, want Type) *Expr {
		c.asked = asks
		defer func() { c.asked = false }()
		return c.check(n, want)
	}
	if c.dependent(n.Left) && (!c.dependent(n.Right) || c.misspelt(n.Right) && !c.misspelt(n.Left)) {
		r = side(n.Right, Type{})
		return c.beside(n.Right, func() *Expr { return side(n.Left, r.Type) }), r
	}
	l = side(n.Left, Type{})
	return l, c.beside(n.Left, func() *Expr { return side(n.Right, l.Type) })
}

// misspelt tells whether an unknown name is near to one of the environment.
func (c *checker) misspelt(n ast.Node) bool {
	id, ok := n.(*ast.IdentifierNode)
	return ok && nearest(id.Value, c.env.sorted()) != ""
}

// beside types what stands beside an operand. Where that is an unknown name,
// the bare words beside it are hardly names as well: they are its values, which
// are known once it is corrected.
func (c *checker) beside(operand ast.Node, check func() *Expr) *Expr {
	id, ok := operand.(*ast.IdentifierNode)
	if ok {
		_, known := c.env.Lookup(id.Value)
		_, literal := c.p.literalAt(id)
		ok = !known && !literal
	}
	before := len(c.issues)
	e := check()
	if ok {
		c.issues = append(c.issues[:before], slices.DeleteFunc(slices.Clone(c.issues[before:]), func(i Issue) bool { return i.Slug == "unknown" })...)
	}
	return e
}

func (c *checker) dependent(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.StringNode, *ast.ArrayNode:
		return true
	case *ast.IdentifierNode:
		if _, ok := c.p.literalAt(n); ok {
			return false
		}
		_, known := c.env.Lookup(n.Value)
		return !known
	case *ast.BinaryNode:
		from, to := c.extent(n)
		if from >= to {
			return false
		}
		_, known := c.env.Lookup(string(c.p.src[from:to]))
		return !known && c.dependent(n.Left)
	}
	return false
}

func (c *checker) membership(n *ast.BinaryNode) *Expr {
	l := c.check(n.Left, Type{})
	r := c.beside(n.Left, func() *Expr { return c.check(n.Right, Type{Kind: List, Elem: &l.Type}) })
	e := c.node(n, In, Type{Kind: Bool}, l, r)
	switch {
	case r.Type.Kind == Any:
	case r.Type.Kind != List:
		c.issue(r, "type", "write x in [a, b]", "after in comes a list, this is %s", article(r.Type))
	case r.Type.Elem != nil && !alike(l.Type, *r.Type.Elem):
		c.mismatch(e, l, &Expr{Type: *r.Type.Elem})
	}
	return e
}

// maxPattern bounds the length of a regular expression.
const maxPattern = 1000

func (c *checker) pattern(e *Expr) {
	p := e.Args[1]
	s, ok := p.Value.(string)
	switch {
	case p.Op != Literal || !ok:
		if p.Type.Kind != Any {
			c.issue(p, "type", "", "the pattern after matches must be written out as a text")
		}
		return
	case len(s) > maxPattern:
		c.issue(p, "cost", "", "the pattern is longer than %d characters", maxPattern)
		return
	}
	re, err := regexp.Compile(s)
	if err != nil {
		c.issue(p, "syntax", "", "bad pattern: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return
	}
	e.re = re
}

func (c *checker) arithmetic(n *ast.BinaryNode) *Expr {
	l, r := c.check(n.Left, Type{}), c.check(n.Right, Type{})
	op := map[string]Op{"+": Add, "-": Sub, "*": Mul, "/": Div, "%": Mod}[n.Operator]
	t, ok := arithmeticType(op, l.Type, r.Type)
	e := c.node(n, op, t, l, r)
	if !ok {
		help := ""
		if op == Sub && l.Type.Kind == DateTime && r.Type.Kind == DateTime {
			help = "compare the two, or subtract days: date(a) - date(b)"
		}
		c.issue(e, "type", help, "%s %s %s has no meaning", article(l.Type), n.Operator, article(r.Type))
		e.Type = Type{}
	}
	if d, ok := number(r.Value); (op == Div || op == Mod) && r.Op == Literal && ok && d.IsZero() {
		c.issue(r, "value", "", "division by zero")
	}
	return e
}

// arithmeticType is the type of an operation; ok is false when it has no meaning.
func arithmeticType(op Op, l, r Type) (Type, bool) {
	nullable := l.Nullable || r.Nullable
	result := func(k Kind) (Type, bool) { return Type{Kind: k, Nullable: nullable}, true }
	switch {
	case l.Kind == Any || r.Kind == Any:
		return Type{Nullable: true}, true
	case l.Kind.IsNumber() && r.Kind.IsNumber():
		switch {
		case op == Mod:
			if l.Kind == Int && r.Kind == Int {
				return result(Int)
			}
			return Type{}, false
		case op == Mul && l.Kind == Money && r.Kind == Money:
			return Type{}, false
		case op == Div && r.Kind == Money:
			if l.Kind == Money {
				return result(Decimal)
			}
			return Type{}, false
		case l.Kind == Money || r.Kind == Money:
			return result(Money)
		case l.Kind == Decimal || r.Kind == Decimal || op == Div:
			return result(Decimal)
		}
		return result(Int)
	case op == Add && (l.Kind.IsText() || r.Kind.IsText()) && scalar(l) && scalar(r):
		return result(Text)
	case l.Kind == DateKind && r.Kind == DateKind && op == Sub:
		return result(Int)
	case (l.Kind == DateKind || l.Kind == DateTime) && (op == Add || op == Sub):
		if r.Kind == DurationKind || r.Kind == Int {
			return result(l.Kind)
		}
	case l.Kind == DurationKind && r.Kind == DurationKind && op == Add:
		return result(DurationKind)
	}
	return Type{}, false
}

// article words a type for a message.
func article(t Type) string {
	s := t.String()
	if t.Kind == Any {
		return "a value"
	}
	if strings.ContainsRune("aeiou", rune(s[0])) && !strings.HasPrefix(s, "u") {
		return "an " + s
	}
	return "a " + s
}

func is(t Type, kinds ...Kind) bool { return t.Kind == Any || slices.Contains(kinds, t.Kind) }

func numeric(t Type) bool { return t.Kind == Any || t.Kind.IsNumber() }

func named(t Type) bool { return t.Kind.IsNamed() }

func scalar(t Type) bool { return t.Kind < Table }

func textual(t Type) bool { return t.Kind == Any || t.Kind.IsText() || t.Kind.IsNamed() }

// class groups the kinds whose values can be compared with each other.
func class(k Kind) string {
	switch {
	case k.IsText():
		return "text"
	case k.IsNumber():
		return "number"
	case k == DateKind || k == DateTime:
		return "date"
	}
	return fmt.Sprint(k)
}

// alike reports whether == between two types can ever be true.
func alike(a, b Type) bool {
	switch {
	case a.Kind == Any || b.Kind == Any:
		return true
	case a.Kind.IsNamed() && b.Kind.IsText(), a.Kind.IsText() && b.Kind.IsNamed():
		return true
	case a.Kind.IsNamed() && b.Kind.IsNamed():
		return a.Kind == b.Kind && (a.Name == b.Name || a.Name == "" || b.Name == "")
	}
	return a.Kind < Table && class(a.Kind) == class(b.Kind)
}

func ordered(t Type) bool {
	return t.Kind == Any || t.Kind < Table && t.Kind != Bool
}

// unify is the type of a value that is one of two types.
func unify(a, b Type) (Type, bool) {
	nullable := a.Nullable || b.Nullable
	pick := func(t Type) (Type, bool) {
		t.Nullable = nullable
		return t, true
	}
	switch {
	case a.Kind == Any:
		return pick(b)
	case b.Kind == Any:
		return pick(a)
	case a.Kind == b.Kind && a.Name == b.Name:
		if !slices.Equal(a.Values, b.Values) {
			a.Values = nil
		}
		return pick(a)
	case a.Kind == Money && b.Kind.IsNumber(), a.Kind == Decimal && b.Kind == Int:
		return pick(a)
	case b.Kind == Money && a.Kind.IsNumber(), b.Kind == Decimal && a.Kind == Int:
		return pick(b)
	case textual(a) && textual(b):
		return Type{Kind: Text, Nullable: nullable}, true
	}
	return Type{}, false
}

// Assignable reports whether a value of one type can be stored where another is wanted. A text may be stored
// where an entry, user or reference is wanted: whether it is one is seen when it is stored.
func Assignable(from, to Type) bool {
	switch {
	case from.Kind == Any || to.Kind == Any:
		return true
	case to.Kind.IsText():
		return textual(from)
	case to.Kind == Decimal || to.Kind == Money:
		return from.Kind.IsNumber()
	case to.Kind == DateKind:
		return from.Kind == DateKind || from.Kind == DateTime
	case to.Kind.IsNamed():
		return from.Kind.IsText() || alike(from, to)
	case to.Kind == List && from.Kind == List && to.Elem != nil && from.Elem != nil:
		return Assignable(*from.Elem, *to.Elem)
	}
	return from.Kind == to.Kind
}
