package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/soundness"
)

// concurrency is what the net of a route has shown.
type concurrency struct {
	twice []clash
	held  []clash
	never map[*route.Step]*route.Step // steps that need one open, or done, that never is then
	// stopped tells that the analysis came to its limit.
	stopped bool
}

// clash is a step with the way there.
type clash struct {
	step *route.Step
	path []string
	with []*route.Step // others of the same circle
}

// needsNet tells whether anything in a route asks for more than its graph:
// routes whose branches do not wait for each other are judged by the block tree
// alone, and locks by the order in which they are taken.
func (f *flow) needsNet() bool {
	return slices.ContainsFunc(f.r.Steps(), waitsForOthers)
}

// concurrency analyses what happens when branches are at work at the same time.
func (f *flow) concurrency(limit int) *concurrency {
	out := &concurrency{never: map[*route.Step]*route.Step{}}
	net := f.needsNet()
	if !net {
		out.held, net = f.lockCircles()
	}
	if net {
		f.explore(out, limit)
	}
	for _, s := range f.r.Steps() {
		if way := f.comesBack(s, net && out.stopped); way != nil && (!net || out.stopped) && !told(out.twice, s) {
			out.twice = append(out.twice, clash{step: s, path: way})
		}
	}
	return out
}

// explore lets the net of a route show what happens.
func (f *flow) explore(out *concurrency, limit int) {
	n := newRouteNet(f)
	if n == nil {
		out.stopped = true
		return
	}
	v, err := soundness.Decide(n.net, limit)
	if err != nil { // above the bounds of the package
		out.stopped = true
		return
	}
	out.stopped = v.Stopped
	for _, w := range n.twice {
		if way := v.Way(w.transition); way != nil && !told(out.twice, w.step) && !n.doubts(way) && f.comesBack(w.step, false) != nil {
			out.twice = append(out.twice, clash{step: w.step, path: n.path(way)})
		}
	}
	for _, s := range v.Stuck {
		if n.doubts(s.Trace) {
			continue
		}
		for _, p := range s.Places {
			if step := n.held[p]; step != nil && !told(out.held, step) {
				out.held = append(out.held, clash{step: step, path: append(n.path(s.Trace), step.ID)})
			}
		}
	}
	for _, s := range f.r.Steps() {
		if other := f.r.Step(s.WhileOpen.Text); other != nil && f.reaches(s) && excludes(s, other) {
			out.never[s] = other
		}
	}
	if v.Stopped || v.Sound() {
		return
	}
	going := map[*route.Step]bool{}
	for _, w := range n.going {
		going[w.step] = going[w.step] || v.Way(w.transition) != nil
	}
	for s, ever := range going {
		comes := slices.ContainsFunc(n.comes[s], func(t int) bool { return v.Way(t) != nil })
		if !ever && comes && f.reaches(s) {
			if out.never[s] = f.r.Step(s.WhileOpen.Text); out.never[s] == nil {
				out.never[s] = n.after(s)[0]
			}
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

// doubts tells whether a trace goes a way that nobody knows.
func (n *routeNet) doubts(trace []int) bool {
	return slices.ContainsFunc(trace, func(t int) bool { return n.doubtful[t] })
}

// path gives a trace as steps for people.
func (n *routeNet) path(trace []int) []string {
	out := []string{"start"}
	for _, t := range trace {
		if t == soundness.End {
			continue
		}
		name := n.names[t]
		if name.step == nil || !shown(name.step) {
			continue
		}
		text := name.step.ID
		if name.outcome != "" && !(name.step.Implied && len(name.step.Outcomes) == 1) {
			text += " [" + name.outcome + "]"
		}
		if out[len(out)-1] != text {
			out = append(out, text)
		}
	}
	return out
}

// maxStates bounds the states looked at for one route.
const maxStates = soundness.MaxStates

// graph gives where the document can go on the route.
func (s *subject) graph() *flow {
	if s.drawn == nil {
		s.drawn = newFlow(s.Route, s.faults != nil, s.falling()...)
	}
	return s.drawn
}

// together gives what happens when branches are at work at the same time.
func (s *subject) together() *concurrency {
	if s.net == nil {
		s.net = s.graph().concurrency(maxStates)
	}
	return s.net
}
