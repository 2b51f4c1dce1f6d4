package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// repeat adds the rounds of a repeat.
func (n *routeNet) repeat(s *route.Step, in *frame, at int) {
	from := []int{at}
	if n.tracked(s) {
		from = append(from, n.idle(s, in))
	}
	open := n.place(spot{kind: "opening", step: s, in: in})
	n.add(from, []int{open})
	n.go1(s, in, []int{open}, into(s.Branches[0]))
	round := n.place(spot{kind: "round", step: s, in: in})
	for _, w := range roundWays(n.f.r, s) {
		t := n.go1(s, in, []int{round}, w)
		if n.tracked(s) && !w.jump {
			n.net.Transitions[t].Out = append(n.net.Transitions[t].Out, n.idle(s, in))
		}
	}
	for _, h := range s.Handlers {
		n.handler(h, in, n.run)
	}
}

// rounds marks the repeats that others look at as open while they are not idle:
// many ways lead out of one.
func (n *routeNet) rounds() {
	for _, s := range n.f.r.Steps() {
		if s.Verb != route.Repeat || !n.opens[s] {
			continue
		}
		for _, in := range n.frames[s] {
			idle, open := n.idle(s, in), n.place(spot{kind: "open", step: s, in: in})
			for i := range n.net.Transitions {
				t := &n.net.Transitions[i]
				switch takes, puts := slices.Contains(t.In, idle), slices.Contains(t.Out, idle); {
				case takes && !puts:
					t.Out = append(t.Out, open)
				case puts && !takes && !slices.Contains(t.Clear, open):
					t.Clear = append(t.Clear, open)
				}
			}
		}
	}
}

// gather adds a parallel or an each: its split, its join, and what is left at
// work behind it.
func (n *routeNet) gather(s *route.Step, in *frame, at int) {
	count := n.branches(s)
	own := func(kind string, i int) int { return n.place(spot{kind: kind, step: s, in: in, index: i}) }
	open, decided := own("open", 0), own("decided", 0)
	joined := -1
	if partial(s) {
		joined = own("joined", 0)
	}
	some := joinOf(s) != route.JoinAll
	need := count
	switch joinOf(s) {
	case route.JoinAny, route.JoinWhen:
		need = 1
	case route.JoinN:
		need = min(s.Join.N, count)
		if s.Verb == route.Each {
			need = 1
		}
	}
	some = some && need < count || joinOf(s) == route.JoinNone

	split := []int{open}
	if joinOf(s) == route.JoinNone {
		split[0] = joined
		split = append(split, decided)
	} else if some {
		split = append(split, own("count", 0))
	}
	for i := range count {
		b := n.body(s, i)
		ready := own("ready", i)
		start := ready
		if len(b.Steps) > 0 {
			start = n.place(spot{kind: "in", step: b.Steps[0], in: n.inner(s, in, i)})
		}
		if b.If == nil && s.Verb != route.Each {
			split = append(split, start)
			continue
		}
		asked := own("asked", i)
		split = append(split, asked)
		n.add([]int{asked}, []int{start})
		n.lapse(n.add([]int{asked}, []int{own("over", i)}), b, in)
	}
	from := []int{at}
	if n.tracked(s) {
		from = append(from, n.idle(s, in))
	}
	forget := n.forget(s, in)
	n.net.Transitions[n.add(from, split)].Clear = forget
	if joined >= 0 {
		t := n.add([]int{at, joined}, split)
		n.wipes = append(n.wipes, wipe{t, s, in, true, true})
	}
	n.join(s, in, own, count, need, some, joined)
	for _, w := range n.f.exits(s) {
		n.go1(s, in, []int{decided}, w)
	}
	for _, h := range s.Handlers {
		if n.handler(h, in, open); joined >= 0 {
			n.handler(h, in, joined)
		}
	}
}

// join adds what happens when branches arrive.
func (n *routeNet) join(s *route.Step, in *frame, own func(string, int) int, count, need int, some bool, joined int) {
	open, decided := own("open", 0), own("decided", 0)
	var over []int
	for i := range count {
		over = append(over, own("over", i))
	}
	closed := []int{decided}
	if n.tracked(s) {
		closed = append(closed, n.idle(s, in))
	}
	if joinOf(s) != route.JoinNone {
		t := n.add(append([]int{open}, over...), closed)
		n.net.Transitions[t].Clear = n.forget(s, in)
		if some {
			for k := 0; k <= need; k++ {
				n.net.Transitions[t].Clear = append(n.net.Transitions[t].Clear, own("count", k))
			}
		}
	}
	for i := range count {
		ready, body := own("ready", i), n.body(s, i)
		switch {
		case !some:
			n.lapse(n.add([]int{ready}, []int{over[i]}), body, in)
		case joinOf(s) != route.JoinNone:
			for k := range need {
				n.lapse(n.add([]int{ready, own("count", k), open}, []int{over[i], own("count", k+1), open}), body, in)
			}
			if joinOf(s) == route.JoinWhen { // it need not hold yet
				n.lapse(n.add([]int{ready, own("count", 0), open}, []int{over[i], own("count", 0), open}), body, in)
			}
		}
		if joined >= 0 {
			n.lapse(n.add([]int{ready, joined}, []int{over[i], joined}), body, in)
		}
	}
	if some && joinOf(s) != route.JoinNone {
		if s.Cancel {
			t := n.add([]int{open, own("count", need)}, closed)
			n.wipes = append(n.wipes, wipe{transition: t, block: s, in: in, self: true})
		} else {
			n.add([]int{open, own("count", need)}, []int{joined, decided})
		}
	}
	if joined >= 0 {
		t := n.add(append([]int{joined}, over...), []int{n.idle(s, in)})
		n.net.Transitions[t].Clear = n.forget(s, in)
	}
}

// forget gives what a block that begins forgets: which of the steps inside it
// were done before.
func (n *routeNet) forget(s *route.Step, in *frame) []int {
	var out []int
	for t := range n.passes {
		for _, f := range n.frames[t] {
			if t != nil && standsIn(t, s) && framed(f, in) {
				out = append(out, n.place(spot{kind: "passed", step: t, in: f}))
			}
		}
	}
	slices.Sort(out)
	return out
}
