package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// lockCircles finds steps that wait for a lock which is held by a block that
// waits, over others or not, for a lock held around the step. Where every lock
// is taken in one order nothing can wait for ever. A circle is judged here when
// nothing but locks decides who waits; undecided says that some is not.
func (f *flow) lockCircles() (held []clash, undecided bool) {
	wants := f.wants()
	in := map[*route.Step]bool{} // circles that are told
	for _, w := range wants {
		if in[w.step] {
			continue
		}
		circle := lockCircle(wants, w)
		if circle == nil {
			continue
		}
		if !f.heldAtOnce(circle) {
			return nil, true
		}
		found := clash{step: w.step, path: f.circlePath(circle)}
		for _, c := range circle {
			in[c.step] = true
			if c.step != w.step {
				found.with = append(found.with, c.step)
			}
		}
		held = append(held, found)
	}
	return held, false
}

// want is a step that takes a lock while blocks around it hold others.
type want struct {
	step   *route.Step
	lock   string
	blocks []*route.Step // that hold a lock, the innermost first
}

// wants gives the steps that take a lock where another one is held.
func (f *flow) wants() []want {
	var out []want
	for _, s := range f.r.Steps() {
		if s.Lock.Text == "" || !f.reaches(s) {
			continue
		}
		w := want{step: s, lock: s.Lock.Text}
		for b := around(s); b != nil; b = around(b) {
			if block(b) && b.Lock.Text != "" {
				w.blocks = append(w.blocks, b)
			}
		}
		if len(w.blocks) > 0 && !w.holds(w.lock) { // what it holds it need not take
			out = append(out, w)
		}
	}
	return out
}

// around gives the step around another one, that of an event handler too.
func around(s *route.Step) *route.Step {
	if h := s.Parent.Handler; h != nil {
		return h.Block
	}
	return s.Parent.Owner
}

func (w want) holds(lock string) bool {
	return slices.ContainsFunc(w.blocks, func(b *route.Step) bool { return b.Lock.Text == lock })
}

// lockCircle gives the shortest circle of wants through one of them: each takes
// what the next one holds.
func lockCircle(wants []want, first want) []want {
	from := map[*route.Step]int{first.step: -1}
	queue := []int{slices.IndexFunc(wants, func(w want) bool { return w.step == first.step })}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if first.holds(wants[at].lock) {
			var circle []want
			for ; at >= 0; at = from[wants[at].step] {
				circle = append(circle, wants[at])
			}
			slices.Reverse(circle)
			return circle
		}
		for i, w := range wants {
			if _, seen := from[w.step]; !seen && w.holds(wants[at].lock) {
				from[w.step] = at
				queue = append(queue, i)
			}
		}
	}
	return nil
}

// heldAtOnce tells whether the steps of a circle can all stand before their
// locks at the same time, for ever: each in a branch of its own, holding what no
// other one holds, with nothing on its way there that others hold and nothing
// that cuts it off.
func (f *flow) heldAtOnce(circle []want) bool {
	if len(circle) < 2 || f.r.Handlers != nil || slices.ContainsFunc(f.r.Steps(), func(s *route.Step) bool {
		return s.Handlers != nil || f.withdraw[s]
	}) {
		return false
	}
	taken := map[string]bool{}
	for _, w := range circle {
		for _, b := range w.blocks {
			if taken[b.Lock.Text] {
				return false
			}
		}
		for _, b := range w.blocks {
			taken[b.Lock.Text] = true
		}
		for b := around(w.step); b != nil; b = around(b) {
			if gathers := b.Verb == route.Parallel || b.Verb == route.Each; gathers && (joinOf(b) != route.JoinAll || len(b.Outcomes) > 0) {
				return false
			}
		}
	}
	for i, a := range circle {
		if !f.comesWith(a, taken) {
			return false
		}
		for _, b := range circle[:i] {
			if !besides(a, b) {
				return false
			}
		}
	}
	return true
}

// besides tells whether two wants, with all that holds their locks, are in
// branches of one block.
func besides(a, b want) bool {
	outer := a.blocks[len(a.blocks)-1]
	other := b.blocks[len(b.blocks)-1]
	for s := outer; around(s) != nil; s = around(s) {
		g := around(s)
		if !standsIn(other, g) {
			continue
		}
		return g.Verb == route.Each || g.Verb == route.Parallel && !contains(s.Parent, other)
	}
	return false
}

// comesWith tells whether a step is come to without taking any of the locks but
// those of the blocks around it.
func (f *flow) comesWith(w want, taken map[string]bool) bool {
	outer := w.blocks[len(w.blocks)-1]
	branch := route.Region(outer)
	if branch == nil {
		return false
	}
	seen := map[int]bool{f.entry(branch): true}
	for queue := []int{f.entry(branch)}; len(queue) > 0; queue = queue[1:] {
		node := queue[0]
		s := f.stepOf(node)
		if s == w.step {
			return true
		}
		if s == nil || taken[s.Lock.Text] && !slices.Contains(w.blocks, s) {
			continue
		}
		var next []int
		for _, e := range f.next[node] {
			if e.way.kind != toUnknown && !across(s, e.way) {
				next = append(next, e.to)
			}
		}
		for _, b := range s.Branches {
			next = append(next, f.entry(b))
		}
		for _, to := range next {
			if to >= 0 && !seen[to] && f.reached[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return false
}

// circlePath gives the way to each step of a circle, the first one last.
func (f *flow) circlePath(circle []want) []string {
	var out []string
	for i := range circle {
		w := circle[(i+1)%len(circle)]
		for _, name := range f.path(begin(f.index[w.step])) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}
