package diagram

import (
	"cmp"
	"strings"

	"github.com/e1-dms/e1/internal/route"
)

// words puts the parts of one route into words.
type words struct {
	Options
	route *route.Route
}

func (o words) word(en, ru string) string {
	if o.Language == "ru" {
		return ru
	}
	return en
}

// title names a step: its title, else what it does.
func (o words) title(s *route.Step) string {
	if t := s.Title.In(o.Language); t != "" {
		return t
	}
	switch s.Verb {
	case route.Do:
		var parts []string
		for _, a := range s.Actions {
			parts = append(parts, o.action(a, s))
		}
		return strings.Join(parts, "; ")
	case route.Choose:
		return o.word("choice", "выбор")
	case route.Parallel:
		if serial(s) {
			return o.word("one after another", "по порядку")
		}
		return o.word("in parallel", "параллельно")
	case route.Each:
		return o.word("for each", "для каждого") + ": " + o.over(s)
	case route.Repeat:
		return o.word("repeat", "повторять")
	case route.Wait:
		return o.word("wait", "ждать")
	case route.Call:
		if s.Call != nil {
			return o.word("route", "маршрут") + " " + o.other(s.Call.Route)
		}
	case route.Go:
		return o.target(s.Target)
	case route.End:
		return o.end(s.Target)
	case route.Leave:
		return o.word("leave the branch", "выйти из ветви")
	}
	return s.ID
}

// serial tells whether a parallel has but one branch: its steps follow one
// another, and it stands there for the answer they give together.
func serial(s *route.Step) bool {
	return s.Verb == route.Parallel && len(s.Branches) == 1 && s.Branches[0].If == nil
}

// target names where a jump goes.
func (o words) target(t *route.Target) string {
	switch t.Kind {
	case route.GoTo:
		return o.steps([]route.Word{{Text: t.Name}})
	case route.EndRoute:
		return o.end(t)
	case route.LeaveBranch:
		return o.word("leave the branch", "выйти из ветви")
	}
	return o.word("on", "дальше")
}

// steps names steps by their titles; those without one by their ids, or by what
// they do when nobody gave them one.
func (o words) steps(list []route.Word) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.Text
		if s := o.route.Step(w.Text); s != nil && (!s.Named || s.Verb != route.Do || s.Title.In(o.Language) != "") {
			out[i] = o.title(s)
		}
	}
	return strings.Join(out, ", ")
}

// other names another route.
func (o words) other(w route.Word) string {
	if r := o.called(w); r != nil {
		return cmp.Or(r.Title.In(o.Language), w.Text)
	}
	return w.Text
}

func (o words) called(w route.Word) *route.Route {
	if o.Route == nil {
		return nil
	}
	return o.Route(w.Text)
}

func (o words) over(s *route.Step) string {
	switch {
	case s.Over == nil:
		return ""
	case s.Over.People != nil:
		return o.people(s.Over.People, s)
	}
	return o.expr(s.Over.Expr, s)
}

func (o words) end(t *route.Target) string {
	if t == nil || t.Name == "" {
		return o.word("end", "конец")
	}
	return o.word("end", "конец") + ": " + o.route.EndLabel(t.Name, o.Language)
}

func (o words) action(a *route.Action, s *route.Step) string {
	text := ""
	switch a.Kind {
	case route.Set:
		var parts []string
		for _, set := range a.Set {
			parts = append(parts, o.assignment(set, s))
		}
		text = strings.Join(parts, ", ")
	case route.Register:
		text = o.word("register", "завести") + ": " + o.formTitle(a.Form.Text)
	case route.LinkTo:
		text = o.word("link", "связать")
		if a.To != nil {
			text += ": " + o.expr(a.To, s)
		}
	case route.Remark:
		text = o.word("comment", "комментарий")
	case route.StartOf:
		text = o.word("start", "запустить") + ": " + o.other(a.Route)
	case route.Mail:
		text = o.word("mail", "письмо") + " " + a.Template.Text
	case route.Reply:
		text = o.word("reply", "ответ") + " " + a.Template.Text
	case route.Generate, route.Attach:
		text = o.word("file", "файл") + " " + a.Template.Text
	case route.Assign:
		text = o.word("assign", "назначить") + ": "
		if a.Field.Text != "" {
			field, _ := o.path(a.Field.Text, s)
			text += field
		} else {
			text += o.steps(a.Steps)
		}
		if a.Who != nil {
			text += " — " + o.people(a.Who, s)
		}
	case route.Cancel:
		text = o.word("withdraw", "отозвать") + ": " + o.steps(a.Steps)
	case route.Complete:
		text = o.word("complete", "завершить") + ": " + o.steps(a.Steps)
	default:
		text = string(a.Kind)
	}
	if a.If != nil {
		text += ", " + o.word("if", "если") + " " + o.expr(a.If, s)
	}
	return text
}

// deeds are the parts of an action, each a line of its own.
func (o words) deeds(a *route.Action, s *route.Step) []string {
	if a.Kind != route.Set || len(a.Set) < 2 {
		return []string{o.action(a, s)}
	}
	var out []string
	for _, set := range a.Set {
		out = append(out, o.action(&route.Action{Kind: a.Kind, Set: []*route.Assignment{set}, If: a.If}, s))
	}
	return out
}

// due puts a deadline into words.
func (o words) due(s *route.Step) string {
	if s.Due == nil {
		return ""
	}
	var parts []string
	for _, e := range s.Due.Exprs {
		parts = append(parts, o.expr(e, s))
	}
	if s.Due.ByHand {
		parts = append(parts, o.word("by hand", "вручную"))
	}
	return strings.Join(parts, o.word(", else ", ", иначе "))
}

// notes are the lines below a step's title: who, by when, on which condition;
// what it does, where the title does not say so.
func (o words) notes(s *route.Step) []string {
	var out []string
	if s.Title.In(o.Language) != "" {
		for _, a := range s.Actions {
			out = append(out, o.deeds(a, s)...)
		}
	}
	who, due := o.people(s.Who, s), o.due(s)
	if who != "" && due != "" {
		out = append(out, who+" · "+due)
	} else if who+due != "" {
		out = append(out, who+due)
	}
	if s.Controller != nil {
		out = append(out, o.word("controller", "контролёр")+": "+o.people(s.Controller, s))
	}
	if s.If != nil {
		out = append(out, o.word("if", "если")+" "+o.expr(s.If, s))
	}
	if s.While != nil {
		out = append(out, o.word("while", "пока")+" "+o.expr(s.While, s))
	}
	if s.WhileOpen.Text != "" {
		out = append(out, o.word("while open", "пока открыто")+": "+o.steps([]route.Word{s.WhileOpen}))
	}
	if len(s.After) > 0 {
		out = append(out, o.word("after", "после")+": "+o.steps(s.After))
	}
	if s.Lock.Text != "" {
		out = append(out, o.word("lock", "замок")+" "+s.Lock.Text)
	}
	return out
}

// join tells when a block goes on; nothing where there is but one branch.
func (o words) join(s *route.Step) string {
	if serial(s) {
		return ""
	}
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
			text += o.expr(s.Join.When, s)
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
func (o words) event(e *route.Event, s *route.Step) string {
	text, name := "", e.Name.Text
	switch e.Kind {
	case route.EventUntil:
		if d, ok := duration(e.Expr); ok {
			return o.word("after", "через") + " " + d.In(o.Language)
		}
		text = o.word("until", "до")
	case route.EventWhen:
		text = o.word("when", "когда")
	case route.EventChanged:
		text = o.word("changed", "изменилось")
		name, _ = o.path(name, s)
	case route.EventMessage:
		text = o.word("letter", "письмо")
		switch name {
		case "any":
			name = ""
		case "reply":
			name = o.word("in reply", "в ответ")
		}
	case route.EventPayment:
		text = o.word("payment", "платёж")
		if name == "any" {
			name = ""
		}
	case route.EventDocument:
		text = o.word("document", "документ")
		name = o.formTitle(name)
	default:
		text = string(e.Kind)
	}
	if name != "" {
		text += ": " + name
	}
	if e.Expr != nil {
		if e.Kind != route.EventUntil && e.Kind != route.EventWhen {
			text += ", " + o.word("if", "если")
		}
		text += " " + o.expr(e.Expr, s)
	}
	return text
}

// branch is the condition over a branch.
func (o words) branch(b *route.Branch) string {
	switch {
	case b.Else:
		return o.word("else", "иначе")
	case b.If != nil:
		return o.expr(b.If, b.Owner)
	}
	return ""
}

// branchTitle names a branch that is more than its only step.
func (o words) branchTitle(b *route.Branch) string {
	title := b.Title.In(o.Language)
	if len(b.Steps) == 1 && title == o.title(b.Steps[0]) {
		return ""
	}
	return title
}

// until is the condition that ends the rounds of a repeat.
func (o words) until(s *route.Step) string {
	text := ""
	if s.Until != nil {
		text = o.word("until", "пока не") + " " + o.expr(s.Until, s)
	}
	if s.Max > 0 {
		text += " (≤ " + decimal(s.Max) + ")"
	}
	return text
}

// answer names an answer to a step; those to a call are ends of the other route.
func (o words) answer(out *route.Outcome, s *route.Step) string {
	if s.Call != nil && out.Title.In(o.Language) == "" {
		if r := o.called(s.Call.Route); r != nil {
			return r.EndLabel(out.Name, o.Language)
		}
	}
	return out.Label(o.Language)
}

// outcome names an answer and what limits it.
func (o words) outcome(out *route.Outcome, s *route.Step) string {
	text := o.answer(out, s)
	if out.Max > 0 {
		text += " (≤ " + decimal(out.Max) + ")"
	}
	return text
}

// exits are the answers of a step that do not simply go on; what follows the
// last permitted time is an exit of its own.
func (o words) exits(s *route.Step) []exit {
	var out []exit
	if s.Decider != nil {
		return nil // the block decides
	}
	for _, c := range s.Outcomes {
		if c.Target != nil && c.Target.Kind != route.GoOn {
			out = append(out, exit{o.outcome(c, s), c.Target})
		}
		if c.Else != nil && c.Else.Kind != route.GoOn {
			out = append(out, exit{o.answer(c, s) + " (> " + decimal(c.Max) + ")", c.Else})
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
