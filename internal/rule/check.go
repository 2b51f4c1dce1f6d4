package rule

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// Check holds a rule against the other definitions. forms gives a form by
// name, nil for none; steps the steps and outcomes of the routes of a form,
// steps also as "route/step".
func Check(r *Rule, ctx route.Context, forms func(string) *form.Form, steps func(form string) map[string][]string) diag.List {
	c := &checker{rule: r, dates: map[string]int{}}
	if name := strings.TrimSuffix(path.Base(r.File.Name), path.Ext(r.File.Name)); r.Name.Text != name && r.Name.Text != "" {
		c.add(route.R006.Code, route.R006.Slug, diag.Error, r.Name.At, "rename one of them", "the rule %q stands in a file named %q", r.Name.Text, path.Base(r.File.Name))
	}
	j := route.NewJudge(r.For.Text, ctx)
	f := forms(r.For.Text)
	if f == nil || j.Env() == nil {
		if r.For.Text == "" { // which is reported
			return c.done(nil)
		}
		c.add(route.R006.Code, route.R006.Slug, diag.Error, r.For.At, "", "%s", diag.Unknown("form", r.For.Text, ctx.Forms))
		return c.done(nil)
	}
	env := j.Env()
	for _, t := range r.On {
		for _, w := range t.Names {
			c.name(j, t, w, f, steps)
		}
		if t.Arrival() && len(r.On) == 1 && len(t.Names) > 0 {
			env = route.ArrivalEnv(t.Event(), env)
		}
	}
	j.Condition(r.If, env)
	j.Actions(r.Do, env)
	for _, a := range r.Do {
		for _, s := range a.Set {
			if a.Kind == route.Set && s.Field.Text == "status" && !r.Overwrites("status") {
				c.add(fixedStatus.Code, fixedStatus.Slug, diag.Warning, s.Field.At, "add \"overwrite: [status]\" to the rule", "the status is set only while it is %q", f.Initial())
			}
		}
	}
	for _, w := range r.Fields {
		if !slices.ContainsFunc(r.Do, func(a *route.Action) bool {
			return a.Kind == route.Set && slices.ContainsFunc(a.Set, func(s *route.Assignment) bool { return s.Field.Text == w.Text })
		}) {
			c.add(unusedOverwrite.Code, unusedOverwrite.Slug, diag.Error, w.At, "", "the rule does not set %q", w.Text)
		}
	}
	return c.done(j.Problems())
}

type checker struct {
	rule     *Rule
	dates    map[string]int // how often the rule waits for the date of a field
	problems diag.List
}

func (c *checker) add(code, slug string, severity diag.Severity, at diag.Span, help, format string, args ...any) {
	c.problems.Add(diag.Problem{Code: code, Slug: slug, Severity: severity, At: at, Help: help, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) done(more diag.List) diag.List {
	out := Recode(append(c.problems, more...)).Dedup()
	out.Sort()
	return out
}

// name checks one name of a trigger.
func (c *checker) name(j *route.Judge, t *Trigger, w route.Word, f *form.Form, steps func(string) map[string][]string) {
	unknown := func(what, text string, known []string, at diag.Span) {
		c.add(unknownEvent.Code, unknownEvent.Slug, diag.Error, at, "", "%s", diag.Unknown(what, text, known))
	}
	if w.Text == Any && t.Kind != Document && t.Kind != Date {
		return
	}
	switch t.Kind {
	case Changed:
		j.Field(w)
	case Date:
		var dates []string
		for _, field := range f.Fields() {
			if !field.Computed && (field.Type == expr.DateKind || field.Type == expr.DateTime) {
				dates = append(dates, field.Name)
			}
		}
		if !slices.Contains(dates, w.Text) {
			unknown("date field", w.Text, dates, w.At)
		}
		if n := c.dates[w.Text]; n > 0 {
			c.add(unknownEvent.Code, unknownEvent.Slug, diag.Error, w.At, "make it a rule of its own", "the rule has the date of %q already", w.Text)
		}
		c.dates[w.Text]++
	case Message, Document, Payment:
		j.Event(t.event(w))
	case Status:
		if !slices.Contains(f.SettableStatuses(), w.Text) {
			unknown("status", w.Text, f.SettableStatuses(), w.At)
		}
	case Task, Assigned:
		all := steps(f.Name)
		outcomes, ok := all[w.Text]
		if !ok {
			var known []string
			for name := range all {
				known = append(known, name)
			}
			slices.Sort(known)
			unknown("step", w.Text, known, w.At)
			return
		}
		for _, o := range t.Outcomes {
			if outcomes != nil && !slices.Contains(outcomes, o.Text) {
				unknown("outcome", o.Text, outcomes, o.At)
			}
		}
	}
}

func overlaps(a, b *Rule, problems *diag.List) {
	if a.For.Text != b.For.Text || unread(a.If) || unread(b.If) || exclusive(a.If, b.If) || !slices.ContainsFunc(a.On, func(t *Trigger) bool {
		return slices.ContainsFunc(b.On, func(u *Trigger) bool { return meet(t, u) })
	}) {
		return
	}
	for _, x := range a.sets() {
		for _, y := range b.sets() {
			if x.Field.Text == y.Field.Text && x.Value.Text != y.Value.Text {
				problems.Add(diag.Problem{Code: overlap.Code, Slug: overlap.Slug, Severity: diag.Warning, At: y.Field.At,
					Message: fmt.Sprintf("the rules %q and %q may set %q at the same event", a.Name.Text, b.Name.Text, x.Field.Text),
					Related: []diag.Related{{At: x.Field.At, Message: "the other one"}},
					Help:    "let their conditions exclude each other",
				})
			}
		}
	}
}

// unread tells whether a condition has a fault, so that nobody knows what it
// leaves out.
func unread(e *route.Expr) bool { return e != nil && e.Program() == nil }

// meet tells whether one event may be for both triggers.
func meet(t, u *Trigger) bool {
	if t.Kind != u.Kind {
		return false
	}
	return t.Kind == Registered || slices.ContainsFunc(t.Names, func(w route.Word) bool { return w.Text == Any || u.Meets(w.Text) }) ||
		slices.ContainsFunc(u.Names, func(w route.Word) bool { return w.Text == Any })
}

// exclusive tells whether two conditions plainly exclude each other: both ask
// one name for different values.
func exclusive(a, b *route.Expr) bool {
	if a == nil || b == nil {
		return false
	}
	for name, value := range equalities(a.Text) {
		if other, ok := equalities(b.Text)[name]; ok && other != value {
			return true
		}
	}
	return false
}

// equalities reads `a == 1 and b == "x"`; anything with an "or" is left alone.
func equalities(text string) map[string]string {
	out := map[string]string{}
	if strings.Contains(text, " or ") || strings.ContainsAny(text, "?|") {
		return out
	}
	for _, part := range strings.Split(text, " and ") {
		name, value, ok := strings.Cut(part, "==")
		name, value = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"'`)
		if ok && !strings.ContainsAny(name, "()!<> ") && !strings.ContainsAny(value, "(). ") {
			out[name] = value
		}
	}
	return out
}

// sets lists what the rule sets of its own document.
func (r *Rule) sets() []*route.Assignment {
	var out []*route.Assignment
	for _, a := range r.Do {
		if a.Kind == route.Set {
			out = append(out, a.Set...)
		}
	}
	return out
}
