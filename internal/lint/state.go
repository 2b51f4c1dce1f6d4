package lint

import (
	"slices"
	"strings"
)

// state is what is known at one moment; nil: the moment never comes.
type state struct {
	filled  set // paths that surely have a value
	written set // paths that the route may have given a value
	// doubted are paths of which nobody knows whether they have a value, since
	// what says so has a fault; loose those which have one unless a jump that
	// leads nobody knows where leads here.
	doubted, loose set
	// blind tells that nothing leads here, which is reported; what can be said
	// whatever the fields hold is said all the same.
	blind bool
}

// forget drops what is known about a path that is given another value, and
// about what is read through it.
func (st *state) forget(d *dataflow, path string) {
	for name, i := range d.paths {
		if name == path || strings.HasPrefix(name, path+".") {
			st.filled.remove(i)
			st.loose.remove(i)
		}
	}
}

func (st *state) clone() *state {
	if st == nil {
		return nil
	}
	return &state{slices.Clone(st.filled), slices.Clone(st.written), slices.Clone(st.doubted), slices.Clone(st.loose), st.blind}
}

func (st *state) equal(other *state) bool {
	if st == nil || other == nil {
		return st == other
	}
	return st.filled.equal(other.filled) && st.written.equal(other.written) && st.doubted.equal(other.doubted) && st.loose.equal(other.loose)
}

// mayHold tells whether the route may have given a path a value.
func (st *state) mayHold(i int) bool { return st.blind || st.written.has(i) }

// meet is what is known when either may be the case.
func meet(a, b *state) *state {
	switch {
	case a == nil, b != nil && a.blind:
		return b
	case b == nil, b.blind:
		return a
	}
	return &state{a.filled.intersect(b.filled), a.written.union(b.written), a.doubted.union(b.doubted), a.loose.union(b.loose), false}
}

// set is a set of small numbers.
type set []uint64

func (s set) has(i int) bool { return i/64 < len(s) && s[i/64]&(1<<(i%64)) != 0 }

func (s *set) add(i int) {
	for len(*s) <= i/64 {
		*s = append(*s, 0)
	}
	(*s)[i/64] |= 1 << (i % 64)
}

func (s set) remove(i int) {
	if i/64 < len(s) {
		s[i/64] &^= 1 << (i % 64)
	}
}

func (s set) union(t set) set {
	if len(s) < len(t) {
		s, t = t, s
	}
	out := slices.Clone(s)
	for i := range t {
		out[i] |= t[i]
	}
	return out
}

func (s set) intersect(t set) set {
	out := slices.Clone(s[:min(len(s), len(t))])
	for i := range out {
		out[i] &= t[i]
	}
	return out
}

func (s set) equal(t set) bool {
	for i := range max(len(s), len(t)) {
		if i < len(s) && s[i] != 0 && (i >= len(t) || s[i] != t[i]) || i < len(t) && t[i] != 0 && (i >= len(s) || s[i] != t[i]) {
			return false
		}
	}
	return true
}
