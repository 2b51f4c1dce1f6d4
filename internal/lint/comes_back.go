package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// comesBack gives the way by which the route comes back to a block while
// branches of it are still at work behind its join; nil when it does not. A
// branch that is left behind a join holds up nothing that comes behind it, so
// the graph alone decides: with the fewest branches that the join needs, along
// any way that does not cancel the rest. Steps that wait for others (`after`,
// `while: open`) count as waiting for nothing, unless freely asks for ways
// without any. A block with a lock waits for its own rest to let it go.
func (f *flow) comesBack(s *route.Step, freely bool) []string {
	if !partial(s) || s.Lock.Text != "" || !f.reaches(s) || !f.joins(s, f.reached) || freely && slices.ContainsFunc(f.r.Steps(), func(t *route.Step) bool {
		return (t == s || standsIn(t, s) || standsIn(s, t)) && waitsForOthers(t)
	}) {
		return nil
	}
	b := &wayBack{f: f, block: s, freely: freely, from: map[int]hop{}}
	for _, w := range f.exits(s) {
		if w.answer == nil || !w.answer.Now { // that is told before the join
			b.visit(f.node(s, w), behind(f.index[s]), w.label)
		}
	}
	goal := begin(f.index[s])
	for len(b.queue) > 0 && !b.seen(goal) {
		node := b.queue[0]
		b.queue = b.queue[1:]
		b.follow(node)
	}
	if !b.seen(goal) {
		return nil
	}
	return slices.Concat(f.path(goal), f.arrivals(s), b.path())
}

// wayBack walks from the join of a block to its beginning.
type wayBack struct {
	f      *flow
	block  *route.Step
	freely bool
	queue  []int
	from   map[int]hop
}

func (b *wayBack) seen(node int) bool { _, ok := b.from[node]; return ok }

func (b *wayBack) visit(node, by int, label string) {
	if node < 0 || b.seen(node) || !b.f.reached[node] {
		return
	}
	if s := b.f.stepOf(node); s != nil && node&1 == 0 && s != b.block {
		if b.freely && waitsForOthers(s) {
			return
		}
	}
	b.from[node] = hop{by, label}
	b.queue = append(b.queue, node)
}

func (b *wayBack) follow(node int) {
	f := b.f
	s := f.stepOf(node)
	if s == nil {
		if node != f.end && f.of[node].Owner != nil {
			owner := f.of[node].Owner
			if f.joins(owner, f.reached) && !(standsIn(b.block, owner) && dropsRest(owner)) {
				b.visit(behind(f.index[owner]), node, "")
			}
		}
		return
	}
	gathers := s.Verb == route.Parallel || s.Verb == route.Each
	for _, e := range f.next[node] {
		switch {
		case e.join && !f.joins(s, f.reached), gathers && node&1 == 1 && !f.open(s, e.way):
		case e.way.kind == toUnknown || across(s, e.way):
		default:
			b.visit(e.to, node, e.way.label)
		}
	}
	if node&1 == 1 {
		return
	}
	if gathers {
		for _, branch := range s.Branches {
			b.visit(f.entry(branch), node, "")
		}
	}
	if block := gathering(s); s.Person() && decides(block) && !standsIn(b.block, block) {
		for _, w := range waysOf(f.r, s) {
			if w.now {
				for _, d := range outcomeWays(f.r, block, w.answer) {
					b.visit(f.node(block, d), node, w.label)
				}
			}
		}
	}
}

// path gives the steps from behind the block back to it.
func (b *wayBack) path() []string {
	var out []string
	label := ""
	for node := begin(b.f.index[b.block]); node != behind(b.f.index[b.block]); node = b.from[node].node {
		if name := b.f.name(node, label); name != "" {
			out, label = append(out, name), ""
		}
		if l := b.from[node].label; l != "" {
			label = l
		}
	}
	slices.Reverse(out)
	return out
}

// dropsRest tells whether a block cancels what is at work in it when it goes on.
func dropsRest(s *route.Step) bool {
	return s.Cancel && joinOf(s) != route.JoinAll && !(joinOf(s) == route.JoinN && s.Verb == route.Parallel && s.Join.N >= len(s.Branches))
}

// waitsForOthers tells whether the turn of a step comes with that of others.
func waitsForOthers(s *route.Step) bool { return len(s.After) > 0 || s.WhileOpen.Text != "" }

// arrivals gives the steps of as many branches as a join needs.
func (f *flow) arrivals(s *route.Step) []string {
	need := 1
	switch joinOf(s) {
	case route.JoinNone:
		return nil
	case route.JoinN:
		if s.Verb == route.Parallel {
			need = s.Join.N
		}
	}
	var out []string
	for _, branch := range s.Branches {
		if need > 0 && f.reached[f.over[branch]] {
			need--
			out = append(out, f.through(branch)...)
		}
	}
	return out
}

// through gives the steps from the beginning of a branch to its end.
func (f *flow) through(b *route.Branch) []string {
	from := map[int]hop{f.entry(b): {node: -1}}
	goal := f.over[b]
	for queue := []int{f.entry(b)}; len(queue) > 0; queue = queue[1:] {
		node := queue[0]
		s := f.stepOf(node)
		if s == nil {
			break
		}
		for _, e := range f.next[node] {
			if _, seen := from[e.to]; !seen && f.reached[e.to] && (node&1 == 0 || f.open(s, e.way)) {
				from[e.to] = hop{node, e.way.label}
				queue = append(queue, e.to)
			}
		}
	}
	var out []string
	label := ""
	for node := goal; node >= 0; {
		h, known := from[node]
		if !known {
			return nil
		}
		if name := f.name(node, label); name != "" {
			out, label = append(out, name), ""
		}
		if h.label != "" {
			label = h.label
		}
		node = h.node
	}
	slices.Reverse(out)
	return out
}
