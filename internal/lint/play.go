package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// play plays a route in every order of what people answer, of what happens
// outside, and of which conditions hold: what a graph or a net of it cannot
// tell, since after everything that happens the route first does whatever it
// can by itself, in a fixed order, before anybody can act again.
//
// A state is what an instance keeps: the open steps in their order, what was
// left behind, counted and heard. From each state follows, for every event, all
// that happens until nothing moves any more; conditions are asked when they are
// needed, may be true or false, and stay so until the event is over or an action
// changes what they read. States are visited breadth first, so the first way
// to anything is one with the fewest events.
//
// It knows nothing of package engine: each is the test of the other. What
// people do against the route (withdrawing a task, stopping or moving an
// instance) is left out.
type play struct {
	f     *flow
	cells []cell
	at    map[here]int
	slots []slot // what is asked, see scene.asked
	items map[*route.Step]int
	// handlers of the route and of its blocks, by copy.
	handlers []listener
	classes  []arrival
	memory   int // bytes that a state remembers
	// firstWait numbers the events of the waits.
	firstWait map[*route.Step]int
	waits     int
	ifs       map[atAction]int        // slots of the conditions of actions
	common    map[any]int             // slots that copies of a step share
	stirs     map[*route.Action][]int // slots that an action makes doubtful
	circles   []*route.Step           // steps whose `after` closes a circle, which is reported
	// widely lets happen whatever the route itself does not decide: more items,
	// other routes of the document, events that cannot be carried out at once.
	widely bool
	others *others // what other routes of the document do, if widely
	vague  bool    // something could not be followed: what was not reached may be

	nodes []moment // how each state in which nothing moves was come to first
	queue []*scene
	seen  map[string]bool
	// divided are the parts of each block. While one part of what is open is
	// played, rest holds the others.
	divided map[int][]part
	rest    []set
	limit   int // of what is done
	work    int
	over    bool // the limit was reached
	whole   bool // everything is played together, so that the first way is the shortest
	parted  bool // not everything was
	key     []byte
	base    *scene // what a choice goes back to
	pool    []*scene
	picks   []pick
	pick    int

	// of each step: how it was reached first, opened while it was open, and let
	// go on though what it waited for never came, with others that waited for locks
	reached, twice, held []*moment
	with                 [][]*route.Step
	comes                []bool // the route has come to it
}

// here is a step in one copy of the each blocks around it.
type here struct {
	step *route.Step
	item string
}

// cell is a step in one copy, with its surroundings.
type cell struct {
	step *route.Step
	item string // a byte for each each around it
	// next is the step behind it, owner the block whose branch number branch it
	// stands in, up that block or the one whose handler it belongs to; none: -1.
	next, owner, branch, up int
	body                    *route.Handler // whose steps it is one of
	gather                  int            // the nearest parallel or each around it; -1
	rounds                  []int          // repeats around it, in its region, the innermost first
	first                   []int          // the first step of each branch; -1: it is empty
	inside                  set            // cells within it
	turn                    bool           // it may have to wait for its turn
	ordered                 bool           // it matters whether it was opened before others
	alone                   *route.Step    // the block around it that does one thing at a time
	after                   []earlier
	passed                  int   // where is remembered that it was left behind; -1
	forgets                 []int // what it forgets when it begins anew
	taken                   []int // where is counted how often each outcome was taken; -1
	listens                 []int // handlers
	// what is asked about it: whether its conditions hold, and by its verb
	// choose, parallel: those of its branches; repeat: whether to stop; wait:
	// what has come; each: how many items there are, and how many more; call: how
	// it has ended, by phase
	ifSlot, whileSlot int
	asks              []int
}

// earlier is what a step comes after: it is passed, or none of some cells is open.
type earlier struct {
	passed  []int // where that is remembered
	loosely []int // where it may be remembered
	within  set
}

// listener is a handler in one copy.
type listener struct {
	*route.Handler
	block  int // cell; -1: the route
	first  int // its first step; -1
	body   set
	memory int
	slot   int
}

// slot is something that is asked once for an event, unless what it depends on
// is changed.
type slot struct {
	ways   int
	on     []*route.Expr // what it depends on
	step   *route.Step
	field  string // whose change it is
	called bool   // it is the end of a called route
	fickle bool   // it is asked anew each time
}

type pick struct{ value, of int }

// moment is an event in a state in which nothing moves.
type moment struct {
	node    int // the state; -1: the beginning
	cell    int // the step that was answered; -1
	outcome *route.Outcome
}

// maxCells bounds the steps that are played, copies counted; maxBranches those
// of one block.
const (
	maxCells    = 400
	maxBranches = 32
)

// newPlay prepares to play a route.
func newPlay(f *flow, limit int) *play {
	p := &play{f: f, at: map[here]int{}, items: map[*route.Step]int{}, stirs: map[*route.Action][]int{}, firstWait: map[*route.Step]int{}, ifs: map[atAction]int{}, common: map[any]int{},
		divided: map[int][]part{}, seen: map[string]bool{}, limit: limit, base: &scene{}}
	steps := f.r.Steps()
	p.reached, p.twice, p.held = make([]*moment, len(steps)), make([]*moment, len(steps)), make([]*moment, len(steps))
	p.with, p.comes = make([][]*route.Step, len(steps)), make([]bool, len(steps))
	for _, c := range f.r.AfterCircles() {
		p.circles = append(p.circles, c.At)
	}
	return p
}

// run plays the route, and tells whether that was done to the end.
func (p *play) run() bool {
	body := p.f.r.Body
	if len(body.Steps) == 0 || !p.lay(body, "", -1, 0, nil) {
		return false
	}
	for _, h := range p.f.r.Handlers {
		if !p.lay(h.Body, "", -1, 0, h) {
			return false
		}
	}
	p.connect()
	x := &scene{asked: p.unasked(), memory: make([]byte, p.memory), moment: moment{node: -1, cell: -1}}
	p.happen(x, func(x *scene) { x.queue = append(x.queue, int16(p.at[here{body.Steps[0], ""}])) })
	for i := 0; i < len(p.queue) && !p.over; i++ {
		x := p.queue[i]
		p.queue[i] = nil
		p.events(x, i)
	}
	return !p.over
}

// runWhole is run with everything played together, so that the first way to
// anything is the shortest.
func (p *play) runWhole() bool {
	p.whole = true
	return p.run()
}

// faults tells whether anything was found on the way.
func (p *play) faults() bool {
	found := func(m *moment) bool { return m != nil }
	return slices.ContainsFunc(p.twice, found) || slices.ContainsFunc(p.held, found)
}

// events lets everything happen that can happen in a state, up to the first
// part of it from which something new follows.
func (p *play) events(x *scene, n int) {
	if x.done {
		return
	}
	parts := p.parts(x)
	if len(parts) == 0 || p.whole {
		p.eventsIn(x, n, nil)
		return
	}
	p.parted = true
	known := len(p.nodes)
	for i := range parts {
		p.rest = append(append(p.rest[:0], parts[:i]...), parts[i+1:]...)
		p.eventsIn(x, n, parts[i])
		if len(p.nodes) > known {
			break
		}
	}
	p.rest = p.rest[:0]
}

// eventsIn lets happen what can happen in some cells; nil: all.
func (p *play) eventsIn(x *scene, n int, part set) {
	from := func(cell int, o *route.Outcome) *scene {
		y := p.fresh()
		y.copy(x)
		y.moment = moment{n, cell, o}
		return y
	}
	moves := false
	for i := range x.open {
		c := int(x.open[i].cell)
		if part != nil && !part.has(c) {
			continue
		}
		s := p.cells[c].step
		moves = moves || p.cells[c].ordered || p.widely && x.open[i].state == isHeld
		switch {
		case x.open[i].state != isOpen:
		case s.Verb == route.Task || s.Verb == route.Approve:
			for _, o := range s.Outcomes {
				p.happen(from(c, o), func(x *scene) {
					x.close(c)
					p.answered(x, c, o)
				})
			}
		case s.Verb == route.Call && x.open[i].count == 0:
			for k := range p.ends(s) {
				p.happen(from(c, p.ended(s, k)), func(x *scene) { x.open[i].count = uint8(k + 1) })
			}
		case s.Verb == route.Each && s.Allow.Text != "":
			p.happen(from(-1, nil), func(x *scene) { p.include(x, c, 1) })
		}
	}
	if moves || len(p.handlers) > 0 {
		p.happen(from(-1, nil), func(*scene) {}) // time passes, conditions change
	}
	if x.ended && !moves {
		return
	}
	for i := range p.classes {
		p.happen(from(-1, nil), func(x *scene) {
			p.receive(x, &p.classes[i])
			if p.widely && p.choose(2) == 1 { // what follows cannot be carried out yet
				x.phase = atRest
			}
		})
	}
}

// happen carries out an event with all that follows from it by itself, with
// every choice.
func (p *play) happen(x *scene, event func(*scene)) {
	x.begin(sweeping)
	stack := []*scene{}
	try := func(x *scene, piece func(*scene)) {
		p.base.copy(x)
		p.picks = p.picks[:0]
		for first := true; first || len(p.picks) > 0; first = false {
			if !first {
				x = p.fresh()
				x.copy(p.base)
			}
			p.pick = 0
			piece(x)
			switch {
			case x.dead:
				p.pool = append(p.pool, x)
			case x.phase == atRest:
				p.settled(x)
			case len(p.picks) == 0 || p.unseen(x):
				stack = append(stack, x)
			default:
				p.pool = append(p.pool, x)
			}
			for len(p.picks) > 0 && p.picks[len(p.picks)-1].value+1 == p.picks[len(p.picks)-1].of {
				p.picks = p.picks[:len(p.picks)-1]
			}
			if len(p.picks) > 0 {
				p.picks[len(p.picks)-1].value++
			}
		}
	}
	try(x, event)
	for len(stack) > 0 && !p.over {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		try(x, p.settle)
	}
}

// settled notes a state in which nothing moves by itself.
func (p *play) settled(x *scene) {
	p.normal(x)
	if !p.unseen(x) {
		p.pool = append(p.pool, x)
		return
	}
	p.nodes = append(p.nodes, x.moment)
	p.queue = append(p.queue, x)
}

// unseen tells whether a state is new.
func (p *play) unseen(x *scene) bool {
	p.key = x.encode(p.key[:0])
	if p.seen[string(p.key)] {
		return false
	}
	if p.work += 1 + len(x.open)/8; p.work > p.limit {
		p.over = true
	}
	p.seen[string(p.key)] = true
	return true
}

func (p *play) fresh() *scene {
	if n := len(p.pool); n > 0 {
		x := p.pool[n-1]
		p.pool = p.pool[:n-1]
		return x
	}
	return &scene{}
}

// choose gives one of n possibilities; the others are tried afterwards.
func (p *play) choose(n int) int {
	if n <= 1 {
		return 0
	}
	if p.pick == len(p.picks) {
		p.picks = append(p.picks, pick{0, n})
	}
	p.pick++
	return p.picks[p.pick-1].value
}

// ask gives what a slot holds in this event.
func (p *play) ask(x *scene, slot int) int {
	s := p.slots[slot]
	if s.fickle {
		return p.choose(s.ways)
	}
	if x.asked[slot] < 0 {
		x.asked[slot] = int8(p.choose(s.ways))
	}
	return int(x.asked[slot])
}

// path gives the way to a moment, for people.
func (p *play) path(m *moment) []string {
	var out []string
	for at := *m; ; at = p.nodes[at.node] {
		if at.cell >= 0 {
			s := p.cells[at.cell].step
			text := s.ID
			if at.outcome != nil && !(s.Implied && len(s.Outcomes) == 1) {
				text += " [" + at.outcome.Name + "]"
			}
			out = append(out, text)
		}
		if at.node < 0 {
			break
		}
	}
	out = append(out, "start")
	slices.Reverse(out)
	return out
}
