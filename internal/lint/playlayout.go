package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// lay adds the cells of a sequence of steps; false when they are too many.
func (p *play) lay(b *route.Branch, item string, owner, branch int, body *route.Handler) bool {
	for _, s := range b.Steps {
		c := len(p.cells)
		if c >= maxCells || len(s.Branches) > maxBranches || len(s.Outcomes) > maxBranches {
			return false
		}
		up := owner
		if b.Handler != nil && b.Handler.Block != nil {
			up = p.at[here{b.Handler.Block, item}]
		}
		p.cells = append(p.cells, cell{step: s, item: item, next: -1, owner: owner, up: up, branch: branch, body: body, gather: -1, passed: -1})
		p.at[here{s, item}] = c
		if _, known := p.firstWait[s]; !known && len(s.Waits) > 0 {
			p.firstWait[s] = p.waits
			if p.waits += len(s.Waits); p.waits > 64 {
				return false
			}
		}
		for _, h := range s.Handlers {
			if !p.lay(h.Body, item, -1, 0, h) {
				return false
			}
		}
		if s.Verb == route.Each {
			p.items[s] = p.copies(s)
			for i := range p.items[s] {
				if !p.lay(s.Branches[0], item+string(rune('a'+i)), c, i, body) {
					return false
				}
			}
			continue
		}
		for i, inner := range s.Branches {
			if !p.lay(inner, item, c, i, body) {
				return false
			}
		}
	}
	return true
}

// copies gives how many items of an each are played. An item that nothing
// looks at from elsewhere does as it would alone, and all the rest of the route
// needs of the items is one that gives the answer, one with which the join
// fires, and one that is at work behind it.
func (p *play) copies(s *route.Step) int {
	alone := p.isolated(s)
	switch {
	case alone && joinOf(s) == route.JoinAll && len(s.Outcomes) == 0 && s.Allow.Text == "":
		return 1
	case p.widely:
		return 3
	}
	return 2
}

// isolated tells whether nothing looks at the steps of one item of an each from
// elsewhere, nor they at those of others.
func (p *play) isolated(s *route.Step) bool {
	seen := func(words []route.Word) bool {
		return slices.ContainsFunc(words, func(w route.Word) bool { t := p.f.r.Step(w.Text); return t != nil && standsIn(t, s) })
	}
	handlers := slices.Clone(p.f.r.Handlers)
	for _, t := range p.f.r.Steps() {
		handlers = append(handlers, t.Handlers...)
		if standsIn(t, s) && (t.Lock.Text != "" || oneAtATime(t) != nil) || seen(t.After) || seen([]route.Word{t.WhileOpen}) {
			return false
		}
		for _, a := range actionsOf(t) {
			if seen(a.Steps) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(handlers, func(h *route.Handler) bool { return seen(h.Cancel) })
}

// oneAtATime gives the block around a step that does one thing at a time.
func oneAtATime(s *route.Step) *route.Step {
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		if b.Owner.OneAtATime {
			return b.Owner
		}
	}
	return nil
}

// connect adds to each cell what surrounds it, what it remembers and asks.
func (p *play) connect() {
	if p.widely && p.f.others != nil {
		p.others = p.f.others()
	}
	awaited := map[string]bool{}
	for _, s := range p.f.r.Steps() {
		for _, w := range s.After {
			awaited[w.Text] = true
		}
	}
	for i := range p.cells {
		c := &p.cells[i]
		s := c.step
		if n := s.Next(); n != nil {
			c.next = p.at[here{n, c.item}]
		}
		for o := c.owner; o >= 0 && c.gather < 0; o = p.cells[o].owner {
			switch p.cells[o].step.Verb {
			case route.Parallel, route.Each:
				c.gather = o
			case route.Repeat:
				c.rounds = append(c.rounds, o)
			}
		}
		for u := c.up; u >= 0; u = p.cells[u].up {
			p.cells[u].inside.add(i)
		}
		for j := range max(len(s.Branches), p.items[s]) {
			b, item := s.Branches[0], c.item
			if s.Verb == route.Each {
				item += string(rune('a' + j))
			} else {
				b = s.Branches[j]
			}
			first := -1
			if len(b.Steps) > 0 {
				first = p.at[here{b.Steps[0], item}]
			}
			c.first = append(c.first, first)
		}
		c.alone = oneAtATime(s)
		c.turn = s.While != nil || waitsForOthers(s) || s.Lock.Text != "" || c.alone != nil && waiting(s)
		c.ordered = s.Verb == route.Wait || s.Verb == route.Call || s.Verb == route.Each && s.Allow.Text != "" ||
			s.While != nil || s.WhileOpen.Text != "" || len(s.Handlers) > 0 || c.item != "" && p.f.withdraw[s]
		if awaited[s.ID] {
			c.passed = p.remember()
		}
		for _, o := range s.Outcomes {
			at := -1
			if o.Max > 0 && o.Else != nil {
				at = p.remember()
			}
			c.taken = append(c.taken, at)
		}
	}
	for _, h := range p.f.r.Handlers {
		p.listen(h, -1)
	}
	for i := range p.cells {
		for _, h := range p.cells[i].step.Handlers {
			p.cells[i].listens = append(p.cells[i].listens, p.listen(h, i))
		}
		for j := range p.cells {
			if p.cells[j].passed >= 0 && p.cells[i].inside.has(j) {
				p.cells[i].forgets = append(p.cells[i].forgets, p.cells[j].passed)
			}
		}
		p.wants(i)
		p.questions(i)
	}
	p.stir()
	p.arrivals()
}

// remember gives another byte of what a state remembers.
func (p *play) remember() int {
	p.memory++
	return p.memory - 1
}

// listen adds a handler of the route, or of a block.
func (p *play) listen(h *route.Handler, block int) int {
	l := listener{Handler: h, block: block, first: -1, memory: p.remember()}
	item := ""
	if block >= 0 {
		item = p.cells[block].item
	}
	if len(h.Body.Steps) > 0 {
		l.first = p.at[here{h.Body.Steps[0], item}]
	}
	for i, c := range p.cells {
		if c.body == h && strings.HasPrefix(c.item, item) {
			l.body.add(i)
		}
	}
	asked := slot{ways: 2, on: []*route.Expr{h.Event.Expr}, step: h.Block, field: changed(h.Event)}
	if h.Event.Kind == route.EventWhen {
		l.slot = p.shared(h.Event.Expr, asked)
	} else {
		l.slot = p.slot(asked)
	}
	p.handlers = append(p.handlers, l)
	return len(p.handlers) - 1
}

// changed gives the field that an event is the change of.
func changed(e *route.Event) string {
	if e.Kind == route.EventChanged {
		return e.Name.Text
	}
	return ""
}

// wants notes what a cell comes after.
func (p *play) wants(i int) {
	c := &p.cells[i]
	if slices.Contains(p.circles, c.step) {
		return
	}
	for _, word := range c.step.After {
		t := p.f.r.Step(word.Text)
		if t == nil {
			p.vague = true
			continue
		}
		var w earlier
		for j, other := range p.cells {
			switch {
			case other.step != t:
			case other.item == c.item || other.item == "":
				w.passed = append(w.passed, p.cells[j].passed)
			case p.widely && len(other.item) == len(c.item): // the items of both may be the same
				w.loosely = append(w.loosely, p.cells[j].passed)
			}
		}
		b := t.Parent
		for b.Owner != nil && !standsIn(c.step, b.Owner) {
			b = b.Owner.Parent
		}
		if !contains(b, c.step) {
			for j, other := range p.cells {
				if contains(b, other.step) {
					w.within.add(j)
				}
			}
		}
		c.after = append(c.after, w)
	}
}

// slot adds something that is asked.
func (p *play) slot(s slot) int {
	s.fickle = p.fickle(s)
	p.slots = append(p.slots, s)
	return len(p.slots) - 1
}

// questions adds what is asked about a cell.
func (p *play) questions(i int) {
	c := &p.cells[i]
	s := c.step
	yes := func(e *route.Expr) int { return p.shared(e, slot{ways: 2, on: []*route.Expr{e}, step: s}) }
	if s.If != nil {
		c.ifSlot = yes(s.If)
	}
	if s.While != nil {
		c.whileSlot = yes(s.While)
	}
	switch s.Verb {
	case route.Choose, route.Parallel:
		for _, b := range s.Branches {
			c.asks = append(c.asks, yes(b.If))
		}
	case route.Repeat:
		c.asks = []int{yes(s.Until)}
	case route.Wait:
		for _, e := range s.Waits {
			if e.Kind == route.EventChanged || later(e.Expr) {
				c.asks = append(c.asks, p.slot(slot{ways: 2, on: []*route.Expr{e.Expr}, step: s, field: changed(e)}))
			} else {
				c.asks = append(c.asks, yes(e.Expr))
			}
		}
	case route.Each:
		over := slot{ways: p.items[s] + 1, on: []*route.Expr{s.Over.Expr}, step: s}
		if s.Over.People != nil {
			over.on = nil
			for _, w := range s.Over.People.Who {
				if w.Expr != nil && w.Expr.Program() != nil {
					over.on = append(over.on, w.Expr)
				}
			}
		}
		c.asks = []int{p.shared(s.Over, over), p.slot(over)}
	case route.Call:
		one := slot{ways: p.ends(s) + 1, called: true}
		c.asks = []int{p.slot(one)}
		for range 3 {
			if p.widely {
				c.asks = append(c.asks, p.slot(one))
			}
		}
	}
	for _, a := range actionsOf(s) {
		if a.If != nil {
			p.ifs[atAction{i, a}] = yes(a.If)
		}
	}
}

// shared adds a slot, or gives the one there is, since the copies of a step ask
// the same unless they ask about their items.
func (p *play) shared(what any, s slot) int {
	for _, e := range s.on {
		if e == nil || e.Program() == nil || p.asksItem(e, s.step) {
			return p.slot(s)
		}
	}
	if at, known := p.common[what]; known {
		return at
	}
	at := p.slot(s)
	p.common[what] = at
	return at
}

// asksItem tells whether an expression of a step reads the item of an each.
func (p *play) asksItem(e *route.Expr, s *route.Step) bool {
	for b := s; b != nil; b = around(b) {
		if b.Verb == route.Each && slices.ContainsFunc(p.f.readsOf(e.Program()), func(path string) bool {
			root, _, _ := strings.Cut(path, ".")
			return root == b.Over.As
		}) {
			return true
		}
	}
	return false
}

// atAction is an action in one copy of its step.
type atAction struct {
	cell   int
	action *route.Action
}

// fickle tells whether what is asked may change at any time: it depends on the
// answer that was given last, or on what other routes of the document do.
func (p *play) fickle(s slot) bool {
	if p.widely && p.others != nil && (s.called || s.field != "" || slices.ContainsFunc(s.on, func(e *route.Expr) bool { return p.moves(e, s.step, p.others.moved) })) {
		return true
	}
	for _, e := range s.on {
		if prog := e.Program(); prog != nil && slices.Contains(prog.Reads(), "last") {
			return true
		}
	}
	return false
}

// stir notes which answers each action makes doubtful.
func (p *play) stir() {
	for _, s := range p.f.r.Steps() {
		for _, a := range actionsOf(s) {
			var by moved
			by.actions([]*route.Action{a})
			if a.Kind == route.Register { // other documents are changed, too
				by.elsewhere = true
			}
			if len(by.paths) == 0 && !by.unknown && !by.elsewhere {
				continue
			}
			for i, slot := range p.slots {
				changes := slot.field != "" && (by.unknown || slices.Contains(by.paths, slot.field))
				if changes || slices.ContainsFunc(slot.on, func(e *route.Expr) bool { return p.moves(e, slot.step, by) }) {
					p.stirs[a] = append(p.stirs[a], i)
				}
			}
		}
	}
}

// moves tells whether an expression of a step may have another value after
// actions.
func (p *play) moves(e *route.Expr, s *route.Step, by moved) bool {
	switch prog := e.Program(); {
	case e == nil:
		return false
	case by.unknown || prog == nil:
		return true
	default:
		for _, path := range p.f.readsOf(prog) {
			dotted := strings.Contains(path, ".")
			if dotted && (by.elsewhere || slices.ContainsFunc(by.paths, func(w string) bool { return strings.Contains(w, ".") })) ||
				slices.ContainsFunc(by.paths, func(w string) bool { return within(path, w) || within(w, path) }) {
				return true
			}
		}
		return p.asksItem(e, s)
	}
}

// readsOf gives the paths that a condition depends on.
func (f *flow) readsOf(prog *expr.Program) []string {
	if f.reads != nil {
		return f.reads(prog)
	}
	return prog.Reads()
}

// arrivals lists what may come from outside, as far as the route tells it apart.
func (p *play) arrivals() {
	names := map[route.EventKind][]string{}
	add := func(e *route.Event) {
		switch e.Kind {
		case route.EventMessage, route.EventPayment, route.EventDocument:
			if !slices.Contains(names[e.Kind], e.Name.Text) {
				names[e.Kind] = append(names[e.Kind], e.Name.Text)
			}
		}
	}
	for _, h := range p.handlers {
		add(h.Event)
	}
	for _, s := range p.f.r.Steps() {
		for _, e := range s.Waits {
			add(e)
		}
	}
	for _, kind := range []route.EventKind{route.EventPayment, route.EventDocument} {
		for _, name := range names[kind] {
			p.classes = append(p.classes, arrival{kind, []string{name}})
		}
	}
	letters := names[route.EventMessage]
	if len(letters) == 0 {
		return
	}
	imports := []string{""} // brought by none, or by one that nothing here asks for
	for _, name := range letters {
		if name != route.AnyMessage && name != route.ReplyMessage {
			imports = append(imports, name)
		}
	}
	for _, by := range imports {
		p.classes = append(p.classes, arrival{route.EventMessage, []string{route.AnyMessage, by}})
		if slices.Contains(letters, route.ReplyMessage) {
			p.classes = append(p.classes, arrival{route.EventMessage, []string{route.AnyMessage, route.ReplyMessage, by}})
		}
	}
}
