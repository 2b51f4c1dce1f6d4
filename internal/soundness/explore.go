package soundness

import (
	"slices"
)

// Bounds of one exploration besides the number of states, so that large nets
// take no more memory and time than small ones.
const (
	maxWords = 2 << 20     // of all markings: 16 MB
	maxWork  = 400_000_000 // in units of about a nanosecond
)

// graph is the part of the state space that was explored.
type graph struct {
	*system
	limit    int
	count    int      // states
	states   []uint64 // words of each, one after the other
	table    []int32  // open addressing by hash of the marking; state + 1
	from     []int32  // the state it was first reached from; -1 for the initial one
	by       []int32  // and the transition
	next     [][]edge
	fired    bitset  // transitions
	first    []int32 // the state at which each fired first
	unsafe   []contact
	excused  bitset // states in which a place would be marked twice
	improper []int32
	waiting  bitset // transitions that wait for ever
	whole    bitset // states of which every transition was followed
	reduced  bool   // some transition was left out at some state
	stopped  bool
	partial  int // the state that was being expanded when the limit came
	work     int
	stub     *stubborn
	found    map[[2]int]bool
	enabled  []int
}

type edge struct{ by, to int32 }

type contact struct {
	state             int32
	place, transition int
}

// explore builds the state space breadth first, reduced by stubborn sets or
// not.
//
// A strong stubborn set keeps every marking in which nothing can fire. So that
// nothing is put off for ever (the ignoring problem), in every terminal
// component of the reduced space each transition that can fire is in the
// stubborn set of some state. Then every transition that can fire somewhere
// fires somewhere in the reduced space; that a place is marked twice is such a
// transition too. And whatever cannot complete leads to a state of the reduced
// space that cannot: the set only ever postpones what commutes.
func explore(n *Net, limit int, reduce bool) *graph {
	s := newSystem(n)
	g := &graph{system: s, limit: min(limit, maxWords/s.words), fired: newBitset(len(s.trans)), first: make([]int32, len(s.trans)), found: map[[2]int]bool{}, partial: -1}
	if reduce {
		g.stub = newStubborn(s)
	}
	g.table = make([]int32, 256)
	first := make(bitset, s.words)
	for _, p := range n.Initial {
		first.add(p)
	}
	g.state(first, -1, -1)
	for head := 0; ; {
		for ; head < g.count && !g.stopped; head++ {
			g.expand(head, false)
		}
		if g.stopped || !g.unignore() {
			return g
		}
	}
}

// marking gives the marking of a state.
func (g *graph) marking(i int) bitset {
	return bitset(g.states[i*g.words : (i+1)*g.words : (i+1)*g.words])
}

// state finds a marking or adds it.
func (g *graph) state(m bitset, from, by int32) int32 {
	h := hash(m)
	mask := uint64(len(g.table) - 1)
	at := h & mask
	for ; g.table[at] != 0; at = (at + 1) & mask {
		if i := g.table[at] - 1; g.marking(int(i)).equal(m) {
			return i
		}
	}
	if g.count >= g.limit {
		g.stopped = true
		return -1
	}
	i := int32(g.count)
	g.count++
	g.states = append(g.states, m...)
	g.from, g.by = append(g.from, from), append(g.by, by)
	g.next = append(g.next, nil)
	if int(i)>>6 >= len(g.excused) {
		g.excused, g.whole = append(g.excused, 0), append(g.whole, 0)
	}
	g.table[at] = i + 1
	if g.count*2 > len(g.table) {
		g.grow()
	}
	return i
}

func (g *graph) grow() {
	g.table = make([]int32, 2*len(g.table))
	mask := uint64(len(g.table) - 1)
	for i := 0; i < g.count; i++ {
		at := hash(g.marking(i)) & mask
		for ; g.table[at] != 0; at = (at + 1) & mask {
		}
		g.table[at] = int32(i) + 1
	}
}

func hash(m bitset) uint64 {
	h := uint64(14695981039346656037)
	for _, w := range m {
		h = (h ^ w) * 1099511628211
		h ^= h >> 29
	}
	return h ^ h>>32
}

// fireable gives the transitions that can fire properly in a state, and notes
// those that would mark a place twice.
func (g *graph) fireable(i int) []int {
	m := g.marking(i)
	g.enabled = g.enabled[:0]
	for t := range g.trans {
		tr := &g.trans[t]
		if !m.marked(tr.In) {
			continue
		}
		if p := tr.contact(m); p >= 0 {
			if t == g.finish { // a second end: improper, as the first is
				continue
			}
			g.fire(t, i)
			g.excused.add(i)
			if key := [2]int{p, t}; !g.found[key] {
				g.found[key] = true
				g.unsafe = append(g.unsafe, contact{int32(i), p, t})
			}
			continue
		}
		g.enabled = append(g.enabled, t)
	}
	g.work += 6 * len(g.trans)
	return g.enabled
}

// expand follows the transitions of a state: those of a stubborn set, or all.
func (g *graph) expand(i int, all bool) {
	enabled := g.fireable(i)
	follow := enabled
	if g.stub != nil && !all {
		follow = g.stub.choose(g.marking(i), enabled)
		g.work += g.stub.cost
		g.stub.cost = 0
	}
	if len(follow) == len(enabled) {
		g.whole.add(i)
	} else {
		g.reduced = true
	}
	m := make(bitset, g.words)
	edges := make([]edge, 0, len(follow))
	for _, t := range follow {
		g.fire(t, i)
		copy(m, g.marking(i))
		g.trans[t].fire(m)
		g.work += g.words
		before := g.count
		to := g.state(m, int32(i), int32(t))
		if to < 0 {
			g.partial = i
			break
		}
		if g.count > before && m.has(g.done) && !g.only(m, g.done) {
			g.improper = append(g.improper, to)
		}
		edges = append(edges, edge{int32(t), to})
	}
	g.next[i] = edges
	if g.work > maxWork {
		g.stopped = true
	}
}

func (g *graph) fire(t, i int) {
	if !g.fired.has(t) {
		g.fired.add(t)
		g.first[t] = int32(i)
	}
}

// only tells whether a place is marked alone.
func (g *graph) only(m bitset, p int) bool {
	for w, word := range m {
		if w == p>>6 {
			word &^= 1 << (p & 63)
		}
		if word != 0 {
			return false
		}
	}
	return true
}

// unignore looks for terminal components in which a transition is put off for
// ever, follows everything at one state of each, and tells whether it did.
func (g *graph) unignore() bool {
	if !g.reduced {
		return false
	}
	component, terminal := g.components()
	some := map[int32]int{} // a state of each terminal component with something left out
	followed := map[int32][]int{}
	for i := 0; i < g.count; i++ {
		c := component[i]
		if !terminal[c] {
			continue
		}
		for _, e := range g.next[i] {
			followed[c] = append(followed[c], int(e.by))
		}
		if _, seen := some[c]; !g.whole.has(i) && !seen {
			some[c] = i
		}
	}
	var expand []int
	for c, i := range some {
		// What can fire at one state of the component and is never followed in
		// it can fire at all of them.
		if slices.ContainsFunc(g.fireable(i), func(t int) bool { return !slices.Contains(followed[c], t) }) {
			expand = append(expand, i)
		}
	}
	slices.Sort(expand)
	for _, i := range expand {
		g.expand(i, true)
	}
	return len(expand) > 0
}

// components gives the strongly connected component of each state (R. Tarjan,
// 1972) and which of them nothing leads out of. Components are numbered so
// that edges lead to smaller numbers.
func (g *graph) components() (of []int32, terminal []bool) {
	n := g.count
	of = make([]int32, n)
	low, order := make([]int32, n), make([]int32, n)
	for i := range of {
		of[i] = -1
	}
	type frame struct {
		state int32
		edge  int
	}
	var stack []int32
	var calls []frame
	counter := int32(0)
	for root := 0; root < n; root++ {
		if order[root] != 0 {
			continue
		}
		calls = append(calls, frame{int32(root), 0})
		for len(calls) > 0 {
			f := &calls[len(calls)-1]
			v := f.state
			if f.edge == 0 {
				counter++
				order[v], low[v] = counter, counter
				stack = append(stack, v)
			}
			if f.edge < len(g.next[v]) {
				w := g.next[v][f.edge].to
				f.edge++
				if order[w] == 0 {
					calls = append(calls, frame{w, 0})
				} else if of[w] < 0 {
					low[v] = min(low[v], order[w])
				}
				continue
			}
			// A state without edges comes here at once, others after the last.
			if low[v] == order[v] {
				c := int32(len(terminal))
				terminal = append(terminal, true)
				for {
					w := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					of[w] = c
					for _, e := range g.next[w] {
						if of[e.to] >= 0 && of[e.to] != c {
							terminal[c] = false
						}
					}
					if w == v {
						break
					}
				}
			}
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				up := calls[len(calls)-1].state
				low[up] = min(low[up], low[v])
			}
		}
	}
	return of, terminal
}

// trace gives the transitions that lead to a state.
func (g *graph) trace(i int32) []int {
	var out []int
	for ; g.from[i] >= 0; i = g.from[i] {
		if by := int(g.by[i]); by == g.finish {
			out = append(out, End)
		} else {
			out = append(out, by)
		}
	}
	slices.Reverse(out)
	return out
}

// places gives what is marked in a state, the end as the final places.
func (g *graph) places(i int32) []int {
	var out []int
	g.marking(int(i)).each(func(p int) {
		if p != g.done {
			out = append(out, p)
		}
	})
	return out
}

// verdict judges what was explored.
func (g *graph) verdict() *Verdict {
	v := &Verdict{Stopped: g.stopped, States: g.count, graph: g}
	open := Holds
	if g.stopped {
		open = Open
	}
	v.Complete, v.Proper, v.Alive, v.Safe = open, open, open, open
	for k, u := range g.unsafe {
		v.Safe = Fails
		if k < maxFaults {
			v.Unsafe = append(v.Unsafe, Unsafe{u.place, u.transition, g.trace(u.state)})
		}
	}
	for k, i := range g.improper {
		v.Proper = Fails
		// Markings behind the first improper end tell nothing new.
		if k == 0 || k < maxFaults && int(g.by[i]) == g.finish {
			v.Improper = append(v.Improper, Marked{g.places(i), g.trace(i)})
		}
	}
	if !g.stopped {
		for t := range g.net.Transitions {
			if !g.fired.has(t) {
				v.Alive = Fails
				v.Dead = append(v.Dead, t)
			}
		}
	}
	stuck := g.stuck()
	v.Waiting = g.waiting.members()
	if len(stuck) > 0 {
		v.Complete = Fails
		v.Stuck = stuck[:min(len(stuck), maxFaults)]
	}
	return v
}

// stuck gives a state of each terminal component that is not the end, the
// first reached. States that were not expanded before the limit are none.
func (g *graph) stuck() []Stuck {
	component, terminal := g.components()
	first := make([]int32, len(terminal))
	good := make([]bool, len(terminal))
	size := make([]int, len(terminal))
	for i := g.count - 1; i >= 0; i-- {
		c := component[i]
		first[c] = int32(i)
		size[c] += 1 + len(g.next[i])
		m := g.marking(i)
		if g.excused.has(i) || m.has(g.done) && g.only(m, g.done) {
			good[c] = true
		}
		if g.stopped && !g.finished(i) {
			good[c] = true // nobody knows
		}
	}
	var bad []int32
	for c := range terminal {
		if terminal[c] && !good[c] {
			bad = append(bad, int32(c))
		}
	}
	slices.SortFunc(bad, func(a, b int32) int { return int(first[a] - first[b]) })
	g.waits(component, bad)
	var out []Stuck
	for _, c := range bad {
		i := first[c]
		out = append(out, Stuck{Marked{g.places(i), g.trace(i)}, size[c] > 1})
	}
	return out
}

// waits notes the transitions that have, in one of these components, a part of
// what they need, and fire nowhere in it.
func (g *graph) waits(component, bad []int32) {
	g.waiting = newBitset(len(g.net.Transitions))
	fires := map[int32]bitset{}
	for _, c := range bad {
		fires[c] = newBitset(len(g.trans))
	}
	for pass := range 2 {
		for i := range g.count {
			f := fires[component[i]]
			switch {
			case f == nil:
			case pass == 0:
				for _, e := range g.next[i] {
					f.add(int(e.by))
				}
			default:
				m := g.marking(i)
				for t := range g.net.Transitions {
					if !f.has(t) && g.trans[t].lacks(m) {
						g.waiting.add(t)
					}
				}
			}
		}
	}
}

// finished tells whether every transition that can fire at a state was
// followed. Once the limit has come, nobody has looked for ignored ones.
func (g *graph) finished(i int) bool { return i != g.partial && g.whole.has(i) }
