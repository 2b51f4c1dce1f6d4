package expr

import (
	"fmt"
	"slices"
	"sort"

	"github.com/expr-lang/expr/ast"
)

// Function describes one function of the language, for documentation and completion.
type Function struct {
	Name, Usage, Text string
	min, max          int // number of arguments
}

// functions is the allow-list. Nothing else can be called.
var functions = map[string]*Function{
	"abs":     {Usage: "abs(x)", Text: "the number without its sign", min: 1, max: 1},
	"round":   {Usage: "round(x, n)", Text: "rounded half away from zero to n digits, 0 by default", min: 1, max: 2},
	"floor":   {Usage: "floor(x)", Text: "the greatest whole number that is not above x", min: 1, max: 1},
	"ceil":    {Usage: "ceil(x)", Text: "the smallest whole number that is not below x", min: 1, max: 1},
	"min":     {Usage: "min(a, b, …), min(list), min(lines, .price)", Text: "the least value that is not empty", min: 1, max: 20},
	"max":     {Usage: "max(a, b, …), max(list), max(lines, .price)", Text: "the greatest value that is not empty", min: 1, max: 20},
	"sum":     {Usage: "sum(lines, .qty * .price)", Text: "the sum over rows, empty ones left out; 0 of none", min: 1, max: 2},
	"count":   {Usage: "count(lines, .done)", Text: "how many rows, or for how many the condition holds", min: 1, max: 2},
	"any":     {Usage: "any(lines, .qty > 1)", Text: "whether the condition holds for one row", min: 2, max: 2},
	"all":     {Usage: "all(lines, .done)", Text: "whether the condition holds for every row; true of none", min: 2, max: 2},
	"none":    {Usage: "none(lines, .done)", Text: "whether the condition holds for no row", min: 2, max: 2},
	"filter":  {Usage: "filter(lines, .done)", Text: "the rows for which the condition holds", min: 2, max: 2},
	"map":     {Usage: "map(lines, .item)", Text: "the list of a value per row", min: 2, max: 2},
	"first":   {Usage: "first(list)", Text: "the first row or element, empty of none", min: 1, max: 1},
	"last":    {Usage: "last(list)", Text: "the last row or element, empty of none", min: 1, max: 1},
	"len":     {Usage: "len(x)", Text: "the number of characters, rows or elements", min: 1, max: 1},
	"upper":   {Usage: "upper(text)", Text: "the text in capitals", min: 1, max: 1},
	"lower":   {Usage: "lower(text)", Text: "the text in small letters", min: 1, max: 1},
	"trim":    {Usage: "trim(text)", Text: "the text without space around it", min: 1, max: 1},
	"join":    {Usage: `join([a, b], ", ")`, Text: "the texts that are not empty, with the separator between", min: 1, max: 2},
	"string":  {Usage: "string(x)", Text: "the value as it is stored in a card", min: 1, max: 1},
	"title":   {Usage: "title(kind)", Text: "the title of an entry, the name of a user", min: 1, max: 1},
	"empty":   {Usage: "empty(x)", Text: "whether there is no value", min: 1, max: 1},
	"filled":  {Usage: "filled(x)", Text: "whether there is a value", min: 1, max: 1},
	"date":    {Usage: `date("2026-11-23"), date(2026, 11, 23), date(now)`, Text: "a day", min: 1, max: 3},
	"year":    {Usage: "year(d)", Text: "the year of a date", min: 1, max: 1},
	"month":   {Usage: "month(d)", Text: "the month of a date, 1 to 12", min: 1, max: 1},
	"day":     {Usage: "day(d)", Text: "the day of the month of a date", min: 1, max: 1},
	"weekday": {Usage: "weekday(d)", Text: "the day of the week, 1 is Monday", min: 1, max: 1},
}

// Functions lists the functions of the language by name.
func Functions() []Function {
	out := make([]Function, 0, len(functions))
	for _, name := range functionNames() {
		f := *functions[name]
		f.Name = name
		out = append(out, f)
	}
	return out
}

func functionNames() []string {
	names := make([]string, 0, len(functions))
	for name := range functions {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// words are the operators and literals that are written as words.
var words = []string{"and", "or", "not", "in", "matches", "contains", "startsWith", "endsWith", "if", "else",
	"let", "true", "false", "nil"}

// Reserved reports whether a name cannot be used for a field: a word of the language or a function.
func Reserved(name string) bool { return functions[name] != nil || IsWord(name) }

// IsWord reports whether a name is a word of the language, such as and, in, true.
func IsWord(name string) bool { return slices.Contains(words, name) }

// Func is a function an environment adds to those of the language, such as open(step) of a route. The
// scope must then be a [Caller].
type Func struct {
	Name   string
	Params []Type
	Result Type
}

// Caller is a Scope that carries out the functions its environment added.
type Caller interface {
	Call(name string, args []Value) (Value, error)
}

// call types a call of a function.
func (c *checker) call(n ast.Node, name string, args []ast.Node) *Expr {
	from := n.Location().From
	if orig, ok := c.p.renamed[from]; ok {
		name = orig
	}
	if f, ok := c.env.function(name); ok {
		return c.callAdded(n, f, args)
	}
	f := functions[name]
	switch {
	case f == nil:
		if l, ok := c.p.literals[from]; ok {
			c.issueAt(from, n.Location().To, "syntax", "", "a %s cannot be called", l.kind)
			return c.unknown(n)
		}
		c.issueAt(from, n.Location().To, "unknown", nearest(name, functionNames()), "unknown function %q", name)
		e := c.unknown(n)
		e.To = c.p.closing(from)
		return e
	case len(args) < f.min || len(args) > f.max:
		c.issueAt(from, c.p.closing(from), "type", f.Usage, "%q has %d arguments", name, len(args))
		return c.unknown(n)
	}
	e := c.node(n, Call, Type{})
	e.Name = name
	if first := args[0].Location(); first.From < e.From && first.To > 0 {
		e.From = first.From // x | f()
	}
	e.To = max(e.To, c.p.closing(from))
	if pred, ok := args[len(args)-1].(*ast.PredicateNode); ok {
		rows := c.check(args[0], Type{})
		c.rows = append(c.rows, c.elementOf(rows))
		var body *Expr
		if returnsCondition(name) {
			body = c.condition(pred.Node)
		} else {
			body = c.check(pred.Node, Type{})
		}
		c.rows = c.rows[:len(c.rows)-1]
		e.Args, e.body = []*Expr{rows, body}, true
	} else {
		for _, a := range args {
			e.Args = append(e.Args, c.check(a, Type{}))
		}
	}
	c.result(e)
	return e
}

func returnsCondition(name string) bool {
	return slices.Contains([]string{"count", "any", "all", "none", "filter"}, name)
}

// elementOf is the type of the rows or elements of a table or list.
func (c *checker) elementOf(e *Expr) Type {
	switch {
	case e.Type.Kind == Table:
		return Type{Kind: Record, Fields: e.Type.Fields}
	case e.Type.Kind == List && e.Type.Elem != nil:
		return *e.Type.Elem
	case e.Type.Kind != Any && e.Type.Kind != List:
		c.issue(e, "type", "", "a table or list is wanted, this is %s", article(e.Type))
	}
	return Type{}
}

func (c *checker) callAdded(n ast.Node, f Func, args []ast.Node) *Expr {
	e := c.node(n, Call, f.Result)
	e.Name, e.To = f.Name, c.p.closing(n.Location().From)
	if len(args) != len(f.Params) {
		c.issue(e, "type", "", "%q has %d arguments, %d are wanted", f.Name, len(args), len(f.Params))
		return e
	}
	for i, a := range args {
		arg := c.check(a, f.Params[i])
		if !Assignable(arg.Type, f.Params[i]) {
			c.issue(arg, "type", "", "%s is wanted, this is %s", article(f.Params[i]), article(arg.Type))
		}
		e.Args = append(e.Args, arg)
	}
	return e
}

// result types a call from its arguments and checks them.
func (c *checker) result(e *Expr) {
	a := e.Args[0]
	want := func(i int, what string, ok func(Type) bool) {
		if i < len(e.Args) && !ok(e.Args[i].Type) {
			c.issue(e.Args[i], "type", "", "%q wants %s, this is %s", e.Name, what, article(e.Args[i].Type))
		}
	}
	kinds := func(k ...Kind) func(Type) bool { return func(t Type) bool { return is(t, k...) } }
	switch e.Name {
	case "abs", "round":
		want(0, "a number", numeric)
		want(1, "a number of digits", kinds(Int))
		e.Type = a.Type
	case "floor", "ceil":
		want(0, "a number", numeric)
		e.Type = Type{Kind: Int, Nullable: a.Type.Nullable}
	case "min", "max":
		c.extreme(e)
	case "sum":
		item := a
		if len(e.Args) == 2 {
			item = e.Args[1]
		} else {
			item = &Expr{Type: c.elementOf(a), From: a.From, To: a.To}
		}
		if !numeric(item.Type) {
			c.issue(item, "type", "write sum(lines, .price)", "\"sum\" wants numbers, this is %s", article(item.Type))
		}
		e.Type = Type{Kind: item.Type.Kind}
	case "count":
		if len(e.Args) == 1 {
			c.elementOf(a)
		}
		e.Type = Type{Kind: Int}
	case "any", "all", "none", "empty", "filled":
		e.Type = Type{Kind: Bool}
	case "filter":
		e.Type = a.Type
	case "map":
		elem := e.Args[1].Type
		e.Type = Type{Kind: List, Elem: &elem}
	case "first", "last":
		e.Type = c.elementOf(a)
		e.Type.Nullable = true
	case "len":
		want(0, "a text, table or list", func(t Type) bool { return textual(t) || is(t, Table, List) })
		e.Type = Type{Kind: Int, Nullable: a.Type.Nullable && textual(a.Type)}
	case "upper", "lower", "trim":
		want(0, "a text", textual)
		e.Type = Type{Kind: Text, Nullable: a.Type.Nullable}
	case "join":
		want(0, "a list", kinds(List))
		want(1, "a separator", textual)
		e.Type = Type{Kind: Text, Nullable: true}
	case "string", "title":
		want(0, "a single value", scalar)
		e.Type = Type{Kind: Text, Nullable: a.Type.Nullable}
	case "date":
		c.date(e)
	case "year", "month", "day", "weekday":
		want(0, "a date", kinds(DateKind, DateTime))
		e.Type = Type{Kind: Int, Nullable: a.Type.Nullable}
	}
}

func (c *checker) date(e *Expr) {
	e.Type = Type{Kind: DateKind}
	switch a := e.Args[0]; {
	case len(e.Args) == 2:
		c.issue(e, "type", functions["date"].Usage, "\"date\" has 2 arguments")
	case len(e.Args) == 3:
		for _, a := range e.Args {
			if !is(a.Type, Int) {
				c.issue(a, "type", "", "year, month and day are whole numbers, this is %s", article(a.Type))
			}
			e.Type.Nullable = e.Type.Nullable || a.Type.Nullable
		}
	case a.Op == Literal && a.Type.Kind == Text:
		d, err := ParseDate(fmt.Sprint(a.Value))
		if err != nil {
			c.issue(a, "value", "", "%s", err)
		}
		e.Op, e.Value, e.Args, e.Name = Literal, d, nil, ""
	case is(a.Type, DateKind, DateTime):
		e.Type.Nullable = a.Type.Nullable
	default:
		c.issue(a, "type", functions["date"].Usage, "\"date\" wants a date or a text, this is %s", article(a.Type))
	}
}

// extreme types min and max: over arguments, over a list, or over rows with a body.
func (c *checker) extreme(e *Expr) {
	items := e.Args
	switch a := e.Args[0]; {
	case e.body:
		items = e.Args[1:]
	case len(e.Args) == 1 && a.Type.Kind == List:
		items = []*Expr{{Type: c.elementOf(a), From: a.From, To: a.To}}
	case len(e.Args) == 1 && a.Type.Kind != Any:
		c.issue(a, "type", functions[e.Name].Usage, "%q wants several values or a list, this is %s", e.Name, article(a.Type))
		return
	}
	t := Type{}
	nullable := true
	for _, it := range items {
		u, ok := unify(t, it.Type)
		if !ok || !ordered(it.Type) {
			c.issue(it, "type", "", "%q wants values that can be ordered with each other, this is %s", e.Name, article(it.Type))
			continue
		}
		nullable = nullable && it.Type.Nullable
		t = u
	}
	t.Nullable = nullable || len(items) != len(e.Args)
	e.Type = t
}
