package route

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// each reads `each: lines`, `each: [petrova, role lawyer]`.
func (p *parser) each(s *Step, o *object, value *yamlsrc.Node) {
	over := &Over{At: p.file.Span(value), As: "item"}
	if value.Kind == yamlsrc.Sequence {
		over.People = p.people(value, "each")
	} else if text, ok := p.scalar(value, "each"); !ok {
		over.Expr = &Expr{file: p.file, node: value, broken: true}
	} else if prefix := firstWord(text); prefix == "role" || prefix == "department" || prefix == "head" {
		over.People = p.people(value, "each")
	} else {
		over.Expr = p.newExpr(value)
	}
	if as := o.word("as"); p.identifier(as, "as") {
		over.As = as.Text
	}
	s.Over = over
	s.Branches = []*Branch{p.body(o)}
	p.gather(s, o)
	s.OneAtATime, _ = o.boolean("one_at_a_time")
	if s.Allow = o.word("allow"); s.Allow.Text != "" && s.Allow.Text != "add" {
		p.errorf(R004, s.Allow.At, "%s", diag.Unknown("allow", s.Allow.Text, []string{"add"}))
	}
}

func firstWord(text string) string {
	for i, r := range text {
		if r == ' ' {
			return text[:i]
		}
	}
	return ""
}

// wait reads `wait: 2wd`, `wait: {when: …}`, `wait: {first: […]}`.
func (p *parser) wait(s *Step, value *yamlsrc.Node) {
	items := []*yamlsrc.Node{value}
	if value.Kind == yamlsrc.Sequence {
		items = value.Items
	} else if first := value.Get("first"); first != nil {
		o := p.object(value, "wait")
		o.node("first")
		o.done()
		items = listOf(first)
	}
	if len(items) == 0 {
		p.errorf(R004, p.file.Span(value), "wait names nothing to wait for")
	}
	for _, item := range items {
		b := &Branch{At: p.file.Span(item)}
		var e *Event
		if item.Kind == yamlsrc.Scalar {
			if expr := p.expr(item, "wait"); expr != nil {
				e = &Event{Kind: EventUntil, At: b.At, Expr: expr}
			}
		} else if o := p.object(item, "wait"); o != nil {
			e = p.event(o)
			if id := o.word("id"); p.identifier(id, "id") {
				b.ID = id.Text
			}
			if t := p.target(o); t != nil && t.Kind != GoOn {
				b.Steps = []*Step{{Verb: verbOf(t), At: t.At, Range: t.At, IDAt: t.At, Target: t}}
			}
			if steps := o.node("steps"); steps != nil {
				b.Steps = append(p.steps(steps, "steps"), b.Steps...)
			}
			if o.done() && e == nil {
				o.noEvent()
			}
		}
		if e == nil {
			p.lose(item)
			continue
		}
		s.Waits, s.Branches = append(s.Waits, e), append(s.Branches, b)
	}
}

var eventKinds = []EventKind{EventUntil, EventWhen, EventChanged, EventMessage, EventPayment, EventDocument}

// event reads the keys of an event from a mapping that may have others; nil, to
// be reported when all keys are known, where there is none.
func (p *parser) event(o *object) *Event {
	var e *Event
	for _, kind := range eventKinds {
		n := o.node(string(kind))
		if n == nil {
			continue
		}
		at := p.file.Span(o.n.Key(string(kind)))
		if e != nil {
			p.errorf(R001, at, "%s waits already for %q; write two events of a list", o.what, string(e.Kind))
			continue
		}
		e = &Event{Kind: kind, At: at}
		switch kind {
		case EventUntil, EventWhen:
			e.Expr = p.expr(n, string(kind))
		default:
			if text, ok := p.scalar(n, string(kind)); ok {
				e.Name = Word{text, p.file.Span(n)}
			}
		}
	}
	filter := o.expr("if")
	if e == nil {
		return nil
	}
	if e.Expr == nil {
		e.Expr = filter
	} else if filter != nil {
		p.errorf(R001, filter.At(), "%q takes no \"if\"; join the conditions with `and`", string(e.Kind))
	}
	return e
}

// noEvent says that a mapping has no event. Where one of its keys is unknown, that
// may be meant, and says enough.
func (o *object) noEvent() {
	o.p.errorf(R002, o.start(), "%s names no event; known: until, when, changed, message, payment, document", o.what)
}

func (p *parser) handlers(n *yamlsrc.Node, block *Step) []*Handler {
	var out []*Handler
	for _, item := range listOf(n) {
		o := p.object(item, "on")
		if o == nil {
			continue
		}
		h := &Handler{Block: block, Event: p.event(o)}
		if keep := o.node("keep"); keep != nil {
			h.Keep, _ = o.boolean("keep")
		}
		h.Cancel = o.words("cancel")
		h.Body = &Branch{At: o.start()}
		if steps := o.node("steps"); steps != nil {
			h.Body.At = p.file.Span(steps)
			h.Body.Steps = p.steps(steps, "steps")
		}
		h.Body.Handler = h
		switch known := o.done(); {
		case !known:
		case h.Event == nil:
			o.noEvent()
		case o.n.Get("steps") == nil && len(h.Cancel) == 0:
			o.missing("steps")
		}
		if h.Event == nil {
			p.lose(item)
			continue
		}
		out = append(out, h)
	}
	return out
}

func (p *parser) call(s *Step, o *object, value *yamlsrc.Node) {
	c := &CallOf{Wait: true}
	if text, ok := p.scalar(value, "call"); ok {
		c.Route = Word{text, p.file.Span(value)}
	}
	c.On = o.expr("on")
	if o.n.Get("wait") != nil {
		c.Wait, _ = o.boolean("wait")
	}
	if n := o.node("outcomes"); n != nil {
		s.Outcomes = p.outcomes(n)
		if !c.Wait {
			p.errorf(R022, p.file.Span(n), "a call with wait: false never learns how the route ended; drop the outcomes")
		}
	}
	if s.Outcomes != nil && slices.ContainsFunc(s.Outcomes, func(o *Outcome) bool { return o.Now }) {
		p.errorf(R001, s.At, "\"now\" belongs to outcomes of parallel and each")
	}
	s.Call = c
}
