package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/report"
	"github.com/e1-dms/e1/internal/route"
	processing "github.com/e1-dms/e1/internal/rule"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Conditions and values stand in forms, reports and auto-processing rules, too.
// They are judged by the rules of routes, under the same number with the letter
// of their definition: F035 is in a form what R035 is in a route.

// elsewhere are the rules that judge expressions outside of routes.
func elsewhere() []*rule {
	return []*rule{constantCondition(), possiblyEmpty(), unroundedMoney(), divisionByZero()}
}

// counterparts are their codes.
func counterparts() []Code {
	return []Code{
		{"F034", "dead-branch", "a condition that never holds where it is asked, because of another condition of the field; correct one of them"},
		{"F035", "constant-condition", "a condition of a field that always or never holds, whatever the card says; compare with what was meant or remove it"},
		{"F036", "possibly-empty", "a condition that an empty field makes false, so that a check refuses every value; ask `empty(…) or …` first, or give a value with `??`"},
		{"F038", "unrounded-money", "a sum of money computed as a mere number, or compared with parts of a kopeck; write `as: money`, or `round(…, 2)`"},
		{"F039", "division-by-zero", "a divisor that can be zero: the card would be refused; ask for it before"},
		{"P034", "dead-branch", "a count or sum of documents that `where` has left out, or of all that it lets through; correct the condition"},
		{"P035", "constant-condition", "a filter that always or never holds, whatever the cards say; compare with what was meant or remove it"},
		{"P036", "possibly-empty", "a filter that leaves documents with an empty field out although it asks for what differs; write (… or empty(…)) or ask filled(…)"},
		{"P038", "unrounded-money", "a sum of money compared with parts of a kopeck, which no sum has; write `round(…, 2)`"},
		{"A034", "dead-branch", "a rule or action that never does anything, because its event or the rule's `if` has decided before; correct the condition"},
		{"A035", "constant-condition", "a condition that always or never holds, whatever the card says; compare with what was meant or remove it"},
		{"A036", "possibly-empty", "an expression that an empty field makes false or empty; ask `filled(…)` first, or give a value with `??`"},
		{"A038", "unrounded-money", "a sum of money stored as a mere number, or compared with parts of a kopeck; use a field of type money, or `round(…, 2)`"},
		{"A039", "division-by-zero", "a divisor that can be zero: the rule would fail; ask for it before"},
		{"A084", "refused-action", "an action that is always refused: a document registered without its required fields, a value that its field refuses, or a route of another form started; give what it needs"},
		{"A075", "template-needs-value", "a template that reads what may be empty, and refuses then; give a value with `??` there, or do it only if filled(…)"},
	}
}

// outside makes a subject of a definition that is no route.
func (l *linter) outside(r *route.Route) (*subject, error) {
	forms, err := l.defs.Forms()
	if err != nil {
		return nil, err
	}
	conf, _, err := l.defs.Settings()
	if err != nil {
		return nil, err
	}
	return &subject{Route: r, defs: l.defs, forms: forms, org: forms.Org(), settings: conf, problems: &diag.List{}, shaky: l.shaky}, nil
}

// outsideOf makes a subject of expressions over the documents of a form.
func (l *linter) outsideOf(form string) (*subject, error) {
	s, err := l.outside(&route.Route{For: route.Word{Text: form}})
	if err == nil {
		s.flow = &dataflow{s: s, paths: map[string]int{}}
	}
	return s, err
}

// judge lets rules look at a subject and adds what they say, with the letter of
// the definition in place of R.
func (l *linter) judge(s *subject, letter string, rules ...*rule) {
	for _, s.rule = range rules {
		s.rule.check(s)
	}
	if len(*s.problems) == 0 {
		return
	}
	file := (*s.problems)[0].At.File
	for i := range *s.problems {
		p := &(*s.problems)[i]
		p.Code = letter + strings.TrimPrefix(p.Code, "R")
	}
	left := l.shaky.relies(file, l.text(file), []string{s.For.Text}, *s.problems)
	l.add(slices.DeleteFunc(left, func(p diag.Problem) bool {
		return slices.ContainsFunc(l.problems, func(f diag.Problem) bool { return f.Severity == diag.Error && f.At.Overlaps(p.At) })
	})...)
}

// clause adds an expression that is evaluated while others hold.
func (s *subject) clause(kind useKind, e *route.Expr, filled []string, given ...decide.Wish) {
	at := &state{}
	for _, g := range given {
		filled = append(filled, fact(g.Cond, g.Holds)...)
	}
	for _, path := range filled {
		at.filled.add(s.flow.path(path))
	}
	s.flow.uses = append(s.flow.uses, &use{kind: kind, expr: e, at: at, given: given})
}

// settledClauses reports conditions that others around them have decided. One
// that always holds is reported only where always says so.
func settledClauses(never, always string) *rule {
	return &rule{Code: Code{"R034", "dead-branch", ""}, severity: diag.Warning, check: func(s *subject) {
		for _, u := range s.data().uses {
			t := tree(u.expr)
			if u.kind != useCondition || len(u.given) == 0 || t == nil || s.saysItself(t) {
				continue
			}
			wishes := u.given[:len(u.given):len(u.given)]
			if verdict, _ := s.ask(u.at, append(wishes, decide.Wish{Cond: t, Holds: true})...); verdict == decide.Impossible {
				s.report(u.expr.At(), "%s", never).Help = "correct one of the two conditions"
			} else if verdict, _ := s.ask(u.at, append(wishes, decide.Wish{Cond: t})...); always != "" && verdict == decide.Impossible {
				s.report(u.expr.At(), "%s", always).Help = "correct one of the two conditions, or remove this one"
			}
		}
	}}
}

// formConditions judges what forms ask and compute.
func (l *linter) formConditions(set *form.Set) error {
	for _, f := range set.Forms() {
		if f.File.Name == "" || !l.wants(f.File.Name) {
			continue // there is nothing to be read, or it was not asked for
		}
		// One subject for the document, and one for the rows of each table.
		if err := l.fieldConditions(f, nil, f.Fields()); err != nil {
			return err
		}
		for _, table := range f.Fields() {
			if len(table.Columns) == 0 {
				continue
			}
			if err := l.fieldConditions(f, table, table.Columns); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *linter) fieldConditions(f *form.Form, table *form.Field, fields []*form.Field) error {
	s, err := l.outsideOf(f.Name)
	if err != nil {
		return err
	}
	s.table, s.void = table, true
	var checks []*use
	for _, field := range fields {
		var shown []decide.Wish
		if e := compiled(field.ShownIf); e != nil {
			s.clause(useCondition, e, nil)
			shown = append(shown, decide.Wish{Cond: tree(e), Holds: true})
		}
		if e := compiled(field.Required); e != nil {
			s.clause(useCondition, e, nil, shown...)
		}
		if e := compiled(field.Check); e != nil {
			s.clause(useCondition, e, []string{field.Name})
			checks = append(checks, s.flow.uses[len(s.flow.uses)-1])
		}
		for _, value := range []*form.Expression{field.Default, field.Value} {
			if e := compiled(value); e != nil {
				s.clause(useOther, e, nil)
				if field.Computed {
					s.computedMoney(field, e, l)
				}
			}
		}
	}
	if c := f.Calendar; c != nil && table == nil {
		if e := compiled(c.Done); e != nil {
			s.clause(useCondition, e, nil)
		}
	}
	l.judge(s, "F", append(elsewhere(), settledClauses("the field is never required: it is not shown then", ""), refusingChecks(checks))...)
	return nil
}

// compiled is an expression of a form as the rules of routes know them; nil
// when there is none, or it is wrong.
func compiled(e *form.Expression) *route.Expr {
	if e == nil {
		return nil
	}
	p, err := e.Program()
	if err != nil {
		return nil
	}
	file, node := e.Place()
	return route.Compiled(file, node, 0, p)
}

// refusingChecks reports checks that accept no value while another field is
// empty: comparing with an empty value is false.
func refusingChecks(checks []*use) *rule {
	return &rule{Code: Code{"R036", "possibly-empty", ""}, severity: diag.Warning, check: func(s *subject) {
		for _, u := range checks {
			t := tree(u.expr)
			if s.saysItself(t) {
				continue
			}
			for _, holds := range []bool{false, true} { // of a field that is filled
				if verdict, _ := s.ask(u.at, decide.Wish{Cond: t, Holds: holds}); verdict == decide.Impossible {
					p := s.report(u.expr.At(), "the check %s, whatever the field holds", map[bool]string{false: "always holds", true: "never holds"}[holds])
					p.Code, p.Slug, p.Help = "R035", "constant-condition", "compare with what was meant, or remove it"
				}
			}
			seen, filled := map[string]bool{}, s.expected(u.at)
			t.Walk(func(e *expr.Expr) bool {
				path, ok := decide.Path(e)
				if !ok {
					return !e.Body()
				}
				if !e.Type.Nullable || seen[path] || filled(path) || s.field(path) == nil {
					return false
				}
				seen[path] = true
				empty := &expr.Expr{Op: expr.Call, Name: "empty", Type: expr.Type{Kind: expr.Bool}, Args: []*expr.Expr{e}}
				verdict, _ := s.ask(u.at, decide.Wish{Cond: empty, Holds: true}, decide.Wish{Cond: t, Holds: true})
				if verdict == decide.Impossible {
					s.report(u.expr.Within(e.From, e.To), "while %q is empty the check refuses every value", path).
						Help = "write empty(" + path + ") or …"
				}
				return false
			})
		}
	}}
}

// computedMoney reports sums of money that are computed as mere numbers. A
// quotient may be meant to be finer, as a price for a gram is.
func (s *subject) computedMoney(f *form.Field, e *route.Expr, l *linter) {
	t := tree(e)
	divides := false
	t.Walk(func(n *expr.Expr) bool {
		divides = divides || n.Op == expr.Div
		return !divides
	})
	if f.Type != expr.Decimal || t.Type.Kind != expr.Money || divides || !finer(t) {
		return
	}
	l.add(diag.Problem{Code: "F038", Slug: "unrounded-money", Severity: diag.Warning, At: e.At(),
		Message: "the sum of money is computed as a mere number, with parts of a kopeck", Help: "write as: money, or round(…, 2)"})
}

// reportConditions judges what a report filters by.
func (l *linter) reportConditions(r *report.Report) error {
	s, err := l.outsideOf(r.Form)
	if err != nil {
		return err
	}
	s.void = r.Void
	for _, c := range r.Compute {
		s.loose = append(s.loose, c.Name)
	}
	expression := func(e *report.Expression) *route.Expr {
		if e == nil || e.Program == nil {
			return nil
		}
		n, from := e.Place()
		return route.Compiled(r.File, n, from, e.Program)
	}
	var where []decide.Wish
	if e := expression(r.Where); e != nil {
		s.clause(useCondition, e, nil)
		where = append(where, decide.Wish{Cond: tree(e), Holds: true})
	}
	for _, c := range r.Columns {
		for _, a := range c.Aggregates {
			if e := expression(a.Cond); e != nil {
				s.clause(useCondition, e, nil, where...)
			}
		}
	}
	l.judge(s, "P", constantCondition(), possiblyEmpty(), unroundedMoney(),
		settledClauses("no document is counted: `where` leaves all of them out", "every document is counted: `where` asks for the same"))
	return nil
}

// ruleConditions judges conditions and actions of an auto-processing rule.
func (l *linter) ruleConditions(f *yamlsrc.File, r *processing.Rule) error {
	s, err := l.outside(route.Doing(f, r.For, r.If, r.Do))
	if err != nil {
		return err
	}
	if len(r.On) == 1 && r.On[0].Kind == processing.Date {
		for _, w := range r.On[0].Names {
			s.sure = append(s.sure, w.Text) // without the date there is no such day
		}
	}
	l.judge(s, "A", append(elsewhere(), deadBranch(), neverMeets(r), templateNeedsValue(), noRecipient(), refusedAction())...)
	return nil
}

// neverMeets reports a rule whose condition contradicts the status that sets it
// off.
func neverMeets(r *processing.Rule) *rule {
	return &rule{Code: Code{"R034", "dead-branch", ""}, severity: diag.Warning, check: func(s *subject) {
		t := tree(r.If)
		f := s.forms.Form(r.For.Text)
		if t == nil || s.saysItself(t) || f == nil {
			return
		}
		var statuses []string
		for _, on := range r.On {
			if on.Kind != processing.Status {
				return
			}
			for _, w := range on.Names {
				if w.Text == processing.Any {
					return
				}
				statuses = append(statuses, w.Text)
			}
		}
		p, _ := expr.Compile(`status in ["`+strings.Join(statuses, `", "`)+`"]`, s.forms.Env(f.Name), expr.Options{})
		if p == nil {
			return
		}
		verdict, _ := s.ask(nil, decide.Wish{Cond: p.Tree(), Holds: true}, decide.Wish{Cond: t, Holds: true})
		if verdict == decide.Impossible {
			s.report(r.If.At(), "the rule never does anything: it is asked when the status becomes %s", strings.Join(statuses, " or ")).
				Help = "correct the condition or the event"
		}
	}}
}
