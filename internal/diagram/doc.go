// Package diagram draws a route: as a tree of lines for a terminal, as SVG, as
// Mermaid and as DOT.
//
// In go a route definition, the language, the names of people, and optionally
// how far one document has come; out comes text. It refuses nothing that
// package route has parsed. It does not judge: a jump to nowhere is drawn as a
// label.
//
// Invariant: the same input gives the same bytes.
package diagram

import (
	"strings"

	"github.com/e1-dms/e1/internal/route"
)

// Options say how a route is drawn.
type Options struct {
	Language string // "ru" or "en"
	// People puts performers into words; nil: as they are written.
	People func(*route.People) string
	// State tells how far a document has come, by step id; nil: the route as such.
	State map[string]State
	// Instance is a line that names the document; shown when State is.
	Instance string
}

// Phase is how far a step has come.
type Phase uint8

// The phases, from the least to the most urgent: a step done several times
// shows the last one that applies.
const (
	Untouched Phase = iota
	Withdrawn
	Done
	Open
	Overdue
)

// State is how far a step of one document has come.
type State struct {
	Phase Phase
	Note  string // who and when, in words
}

// mark is the sign of a phase where there is no color.
func (p Phase) mark() string { return [...]string{"", "⊘", "✓", "●", "‼"}[p] }

// String names a phase as programs read it; nothing for an untouched step.
func (p Phase) String() string {
	return [...]string{"", "withdrawn", "done", "open", "overdue"}[p]
}

func (o Options) people(p *route.People) string {
	switch {
	case p == nil:
		return ""
	case o.People != nil:
		return o.People(p)
	}
	return p.String()
}

func (o Options) word(en, ru string) string {
	if o.Language == "ru" {
		return ru
	}
	return en
}

// title names a step: its title, else what it does.
func (o Options) title(s *route.Step) string {
	if t := s.Title.In(o.Language); t != "" {
		return t
	}
	switch s.Verb {
	case route.Do:
		var parts []string
		for _, a := range s.Actions {
			parts = append(parts, o.action(a))
		}
		return strings.Join(parts, "; ")
	case route.Choose:
		return o.word("choice", "выбор")
	case route.Parallel:
		return o.word("in parallel", "параллельно")
	case route.Each:
		return o.word("for each", "для каждого") + " " + o.over(s)
	case route.Repeat:
		return o.word("repeat", "повторять")
	case route.Wait:
		return o.word("wait", "ждать")
	case route.Call:
		if s.Call != nil {
			return o.word("route", "маршрут") + " " + s.Call.Route.Text
		}
	case route.End:
		return o.end(s.Target)
	case route.Leave:
		return o.word("leave the branch", "выйти из ветви")
	}
	return s.ID
}

func (o Options) over(s *route.Step) string {
	switch {
	case s.Over == nil:
		return ""
	case s.Over.People != nil:
		return o.people(s.Over.People)
	case s.Over.Expr != nil:
		return s.Over.Expr.Text
	}
	return ""
}

func (o Options) end(t *route.Target) string {
	if t == nil || t.Name == "" {
		return o.word("end", "конец")
	}
	return o.word("end", "конец") + ": " + t.Name
}

func (o Options) action(a *route.Action) string {
	text := ""
	switch a.Kind {
	case route.Set:
		var parts []string
		for _, s := range a.Set {
			parts = append(parts, s.Field.Text+" = "+s.Value.Text)
		}
		text = strings.Join(parts, ", ")
	case route.Register:
		text = o.word("register", "завести") + " " + a.Form.Text
	case route.LinkTo:
		text = o.word("link", "связать")
		if a.To != nil {
			text += " " + a.To.Text
		}
	case route.Remark:
		text = o.word("comment", "комментарий")
	case route.StartOf:
		text = o.word("start", "запустить") + " " + a.Route.Text
	case route.Mail:
		text = o.word("mail", "письмо") + " " + a.Template.Text
	case route.Generate:
		text = o.word("make", "создать") + " " + a.Template.Text
	case route.Assign:
		text = o.word("assign", "назначить") + " " + words(a.Steps)
	case route.Cancel:
		text = o.word("withdraw", "отозвать") + " " + words(a.Steps)
	case route.Complete:
		text = o.word("complete", "завершить") + " " + words(a.Steps)
	default:
		text = string(a.Kind)
	}
	if a.If != nil {
		text += " " + o.word("if", "если") + " " + a.If.Text
	}
	return text
}

// deeds are the parts of an action, each a line of its own.
func (o Options) deeds(a *route.Action) []string {
	if a.Kind != route.Set || len(a.Set) < 2 {
		return []string{o.action(a)}
	}
	var out []string
	for _, s := range a.Set {
		out = append(out, o.action(&route.Action{Kind: a.Kind, Set: []*route.Assignment{s}, If: a.If}))
	}
	return out
}

func words(list []route.Word) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.Text
	}
	return strings.Join(out, ", ")
}

// due puts a deadline into words.
func (o Options) due(d *route.Due) string {
	if d == nil {
		return ""
	}
	var parts []string
	for _, e := range d.Exprs {
		parts = append(parts, e.Text)
	}
	if d.ByHand {
		parts = append(parts, o.word("by hand", "вручную"))
	}
	return strings.Join(parts, ", ")
}

// notes are the lines below a step's title: who, by when, on which condition.
func (o Options) notes(s *route.Step) []string {
	var out []string
	who, due := o.people(s.Who), o.due(s.Due)
	if who != "" && due != "" {
		out = append(out, who+" · "+due)
	} else if who+due != "" {
		out = append(out, who+due)
	}
	if s.Controller != nil {
		out = append(out, o.word("controller", "контролёр")+": "+o.people(s.Controller))
	}
	if s.If != nil {
		out = append(out, o.word("if", "если")+" "+s.If.Text)
	}
	if s.While != nil {
		out = append(out, o.word("while", "пока")+" "+s.While.Text)
	}
	if s.WhileOpen.Text != "" {
		out = append(out, o.word("while", "пока")+" "+s.WhileOpen.Text)
	}
	if len(s.After) > 0 {
		out = append(out, o.word("after", "после")+" "+words(s.After))
	}
	if s.Lock.Text != "" {
		out = append(out, o.word("lock", "замок")+" "+s.Lock.Text)
	}
	return out
}

// join tells when a block goes on.
func (o Options) join(s *route.Step) string {
	text := ""
	switch s.Join.Kind {
	case route.JoinAll:
		text = o.word("all", "все")
	case route.JoinAny:
		text = o.word("the first", "первая")
	case route.JoinN:
		text = decimal(s.Join.N) + " " + o.word("of them", "из них")
	case route.JoinNone:
		text = o.word("waits for none", "не ждёт")
	case route.JoinWhen:
		text = o.word("when", "когда") + " "
		if s.Join.When != nil {
			text += s.Join.When.Text
		}
	}
	if s.Cancel {
		text += ", " + o.word("cancels the rest", "остальное отменить")
	}
	if s.OneAtATime {
		text += ", " + o.word("one at a time", "по одному")
	}
	return text
}

// event tells what is waited for.
func (o Options) event(e *route.Event) string {
	text := ""
	switch e.Kind {
	case route.EventUntil:
		text = o.word("until", "до")
	case route.EventWhen:
		text = o.word("when", "когда")
	case route.EventChanged:
		text = o.word("changed", "изменилось")
	case route.EventMessage:
		text = o.word("letter", "письмо")
	case route.EventPayment:
		text = o.word("payment", "платёж")
	case route.EventDocument:
		text = o.word("document", "документ")
	default:
		text = string(e.Kind)
	}
	if e.Name.Text != "" {
		text += " " + e.Name.Text
	}
	if e.Expr != nil {
		if e.Kind != route.EventUntil && e.Kind != route.EventWhen {
			text += " " + o.word("if", "если")
		}
		text += " " + e.Expr.Text
	}
	return text
}

// branch is the condition over a branch.
func (o Options) branch(b *route.Branch) string {
	switch {
	case b.Else:
		return o.word("else", "иначе")
	case b.If != nil:
		return b.If.Text
	}
	return ""
}

// branchTitle names a branch that is more than its only step.
func (o Options) branchTitle(b *route.Branch) string {
	title := b.Title.In(o.Language)
	if len(b.Steps) == 1 && title == o.title(b.Steps[0]) {
		return ""
	}
	return title
}

// outcome names an answer and what limits it.
func (o Options) outcome(out *route.Outcome) string {
	text := out.Title.In(o.Language)
	if text == "" {
		text = out.Name
	}
	if out.Max > 0 {
		text += " (≤ " + decimal(out.Max) + ")"
	}
	return text
}

// exits are the answers of a step that do not simply go on; what follows the
// last permitted time is an exit of its own.
func (o Options) exits(s *route.Step) []exit {
	var out []exit
	if s.Decider != nil {
		return nil // the block decides
	}
	for _, c := range s.Outcomes {
		if c.Target != nil && c.Target.Kind != route.GoOn {
			out = append(out, exit{o.outcome(c), c.Target})
		}
		if c.Else != nil && c.Else.Kind != route.GoOn {
			out = append(out, exit{o.outcome(&route.Outcome{Name: c.Name, Title: c.Title}) + " (> " + decimal(c.Max) + ")", c.Else})
		}
	}
	if s.OnMax != nil && s.OnMax.Kind != route.GoOn {
		out = append(out, exit{o.word("after", "после") + " " + decimal(s.Max), s.OnMax})
	}
	return out
}

// exit is an answer that leaves the usual order.
type exit struct {
	label  string
	target *route.Target
}
