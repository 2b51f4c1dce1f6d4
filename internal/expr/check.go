package expr

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// Compile parses and types a source. A program comes back only when there is no issue; the issues are all
// that were found, in the order of the text.
func Compile(src string, env *Env, opt Options) (*Program, []Issue) {
	p, issue := parse(src)
	if issue != nil {
		return nil, []Issue{*issue}
	}
	c := &checker{p: p, env: env, opt: opt, limit: opt.MaxNodes}
	if c.limit <= 0 {
		c.limit = DefaultMaxNodes
	}
	root := c.check(p.root, opt.Want)
	if len(c.issues) == 0 && !Assignable(root.Type, opt.Want) {
		c.issue(root, "type", "", "this is %s, %s is wanted", article(root.Type), article(opt.Want))
	}
	if len(c.issues) > 0 {
		slices.SortStableFunc(c.issues, func(a, b Issue) int { return a.From - b.From })
		return nil, c.issues
	}
	prog := &Program{src: src, want: opt.Want, root: root, former: c.former}
	root.collect("", func(path string) {
		if path = strings.TrimPrefix(path, "card."); !slices.Contains(prog.reads, path) {
			prog.reads = append(prog.reads, path)
		}
	})
	return prog, nil
}

// checker types the library's tree into ours.
type checker struct {
	p      *parsed
	env    *Env
	opt    Options
	issues []Issue
	former []Former
	rows   []Type // elements of the enclosing aggregates, innermost last
	nodes  int
	limit  int
	asked  bool // the node is directly a side of == or !=
}

func (c *checker) issue(e *Expr, slug, help, format string, args ...any) {
	c.issueAt(e.From, e.To, slug, help, format, args...)
}

func (c *checker) issueAt(from, to int, slug, help, format string, args ...any) {
	from, to = c.p.clamp(from, to)
	meant, ok := strings.CutPrefix(help, `did you mean "`)
	if ok {
		meant, ok = strings.CutSuffix(meant, `"?`)
	}
	if !ok {
		meant = ""
	}
	c.issues = append(c.issues, Issue{From: from, To: to, Slug: slug, Message: fmt.Sprintf(format, args...), Help: help, Meant: meant})
}

// formerly notes the use of a former name.
func (c *checker) formerly(v Var, at file.Location) {
	if f := (Former{at.From, at.To, v.Name, v.Now}); v.Now != "" && !slices.Contains(c.former, f) {
		c.former = append(c.former, f)
	}
}

// node makes a node that begins where the library's node does and ends behind its arguments.
func (c *checker) node(n ast.Node, op Op, t Type, args ...*Expr) *Expr {
	loc := n.Location()
	e := &Expr{Op: op, Type: t, From: loc.From, To: loc.To, Args: args}
	if len(args) > 0 && loc.To == 0 {
		e.From = args[0].From
	}
	for _, a := range args {
		e.From, e.To = min(e.From, a.From), max(e.To, a.To)
	}
	return e
}

// unknown is a node for what could not be typed; its kind Any stops further complaints.
func (c *checker) unknown(n ast.Node, args ...*Expr) *Expr {
	return c.node(n, Literal, Type{}, args...)
}

// check types one node. want is what the place wishes for: bare words and texts become its values.
func (c *checker) check(n ast.Node, want Type) *Expr {
	if c.nodes++; c.nodes > c.limit {
		if c.nodes == c.limit+1 {
			c.issueAt(0, len(c.p.src), "cost", "", "the expression has more than %d parts", c.limit)
		}
		return &Expr{Op: Literal}
	}
	if _, ok := n.(*ast.StringNode); !ok {
		c.asked = false
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if l, ok := c.p.literalAt(n); ok {
			e := c.node(n, Literal, Type{Kind: l.kind})
			e.Value = l.value
			return e
		}
		return c.name(n, want)
	case *ast.StringNode:
		return c.text(n, want)
	case *ast.BoolNode:
		e := c.node(n, Literal, Type{Kind: Bool})
		e.Value = n.Value
		return e
	case *ast.NilNode:
		return c.node(n, Literal, Type{Nullable: true})
	case *ast.UnaryNode:
		return c.unary(n, want)
	case *ast.BinaryNode:
		return c.binary(n, want)
	case *ast.ChainNode:
		return c.check(n.Node, want)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.PointerNode:
		return c.element(n)
	case *ast.ConditionalNode:
		return c.conditional(n, want)
	case *ast.ArrayNode:
		return c.list(n, want)
	case *ast.CallNode:
		id, ok := n.Callee.(*ast.IdentifierNode)
		if !ok {
			callee := c.check(n.Callee, Type{})
			c.issue(callee, "unknown", "", "values have no methods")
			return c.unknown(n, callee)
		}
		return c.call(n, id.Value, n.Arguments)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	}
	from, to := n.Location().From, n.Location().To
	c.issueAt(from, to, "syntax", "", "%s are not part of the language", refused(n))
	return c.unknown(n)
}

func refused(n ast.Node) string {
	switch n.(type) {
	case *ast.VariableDeclaratorNode:
		return "variables"
	case *ast.SequenceNode:
		return "sequences with a semicolon"
	case *ast.MapNode, *ast.PairNode:
		return "maps"
	case *ast.SliceNode:
		return "slices"
	case *ast.BytesNode:
		return "byte strings"
	}
	return "such constructs"
}

// name types an identifier: a name of the environment or, where the place wants one, an entry id.
func (c *checker) name(n *ast.IdentifierNode, want Type) *Expr {
	v, known := c.env.Lookup(n.Value)
	isValue := slices.Contains(want.Values, n.Value)
	switch {
	case known && isValue && alike(v.Type, want):
		e := c.node(n, Field, v.Type)
		c.issue(e, "ambiguous", fmt.Sprintf("write %q in quotes for the value, card.%s for the field", n.Value, n.Value),
			"%q is a field and a value of %s", n.Value, want)
		return e
	case known && !isValue:
		e := c.node(n, Field, v.Type)
		e.Name = cmp.Or(v.Now, n.Value)
		c.formerly(v, n.Location())
		if v.Clock && c.opt.NoClock {
			c.issue(e, "clock", "store the date in a field first", "%q makes the result depend on when it is asked", n.Value)
		}
		return e
	case isValue, named(want) && want.Values == nil && want.Kind != Document:
		return c.value(n, n.Value, want)
	}
	e := c.unknown(n)
	if named(want) && len(want.Values) > 0 {
		c.issue(e, "value", c.suggest(n.Value, want.Values, c.env.sorted()), "unknown value %q of %s", n.Value, want)
		return e
	}
	help := c.suggest(n.Value, c.env.sorted(), functionNames())
	if help == "" && want.Kind.IsText() {
		help = "a text goes in quotes"
	}
	c.issue(e, "unknown", help, "unknown name %q", n.Value)
	return e
}

func (c *checker) suggest(word string, lists ...[]string) string {
	for _, l := range lists {
		if s := nearest(word, l); s != "" {
			return s
		}
		if len(l) > 0 && len(l) <= 8 && slices.Equal(l, lists[0]) && len(lists) == 2 {
			continue
		}
	}
	if len(lists) > 0 && len(lists[0]) > 0 && len(lists[0]) <= 8 {
		return "known: " + strings.Join(lists[0], ", ")
	}
	return ""
}

// value makes a literal of a choice, directory, status or user from its id.
func (c *checker) value(n ast.Node, id string, want Type) *Expr {
	t := want
	t.Nullable = false
	e := c.node(n, Literal, t)
	switch want.Kind {
	case UserKind:
		e.Value = User{ID: id}
	case Document:
		e.Value = Ref{Form: want.Name, Number: id}
	case Directory:
		e.Value = Entry{Directory: want.Name, ID: id}
	default:
		e.Value = Entry{ID: id}
	}
	return e
}

// text types a text literal: what the place wants is read from it.
func (c *checker) text(n *ast.StringNode, want Type) *Expr {
	switch {
	case c.asked && strings.TrimSpace(n.Value) == "": // == "" asks for emptiness, as == nil does
		return c.node(n, Literal, Type{Nullable: true})
	case named(want):
		if want.Values != nil && !slices.Contains(want.Values, n.Value) {
			e := c.unknown(n)
			c.issue(e, "value", c.suggest(n.Value, want.Values), "unknown value %q of %s", n.Value, want)
			return e
		}
		return c.value(n, n.Value, want)
	case want.Kind == DateKind, want.Kind == DateTime, want.Kind == DurationKind:
		t := Type{Kind: want.Kind}
		v, err := ParseValue(t, n.Value)
		if d, derr := ParseDate(n.Value); err != nil && want.Kind == DateTime && derr == nil {
			v, err, t.Kind = d, nil, DateKind
		}
		e := c.node(n, Literal, t)
		e.Value = v
		if err != nil {
			c.issue(e, "value", "", "%s", err)
		}
		return e
	case want.Kind == Phone, want.Kind == Email:
		e := c.node(n, Literal, Type{Kind: Text})
		e.Value = n.Value
		if v, err := ParseValue(want, n.Value); err == nil {
			e.Value = v
		}
		return e
	}
	e := c.node(n, Literal, Type{Kind: Text})
	e.Value = n.Value
	return e
}

func (c *checker) unary(n *ast.UnaryNode, want Type) *Expr {
	switch n.Operator {
	case "not", "!":
		if b, ok := n.Node.(*ast.BinaryNode); ok && b.Operator == "in" && b.Location() == n.Location() {
			e := c.binary(b, Type{})
			if e.Op == In {
				e.Op = NotIn
			}
			return e
		}
		arg := c.check(n.Node, Type{Kind: Bool})
		if !is(arg.Type, Bool) {
			c.issue(arg, "type", "put parentheses around what is negated: not (a == b)",
				"only a condition can be negated, this is %s", article(arg.Type))
		}
		return c.node(n, Not, Type{Kind: Bool}, arg)
	}
	arg := c.check(n.Node, want)
	if !numeric(arg.Type) {
		c.issue(arg, "type", "", "only a number has a sign, this is %s", article(arg.Type))
	}
	if n.Operator == "+" {
		return arg
	}
	if arg.Op == Literal && arg.Value != nil {
		e := c.node(n, Literal, arg.Type, arg)
		e.Args = nil
		if v, err := negate(arg.Value); err == nil {
			e.Value = v
			return e
		}
	}
	return c.node(n, Neg, arg.Type, arg)
}

// member types x.name.
func (c *checker) member(n *ast.MemberNode) *Expr {
	prop, ok := n.Property.(*ast.StringNode)
	if _, isLiteral := c.p.literalAt(n.Property); !ok || isLiteral {
		base := c.check(n.Node, Type{})
		c.issueAt(base.To, base.To+1, "syntax", "use first(rows) or any(rows, …)", "rows and elements are not picked by position")
		return c.unknown(n, base)
	}
	base := c.check(n.Node, Type{})
	e := c.node(n, Member, Type{}, base)
	e.Name = prop.Value
	if base.Type.Kind == Any {
		return e
	}
	at := prop.Location()
	if base.Type.Kind == Table || base.Type.Kind == List {
		c.issueAt(at.From, at.To, "type", fmt.Sprintf("use sum(…, .%[1]s), map(…, .%[1]s) or any(…, .%[1]s == …)", prop.Value),
			"a %s has no member %q", base.Type.Kind, prop.Value)
		return c.unknown(n, base)
	}
	fields := c.env.fields(base.Type).inherit(c.env)
	if fields == nil {
		if base.Type.Kind == Document && base.Type.Name == "" || base.Type.Kind == Directory {
			e.Type = Type{Nullable: true}
			return e
		}
		c.issueAt(at.From, at.To, "type", "", "%s has no members", article(base.Type))
		return c.unknown(n, base)
	}
	v, ok := fields.Lookup(prop.Value)
	if !ok {
		of := base.Type.String()
		if base.Type.Kind == Document {
			of = base.Type.Name
		}
		c.issueAt(at.From, at.To, "unknown", c.suggest(prop.Value, fields.sorted()), "unknown field %q of %s", prop.Value, of)
		if base.Type.Kind == Document {
			c.issues[len(c.issues)-1].Form = base.Type.Name
		}
		return c.unknown(n, base)
	}
	if v.Clock && c.opt.NoClock {
		c.issueAt(at.From, at.To, "clock", "store the date in a field first", "%q makes the result depend on when it is asked", prop.Value)
	}
	e.Name = cmp.Or(v.Now, e.Name)
	c.formerly(v, at)
	e.Type = v.Type
	if base.Type.Nullable || base.Type.Kind == Document {
		e.Type.Nullable = true
	}
	return e
}

func (c *checker) element(n *ast.PointerNode) *Expr {
	e := c.node(n, Element, Type{})
	if n.Name != "" {
		c.issue(e, "syntax", "", "%q is not part of the language", "#"+n.Name)
		return e
	}
	if len(c.rows) == 0 {
		c.issue(e, "syntax", "", "there is no row here for the leading dot")
		return e
	}
	e.Type = c.rows[len(c.rows)-1]
	return e
}

func (c *checker) conditional(n *ast.ConditionalNode, want Type) *Expr {
	cond := c.condition(n.Cond)
	a, b := c.check(n.Exp1, want), c.check(n.Exp2, want)
	t, ok := unify(a.Type, b.Type)
	if !ok {
		c.issue(b, "type", "", "both sides must be alike, one is %s, the other %s", article(a.Type), article(b.Type))
	}
	e := c.node(n, If, t, cond, a, b)
	e.From, e.To = cond.From, b.To
	return e
}

// condition types a node that must be true or false.
func (c *checker) condition(n ast.Node) *Expr {
	e := c.check(n, Type{Kind: Bool})
	if !is(e.Type, Bool) {
		help := ""
		if named(e.Type) || e.Type.Kind.IsText() {
			help = "compare it, or ask filled(…)"
		}
		c.issue(e, "type", help, "a condition is wanted, this is %s", article(e.Type))
	}
	return e
}

func (c *checker) list(n *ast.ArrayNode, want Type) *Expr {
	if want.Kind == List && want.Elem != nil {
		want = *want.Elem
	}
	elem := Type{}
	args := make([]*Expr, len(n.Nodes))
	for i, m := range n.Nodes {
		args[i] = c.check(m, want)
		t, ok := unify(elem, args[i].Type)
		if !ok {
			c.issue(args[i], "type", "", "the list holds %s, this is %s", article(elem), article(args[i].Type))
			continue
		}
		if i == 0 {
			t.Nullable = args[i].Type.Nullable
		}
		elem = t
	}
	e := c.node(n, ListOf, Type{Kind: List, Elem: &elem}, args...)
	e.To = max(e.To, c.p.closing(n.Location().From))
	return e
}
