package engine

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/rule"
)

// happening is something that rules may be for.
type happening struct {
	kind    rule.Kind
	names   []string
	outcome string
	arrived *arrival
	last    expr.Row // the answer to the task that was finished
}

// early is what has happened to the document before its routes look at it:
// what a rule fills in they find filled.
func (m *machine) early() []happening {
	switch e := m.in.Event.(type) {
	case Registered:
		return []happening{{kind: rule.Registered}}
	case DocumentChanged:
		out := []happening{{kind: rule.Changed, names: e.Fields}}
		if slices.Contains(e.Fields, "status") {
			out = append(out, happening{kind: rule.Status, names: []string{m.self.Status}})
		}
		return out
	}
	return nil
}

// late is what the transition has brought.
func (m *machine) late() []happening {
	var out []happening
	arrived := func(kind rule.Kind, a arrival) {
		out = append(out, happening{kind: kind, names: a.names, arrived: &a})
	}
	switch e := m.in.Event.(type) {
	case MessageReceived:
		arrived(rule.Message, e.arrival())
	case DocumentLinked:
		arrived(rule.Document, e.arrival())
	case PaymentReceived:
		arrived(rule.Payment, e.arrival())
	}
	task := func(kind rule.Kind, ref TaskRef) {
		in, t := m.self.Task(ref.Task)
		if ref.Document != m.self.Number || t == nil || t.Kind != "" || kind == rule.Task && t.State != TaskDone {
			return
		}
		out = append(out, happening{kind: kind, names: []string{t.Step, in.Route + "/" + t.Step}, outcome: t.Outcome, last: m.answerOf(t)})
	}
	for _, ref := range m.res.Opened {
		task(rule.Assigned, ref)
	}
	for _, ref := range m.res.Closed {
		task(rule.Task, ref)
	}
	return out
}

// obey carries out the rules that are for what has happened, by their names. A
// rule that cannot be carried out must not keep people from working: it does
// nothing at all, and a comment on the document says so.
func (m *machine) obey(list []happening) {
	if m.in.Rules == nil || len(list) == 0 || m.self.Status == void {
		return
	}
	for _, r := range m.in.Rules(m.self.Form) {
		for _, h := range list {
			if triggered(r, h) {
				m.tryRule(r, h)
			}
		}
	}
}

func (m *machine) tryRule(r *rule.Rule, h happening) {
	if err := m.carryOut(r, h); err != nil {
		text := fmt.Sprintf("the rule %q was not carried out: %v", r.Name.Text, err)
		m.note("%s: %s", m.self.Number, text)
		m.addComment(text)
	}
}

func triggered(r *rule.Rule, h happening) bool {
	return slices.ContainsFunc(r.On, func(t *rule.Trigger) bool {
		return t.Kind == h.kind && t.Meets(h.names...) && (len(t.Outcomes) == 0 ||
			slices.ContainsFunc(t.Outcomes, func(w route.Word) bool { return w.Text == h.outcome }))
	})
}

// carryOut applies a rule whose condition holds, completely or not at all.
func (m *machine) carryOut(r *rule.Rule, h happening) error {
	x, step := m.ruleRun(r, h)
	if r.If != nil {
		ok, err := x.condition(r.If, step, "")
		if err != nil || !ok {
			return err
		}
	}
	// A route that stands still for a reason of its own must not keep rules
	// from doing theirs: only a route they start is to get under way at once.
	then := func() error { return nil }
	if slices.ContainsFunc(r.Do, func(a *route.Action) bool { return a.Kind == route.StartOf }) {
		then = m.settle
	}
	return m.attemptThen(func() error {
		_, err := x.act(r.Do, step, "")
		return err
	}, then)
}

// ruleRun is a run of no instance, in which actions and expressions of a rule
// are evaluated.
func (m *machine) ruleRun(r *rule.Rule, h happening) (*run, *route.Step) {
	x := &run{machine: m, rule: r, env: m.env(m.self.Form),
		r: &route.Route{Name: r.Name, For: r.For, File: r.File, Body: &route.Branch{}}}
	if h.arrived != nil {
		// What the event brings is typed by the rule's own trigger.
		for _, t := range r.On {
			if t.Kind == h.kind {
				x.env = route.ArrivalEnv(t.Event(), x.env)
			}
		}
		x.names = map[string]expr.Value{string(h.arrived.kind): h.arrived.value}
	}
	if f := m.in.Forms.Form(m.self.Form); h.last != nil && f != nil && f.Field("last") == nil {
		x.names = map[string]expr.Value{"last": h.last}
	}
	return x, &route.Step{ID: "rule " + r.Name.Text, Parent: &route.Branch{}, At: r.Name.At}
}

// keeps tells whether a rule has to leave a value alone: what is there stays,
// whoever entered it, unless the rule says `overwrite`. The status may leave
// the first one.
func (r *run) keeps(d *document.Document, field, as string) bool {
	if r.rule == nil || r.rule.Overwrites(as) {
		return false
	}
	if field == "status" {
		f := r.in.Forms.Form(d.Form)
		return f == nil || d.Status != f.Initial()
	}
	return !d.Card.Get(field).IsEmpty()
}

// startByRule starts a route unless it is running.
func (r *run) startByRule(def *route.Route) error {
	if def.For.Text != "" && def.For.Text != r.self.Form {
		return refuse(BadRequest, "e1 route list", "rule %q: route %q is for %s, %s is of %s", r.rule.Name.Text, def.Name.Text, def.For.Text, r.self.Number, r.self.Form)
	}
	if r.isRunning(def.Name.Text) {
		return nil
	}
	_, err := r.begin(def, nil)
	return err
}

// assignByRule changes the open tasks of a step of whichever route has it.
func (r *run) assignByRule(a *route.Action, s *route.Step) error {
	for i := range r.self.Routes {
		if r.self.Routes[i].State != Running {
			continue
		}
		of, err := r.machine.run(r.self.Routes[i].ID)
		if err != nil {
			return err
		}
		if err := of.assignOpen(a, s, ""); err != nil {
			return err
		}
	}
	return nil
}
