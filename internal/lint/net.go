package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/soundness"
)

// routeNet is a route as a safe Petri net. More happens in it than in the route,
// since what a route does by itself, before anybody can act, waits here for
// nothing and hurries for nobody: so what never happens in the net never happens.
// It judges routes that are too large to be played, and instances that are moved
// to another definition.
//
// A token stands before a step, at it, or held until its turn has come.
// Conditions are free choices. A block whose rest is waited for keeps a token
// of its own until its last branch has arrived. Cancellation empties
// what is inside a block. An each is two copies of its steps when one may go on
// without the other, else one.
type routeNet struct {
	f    *flow
	net  *soundness.Net
	at   map[spot]int
	tag  []spot // of each place
	rest []int  // places marked at rest: at the beginning, at the end, and after a cancellation
	end  int
	run  int // marked until the route has reached its end
	// frames of each step, the copies of the each blocks around it.
	frames map[*route.Step][]*frame
	passes map[*route.Step]bool // steps that others come after
	// circles are steps whose `after` closes a circle, which is reported; it is
	// left out here.
	circles []*route.Step
	locks   bool                 // locks matter
	opens   map[*route.Step]bool // steps whose being open others look at

	going []watch               // transitions by which a step that needs others open or done is begun
	comes map[*route.Step][]int // and those by which the route comes to it
	wipes []wipe
}

// frame is one copy of the steps of an each.
type frame struct {
	up    *frame
	each  *route.Step
	index int
}

// spot is a place: what of which step in which copy.
type spot struct {
	kind  string
	step  *route.Step
	in    *frame
	index int
}

type watch struct {
	transition int
	step       *route.Step
}

// wipe is a transition that empties the inside of a block, to be completed
// once every place is known.
type wipe struct {
	transition int
	block      *route.Step // nil: the whole route
	in         *frame
	self       bool // the block's own places too
	anew       bool // the block begins anew: it does not come to rest
}

// maxCopies bounds the steps of a net, copies counted.
const maxCopies = 3000

// newRouteNet makes the net; nil when it would be too large.
func newRouteNet(f *flow) *routeNet {
	n := &routeNet{f: f, net: &soundness.Net{}, at: map[spot]int{}, frames: map[*route.Step][]*frame{}, passes: map[*route.Step]bool{},
		opens: map[*route.Step]bool{}, comes: map[*route.Step][]int{}}
	for _, c := range f.r.AfterCircles() {
		n.circles = append(n.circles, c.At)
	}
	for _, s := range f.r.Steps() {
		for _, t := range n.after(s) {
			n.passes[t] = true
		}
		if other := f.r.Step(s.WhileOpen.Text); other != nil {
			n.opens[other] = true
		}
		n.locks = n.locks || s.Lock.Text != "" && len(s.Branches) > 0
	}
	for s := range n.opens { // it is not open before it has its lock
		n.locks = n.locks || s.Lock.Text != ""
	}
	copies := 0
	for _, h := range f.r.Handlers {
		copies += n.enumerate(h.Body, nil)
	}
	if copies += n.enumerate(f.r.Body, nil); copies > maxCopies || copies == 0 {
		return nil
	}
	n.end, n.run = n.net.Place("end"), n.place(spot{kind: "run"})
	n.net.Initial = append(n.net.Initial, n.run, n.place(spot{kind: "in", step: f.r.Body.Steps[0]}))
	for _, s := range f.r.Steps() {
		for _, in := range n.frames[s] {
			n.build(s, in)
		}
	}
	for _, h := range f.r.Handlers {
		n.handler(h, nil, n.run)
	}
	for _, w := range n.wipes {
		n.complete(w)
	}
	n.rounds()
	n.net.Initial = append(n.net.Initial, n.rest...)
	n.net.Final = append([]int{n.end}, n.rest...)
	slices.Sort(n.net.Final)
	n.net.Final = slices.Compact(n.net.Final)
	return n
}

// after gives the steps that a step comes after.
func (n *routeNet) after(s *route.Step) []*route.Step {
	var out []*route.Step
	for _, w := range s.After {
		if t := n.f.r.Step(w.Text); t != nil && !slices.Contains(n.circles, s) {
			out = append(out, t)
		}
	}
	return out
}

// enumerate notes the copies of every step.
func (n *routeNet) enumerate(b *route.Branch, in *frame) int {
	count := 0
	for _, s := range b.Steps {
		n.frames[s] = append(n.frames[s], in)
		count++
		for _, h := range s.Handlers {
			count += n.enumerate(h.Body, in)
		}
		for i := range n.branches(s) {
			if count > maxCopies {
				return count
			}
			count += n.enumerate(n.body(s, i), n.inner(s, in, i))
		}
	}
	return count
}

// branches gives the number of branches of a block, the copies of an each.
func (n *routeNet) branches(s *route.Step) int {
	if s.Verb != route.Each {
		return len(s.Branches)
	}
	if joinOf(s) != route.JoinAll || n.locks {
		return 2
	}
	for other := range n.opens { // the step of one item may look at that of another
		if other != nil && standsIn(other, s) {
			return 2
		}
	}
	return 1
}

func (n *routeNet) body(s *route.Step, i int) *route.Branch {
	if s.Verb == route.Each {
		i = 0
	}
	return s.Branches[i]
}

func (n *routeNet) inner(s *route.Step, in *frame, i int) *frame {
	if s.Verb != route.Each {
		return in
	}
	for _, b := range s.Branches {
		for _, first := range b.Steps {
			for _, f := range n.frames[first] {
				if f != nil && f.up == in && f.each == s && f.index == i {
					return f
				}
			}
		}
	}
	return &frame{in, s, i}
}

// place finds or adds a place.
func (n *routeNet) place(at spot) int {
	p, ok := n.at[at]
	if !ok {
		p = n.net.Place(at.kind)
		for len(n.tag) < p {
			n.tag = append(n.tag, spot{})
		}
		n.tag = append(n.tag, at)
		n.at[at] = p
	}
	return p
}

func (n *routeNet) resting(at spot) int {
	_, known := n.at[at]
	p := n.place(at)
	if !known {
		n.rest = append(n.rest, p)
	}
	return p
}

// idle is marked while a step is not at work, where that matters.
func (n *routeNet) idle(s *route.Step, in *frame) int {
	return n.resting(spot{kind: "idle", step: s, in: in})
}

// tracked tells whether it matters that a step is at work.
func (n *routeNet) tracked(s *route.Step) bool {
	return n.opens[s] || n.locks && s.Lock.Text != "" && (waiting(s) || block(s)) || partial(s)
}

func block(s *route.Step) bool {
	return s.Verb == route.Parallel || s.Verb == route.Each || s.Verb == route.Repeat
}

// joinOf is the kind of a block's join; one that could not be read counts as
// waiting for all, which nothing follows from.
func joinOf(s *route.Step) route.JoinKind {
	if s.Join.Kind == route.JoinWhen && s.Join.When == nil {
		return route.JoinAll
	}
	return s.Join.Kind
}

// partial tells whether branches of a block may go on behind its join.
func partial(s *route.Step) bool {
	if s.Verb != route.Parallel && s.Verb != route.Each || s.Cancel {
		return false
	}
	switch joinOf(s) {
	case route.JoinAll:
		return false
	case route.JoinN:
		return s.Verb == route.Each || s.Join.N < len(s.Branches)
	}
	return true
}

func (n *routeNet) add(in, out []int) int {
	in, out = slices.Clone(in), slices.Clone(out)
	slices.Sort(in)
	slices.Sort(out)
	return n.net.Transition("", slices.Compact(in), slices.Compact(out))
}

// complete adds to a transition what it empties, and what it puts to rest.
func (n *routeNet) complete(w wipe) {
	t := &n.net.Transitions[w.transition]
	for p, at := range n.tag {
		resting := slices.Contains(n.rest, p)
		var inside bool
		switch {
		case at.kind == "" || slices.Contains(t.In, p) && !resting || slices.Contains(t.Clear, p):
		case w.block == nil:
			inside = true
		case at.step == nil || !framed(at.in, w.in):
		case at.step == w.block:
			inside = w.self && at.kind != "in" && !(w.anew && at.kind == "idle")
		default:
			inside = standsIn(at.step, w.block)
		}
		if !inside {
			continue
		}
		t.Clear = append(t.Clear, p)
		if resting && !slices.Contains(t.Out, p) {
			t.Out = append(t.Out, p)
		}
	}
	if w.block == nil {
		t.Clear = append(t.Clear, n.end)
	}
	slices.Sort(t.Out)
}

// framed tells whether a copy is another one or lies within it.
func framed(in, outer *frame) bool {
	for ; in != outer; in = in.up {
		if in == nil {
			return false
		}
	}
	return true
}

// standsIn tells whether a step stands within a block, at any depth.
func standsIn(s, block *route.Step) bool {
	for b := s.Parent; b != nil; {
		owner := b.Owner
		if b.Handler != nil {
			owner = b.Handler.Block
		}
		if owner == nil {
			return false
		}
		if owner == block {
			return true
		}
		b = owner.Parent
	}
	return false
}
