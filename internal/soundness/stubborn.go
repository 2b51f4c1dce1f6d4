package soundness

import "slices"

// system is a net prepared for exploration: with a last transition, finish,
// that takes the final marking and marks a last place, done. The final state
// is the one in which done alone is marked, from which nothing can fire.
type system struct {
	net          *Net
	trans        []Transition
	done, finish int
	words        int

	consumers, producers, clearers [][]int // by place; a reader counts as a consumer
	// tied gives, for each transition, those that must be looked at together
	// with it while it can fire.
	tied []bitset
}

func newSystem(n *Net) *system {
	s := &system{net: n, done: len(n.Places), finish: len(n.Transitions)}
	s.trans = append(slices.Clone(n.Transitions), Transition{Name: "finish", In: n.Final, Out: []int{s.done}})
	places := s.done + 1
	s.words = (places + 63) / 64
	s.consumers, s.producers, s.clearers = make([][]int, places), make([][]int, places), make([][]int, places)
	for i := range s.trans {
		t := &s.trans[i]
		for _, p := range t.In {
			s.consumers[p] = append(s.consumers[p], i)
		}
		for _, p := range t.Out {
			if !slices.Contains(t.In, p) {
				s.producers[p] = append(s.producers[p], i)
			}
		}
		for _, p := range t.Clear {
			s.clearers[p] = append(s.clearers[p], i)
		}
	}
	return s
}

// tie prepares stubborn sets. While t can fire, everything is tied to it that
// it could hinder or that could hinder it, and everything whose order with it
// makes a difference to the marking or to whether a place is marked twice:
// strong stubborn sets of the net in which every place may hold one token, and
// a firing beyond that is a transition of its own. What is left over at the
// end stays so, since every transition leaves something behind.
func (s *system) tie() {
	s.tied = make([]bitset, len(s.trans))
	for i := range s.trans {
		t := &s.trans[i]
		b := newBitset(len(s.trans))
		all := func(list []int) {
			for _, j := range list {
				b.add(j)
			}
		}
		for _, p := range t.In {
			if t.keeps(p) {
				s.tieKept(b, p)
				continue
			}
			all(s.consumers[p])
			all(s.producers[p])
			all(s.clearers[p])
		}
		for _, p := range t.Out {
			switch {
			case slices.Contains(t.In, p):
			case t.keeps(p):
				s.tieKept(b, p)
				for _, j := range s.producers[p] {
					if !s.trans[j].keeps(p) {
						b.add(j)
					}
				}
			default:
				all(s.producers[p])
				all(s.clearers[p])
			}
		}
		for _, p := range t.Clear {
			if !slices.Contains(t.Out, p) {
				all(s.consumers[p])
				all(s.producers[p])
			}
		}
		b.drop(i)
		s.tied[i] = b
	}
}

// keeps tells whether a place that the transition looks at, or marks however it
// was before, is marked afterwards as it was if it was marked: two that keep a
// place do not mind each other.
func (t *Transition) keeps(p int) bool {
	return slices.Contains(t.Out, p) && (slices.Contains(t.In, p) || slices.Contains(t.Clear, p))
}

// tieKept ties what takes the token of a place away to one that keeps it.
func (s *system) tieKept(b bitset, p int) {
	for _, list := range [][]int{s.consumers[p], s.clearers[p]} {
		for _, j := range list {
			if !s.trans[j].keeps(p) {
				b.add(j)
			}
		}
	}
}

// stubborn computes a stubborn set for a marking, given the transitions that
// can fire, and returns those of the set that can fire. It tries several
// transitions to begin with and takes the smallest result.
type stubborn struct {
	*system
	set, best, seen bitset
	work            []int
	cost            int // bits and places looked at
}

// seeds bounds the transitions with which stubborn sets are begun.
const seeds = 12

func newStubborn(s *system) *stubborn {
	s.tie()
	n := len(s.trans)
	return &stubborn{system: s, set: newBitset(n), best: newBitset(n), seen: newBitset(n)}
}

// choose gives the members of a stubborn set that can fire, from enabled.
func (b *stubborn) choose(m bitset, enabled []int) []int {
	if len(enabled) < 2 {
		return enabled
	}
	least := len(enabled) + 1
	b.seen.clear()
	tried := 0
	for _, seed := range enabled {
		if b.seen.has(seed) || tried == seeds {
			continue // it was in a set that was not smaller
		}
		tried++
		b.close(m, seed)
		count := 0
		for _, t := range enabled {
			if b.set.has(t) {
				count++
				b.seen.add(t)
			}
		}
		if count < least {
			least = count
			b.set, b.best = b.best, b.set
			if least == 1 {
				break
			}
		}
	}
	if least >= len(enabled) {
		return enabled
	}
	out := make([]int, 0, least)
	for _, t := range enabled {
		if b.best.has(t) {
			out = append(out, t)
		}
	}
	return out
}

// close computes the smallest stubborn set around a transition that can fire,
// as far as one choice of what it waits for, for each that cannot, goes.
func (b *stubborn) close(m bitset, seed int) {
	b.set.clear()
	b.set.add(seed)
	b.work = append(b.work[:0], seed)
	for len(b.work) > 0 {
		i := b.work[len(b.work)-1]
		b.work = b.work[:len(b.work)-1]
		t := &b.trans[i]
		b.cost += len(t.In) + len(t.Out)
		if !m.marked(t.In) {
			b.await(m, t)
			continue
		}
		if p := t.contact(m); p >= 0 {
			// It fires properly only once the place was emptied.
			b.include(b.consumers[p])
			b.include(b.clearers[p])
			continue
		}
		b.cost += len(b.set)
		for w, word := range b.tied[i] {
			if more := word &^ b.set[w]; more != 0 {
				b.set[w] |= more
				for w64 := w << 6; more != 0; more &= more - 1 {
					b.work = append(b.work, w64+trailing(more))
				}
			}
		}
	}
}

// await adds what could bring one of the tokens that a transition lacks.
func (b *stubborn) await(m bitset, t *Transition) {
	place, fewest := -1, 0
	for _, p := range t.In {
		if m.has(p) {
			continue
		}
		missing := 0
		for _, j := range b.producers[p] {
			if !b.set.has(j) {
				missing++
			}
		}
		b.cost += len(b.producers[p])
		if missing == 0 {
			return
		}
		if place < 0 || missing < fewest {
			place, fewest = p, missing
		}
	}
	b.include(b.producers[place])
}

func (b *stubborn) include(list []int) {
	for _, j := range list {
		if !b.set.has(j) {
			b.set.add(j)
			b.work = append(b.work, j)
		}
	}
}
