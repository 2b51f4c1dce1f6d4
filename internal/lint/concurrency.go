package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/soundness"
)

// concurrency is what happens when branches are at work at the same time.
type concurrency struct {
	twice []clash
	held  []clash
	// never are steps that the route does not come to, or never begins, though a
	// way leads there.
	never map[*route.Step]obstacle
	// stopped tells that the analysis came to its limit.
	stopped bool
}

// clash is a step with the way there.
type clash struct {
	step *route.Step
	path []string
	with []*route.Step // others that wait for a lock meanwhile
}

// obstacle is why a step is never begun: the step that is then never open, or
// not done; nil: the route does not come there at all, or its turn does not come.
type obstacle struct {
	step  *route.Step
	comes bool // the route comes there
}

// concurrency analyses what happens when branches are at work at the same time.
// The route is played. Where that comes to its limit, what was found on the way
// is true all the same, and the graph and the net tell more.
func (f *flow) concurrency(limit int) *concurrency {
	out := &concurrency{never: map[*route.Step]obstacle{}}
	if f.needsPlay() && !f.play(out, limit) {
		f.guess(out)
	}
	return out
}

// guess judges a route that is too large to be played.
func (f *flow) guess(out *concurrency) {
	net := f.needsNet()
	out.stopped = net || f.races()
	if !net {
		circles, undecided := f.lockCircles()
		for _, c := range circles {
			if !told(out.held, c.step) {
				out.held = append(out.held, c)
			}
		}
		net, out.stopped = undecided, out.stopped || undecided
	}
	if net && !f.races() { // of which a net knows too little
		f.explore(out)
	}
	for _, s := range f.r.Steps() {
		if way := f.comesBack(s, net); way != nil && !told(out.twice, s) {
			out.twice = append(out.twice, clash{step: s, path: way})
		}
	}
}

// needsPlay tells whether the graph of a route says too little: steps wait for
// others or take locks from blocks, something is cut off or goes on behind a
// join, or not every answer that is given counts. Otherwise every step is reached
// that a way leads to, whatever the branches around do meanwhile.
func (f *flow) needsPlay() bool {
	if len(f.withdraw) > 0 || len(f.r.Handlers) > 0 {
		return true
	}
	return slices.ContainsFunc(f.r.Steps(), func(s *route.Step) bool {
		switch s.Verb {
		case route.Parallel, route.Each:
			if partial(s) || dropsRest(s) || f.dropped[s] {
				return true
			}
		case route.Task, route.Approve:
			if b := gathering(s); s.Decider == nil && b != nil && slices.ContainsFunc(s.Outcomes, func(o *route.Outcome) bool { return b.Outcome(o.Name) != nil }) {
				return true
			}
		case route.Call:
			if len(s.Outcomes) > 0 {
				return true
			}
		}
		return len(s.Handlers) > 0 || waitsForOthers(s) || s.Lock.Text != "" && block(s)
	})
}

// needsNet tells whether anything in a route asks for more than its graph:
// routes whose branches do not wait for each other are judged by the block tree
// alone, and locks by the order in which they are taken.
func (f *flow) needsNet() bool {
	return slices.ContainsFunc(f.r.Steps(), waitsForOthers)
}

// races tells whether something in a route is cut off by what others do, and
// may be so before it begins; the graph does not know when.
func (f *flow) races() bool {
	if len(f.withdraw) > 0 || len(f.r.Handlers) > 0 {
		return true
	}
	for _, s := range f.r.Steps() {
		if len(s.Handlers) > 0 {
			return true
		}
		if !dropsRest(s) && !f.dropped[s] {
			continue
		}
		for _, b := range s.Branches {
			if f.instantly(f.entry(b), false)[f.over[b]] {
				return true
			}
		}
	}
	return false
}

// play plays a route, and tells whether that was done to the end.
func (f *flow) play(out *concurrency, limit int) bool {
	p := newPlay(f, limit)
	whole := p.run()
	if whole && p.parted && p.faults() { // once more, for the shortest way
		if q := newPlay(f, limit); q.runWhole() {
			p = q
		}
	}
	var never []*route.Step
	for i, s := range f.r.Steps() {
		if m := p.twice[i]; m != nil {
			out.twice = append(out.twice, clash{step: s, path: append(p.path(m), s.ID)})
		}
		if m := p.held[i]; m != nil {
			out.held = append(out.held, clash{step: s, path: append(p.path(m), s.ID), with: p.with[i]})
		}
		if p.reached[i] == nil && f.reaches(s) {
			never = append(never, s)
		}
	}
	if !whole || len(never) == 0 || p.vague || len(f.given) > 0 {
		return whole
	}
	if p.undecided() {
		q := newPlay(f, limit)
		q.widely = true
		if !q.run() || q.vague {
			out.stopped = true
			return true
		}
		p = q
	}
	for _, s := range never {
		if i := f.index[s]; p.reached[i] == nil {
			o := obstacle{comes: p.comes[i]}
			if o.step = f.r.Step(s.WhileOpen.Text); o.step == nil && len(s.After) > 0 {
				o.step = f.r.Step(s.After[0].Text)
			}
			out.never[s] = o
		}
	}
	return true
}

// explore lets the net of a route show what never happens.
func (f *flow) explore(out *concurrency) {
	n := newRouteNet(f)
	if n == nil {
		return
	}
	v, err := soundness.Decide(n.net, soundness.MaxStates)
	if err != nil { // above the bounds of the package
		return
	}
	// What waits for ever is let go in the end, whatever it needs.
	if v.Stopped || slices.ContainsFunc(v.Stuck, func(s soundness.Stuck) bool { return !s.Loop }) {
		return
	}
	for _, s := range f.r.Steps() {
		if other := f.r.Step(s.WhileOpen.Text); other != nil && f.reaches(s) && excludes(s, other) {
			out.never[s] = obstacle{other, true}
		}
	}
	if v.Sound() {
		return
	}
	going := map[*route.Step]bool{}
	for _, w := range n.going {
		going[w.step] = going[w.step] || v.Way(w.transition) != nil
	}
	for s, ever := range going {
		comes := slices.ContainsFunc(n.comes[s], func(t int) bool { return v.Way(t) != nil })
		if !ever && comes && f.reaches(s) {
			other := f.r.Step(s.WhileOpen.Text)
			if other == nil {
				other = n.after(s)[0]
			}
			out.never[s] = obstacle{other, true}
		}
	}
}

// excludes tells whether two steps are never at work at the same time, because
// of a lock or because their block does one thing at a time.
func excludes(a, b *route.Step) bool {
	if a.Lock.Text != "" && a.Lock.Text == b.Lock.Text && waiting(b) {
		return true
	}
	if !waiting(a) || !waiting(b) {
		return false
	}
	for c := a.Parent; c.Owner != nil; c = c.Owner.Parent {
		if c.Owner.OneAtATime {
			return standsIn(b, c.Owner)
		}
	}
	return false
}

func told(list []clash, s *route.Step) bool {
	for _, c := range list {
		if c.step == s {
			return true
		}
	}
	return false
}

// maxPlayed bounds the states looked at for one route.
const maxPlayed = 50_000

// graph gives where the document can go on the route.
func (s *subject) graph() *flow {
	if s.drawn == nil {
		s.drawn = newFlow(s.Route, s.faults != nil, s.falling()...)
		s.drawn.reads = func(p *expr.Program) []string { return s.readsOf(p, 4) }
		s.drawn.others = s.others
	}
	return s.drawn
}

// together gives what happens when branches are at work at the same time.
func (s *subject) together() *concurrency {
	if s.net == nil {
		s.net = s.graph().concurrency(maxPlayed)
	}
	return s.net
}
