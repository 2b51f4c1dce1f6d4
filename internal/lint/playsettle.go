package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// settle lets happen what happens by itself, up to the first choice that has
// to be made or until nothing moves any more.
func (p *play) settle(x *scene) {
	var mark *scene // an earlier moment; who comes back to it goes round for ever
	var a, b []byte
	for n := 1; x.phase != atRest && !x.dead && p.pick == 0; n++ {
		if n%256 == 0 {
			p.work++
		}
		p.step(x)
		if n < 512 {
			continue
		}
		if mark != nil {
			var same bool
			if a, b, same = x.same(mark, a, b); same {
				x.dead = true
			}
		}
		if n&(n-1) == 0 {
			mark = &scene{}
			mark.copy(x)
		}
	}
}

// step does one thing: it enters a step that is due, or looks at the next of
// the open ones.
func (p *play) step(x *scene) {
	if n := len(x.queue); n > 0 {
		c := int(x.queue[n-1])
		x.queue = x.queue[:n-1]
		p.enter(x, c)
		x.complete()
		return
	}
	if x.done {
		x.begin(atRest)
		return
	}
	if !x.listed {
		x.listed = true
		p.look(x)
	}
	if len(x.list) > 0 {
		t := x.list[0]
		x.list = append(x.list[:0], x.list[1:]...)
		if p.attempt(x, t) {
			x.moved = true
		}
		return
	}
	x.complete()
	if x.phase != releasing && !x.done && p.calls(x) {
		x.moved = true
	}
	p.turnTo(x)
}

// turnTo goes on to what is looked at next.
func (p *play) turnTo(x *scene) {
	moved := x.moved
	switch next := x.phase + 1; {
	case x.phase == hearingRoute:
		x.begin(next)
		x.moved = moved
	case moved:
		x.begin(sweeping)
	case x.phase == releasing:
		x.begin(atRest)
	default:
		x.begin(next)
	}
}

// look lists what a phase is to try.
func (p *play) look(x *scene) {
	for i := range x.open {
		at := &x.open[i]
		c := &p.cells[at.cell]
		t := tried{cell: at.cell, state: at.state, handler: -1}
		if at.state != isHeld && p.rests(x, int(at.cell)) {
			continue
		}
		switch x.phase {
		case sweeping:
			if at.state == isHeld || c.step.Verb == route.Wait || c.step.Verb == route.Call || c.step.Verb == route.Each && c.step.Allow.Text != "" {
				x.list = append(x.list, t)
			}
		case hearingBlocks:
			for _, h := range c.listens {
				if at.state != isHeld {
					t.handler = int16(h)
					x.list = append(x.list, t)
				}
			}
		case lapsing:
			if c.step.While != nil || c.step.WhileOpen.Text != "" {
				x.list = append(x.list, t)
			}
		case releasing:
			if at.state == isHeld {
				x.list = append(x.list, t)
			}
		}
	}
	for h := range p.handlers {
		if x.phase == hearingRoute && p.handlers[h].block < 0 {
			x.list = append(x.list, tried{cell: -1, handler: int16(h)})
		}
	}
}

// rests tells whether a step belongs to a part that is not played now.
func (p *play) rests(x *scene, c int) bool {
	return !x.loose && slices.ContainsFunc(p.rest, func(part set) bool { return part.has(c) })
}

// attempt tries one of what a phase has listed, and tells whether anything moved.
func (p *play) attempt(x *scene, t tried) bool {
	var at *position
	if t.cell >= 0 {
		if at = x.find(int(t.cell)); at == nil {
			return false
		}
	}
	if t.handler >= 0 {
		return p.handle(x, int(t.handler))
	}
	if at.state != t.state {
		return false
	}
	switch x.phase {
	case sweeping:
		return p.progress(x, int(t.cell), at)
	case lapsing:
		return p.pass(x, int(t.cell), at)
	}
	return p.release(x, int(t.cell))
}

// progress lets an open step go on whose turn has come, or what it waits for.
func (p *play) progress(x *scene, c int, at *position) bool {
	s := p.cells[c].step
	switch {
	case at.state == isHeld:
		if !p.possible(x, c) || !p.afterDone(x, c) || !p.lockFree(x, c) || !p.isAlone(x, c) {
			return false
		}
		x.close(c)
		p.activate(x, c)
		return true
	case s.Verb == route.Wait:
		i := p.waited(x, c, at)
		if i < 0 {
			return false
		}
		x.close(c)
		p.into(x, c, i)
		return true
	case s.Verb == route.Each:
		return p.grow(x, c, at)
	case s.Verb == route.Call && at.count > 0:
		o := p.ended(s, int(at.count)-1)
		x.close(c)
		if o != nil {
			p.outcome(x, c, o)
		} else {
			p.next(x, c)
		}
		return true
	}
	return false
}

// waited tells which event of a wait has come; -1 for none.
func (p *play) waited(x *scene, c int, at *position) int {
	s := p.cells[c].step
	date, other := -1, -1
	for i, e := range s.Waits {
		slot := p.cells[c].asks[i]
		switch e.Kind {
		case route.EventUntil:
			if date < 0 && p.ask(x, slot) == 1 && p.choose(2) == 0 { // else another comes before it
				date = i
			}
		case route.EventWhen, route.EventChanged:
			if other < 0 && p.ask(x, slot) == 1 {
				other = i
			}
		default:
			if other < 0 && int(at.count) == i+1 {
				other = i
			}
		}
	}
	if date >= 0 {
		return date
	}
	return other
}

// pass gives up a step that is possible no longer.
func (p *play) pass(x *scene, c int, at *position) bool {
	if p.possible(x, c) {
		return false
	}
	gone := at.state == isJoined
	p.drop(x, c)
	if !gone {
		p.next(x, c)
	}
	return true
}

// release lets a held step go on when nothing is left that could ever let it.
func (p *play) release(x *scene, c int) bool {
	for i := range x.open {
		if x.open[i].state != isHeld && waiting(p.cells[x.open[i].cell].step) {
			return false
		}
	}
	if p.strangers(x, c) {
		return false
	}
	if i := p.f.index[p.cells[c].step]; p.held[i] == nil {
		for _, at := range x.open {
			if o := p.cells[at.cell].step; at.state == isHeld && int(at.cell) != c && o.Lock.Text != "" {
				p.with[i] = append(p.with[i], o)
			}
		}
	}
	p.note(p.held, c, x)
	x.loose = true
	x.close(c)
	p.activate(x, c)
	return true
}

// strangers tells whether what the route itself does not decide may let a held
// step go on, or work on meanwhile.
func (p *play) strangers(x *scene, c int) bool {
	s := p.cells[c].step
	if p.widely && s.Lock.Text != "" && p.foreign(s.Lock.Text) && p.choose(2) == 1 {
		return true
	}
	for i := range x.open {
		if p.crowded(int(x.open[i].cell)) && p.choose(2) == 1 {
			return true
		}
	}
	return false
}

// crowded tells whether a cell is an each of which more items than are played
// may be seen from elsewhere.
func (p *play) crowded(c int) bool {
	s := p.cells[c].step
	return p.widely && s.Verb == route.Each && !p.isolated(s)
}

// another tells whether an item that is not played may do something in an
// each around a step.
func (p *play) another(x *scene, s *route.Step) bool {
	if !p.widely {
		return false
	}
	for i := range x.open {
		c := int(x.open[i].cell)
		if x.open[i].state != isHeld && p.crowded(c) && standsIn(s, p.cells[c].step) && p.choose(2) == 1 {
			return true
		}
	}
	return false
}

// possible tells whether the milestone of a step holds.
func (p *play) possible(x *scene, c int) bool {
	s := p.cells[c].step
	if s.WhileOpen.Text != "" {
		for i := range x.open {
			if x.open[i].state != isHeld && p.cells[x.open[i].cell].step.ID == s.WhileOpen.Text {
				return true
			}
		}
		other := p.f.r.Step(s.WhileOpen.Text)
		p.vague = p.vague || other == nil
		return other != nil && p.another(x, other)
	}
	return s.While == nil || p.ask(x, p.cells[c].whileSlot) == 1
}

// afterDone tells whether what a step comes after is done, or can come no longer.
func (p *play) afterDone(x *scene, c int) bool {
	for i := range p.cells[c].after {
		w := &p.cells[c].after[i]
		if slices.ContainsFunc(w.passed, func(m int) bool { return x.memory[m] != 0 }) {
			continue
		}
		if slices.ContainsFunc(w.loosely, func(m int) bool { return x.memory[m] != 0 }) && p.choose(2) == 1 {
			continue
		}
		for j := range x.open {
			if w.within.has(int(x.open[j].cell)) {
				return false
			}
		}
	}
	return true
}

// lockFree tells whether no other step holds the lock.
func (p *play) lockFree(x *scene, c int) bool {
	s := p.cells[c].step
	if s.Lock.Text == "" {
		return true
	}
	for i := range x.open {
		o := p.cells[x.open[i].cell].step
		if x.open[i].state != isHeld && o.Lock.Text == s.Lock.Text && !standsIn(s, o) {
			return false
		}
	}
	if p.widely && p.foreign(s.Lock.Text) && p.choose(2) == 1 {
		return false
	}
	return !p.widely || !slices.ContainsFunc(p.f.r.Steps(), func(o *route.Step) bool {
		return o.Lock.Text == s.Lock.Text && !standsIn(s, o) && p.another(x, o)
	})
}

// isAlone tells whether no other step is being done in a block that does one at a
// time.
func (p *play) isAlone(x *scene, c int) bool {
	block := p.cells[c].alone
	if block == nil || !waiting(p.cells[c].step) {
		return true
	}
	for i := range x.open {
		o := p.cells[x.open[i].cell].step
		if x.open[i].state != isHeld && waiting(o) && standsIn(o, block) {
			return false
		}
	}
	return !p.widely || !slices.ContainsFunc(p.f.r.Steps(), func(o *route.Step) bool {
		return waiting(o) && standsIn(o, block) && p.another(x, o)
	})
}

// What a state remembers of a handler.
const (
	nothing  = 0
	happened = 1 // the event has come, the steps are still to begin
	underway = 2 // the steps have underway
	pending  = 4 // counts the events that are still to be underway; 2 stand for any number
)

// handle begins the steps of a handler whose event has come.
func (p *play) handle(x *scene, i int) bool {
	h := &p.handlers[i]
	if x.ended {
		return false
	}
	now := &x.memory[h.memory]
	switch h.Event.Kind {
	case route.EventWhen:
		was := *now&3 == underway
		if was && !h.Keep {
			return false
		}
		holds := p.ask(x, h.slot) == 1
		if !holds && was { // it may become true once more
			*now = nothing
		}
		if !holds || was {
			return false
		}
	case route.EventChanged:
		if *now&3 != happened && (*now&3 == nothing || h.Keep) && p.ask(x, h.slot) == 1 {
			x.asked[h.slot] = 0
			*now = happened
		}
		fallthrough
	default:
		if *now&3 != happened {
			return false
		}
	}
	for j := range x.open { // one after the other
		if h.body.has(int(x.open[j].cell)) {
			return false
		}
	}
	if left := *now / pending; h.Keep && left > 0 {
		if left < 2 || p.choose(2) == 0 {
			left--
		}
		*now = underway + pending*left
		if left > 0 {
			*now = happened + pending*left
		}
	} else {
		*now = underway
	}
	p.withdraw(x, h.Cancel)
	if h.first >= 0 {
		x.queue = append(x.queue, int16(h.first))
	}
	return true
}
