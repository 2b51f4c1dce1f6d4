package trial

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Check holds the tests of a file against the definitions: routes, steps,
// outcomes, fields, people and values. Nothing is run.
func (b *Base) Check(f *File) diag.List {
	s := b.stage(f)
	c := &checker{base: b, src: f.Source, problems: s.problems}
	if r := f.Route; r.Text != "" {
		c.route(r)
	}
	for _, t := range f.Tests {
		forms, problems := s.forms(t)
		c.forms, c.problems = forms, append(c.problems, problems...)
		c.test(t)
	}
	out := c.problems.Dedup()
	out.Sort()
	return out
}

type checker struct {
	base     *Base
	forms    *form.Set
	src      *yamlsrc.File
	problems diag.List
	r        *route.Route // of the test at hand
}

func (c *checker) errorf(code yamlsrc.Code, at diag.Span, format string, args ...any) {
	c.problems.Errorf(code.Code, code.Slug, at, format, args...)
}

// route gives a route, as far as it can be read. What is wrong with it is
// reported where it is written.
func (c *checker) route(name Word) *route.Route {
	if !slices.Contains(c.base.Names, name.Text) {
		c.errorf(unknownRoute, name.At, "%s", diag.Unknown("route", name.Text, c.base.Names))
		return nil
	}
	return c.base.Written(name.Text)
}

func (c *checker) test(t *Test) {
	if t.Route.Text == "" {
		return
	}
	if c.r = c.route(t.Route); c.r == nil || c.r.For.Text != "" && c.forms.Form(c.r.For.Text) == nil {
		return
	}
	c.person(t.File.By)
	c.person(t.By)
	p := &play{base: c.base, forms: c.forms, src: c.src, test: t, r: c.r, res: &Result{Test: t}}
	c.problems = append(c.problems, p.prepare()...)
	for _, common := range []Common{t.File.Common, t.Common} {
		c.former(c.forms.Form(c.r.For.Text), cardOf(common.Card))
		for _, g := range common.Documents {
			c.former(c.forms.Form(g.Form.Text), cardOf(g.Card))
		}
	}
	for _, a := range t.Answers {
		c.answer(p, a)
	}
	c.expect(p, t.Expect)
}

func (c *checker) person(w Word) {
	if w.Text != "" && c.forms.Org().User(w.Text) == nil {
		c.errorf(unknownPerson, w.At, "%s", diag.Unknown("user", w.Text, c.forms.Org().UserIDs()))
	}
}

func (c *checker) answer(p *play, a *Answer) {
	c.person(a.Who)
	c.person(a.To)
	switch a.Kind {
	case Advance, Accept, Refuse, Delegate, Withdraw:
		if s := c.step(a.Subject, a.Kind == Advance); s != nil && a.Outcome.Text != "" {
			c.outcome(s, a.Outcome)
		}
		c.values(p, p.number, a.Fields)
	case Set:
		number := p.number
		if a.On.Text != "" {
			number = a.On.Text
		}
		c.values(p, number, a.Fields)
	case After:
		if _, err := worktime.ParseDuration(a.Subject.Text); err != nil {
			c.errorf(unfitValue, a.Subject.At, "after: %v", err)
		}
	case Until:
		if _, _, err := moment(a.Subject.Text, c.forms.Settings().Zone); err != nil {
			c.errorf(unfitValue, a.Subject.At, "until: %v", err)
		}
	case Start:
		c.route(a.Subject)
	}
	c.expect(p, a.Expect)
}

// step finds a step of the tested route, or of another one that may run on
// the same document.
func (c *checker) step(w Word, orKey bool) *route.Step {
	id, _, _ := strings.Cut(w.Text, "@")
	if s := c.r.Step(id); s != nil {
		return s
	}
	for _, name := range c.base.Names {
		if r := c.base.Written(name); r != nil && (r.For.Text == c.r.For.Text || r.For.Text == "") {
			if s := r.Step(id); s != nil {
				return s
			}
			if r.Lost(id) {
				return nil // it is in a part of the route that is not understood
			}
		}
	}
	var known []string
	for _, s := range c.r.Steps() {
		if s.Person() || s.Named {
			known = append(known, s.ID)
		}
	}
	if orKey && diag.Nearest(id, known) == "" && diag.Nearest(id, answerKeys()) != "" {
		known = answerKeys()
	}
	c.errorf(unknownStep, w.At, "route %q: %s", c.r.Name.Text, diag.Unknown("step", id, known))
	return nil
}

func (c *checker) outcome(s *route.Step, w Word) {
	var known []string
	for _, o := range s.Outcomes {
		known = append(known, o.Name)
	}
	if s.Controller != nil {
		known = append(known, "confirm", "return")
	}
	if s.Verb == route.Inform {
		known = append(known, "read")
	}
	if !slices.Contains(known, w.Text) && !c.r.LostSteps(s.Range) {
		c.errorf(unknownOutcome, w.At, "step %q: %s", s.ID, diag.Unknown("outcome", w.Text, known))
	}
}

// values holds values against the form of a document.
func (c *checker) values(p *play, number string, pairs []yamlsrc.Pair) {
	d := p.w.docs[number]
	if d == nil { // it may be registered on the way
		if f := c.forms.FormOf(number); f != nil {
			c.former(f, pairs)
		}
		return
	}
	c.former(c.forms.Form(d.Form), pairs)
	scratch := &document.Document{Form: d.Form, Status: d.Status}
	c.problems = append(c.problems, p.w.fill(c.src, scratch, pairs, p.by)...)
}

func (c *checker) expect(p *play, e *Expect) {
	if e == nil {
		return
	}
	c.letters(e.Letters)
	c.kept(&e.Kept)
	if e.Controller != nil {
		c.people(e.Controller)
	}
	if why := e.Refused; why.Text != "" && !slices.Contains(refusals(), why.Text) {
		c.errorf(unknownOutcome, why.At, "refused: %s", diag.Unknown("reason", why.Text, refusals()))
	}
	for _, list := range []*yamlsrc.Node{e.Path, e.Open} {
		if list == nil {
			continue
		}
		for _, n := range list.Items {
			c.step(Word{Text: n.Value, At: c.src.Span(n)}, false)
		}
	}
	for _, pair := range slices.Concat(e.Who, e.Due, e.Controllers) {
		c.step(Word{Text: pair.Key.Value, At: c.src.Span(pair.Key)}, false)
	}
	for _, pair := range slices.Concat(e.Who, e.Told, e.Controllers) {
		c.people(pair.Value)
	}
	kinds := []string{string(engine.TellAssigned), string(engine.TellInform), string(engine.TellReminder), string(engine.TellEscalated), string(engine.TellWithdrawn), string(engine.TellAnswered)}
	for _, pair := range e.Told {
		if !slices.Contains(kinds, pair.Key.Value) {
			c.errorf(unknownKey, c.src.Span(pair.Key), "told: %s", diag.Unknown("key", pair.Key.Value, kinds))
		}
	}
	if f := c.forms.Form(c.r.For.Text); f != nil {
		c.status(f, e.Status)
		c.fields(f, e.Card)
	}
	for _, g := range append(slices.Clone(e.Registered), e.Documents...) {
		c.given(p, g)
	}
	if e.End.Text != "" && !slices.Contains(ends(c.r), e.End.Text) && !c.r.Lost(e.End.Text) {
		c.errorf(unknownOutcome, e.End.At, "route %q: %s", c.r.Name.Text, diag.Unknown("end", e.End.Text, ends(c.r)))
	}
}

// letters checks the templates of letters and to whom they are written.
func (c *checker) letters(list []*Letter) {
	for _, l := range list {
		if t, _, known := c.base.Templates(l.Template.Text); t == nil && l.Template.Text != "" && known != nil {
			c.errorf(unknownField, l.Template.At, "%s", diag.Unknown("template", l.Template.Text, known))
		}
		if l.To == nil {
			continue
		}
		for _, n := range l.To.Items {
			if known := c.forms.Org().UserIDs(); n.Value != sender && !strings.Contains(n.Value, "@") && !slices.Contains(known, n.Value) {
				c.errorf(unknownPerson, c.src.Span(n), "to: %s", diag.Unknown("user", n.Value, append(known, sender)))
			}
		}
	}
}

// kept checks the kinds of links: those of the settings and of the routes.
func (c *checker) kept(k *Kept) {
	if len(k.Links) == 0 {
		return
	}
	known := c.forms.Settings().LinkKinds()
	for _, name := range c.base.Names {
		if r := c.base.Written(name); r != nil {
			for _, kind := range r.LinkKinds() {
				if !slices.Contains(known, kind) {
					known = append(known, kind)
				}
			}
		}
	}
	for _, pair := range k.Links {
		if !slices.Contains(known, pair.Key.Value) && !c.r.Lost(pair.Key.Value) {
			c.errorf(unknownField, c.src.Span(pair.Key), "links: %s", diag.Unknown("kind", pair.Key.Value, known))
		}
	}
}

// refusals are the reasons for which an answer can be refused.
func refusals() []string {
	out := []string{paperRefused}
	for _, r := range engine.Reasons() {
		out = append(out, string(r))
	}
	return out
}

// given checks what is expected of another document.
func (c *checker) given(p *play, g *Given) {
	c.kept(&g.Kept)
	var f *form.Form
	switch {
	case g.Form.Text != "":
		if f = c.forms.Form(g.Form.Text); f == nil {
			c.errorf(unknownField, g.Form.At, "%s", diag.Unknown("form", g.Form.Text, c.forms.FormNames()))
		}
	case p.w.docs[g.Number.Text] != nil:
		f = c.forms.Form(p.w.docs[g.Number.Text].Form)
	}
	if f == nil {
		return
	}
	c.status(f, g.Status)
	if g.Card != nil {
		c.fields(f, g.Card.Pairs)
	}
}

func (c *checker) status(f *form.Form, w Word) {
	if _, ok := f.Status(w.Text); w.Text != "" && !ok {
		c.errorf(unknownField, w.At, "%s: %s", f.Name, diag.Unknown("status", w.Text, f.StatusIDs()))
	}
}

func cardOf(n *yamlsrc.Node) []yamlsrc.Pair {
	if n == nil {
		return nil
	}
	return n.Pairs
}

// former notes the former names of fields, dotted or not, and of columns.
func (c *checker) former(f *form.Form, pairs []yamlsrc.Pair) {
	for _, pair := range pairs {
		of, from, was := f, 0, pair.Key.Value
		var field *form.Field
		for _, name := range strings.Split(was, ".") {
			if field = nil; of != nil {
				field = of.Field(name)
			}
			if field == nil {
				break
			}
			to := from + utf8.RuneCountInString(name)
			if field.Name != name {
				c.problems.Add(yamlsrc.Former(route.Part(c.src.Span(pair.Key), was, from, to), name, field.Name))
			}
			from, of = to+1, c.forms.Form(field.Form)
		}
		if field == nil || field.Type != expr.Table {
			continue
		}
		for _, row := range pair.Value.Items {
			for _, cell := range row.Pairs {
				if column := field.Column(cell.Key.Value); column != nil && column.Name != cell.Key.Value {
					c.problems.Add(yamlsrc.Former(c.src.Span(cell.Key), cell.Key.Value, column.Name))
				}
			}
		}
	}
}

// fields checks dotted names of fields.
func (c *checker) fields(f *form.Form, pairs []yamlsrc.Pair) {
	c.former(f, pairs)
	for _, pair := range pairs {
		at, of := c.src.Span(pair.Key), f
		parts := strings.Split(pair.Key.Value, ".")
		for i, name := range parts {
			if name == "status" && i == len(parts)-1 {
				c.status(of, Word{Text: pair.Value.Value, At: c.src.Span(pair.Value)})
				break
			}
			field := of.Field(name)
			if field == nil {
				c.errorf(unknownField, at, "%s: %s", of.Name, diag.Unknown("field", name, of.FieldNames()))
				break
			}
			if i == len(parts)-1 {
				break
			}
			if field.Type != expr.Document || c.forms.Form(field.Form) == nil {
				c.errorf(unknownField, at, "%s: %q refers to no document", of.Name, name)
				break
			}
			of = c.forms.Form(field.Form)
		}
	}
}

func (c *checker) people(n *yamlsrc.Node) {
	for _, spec := range words(n) {
		people := c.forms.Org()
		if role, ok := strings.CutPrefix(spec, "role "); ok {
			if people.Role(role) == nil {
				c.errorf(unknownPerson, c.src.Span(n), "%s", diag.Unknown("role", role, people.RoleIDs()))
			}
		} else if department, ok := strings.CutPrefix(spec, "department "); ok {
			if people.Department(department) == nil {
				c.errorf(unknownPerson, c.src.Span(n), "unknown department %q", department)
			}
		} else if people.User(spec) == nil {
			c.errorf(unknownPerson, c.src.Span(n), "%s", diag.Unknown("user", spec, people.UserIDs()))
		}
	}
}

// ends lists the names under which a route can end.
func ends(r *route.Route) []string {
	return append([]string{engine.Done, engine.Stopped}, slices.DeleteFunc(r.Ends(), func(name string) bool { return name == engine.Done })...)
}
