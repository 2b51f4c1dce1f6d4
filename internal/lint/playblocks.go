package lint

import (
	"math/bits"
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// split begins the branches of a parallel whose conditions hold.
func (p *play) split(x *scene, c int) {
	s := p.cells[c].step
	var started uint32
	for i, b := range s.Branches {
		if b.If == nil || p.ask(x, p.cells[c].asks[i]) == 1 {
			started |= 1 << i
		}
	}
	if started == 0 {
		p.next(x, c)
		return
	}
	if !p.start(x, c, started) {
		return
	}
	for i := len(s.Branches) - 1; i >= 0; i-- {
		if first := p.cells[c].first[i]; started>>i&1 == 1 && first >= 0 {
			x.queue = append(x.queue, int16(first))
		}
	}
	for i := range s.Branches {
		if started>>i&1 == 1 && p.cells[c].first[i] < 0 {
			p.arrive(x, c, i)
		}
	}
}

// spread begins the steps of an each for every item.
func (p *play) spread(x *scene, c int) {
	n := p.ask(x, p.cells[c].asks[0])
	if n == 0 {
		p.next(x, c)
		return
	}
	if !p.start(x, c, 1<<n-1) {
		return
	}
	for i := n - 1; i >= 0; i-- {
		p.into(x, c, i)
	}
}

// start opens a block, and tells whether its branches are to begin.
func (p *play) start(x *scene, c int, started uint32) bool {
	p.open(x, c).started = started
	for _, m := range p.cells[c].forgets {
		x.memory[m] = 0
	}
	if p.cells[c].step.Join.Kind != route.JoinNone {
		return true
	}
	x.find(c).state = isJoined
	p.next(x, c)
	return x.find(c) != nil
}

// grow begins items that were added to an each while it is at work.
func (p *play) grow(x *scene, c int, at *position) bool {
	if at.state != isOpen || p.cells[c].step.Over.Expr == nil {
		return false
	}
	more := p.ask(x, p.cells[c].asks[1])
	x.asked[p.cells[c].asks[1]] = 0
	return p.include(x, c, more)
}

// include begins further items of an each that is at work.
func (p *play) include(x *scene, c, more int) bool {
	at := x.find(c)
	n := bits.Len32(at.started)
	more = min(more, p.items[p.cells[c].step]-n)
	at.started |= (1<<more - 1) << n
	for i := n + more - 1; i >= n; i-- {
		p.into(x, c, i)
	}
	return more > 0
}

// arrive counts a branch as arrived and looks whether the join fires.
func (p *play) arrive(x *scene, c, branch int) {
	at := x.find(c)
	if at == nil || at.arrived>>branch&1 == 1 {
		return // the block was decided or cancelled meanwhile
	}
	at.arrived |= 1 << branch
	s := p.cells[c].step
	all := at.arrived == at.started
	if at.state == isJoined {
		if all {
			x.close(c)
		}
		return
	}
	fires := all
	switch s.Join.Kind {
	case route.JoinAny:
		fires = true
	case route.JoinN:
		fires = all || bits.OnesCount32(at.arrived) >= s.Join.N || p.widely && s.Verb == route.Each && p.choose(2) == 1
	case route.JoinWhen:
		if s.Join.When == nil { // nothing follows from it
			p.vague = true
		} else {
			fires = all || p.choose(2) == 1
		}
	}
	if fires {
		p.join(x, c, s.Cancel)
	}
}

// join lets a block go on: with the worst of its answers, if it has outcomes.
func (p *play) join(x *scene, c int, cancel bool) {
	at := x.find(c)
	answers := at.answers
	switch {
	case at.arrived == at.started:
		x.close(c)
	case cancel:
		p.drop(x, c)
	default:
		at.state = isJoined
	}
	if answers == 0 {
		p.next(x, c)
		return
	}
	p.outcome(x, c, p.cells[c].step.Outcomes[bits.Len32(answers)-1])
}

// wait opens a wait, which may find that what it waits for has come before.
func (p *play) wait(x *scene, c int) {
	s := p.cells[c].step
	at := p.open(x, c)
	for i, e := range s.Waits {
		if slot := p.cells[c].asks[i]; e.Kind == route.EventChanged || e.Kind == route.EventUntil && later(e.Expr) {
			x.asked[slot] = 0 // not in the moment in which it opens
		}
	}
	var which []int
	for i := range x.kept {
		if x.kept[i].waits&p.waitsOf(s) != 0 {
			which = append(which, i)
		}
	}
	if len(which) == 0 {
		return
	}
	i := which[p.choose(len(which))]
	k := &x.kept[i]
	at.count = uint8(bits.TrailingZeros64(k.waits&p.waitsOf(s))-p.firstWait[s]) + 1
	if k.count < 2 || p.choose(2) == 0 {
		k.count--
	}
	if k.count == 0 {
		x.kept = slices.Delete(x.kept, i, i+1)
	}
}

// waitsOf gives the bits of the events of a wait.
func (p *play) waitsOf(s *route.Step) uint64 {
	return (1<<len(s.Waits) - 1) << p.firstWait[s]
}

// arrival is something from outside that waits and handlers may be for.
type arrival struct {
	kind  route.EventKind
	names []string
}

func (a *arrival) means(e *route.Event) bool {
	return e.Kind == a.kind && slices.Contains(a.names, e.Name.Text)
}

// meant tells whether an arrival passes the filter of an event.
func (p *play) meant(e *route.Event) bool { return e.Expr == nil || p.choose(2) == 1 }

// receive gives an arrival to the handlers that listen and to every wait that
// it is for; if there is none, it is kept for the first that opens.
func (p *play) receive(x *scene, a *arrival) {
	for i := range p.handlers {
		h := &p.handlers[i]
		if !a.means(h.Event) || x.ended {
			continue
		}
		if h.block >= 0 {
			if at := x.find(h.block); at == nil || at.state == isHeld {
				continue
			}
		}
		now := &x.memory[h.memory]
		if *now&3 == underway && !h.Keep || !p.meant(h.Event) {
			continue
		}
		left := *now / pending
		if h.Keep {
			left = min(left+1, 2)
		}
		*now = happened + pending*left
	}
	taken := false
	later := kept{count: 1}
	for _, s := range p.f.r.Steps() {
		for k, e := range s.Waits {
			if !a.means(e) {
				continue
			}
			for i := range x.open {
				at := &x.open[i]
				if p.cells[at.cell].step == s && at.state != isHeld && at.count == 0 && p.meant(e) {
					at.count, taken = uint8(k+1), true
				}
			}
			if p.meant(e) {
				later.waits |= 1 << (p.firstWait[s] + k)
			}
		}
	}
	if taken || later.waits == 0 {
		return
	}
	i, known := slices.BinarySearchFunc(x.kept, later, func(a, b kept) int {
		switch {
		case a.waits < b.waits:
			return -1
		case a.waits > b.waits:
			return 1
		}
		return 0
	})
	if known {
		x.kept[i].count = 2
	} else {
		x.kept = slices.Insert(x.kept, i, later)
	}
}

// call begins another route, which may be over at once.
func (p *play) call(x *scene, c int) {
	s := p.cells[c].step
	if !s.Call.Wait {
		p.next(x, c)
		return
	}
	at := p.open(x, c)
	if s.Call.On == nil {
		at.count = uint8(p.ask(x, p.cells[c].asks[0]))
	}
}

// ends gives in how many ways a called route ends, and ended what follows one
// of them here.
func (p *play) ends(s *route.Step) int { return max(len(s.Outcomes), 1) }

func (p *play) ended(s *route.Step, k int) *route.Outcome {
	if len(s.Outcomes) == 0 {
		return nil
	}
	return s.Outcomes[k]
}

// callPhases are those behind which a called route may have ended.
var callPhases = []phase{sweeping, hearingBlocks, lapsing}

// calls lets called routes end while this one settles: they stand behind it.
func (p *play) calls(x *scene) bool {
	if phase := slices.Index(callPhases, x.phase); phase < 0 || phase > 0 && !p.widely {
		return false
	}
	moved := false
	for i := range x.open {
		at := &x.open[i]
		s := p.cells[at.cell].step
		if s.Verb != route.Call || at.count > 0 || s.Call.On != nil || p.rests(x, int(at.cell)) {
			continue
		}
		phase := 0
		if p.widely {
			phase = 1 + slices.Index(callPhases, x.phase)
		}
		at.count = uint8(p.ask(x, p.cells[at.cell].asks[phase]))
		moved = moved || at.count > 0
	}
	return moved
}
