package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

func (p *play) note(list []*moment, c int, x *scene) {
	if i := p.f.index[p.cells[c].step]; list[i] == nil {
		m := x.moment
		list[i] = &m
	}
}

// enter comes to a step.
func (p *play) enter(x *scene, c int) {
	at := &p.cells[c]
	if at.step.If != nil && p.ask(x, at.ifSlot) == 0 {
		p.next(x, c)
		return
	}
	p.comes[p.f.index[at.step]] = true
	if at.turn {
		p.open(x, c).state = isHeld
		return
	}
	p.activate(x, c)
}

// open opens a step; what is left of it from an earlier pass is given up.
func (p *play) open(x *scene, c int) *position {
	if x.find(c) != nil {
		p.note(p.twice, c, x)
		p.drop(x, c)
	}
	for _, h := range p.cells[c].listens {
		x.memory[p.handlers[h].memory] = nothing
		if p.handlers[h].Event.Kind == route.EventChanged {
			x.asked[p.handlers[h].slot] = 0 // not while it was open
		}
	}
	x.open = append(x.open, position{cell: int16(c)})
	return &x.open[len(x.open)-1]
}

// drop closes a step with everything inside it.
func (p *play) drop(x *scene, c int) {
	inside := p.cells[c].inside
	x.queue = slices.DeleteFunc(x.queue, func(t int16) bool { return inside.has(int(t)) })
	x.open = slices.DeleteFunc(x.open, func(at position) bool { return int(at.cell) == c || inside.has(int(at.cell)) })
}

func (p *play) activate(x *scene, c int) {
	s := p.cells[c].step
	p.note(p.reached, c, x)
	if p.f.r.LostSteps(s.Range) {
		p.vague = true
	}
	switch s.Verb {
	case route.Task, route.Approve:
		p.open(x, c)
	case route.Inform:
		p.next(x, c)
	case route.Do:
		if p.act(x, c, s.Actions) {
			p.next(x, c)
		}
	case route.Choose:
		p.choice(x, c)
	case route.Parallel:
		p.split(x, c)
	case route.Each:
		p.spread(x, c)
	case route.Repeat:
		p.open(x, c).count = 1
		p.into(x, c, 0)
	case route.Wait:
		p.wait(x, c)
	case route.Call:
		p.call(x, c)
	default: // go, leave, end
		p.follow(x, c, s.Target)
	}
}

// into enters a branch of a block.
func (p *play) into(x *scene, c, branch int) {
	if first := p.cells[c].first[branch]; first >= 0 {
		x.queue = append(x.queue, int16(first))
		return
	}
	p.pastBranch(x, c, branch)
}

// pastBranch is what happens at the end of a branch of a block.
func (p *play) pastBranch(x *scene, c, branch int) {
	switch p.cells[c].step.Verb {
	case route.Parallel, route.Each:
		p.arrive(x, c, branch)
	case route.Repeat:
		p.again(x, c)
	default: // choose, wait
		p.next(x, c)
	}
}

// next goes on behind a step.
func (p *play) next(x *scene, c int) {
	at := &p.cells[c]
	if at.passed >= 0 {
		x.memory[at.passed] = 1
	}
	switch {
	case at.next >= 0:
		x.queue = append(x.queue, int16(at.next))
	case at.owner >= 0:
		p.pastBranch(x, at.owner, at.branch)
	case at.body == nil:
		x.ended = true
	}
}

// follow goes a way from a step.
func (p *play) follow(x *scene, c int, t *route.Target) {
	if t == nil {
		p.vague, x.dead = true, true
		return
	}
	switch t.Kind {
	case route.GoOn:
		p.next(x, c)
	case route.GoTo:
		p.jump(x, c, t.Name)
	case route.LeaveBranch:
		if at := &p.cells[c]; at.passed >= 0 {
			x.memory[at.passed] = 1
		}
		p.leave(x, c)
	default:
		p.end(x, c)
	}
}

// leave ends the branch of parallel or each around a step.
func (p *play) leave(x *scene, c int) {
	at := &p.cells[c]
	for _, r := range at.rounds {
		x.close(r)
	}
	switch {
	case at.gather >= 0:
		p.arrive(x, at.gather, p.branchIn(c, at.gather))
	case at.body == nil: // there is no branch, which is reported
		p.vague, x.dead = true, true
	}
}

// branchIn gives the branch of a block that a step stands in.
func (p *play) branchIn(c, block int) int {
	for p.cells[c].owner != block {
		c = p.cells[c].owner
	}
	return p.cells[c].branch
}

// jump goes to another step of the same region.
func (p *play) jump(x *scene, c int, name string) {
	to := p.f.r.Meant(name)
	if to == nil || route.Region(to) != route.Region(p.cells[c].step) {
		p.vague, x.dead = true, true
		return
	}
	target := p.at[here{to, p.cells[c].item}]
	left, entered := p.cells[c].rounds, p.cells[target].rounds
	for _, r := range left {
		if !slices.Contains(entered, r) {
			x.close(r)
		}
	}
	for i := len(entered) - 1; i >= 0; i-- {
		if !slices.Contains(left, entered[i]) {
			p.open(x, entered[i]).count = 1
		}
	}
	x.queue = append(x.queue, int16(target))
}

// end ends the route: the blocks around the step are cancelled.
func (p *play) end(x *scene, c int) {
	if p.cells[c].body != nil { // a handler ends whatever is at work
		x.open, x.queue = x.open[:0], x.queue[:0]
	}
	for o := p.cells[c].owner; o >= 0; o = p.cells[o].owner {
		switch p.cells[o].step.Verb {
		case route.Each, route.Parallel, route.Repeat:
			p.drop(x, o)
		}
	}
	x.ended = true
}

// choice enters the first branch whose condition holds.
func (p *play) choice(x *scene, c int) {
	s := p.cells[c].step
	for i, b := range s.Branches {
		if b.Else || b.If == nil || p.ask(x, p.cells[c].asks[i]) == 1 {
			p.into(x, c, i)
			return
		}
	}
	if slices.Contains(p.f.falls, s) { // which is a fault of its own
		p.next(x, c)
		return
	}
	x.dead = true
}

// again decides at the end of a round of repeat.
func (p *play) again(x *scene, c int) {
	s := p.cells[c].step
	done := p.ask(x, p.cells[c].asks[0]) == 1
	at := x.find(c)
	switch {
	case at == nil:
		p.next(x, c)
	case done:
		x.close(c)
		p.next(x, c)
	case s.Max > 0 && p.exhausted(int(at.count), s.Max):
		x.close(c)
		if s.OnMax != nil {
			p.follow(x, c, s.OnMax)
		} else {
			p.next(x, c)
		}
	default:
		if s.Max > 0 {
			at.count = min(at.count+1, maxCounted)
		}
		p.into(x, c, 0)
	}
}

// maxCounted bounds what is counted; behind it a limit may be reached at any
// time.
const maxCounted = 4

func (p *play) exhausted(count, limit int) bool {
	if count >= maxCounted && limit > maxCounted {
		return p.choose(2) == 1
	}
	return count >= limit
}

// act carries out what actions mean for the way of the route, and tells whether
// the step goes on: not when a block around it was withdrawn.
func (p *play) act(x *scene, c int, actions []*route.Action) bool {
	stood := p.stands(x, c)
	for _, a := range actions {
		if a.If != nil && p.ask(x, p.ifs[atAction{c, a}]) == 0 {
			continue
		}
		if a.Kind == route.Cancel || a.Kind == route.Complete {
			p.withdraw(x, a.Steps)
			continue
		}
		for _, s := range p.stirs[a] {
			x.asked[s] = -1
		}
	}
	return !stood || p.stands(x, c)
}

// stands tells whether the blocks around a step are open.
func (p *play) stands(x *scene, c int) bool {
	for o := p.cells[c].owner; o >= 0; o = p.cells[o].owner {
		switch p.cells[o].step.Verb {
		case route.Parallel, route.Each, route.Repeat:
			if x.find(o) == nil {
				return false
			}
		}
	}
	return true
}

// withdraw gives up open steps; the route goes on behind them.
func (p *play) withdraw(x *scene, names []route.Word) {
	for _, w := range names {
		s := p.f.r.Step(w.Text)
		if s == nil {
			p.vague = true
			continue
		}
		var found [16]position
		list := found[:0]
		for _, at := range x.open {
			if p.cells[at.cell].step == s {
				list = append(list, at)
			}
		}
		for _, was := range list {
			at := x.find(int(was.cell))
			if at == nil {
				continue
			}
			gone := at.state == isJoined
			p.drop(x, int(was.cell))
			if !gone { // else the route has gone on behind the join already
				p.next(x, int(was.cell))
			}
		}
	}
}

// outcome takes the way of an outcome.
func (p *play) outcome(x *scene, c int, o *route.Outcome) {
	if !p.act(x, c, o.Actions) {
		return
	}
	t := o.Target
	if o.Max > 0 && o.Else != nil {
		count := &x.memory[p.cells[c].taken[slices.Index(p.cells[c].step.Outcomes, o)]]
		if p.exhausted(int(*count), o.Max) {
			t = o.Else
		}
		*count = min(*count+1, maxCounted, byte(min(o.Max, 255)))
	}
	p.follow(x, c, t)
}

// answered is what follows when the people of a step have answered.
func (p *play) answered(x *scene, c int, o *route.Outcome) {
	at := &p.cells[c]
	block := -1
	if at.gather >= 0 && p.cells[at.gather].step.Outcome(o.Name) != nil {
		block = at.gather
	}
	if block < 0 {
		p.outcome(x, c, o)
		return
	}
	if b := x.find(block); b != nil && b.state != isJoined {
		s := p.cells[block].step
		i := slices.IndexFunc(s.Outcomes, func(d *route.Outcome) bool { return d.Name == o.Name })
		b.answers |= 1 << i
		if s.Outcomes[i].Now {
			p.join(x, block, true)
			return
		}
	}
	switch {
	case at.step.Decider == nil:
		p.outcome(x, c, o)
	case o.Target.Kind == route.GoOn:
		p.next(x, c)
	default:
		if at.passed >= 0 {
			x.memory[at.passed] = 1
		}
		p.leave(x, c)
	}
}
