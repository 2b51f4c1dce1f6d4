package expr

import (
	"regexp"
	"strings"
)

// Op is the operation of a node of the typed tree.
type Op uint8

// The operations, with their arguments.
const (
	Literal Op = iota // Value
	Field             // Name
	Member            // Args[0] . Name
	Element           // the current row or element of the innermost aggregate (the leading dot)
	Not               // Args[0]
	Neg               // - Args[0]
	And               // Args[0], Args[1]
	Or
	Eq // Args[0], Args[1]
	Ne
	Lt
	Le
	Gt
	Ge
	In         // Args[0] in Args[1]
	NotIn      // Args[0] not in Args[1]; false when a side is empty, as Ne is
	Matches    // text, pattern; the negated forms are Not
	Contains   // text, part
	StartsWith // text, part
	EndsWith   // text, part
	Add
	Sub
	Mul
	Div
	Mod
	Coalesce // Args[0] ?? Args[1]
	If       // Args[0] ? Args[1] : Args[2]
	ListOf   // elements
	Call     // function Name over Args; for aggregates Args[0] is the table or list, Args[1] the body
)

var opNames = [...]string{
	"literal", "field", "member", "element", "not", "-", "and", "or", "==", "!=", "<", "<=", ">", ">=", "in",
	"not in", "matches", "contains", "startsWith", "endsWith", "+", "-", "*", "/", "%", "??", "if", "list", "call",
}

// String is the operator as it is written, or a word for the node.
func (o Op) String() string { return opNames[o] }

// IsComparison reports whether the operation compares its two arguments and is false when one is empty.
// Whoever translates a comparison into SQL must therefore wrap it: (a != b) IS TRUE.
func (o Op) IsComparison() bool { return o >= Eq && o <= EndsWith }

// Expr is a node of the typed tree of a program. It is read-only.
type Expr struct {
	Op   Op
	Type Type
	// From and To are code points of the source, To exclusive, parentheses not included.
	From, To int
	// Name is the field, member or function.
	Name string
	// Value is the value of a Literal; it already has the type of what it is compared with.
	Value Value
	Args  []*Expr

	re   *regexp.Regexp // of Matches
	body bool           // Args[1] is evaluated for each row of Args[0]
}

// Path is the dotted path of a field or of members of a field ("client.industry"); ok is false for any
// other node. The columns of a row have the path of their table in front.
func (e *Expr) Path() (path string, ok bool) {
	switch e.Op {
	case Field:
		return e.Name, true
	case Member:
		if p, ok := e.Args[0].Path(); ok {
			return p + "." + e.Name, true
		}
	}
	return "", false
}

// Walk visits the node and everything below it, parents first; visit returns false to skip what is below.
func (e *Expr) Walk(visit func(*Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	for _, a := range e.Args {
		a.Walk(visit)
	}
}

// Body reports whether the node is a call whose second argument is evaluated for each row of the first:
// sum(lines, .price), min(lines, .price).
func (e *Expr) Body() bool { return e.Op == Call && e.body }

// Constant reports whether the value of the node depends on nothing.
func (e *Expr) Constant() bool {
	constant := true
	e.Walk(func(n *Expr) bool {
		if n.Op == Field || n.Op == Element {
			constant = false
		}
		return constant
	})
	return constant
}

// reads collects what the tree reads; rows is the path of the table the leading dot stands for.
func (e *Expr) collect(rows string, add func(string)) {
	switch e.Op {
	case Field:
		add(e.Name)
		return
	case Member:
		if p := e.rowPath(rows); p != "" {
			add(p)
			return
		}
	case Call:
		if e.body {
			e.Args[0].collect(rows, add)
			inner := e.Args[0].rowPath(rows)
			e.Args[1].collect(inner, add)
			return
		}
	}
	for _, a := range e.Args {
		a.collect(rows, add)
	}
}

// rowPath is Path with the element of the innermost aggregate replaced by the table's path.
func (e *Expr) rowPath(rows string) string {
	switch e.Op {
	case Field:
		return e.Name
	case Element:
		return rows
	case Member:
		if p := e.Args[0].rowPath(rows); p != "" {
			return strings.TrimPrefix(p+"."+e.Name, "card.")
		}
	}
	return ""
}

// Eval evaluates the node on its own, without the conversion to a wanted type that [Program.Eval] does. It is for
// analyses that put a tree together from nodes of compiled programs; the leading dot has no row there.
func (e *Expr) Eval(s Scope) (Value, error) {
	ev := &evaluation{scope: s}
	return ev.eval(e)
}
