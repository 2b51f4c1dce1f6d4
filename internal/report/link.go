package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Link compiles a report's expressions against its form and reports everything
// that does not fit. A report may be linked again when forms have changed.
func (r *Report) Link(forms Forms) diag.List {
	var problems diag.List
	l := &linker{r: r, forms: forms, problems: &problems}
	r.forms, r.linked = forms, false
	if r.Form == "" {
		return problems // reported by Parse
	}
	env := forms.Env(r.Form)
	if env == nil {
		l.errorf(unknownForm, r.File.Root.Get("form"), "%s", diag.Unknown("form", r.Form, forms.FormNames()))
		return problems
	}
	l.env = env
	l.params()
	l.compute()
	r.env = l.env
	if r.Where != nil {
		l.compile(r.Where, l.env, expr.Options{Want: expr.Type{Kind: expr.Bool}})
	}
	for _, g := range r.Groups {
		l.group(g)
	}
	l.columns()
	l.sort()
	r.linked = !r.broken && !problems.HasErrors()
	return problems
}

type linker struct {
	r        *Report
	forms    Forms
	env      *expr.Env
	problems *diag.List
}

// params types the parameters; those without a field become names.
func (l *linker) params() {
	var names []expr.Var
	for _, p := range l.r.Params {
		p.field = nil
		switch {
		case p.Field != "":
			e := &Expression{Text: p.Field, node: p.node.Get("field")}
			if l.compile(e, l.env, expr.Options{}) {
				p.field = e.Program
				p.Type = e.Program.Type()
				if _, ok := e.Program.Tree().Path(); !ok {
					l.errorf(badParam, e.node, "parameter %q: %q is no field; use `where` for a condition of its own", p.Name, p.Field)
				}
			}
			if p.Type.Kind == expr.DateTime && (p.Is == From || p.Is == To) {
				p.Type.Kind = expr.DateKind // a day is what people give
			}
			l.relation(p)
		case p.typeNode != nil:
			kind, ok := expr.KindOf(p.typeNode.Value)
			if !ok || kind == expr.Table {
				l.errorf(badParam, p.typeNode, "parameter %q: %s", p.Name, diag.UnknownWord("type", p.typeNode.Value, paramTypes()))
			}
			p.Type = expr.Type{Kind: kind, Nullable: !p.Required && p.Default == nil}
			if _, taken := l.env.Lookup(p.Name); taken || expr.Reserved(p.Name) {
				l.errorf(badParam, p.node.Get("param"), "parameter %q has the name of a field or function; give it another one, or let it restrict the field with `field: %s`", p.Name, p.Name)
				continue
			}
			names = append(names, expr.Var{Name: p.Name, Type: p.Type})
		}
		if p.Default != nil {
			want := p.Type
			want.Nullable = true
			l.compile(p.Default, expr.NewEnv(nil, nil), expr.Options{Want: want})
		}
	}
	l.env = l.env.With(names...)
}

// relation checks that a field can be restricted in the way asked for.
func (l *linker) relation(p *Param) {
	k := p.Type.Kind
	switch {
	case k == expr.Any:
	case p.Is == Contains && !k.IsText(), (p.Is == From || p.Is == To) && !(k.IsNumber() || k == expr.DateKind || k == expr.DurationKind),
		k == expr.Table || k == expr.List || k == expr.Record:
		l.errorf(badParam, p.node.Get("field"), "parameter %q: a %s cannot be restricted with `is: %s`", p.Name, p.Type, p.Is)
	}
}

// paramTypes are the words of a parameter's `type`.
func paramTypes() []string {
	return []string{"bool", "date", "datetime", "decimal", "duration", "int", "money", "text", "user"}
}

// compute adds the computed values to the names, each after those before it.
func (l *linker) compute() {
	for _, c := range l.r.Compute {
		if c.Value == nil || c.Name == "" {
			continue
		}
		if _, taken := l.env.Lookup(c.Name); taken || expr.Reserved(c.Name) {
			l.errorf(duplicateName, c.Value.node, "computed column %q has the name of a field, parameter or function", c.Name)
			continue
		}
		t := expr.Type{}
		if l.compile(c.Value, l.env, expr.Options{}) {
			t = c.Value.Program.Type()
		}
		t.Nullable = true
		l.env = l.env.With(expr.Var{Name: c.Name, Type: t})
	}
}

func (l *linker) group(g *Group) {
	if g.By == nil || !l.compile(g.By, l.env, expr.Options{}) {
		return
	}
	t := g.By.Program.Type()
	dated := t.Kind == expr.DateKind || t.Kind == expr.DateTime || t.Kind == expr.Any
	switch {
	case g.Per != Each && !dated:
		l.errorf(badAggregate, g.node, "group by %q: `per` cuts dates into periods, this is no date but of type %s", g.By.Text, t)
	case g.Per == Each && t.Kind == expr.DateTime:
		l.errorf(badAggregate, g.node, "group by %q: every moment would be a group of its own; add `per: day`", g.By.Text)
	case t.Kind >= expr.Table:
		l.errorf(badAggregate, g.node, "group by %q: a %s is no value to group by", g.By.Text, t)
	}
}

func (l *linker) columns() {
	formulas := l.formulaEnv()
	for _, c := range l.r.Columns {
		if c.Value == nil || l.r.vague {
			if c.Name != "" {
				formulas = formulas.With(expr.Var{Name: c.Name, Type: expr.Type{Nullable: true}})
			}
			continue
		}
		if !l.r.Grouped {
			if l.compile(c.Value, l.env, expr.Options{}) {
				l.total(c)
			}
			continue
		}
		t := expr.Type{} // of a column with a fault nobody knows
		if l.formula(c, formulas) {
			t = c.Value.Program.Type()
		}
		t.Nullable = true
		if c.Name != "" {
			formulas = formulas.With(expr.Var{Name: c.Name, Type: t})
		}
	}
}

// formulaEnv holds what a formula may read besides aggregates: parameters.
func (l *linker) formulaEnv() *expr.Env {
	var names []expr.Var
	for _, p := range l.r.Params {
		if p.Field == "" {
			names = append(names, expr.Var{Name: p.Name, Type: p.Type})
		}
	}
	return expr.NewEnv(names, nil)
}

// formula compiles the column of a grouped report: the aggregates over
// documents, then what is made of them.
func (l *linker) formula(c *Column, env *expr.Env) bool {
	rest, aggregates := split(c.Value.Text)
	c.Aggregates = aggregates
	ok := true
	var names []expr.Var
	for _, a := range aggregates {
		t, fits := l.aggregate(c, a)
		ok = ok && fits
		names = append(names, expr.Var{Name: a.name, Type: t})
	}
	program, issues := expr.Compile(rest, env.With(names...), expr.Options{})
	for _, issue := range issues {
		l.issue(c.Value, issue, "outside of count, sum, avg, min, max and distinct only columns before this one can be read")
		ok = false
	}
	l.former(c.Value, program)
	c.Value.Program = program
	return ok
}

// aggregate compiles one call and gives the type of its result.
func (l *linker) aggregate(c *Column, a *Aggregate) (expr.Type, bool) {
	at := func(code yamlsrc.Code, format string, args ...any) (expr.Type, bool) {
		l.problems.Errorf(code.Code, code.Slug, l.r.File.SpanAt(c.Value.node, c.Value.from+a.at.from, c.Value.from+a.at.to), format, args...)
		return expr.Type{}, false
	}
	if wrong := a.shape(); wrong != "" {
		return at(badAggregate, "column %q: %s", c.Name, wrong)
	}
	for _, e := range []*Expression{a.Arg, a.Cond} {
		if e != nil {
			e.node = c.Value.node
			e.from += c.Value.from
		}
	}
	ok := true
	if a.Cond != nil {
		ok = l.compile(a.Cond, l.env, expr.Options{Want: expr.Type{Kind: expr.Bool}})
	}
	if a.Arg == nil {
		return expr.Type{Kind: expr.Int}, ok
	}
	if !l.compile(a.Arg, l.env, expr.Options{}) {
		return expr.Type{}, false
	}
	t := a.Arg.Program.Type()
	switch a.Func {
	case "distinct":
		return expr.Type{Kind: expr.Int}, ok
	case "sum", "avg":
		switch {
		case t.Kind == expr.DurationKind:
			return expr.Type{Kind: expr.Decimal, Nullable: true}, ok
		case !t.Kind.IsNumber() && t.Kind != expr.Any:
			return at(badAggregate, "column %q: %s needs numbers or durations, %q is a %s", c.Name, a.Func, a.Arg.Text, t)
		case a.Func == "avg" && t.Kind == expr.Int:
			t.Kind = expr.Decimal
		}
	default:
		if t.Kind == expr.DurationKind {
			return at(badAggregate, "column %q: durations in working and in calendar time have no order, so there is no %s of them; sum and avg are in hours", c.Name, a.Func)
		}
		if t.Kind >= expr.Table {
			return at(badAggregate, "column %q: %s needs values that can be compared, %q is a %s", c.Name, a.Func, a.Arg.Text, t)
		}
	}
	t.Nullable = true
	return t, ok
}

// total checks what a list's totals line computes.
func (l *linker) total(c *Column) {
	t := c.Value.Program.Type()
	if (c.Total == "min" || c.Total == "max") && t.Kind == expr.DurationKind {
		l.errorf(badAggregate, c.node, "column %q: durations in working and in calendar time have no order, so there is no %s of them", c.Name, c.Total)
	}
	if (c.Total == "sum" || c.Total == "avg") && !t.Kind.IsNumber() && t.Kind != expr.DurationKind {
		l.errorf(badAggregate, c.node, "column %q: total: %s needs numbers or durations, this is a %s", c.Name, c.Total, t)
	}
}

func (l *linker) sort() {
	var known []string
	for _, g := range l.r.Groups {
		known = append(known, g.Name)
	}
	for _, c := range l.r.Columns {
		if !slices.Contains(known, c.Name) {
			known = append(known, c.Name)
		}
	}
	if slices.Contains(known, "") || len(l.r.Columns) == 0 {
		return // one without a name, which is reported, may be meant
	}
	renamed := l.renamed()
	for _, o := range l.r.Sort {
		if !slices.Contains(known, o.Column) {
			l.errorf(badSort, o.node, "sort: %s", diag.Unknown("column", o.Column, known))
			continue
		}
		if now := renamed[o.Column]; now != "" {
			from := utf8.RuneCountInString(o.node.Value[:strings.Index(o.node.Value, o.Column)])
			l.problems.Add(yamlsrc.Former(l.r.File.SpanAt(o.node, from, from+utf8.RuneCountInString(o.Column)), o.Column, now))
		}
	}
}

// renamed lists the columns that are called after a former name of a field, with
// what they are called with the present one.
func (l *linker) renamed() map[string]string {
	out := map[string]string{}
	note := func(name string, e *Expression, of *yamlsrc.Node) {
		if of.Get("value") != nil || of.Get("by") != nil && of.Get("column") != nil || e == nil || e.Program == nil {
			return // it has a name of its own
		}
		now := []rune(e.Text)
		for _, f := range slices.Backward(e.Program.Former()) {
			now = slices.Concat(now[:f.From], []rune(f.Now), now[f.To:])
		}
		if is := nameOf(string(now)) + strings.TrimPrefix(name, nameOf(e.Text)); is != name {
			out[name] = is
		}
	}
	for _, g := range l.r.Groups {
		note(g.Name, g.By, g.node)
	}
	for _, c := range l.r.Columns {
		note(c.Name, c.Value, c.node)
	}
	return out
}

// compile compiles an expression and reports its issues at their places.
func (l *linker) compile(e *Expression, env *expr.Env, opt expr.Options) bool {
	program, issues := expr.Compile(e.Text, env, opt)
	for _, issue := range issues {
		l.issue(e, issue, "")
	}
	l.former(e, program)
	e.Program = program
	if len(issues) > 0 {
		e.Program = nil
	}
	return len(issues) == 0
}

// former notes the former names that an expression uses.
func (l *linker) former(e *Expression, program *expr.Program) {
	if program == nil {
		return
	}
	for _, f := range program.Former() {
		l.problems.Add(yamlsrc.Former(l.r.File.SpanAt(e.node, e.from+f.From, e.from+f.To), f.Was, f.Now))
	}
}

// issue reports an issue of an expression; help stands where the issue has none.
func (l *linker) issue(e *Expression, issue expr.Issue, help string) {
	if issue.Help != "" {
		help = issue.Help
	}
	code := badExpression
	if issue.Slug == "unknown" {
		code = unknownName
	}
	l.problems.Add(diag.Problem{
		Code: code.Code, Slug: code.Slug, Message: issue.Message, Help: help,
		At: l.r.File.SpanAt(e.node, e.from+issue.From, e.from+issue.To),
	})
}

func (l *linker) errorf(c yamlsrc.Code, n *yamlsrc.Node, format string, args ...any) {
	at := l.r.At
	if n != nil {
		at = l.r.File.Span(n)
	}
	l.problems.Add(diag.Problem{Code: c.Code, Slug: c.Slug, At: at, Message: fmt.Sprintf(format, args...)})
}
