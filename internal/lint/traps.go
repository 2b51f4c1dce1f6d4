package lint

import (
	"maps"

	"github.com/e1-dms/e1/internal/route"
)

// traps marks the nodes from which the branch they stand in can neither be
// over nor end the route: whoever gets there goes round for ever. What can be
// cut off from outside (a block that goes on without the branch and cancels
// the rest, an end elsewhere in it, an event handler) is no trap.
func (f *flow) traps() {
	f.trapped = make([]bool, len(f.of))
	back := make([][]int, len(f.of))
	link := func(from, to int) { back[to] = append(back[to], from) }
	ends := map[*route.Step]bool{} // blocks in which something reached ends the route
	mark := func(s *route.Step) {
		for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
			ends[b.Owner] = true
		}
	}
	for node := range f.end {
		if !f.reached[node] {
			continue
		}
		s := f.stepOf(node)
		for _, e := range f.next[node] {
			switch {
			case e.join && !f.joins(s, f.reached):
			case node&1 == 1 && (s.Verb == route.Parallel || s.Verb == route.Each) && !f.open(s, e.way):
			default:
				if e.to == f.end {
					mark(s)
				}
				link(node, e.to)
			}
		}
		if s.Person() && decides(gathering(s)) {
			for _, w := range waysOf(f.r, s) {
				if w.now { // the block goes its way
					block := gathering(s)
					for _, d := range outcomeWays(f.r, block, w.answer) {
						link(begin(f.index[block]), f.node(block, d))
					}
				}
			}
		}
	}
	cut := f.cut(ends)
	fine := make([]bool, len(f.of))
	var queue []int
	good := func(node int) {
		if !fine[node] {
			fine[node] = true
			queue = append(queue, node)
		}
	}
	good(f.end)
	for node := f.end + 1; node < len(f.of); node++ {
		good(node)
	}
	for node := range f.end {
		if s := f.stepOf(node); ends[s] || cut(s) {
			good(node)
		}
	}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		for _, b := range back[node] {
			good(b)
		}
	}
	for node := range f.end {
		f.trapped[node] = f.reached[node] && !fine[node]
	}
}

// cut gives a test for steps that can be cut off from outside.
func (f *flow) cut(ends map[*route.Step]bool) func(*route.Step) bool {
	byHandler := func(handlers []*route.Handler) bool {
		for _, h := range handlers {
			for _, s := range h.Body.Steps {
				if f.reaches(s) && (s.Verb == route.End || ends[s] || f.ending(s)) {
					return true
				}
			}
		}
		return false
	}
	whole := byHandler(f.r.Handlers)
	return func(s *route.Step) bool {
		if whole {
			return true
		}
		for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
			o := b.Owner
			gathers := o.Verb == route.Parallel || o.Verb == route.Each
			if ends[o] && gathers || f.dropped[o] || f.withdraw[o] || byHandler(o.Handlers) ||
				gathers && o.Cancel && f.joins(o, f.reached) {
				return true
			}
		}
		return false
	}
}

// ending tells whether a step itself can end the route.
func (f *flow) ending(s *route.Step) bool {
	for _, e := range f.next[begin(f.index[s])] {
		if e.to == f.end {
			return true
		}
	}
	return false
}

// beyondTraps marks what would be reached if every trap had a way on, so that
// what lies behind one is not reported as a fault of its own.
func (f *flow) beyondTraps() []bool {
	trapped := false
	for _, t := range f.trapped {
		trapped = trapped || t
	}
	if !trapped {
		return f.reached
	}
	g := newFreeFlow(f)
	return g.reached
}

// newFreeFlow walks the graph once more with a way on from every trapped step.
func newFreeFlow(f *flow) *flow {
	g := *f
	g.next = make([][]edge, len(f.next))
	copy(g.next, f.next)
	for i, s := range f.r.Steps() {
		if f.trapped[begin(i)] {
			w := on(s)
			g.next[begin(i)] = append(f.next[begin(i)][:len(f.next[begin(i)]):len(f.next[begin(i)])], edge{to: f.node(s, w), way: w})
		}
	}
	g.answered, g.silent, g.dropped = maps.Clone(f.answered), maps.Clone(f.silent), maps.Clone(f.dropped)
	g.reached, g.from = make([]bool, len(f.of)), make([]hop, len(f.of))
	g.walk(g.reached, g.from)
	return &g
}
