package rule

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Rule is one rule.
type Rule struct {
	File  *yamlsrc.File
	Name  route.Word
	Title yamlsrc.Label
	For   route.Word
	On    []*Trigger // any of them
	If    *route.Expr
	Do    []*route.Action
	// All tells that values which are there already are overwritten, Fields
	// which of them otherwise.
	All    bool
	Fields []route.Word
	// Since is the first day on which dates count, zero for all: a new rule
	// need not make up for years.
	Since expr.Date
}

// Overwrites tells whether the rule may replace the value of a field, or the
// status, that is there already.
func (r *Rule) Overwrites(field string) bool {
	return r.All || slices.ContainsFunc(r.Fields, func(w route.Word) bool { return w.Text == field })
}

// Dated tells whether the rule waits for dates.
func (r *Rule) Dated() bool {
	return slices.ContainsFunc(r.On, func(t *Trigger) bool { return t.Kind == Date })
}

// Kind is the kind of a Trigger.
type Kind string

// What sets a rule off.
const (
	Registered Kind = "registered" // a document is registered
	Changed    Kind = "changed"    // one of the fields is changed
	Status     Kind = "status"     // the document gets one of the statuses
	Assigned   Kind = "assigned"   // a task of the step is given to somebody
	Task       Kind = "task"       // a task of the step is finished
	Message    Kind = "message"    // a letter is added to the document
	Document   Kind = "document"   // a document that refers to this one is registered
	Payment    Kind = "payment"    // money is received for the document
	Date       Kind = "date"       // the day of a field has come, or is so far away
)

var kinds = []string{string(Registered), string(Changed), string(Status), string(Assigned), string(Task), string(Message), string(Document), string(Payment), string(Date)}

// Any is the name that stands for every step, status or letter.
const Any = "any"

// Trigger is one event that sets a rule off.
type Trigger struct {
	Kind     Kind
	At       diag.Span
	Names    []route.Word // fields, statuses, steps ("check" or "approval/check"), letters, forms
	Outcomes []route.Word // task: only when finished so
	// Shift is, for a date, how long after it, or before it when Back.
	Shift worktime.Duration
	Back  bool
}

// Follow brings the names of fields in the rule up to the forms, and notes the
// former ones.
func (r *Rule) Follow(renamed route.Renamed) diag.List {
	f, form := &route.Follower{Renamed: renamed}, r.For.Text
	for _, t := range r.On {
		for i := range t.Names {
			if t.Kind == Changed || t.Kind == Date {
				f.Word(&t.Names[i], form)
			}
		}
	}
	for i := range r.Fields {
		f.Word(&r.Fields[i], form)
	}
	f.Actions(r.Do, form)
	return f.Notes
}

// Meets tells whether the trigger is for one of the names.
func (t *Trigger) Meets(names ...string) bool {
	return t.Kind == Registered || slices.ContainsFunc(t.Names, func(w route.Word) bool {
		return w.Text == Any || slices.Contains(names, w.Text)
	})
}

// event is the trigger as routes know it, for those that they do.
func (t *Trigger) event(w route.Word) *route.Event {
	return &route.Event{Kind: route.EventKind(t.Kind), At: t.At, Name: w}
}

// Arrival tells whether the trigger brings something that conditions can ask:
// message, document or payment.
func (t *Trigger) Arrival() bool {
	return t.Kind == Message || t.Kind == Document || t.Kind == Payment
}

// Event is the trigger as a route's event, for what it brings.
func (t *Trigger) Event() *route.Event {
	w := route.Word{}
	if len(t.Names) > 0 {
		w = t.Names[0]
	}
	return t.event(w)
}

// Parse reads a rule. It is usable when no problem is an error.
func Parse(f *yamlsrc.File) (*Rule, diag.List) {
	r, problems := yamlsrc.Forgiving(f, parse)
	problems = problems.Dedup()
	problems.Sort()
	return r, problems
}

func parse(f *yamlsrc.File) (*Rule, diag.List) {
	p := &parser{file: f}
	r := &Rule{File: f}
	reader := yamlsrc.NewReader(f, &p.problems).WithCodes(unknownKey, missingKey, wrongType)
	m := reader.Mapping(f.Root, "rule")
	r.Name = p.word(m, "rule")
	r.Title = m.Label("title")
	r.For = p.word(m, "for")
	if n := m.Node("on"); n != nil {
		r.On = p.triggers(n)
	} else {
		m.Required("on")
	}
	if n := m.Node("if"); n != nil {
		e, problems := route.ParseExpr(f, n, "if")
		r.If = e
		p.take(problems)
	}
	if n := m.Node("do"); n != nil {
		actions, problems := route.ParseActions(f, n)
		r.Do = actions
		p.take(problems)
		p.fit(r)
	} else {
		m.Required("do")
	}
	p.overwrite(r, m)
	p.since(r, m)
	m.Done()
	return r, p.problems
}

type parser struct {
	file     *yamlsrc.File
	problems diag.List
}

// take adds problems of the parts that rules and routes share, under the codes
// of rules.
func (p *parser) take(problems diag.List) { p.problems = append(p.problems, Recode(problems)...) }

// Recode gives problems of routes the codes of rules: R006 is A006.
func Recode(problems diag.List) diag.List {
	out := slices.Clone(problems)
	for i := range out {
		if rest, ok := strings.CutPrefix(out[i].Code, "R"); ok && out[i].Code != yamlsrc.Obsolete.Code {
			out[i].Code = "A" + rest
		}
	}
	return out
}

func (p *parser) word(m *yamlsrc.Mapped, key string) route.Word {
	text := m.Required(key)
	if n := m.Node(key); n != nil {
		return route.Word{Text: text, At: p.file.Span(n)}
	}
	return route.Word{Text: text}
}

// triggers reads `on: registered`, `on: {changed: [a, b]}` or a list of these.
func (p *parser) triggers(n *yamlsrc.Node) []*Trigger {
	items := []*yamlsrc.Node{n}
	if n.Kind == yamlsrc.Sequence {
		items = n.Items
	}
	var out []*Trigger
	for _, item := range items {
		switch {
		case item.Kind == yamlsrc.Scalar && item.Value == string(Registered):
			out = append(out, &Trigger{Kind: Registered, At: p.file.Span(item)})
		case item.Kind == yamlsrc.Scalar:
			p.errorf(unknownEvent, p.file.Span(item), "%s", diag.Unknown("event", item.Value, kinds))
		case item.Kind == yamlsrc.Mapping:
			if t := p.trigger(item); t != nil {
				out = append(out, t)
			}
		default:
			p.errorf(wrongType, p.file.Span(item), "an event is a word or a mapping")
		}
	}
	return out
}

func (p *parser) trigger(n *yamlsrc.Node) *Trigger {
	m := yamlsrc.NewReader(p.file, &p.problems).WithCodes(unknownKey, missingKey, wrongType).Mapping(n, "on")
	var t *Trigger
	for _, kind := range kinds[1:] {
		if !m.Has(kind) {
			continue
		}
		if t != nil {
			p.errorf(unknownKey, m.Span(kind), "the event is already %q; write %q as an event of its own", string(t.Kind), kind)
			continue
		}
		t = &Trigger{Kind: Kind(kind), At: m.Span(kind), Names: p.words(m, kind)}
	}
	if t == nil {
		m.Know(kinds...)
		p.errorf(unknownEvent, p.file.Span(n), "the event is none; known: %s", strings.Join(kinds, ", "))
	} else if t.Kind == Task {
		t.Outcomes = p.words(m, "outcome")
	} else if t.Kind == Date {
		p.shift(t, m)
	}
	m.Done()
	return t
}

func (p *parser) words(m *yamlsrc.Mapped, key string) []route.Word {
	var out []route.Word
	for _, n := range m.TextNodes(key) {
		out = append(out, route.Word{Text: n.Value, At: p.file.Span(n)})
	}
	return out
}

// shift reads `shift: -5wd`.
func (p *parser) shift(t *Trigger, m *yamlsrc.Mapped) {
	n := m.TextNode("shift")
	if n == nil {
		return
	}
	text := strings.TrimPrefix(n.Value, "+")
	text, t.Back = strings.CutPrefix(text, "-")
	d, err := worktime.ParseDuration(text)
	if err != nil {
		p.errorf(wrongType, p.file.Span(n), "%v; before the date with a minus: -5wd", err)
	}
	t.Shift = d
}

func (p *parser) since(r *Rule, m *yamlsrc.Mapped) {
	n := m.TextNode("since")
	if n == nil {
		return
	}
	day, err := expr.ParseDate(n.Value)
	if err != nil {
		p.errorf(wrongType, p.file.Span(n), "%v", err)
	}
	r.Since = day
	if !slices.ContainsFunc(r.On, func(t *Trigger) bool { return t.Kind == Date }) {
		p.errorf(unknownKey, m.Span("since"), "only dates are counted since a day; the rule waits for none")
	}
}

func (p *parser) overwrite(r *Rule, m *yamlsrc.Mapped) {
	n := m.Node("overwrite")
	switch {
	case n == nil:
	case n.Kind == yamlsrc.Scalar && (n.Value == "true" || n.Value == "false"):
		r.All = n.Value == "true"
	default:
		r.Fields = p.words(m, "overwrite")
	}
}

// fit refuses actions that mean something in a route only.
func (p *parser) fit(r *Rule) {
	for _, a := range r.Do {
		switch {
		case a.Kind == route.Cancel, a.Kind == route.Complete, a.Kind == route.StartOf && a.On != nil:
			p.errorf(wrongAction, a.At, "a rule cannot %q; that is for the route itself", string(a.Kind))
		}
	}
}

func (p *parser) errorf(c yamlsrc.Code, at diag.Span, format string, args ...any) {
	p.problems.Errorf(c.Code, c.Slug, at, format, args...)
}
