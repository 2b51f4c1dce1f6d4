package soundness

import "slices"

// Answer is whether a property holds.
type Answer uint8

// The answers.
const (
	Holds Answer = iota
	Fails
	Open // the limit was reached before it was decided
)

// String gives the answer in a word.
func (a Answer) String() string { return [...]string{"holds", "fails", "open"}[a] }

// Verdict is what a net turned out to be.
type Verdict struct {
	// Complete is the option to complete, Proper proper completion, Alive that
	// no transition is dead, Safe that no place is marked twice.
	Complete, Proper, Alive, Safe Answer
	// Stopped tells that the limit was reached. Faults found until then are
	// there all the same.
	Stopped bool
	States  int // looked at, over all phases

	Stuck    []Stuck
	Waiting  []int // transitions that wait for ever in one of Stuck for what never comes, sorted
	Improper []Marked
	Unsafe   []Unsafe
	Dead     []int // transitions that never fire, sorted

	graph *graph // of the net itself; nil when only a reduced one was explored
}

// Way gives a trace that ends with a transition; nil when it is dead, and when
// the net is sound, since then nobody looked for it.
func (v *Verdict) Way(t int) []int {
	if v.graph == nil || !v.graph.fired.has(t) {
		return nil
	}
	return append(v.graph.trace(v.graph.first[t]), t)
}

// Sound tells whether all four properties hold.
func (v *Verdict) Sound() bool {
	return v.Complete == Holds && v.Proper == Holds && v.Alive == Holds && v.Safe == Holds
}

// Stuck is a marking from which the end cannot be reached, and from which
// nothing else is reached than markings of its kind.
type Stuck struct {
	Marked
	Loop bool // something goes on for ever; else nothing does
}

// Marked is a marking with a trace that leads to it.
type Marked struct {
	Places []int // that are marked, sorted
	Trace  []int // transitions, from the initial marking on
}

// Unsafe is a firing that would mark a place twice.
type Unsafe struct {
	Place, Transition int
	Trace             []int // up to, and without, the transition
}

// End stands in traces for the end, which takes the final marking. Something
// behind it is a fault of proper completion.
const End = -1

// maxFaults bounds the faults of one kind that are told with their traces.
const maxFaults = 64

// MaxStates is the usual limit of states.
const MaxStates = 200_000

// shortest bounds the search without reduction for the shortest traces.
const shortest = 20_000

// Decide judges a net, looking at no more than limit states. It gives an
// error, and no verdict, for a net that is malformed or above the bounds.
func Decide(n *Net, limit int) (*Verdict, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	small, from := reduce(n)
	var states int
	var hint *Verdict
	if small != nil {
		g := explore(small, limit, true)
		states += g.count
		hint = g.verdict()
		if hint.Sound() {
			return &Verdict{States: states}, nil
		}
	}
	if hint != nil && hint.Stopped {
		v := expand(n, hint, from)
		v.Stopped, v.States = true, states
		return v, nil
	}
	g := explore(n, limit, true)
	states += g.count
	v := g.verdict()
	switch {
	case v.Stopped && hint != nil:
		// Only the reduced net was small enough. Its faults are the net's.
		v = expand(n, hint, from)
	case !v.Stopped && !v.Sound() && g.reduced:
		// The traces of the reduced state space need not be the shortest.
		if full := explore(n, min(limit, shortest), false); !full.stopped {
			states += full.count
			v = full.verdict()
		}
	}
	v.States = states
	return v, nil
}

// expand carries the faults of a reduced net over to the net it was made from.
// What fires at once in the former passes in the latter through places that
// may be marked already; a trace ends there, with that as its fault.
func expand(n *Net, v *Verdict, from *origin) *Verdict {
	out := &Verdict{Complete: v.Complete, Proper: v.Proper, Safe: v.Safe, Alive: v.Alive}
	told := map[[2]int]bool{}
	follow := func(reduced []int) (Marked, bool) {
		m := newBitset(len(n.Places))
		for _, p := range n.Initial {
			m.add(p)
		}
		trace := slices.Clone(from.first)
		for _, t := range reduced {
			if t != End { // the end proper is among those before it
				trace = append(trace, from.of[t]...)
			}
		}
		for i, t := range trace {
			if t == End {
				end := Transition{In: n.Final}
				end.fire(m)
				continue
			}
			if p := n.Transitions[t].contact(m); p >= 0 {
				if out.Safe = Fails; !told[[2]int{p, t}] {
					told[[2]int{p, t}] = true
					out.Unsafe = append(out.Unsafe, Unsafe{p, t, trace[:i:i]})
				}
				return Marked{}, false
			}
			n.Transitions[t].fire(m)
		}
		return Marked{m.members(), trace}, true
	}
	for _, s := range v.Stuck {
		if m, ok := follow(s.Trace); ok {
			out.Stuck = append(out.Stuck, Stuck{m, s.Loop})
		}
	}
	for _, s := range v.Improper {
		if m, ok := follow(s.Trace); ok {
			out.Improper = append(out.Improper, m)
		}
	}
	for _, u := range v.Unsafe {
		follow(append(slices.Clip(u.Trace), u.Transition))
	}
	out.Waiting = n.waiting(out.Stuck)
	for _, t := range v.Dead {
		out.Dead = append(out.Dead, from.of[t]...)
	}
	slices.Sort(out.Dead)
	out.Dead = slices.DeleteFunc(slices.Compact(out.Dead), func(t int) bool { return t == End })
	return out
}
