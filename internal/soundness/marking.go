package soundness

import (
	"math/bits"
	"slices"
)

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset         { return make(bitset, (n+63)/64) }
func (b bitset) has(i int) bool      { return b[i>>6]&(1<<(i&63)) != 0 }
func (b bitset) add(i int)           { b[i>>6] |= 1 << (i & 63) }
func (b bitset) drop(i int)          { b[i>>6] &^= 1 << (i & 63) }
func (b bitset) clear()              { clear(b) }
func (b bitset) equal(o bitset) bool { return slices.Equal(b, o) }

// each visits the members in ascending order.
func (b bitset) each(visit func(int)) {
	for w, word := range b {
		for ; word != 0; word &= word - 1 {
			visit(w<<6 + bits.TrailingZeros64(word))
		}
	}
}

func (b bitset) members() []int {
	var out []int
	b.each(func(i int) { out = append(out, i) })
	return out
}

// marked tells whether all of these places are.
func (b bitset) marked(places []int) bool {
	for _, p := range places {
		if !b.has(p) {
			return false
		}
	}
	return true
}

// contact gives a place that firing the transition, whose In is marked, would
// mark twice; -1 for none.
func (t *Transition) contact(m bitset) int {
	for _, p := range t.Out {
		if m.has(p) && !slices.Contains(t.In, p) && !slices.Contains(t.Clear, p) {
			return p
		}
	}
	return -1
}

// fire changes the marking.
func (t *Transition) fire(m bitset) {
	for _, p := range t.In {
		m.drop(p)
	}
	for _, p := range t.Clear {
		m.drop(p)
	}
	for _, p := range t.Out {
		m.add(p)
	}
}

// lacks tells whether a part of what the transition needs is there, and not
// all.
func (t *Transition) lacks(m bitset) bool {
	return len(t.In) > 1 && !m.marked(t.In) && slices.ContainsFunc(t.In, m.has)
}

// waiting gives the transitions that have, in one of the stuck markings, a
// part of what they need but not all.
func (n *Net) waiting(stuck []Stuck) []int {
	found := newBitset(len(n.Transitions))
	for _, s := range stuck {
		m := newBitset(len(n.Places))
		for _, p := range s.Places {
			m.add(p)
		}
		for i := range n.Transitions {
			if n.Transitions[i].lacks(m) {
				found.add(i)
			}
		}
	}
	return found.members()
}

func trailing(word uint64) int { return bits.TrailingZeros64(word) }
