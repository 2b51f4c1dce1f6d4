package soundness

import "slices"

// reduction is a net being made smaller. It is the net with the way from its
// end back to its beginning: finish takes the final marking and marks done,
// restart takes done and marks the initial places. That net is live and safe,
// from done, exactly if the four properties hold, and the rules keep that.
type reduction struct {
	in, out              [][]int
	seq                  [][]int // what each transition stands for
	gone                 []bool
	producers, consumers [][]int // by place
	done, restart        int
	dirty                bool
}

// origin is what the transitions of a reduced net stand for in the net that it
// was made from: sequences of transitions, and one that comes before all.
type origin struct {
	first []int
	of    [][]int
}

// reduce gives a smaller net that is sound and safe exactly if the given one
// is. It gives nil when cancellation makes the rules inapplicable.
func reduce(n *Net) (*Net, *origin) {
	r := &reduction{done: len(n.Places)}
	for i := range n.Transitions {
		t := &n.Transitions[i]
		if len(t.Clear) > 0 {
			return nil, nil
		}
		r.append(slices.Clone(t.In), slices.Clone(t.Out), []int{i})
	}
	r.append(slices.Clone(n.Final), []int{r.done}, []int{End})
	r.append([]int{r.done}, slices.Clone(n.Initial), []int{})
	r.restart = len(r.in) - 1
	r.producers, r.consumers = make([][]int, r.done+1), make([][]int, r.done+1)
	for t := range r.in {
		r.link(t)
	}
	for r.dirty = true; r.dirty; {
		r.dirty = false
		for p := 0; p < r.done; p++ {
			if !r.seriesPlaces(p) {
				r.seriesTransitions(p)
			}
		}
		r.parallel()
	}
	return r.result(n)
}

func (r *reduction) append(in, out, seq []int) int {
	slices.Sort(in)
	slices.Sort(out)
	r.in, r.out, r.seq, r.gone = append(r.in, in), append(r.out, out), append(r.seq, seq), append(r.gone, false)
	return len(r.in) - 1
}

func (r *reduction) link(t int) {
	for _, p := range r.in[t] {
		r.consumers[p] = append(r.consumers[p], t)
	}
	for _, p := range r.out[t] {
		r.producers[p] = append(r.producers[p], t)
	}
}

func (r *reduction) remove(t int) {
	other := func(o int) bool { return o == t }
	for _, p := range r.in[t] {
		r.consumers[p] = slices.DeleteFunc(r.consumers[p], other)
	}
	for _, p := range r.out[t] {
		r.producers[p] = slices.DeleteFunc(r.producers[p], other)
	}
	r.gone[t], r.dirty = true, true
}

// seriesPlaces fuses p with the next place, when all that ever happens to a
// token of p is that one transition carries it there (Murata's fusion of
// series places, with other producers and consumers of the second place
// allowed).
func (r *reduction) seriesPlaces(p int) bool {
	if len(r.consumers[p]) != 1 {
		return false
	}
	t := r.consumers[p][0]
	if len(r.in[t]) != 1 || len(r.out[t]) != 1 || r.out[t][0] == p || len(r.producers[p]) == 0 {
		return false
	}
	q := r.out[t][0]
	if q == r.done {
		return false
	}
	for _, u := range r.producers[p] {
		if slices.Contains(r.out[u], q) {
			return false
		}
	}
	for _, u := range slices.Clone(r.producers[p]) {
		out := append(slices.DeleteFunc(slices.Clone(r.out[u]), func(x int) bool { return x == p }), q)
		slices.Sort(out)
		r.out[u] = out
		r.seq[u] = join(r.seq[u], r.seq[t])
		r.producers[q] = append(r.producers[q], u)
	}
	r.producers[p] = nil
	r.remove(t)
	return true
}

// maxFused bounds the traces that fused transitions stand for.
const maxFused = 1 << 12

func join(a, b []int) []int { return append(slices.Clip(a), b...) }

// seriesTransitions fuses what marks p with what takes from it, when nothing
// but p is needed for the latter (Murata's fusion of series transitions; with
// several on one side, Berthelot's post-agglomeration).
func (r *reduction) seriesTransitions(p int) bool {
	first, second := r.producers[p], r.consumers[p]
	if len(first) == 0 || len(second) == 0 || len(first) > 1 && len(second) > 1 {
		return false
	}
	for _, u := range second {
		if u == r.restart || len(r.in[u]) != 1 || slices.Contains(r.out[u], p) {
			return false
		}
		for _, t := range first {
			if t == r.restart && len(second) > 1 || len(r.seq[t])+len(r.seq[u]) > maxFused {
				return false
			}
			if slices.ContainsFunc(r.out[u], func(x int) bool { return slices.Contains(r.out[t], x) }) {
				return false
			}
			if slices.Contains(r.out[u], r.done) && len(second) > 1 {
				return false
			}
		}
	}
	first, second = slices.Clone(first), slices.Clone(second)
	for _, t := range first {
		for _, u := range second {
			out := append(slices.DeleteFunc(slices.Clone(r.out[t]), func(x int) bool { return x == p }), r.out[u]...)
			if t == r.restart {
				// The way back stays what it is, with other places to begin at.
				r.remove(t)
				r.gone[t] = false
				slices.Sort(out)
				r.out[t], r.seq[t] = out, join(r.seq[t], r.seq[u])
				r.link(t)
				continue
			}
			r.link(r.append(slices.Clone(r.in[t]), out, join(r.seq[t], r.seq[u])))
		}
	}
	for _, t := range append(first, second...) {
		if t != r.restart {
			r.remove(t)
		}
	}
	return true
}

// parallel removes places and transitions that do what others do, and
// transitions that give back what they take.
func (r *reduction) parallel() {
	type key struct{ a, b uint64 }
	trans := map[key][]int{}
	for t := range r.in {
		if r.gone[t] || t == r.restart {
			continue
		}
		if len(r.in[t]) == 1 && slices.Equal(r.in[t], r.out[t]) && len(r.consumers[r.in[t][0]]) > 1 {
			r.remove(t)
			continue
		}
		k := key{sum(r.in[t]), sum(r.out[t])}
		twin := slices.ContainsFunc(trans[k], func(u int) bool {
			return slices.Equal(r.in[t], r.in[u]) && slices.Equal(r.out[t], r.out[u])
		})
		if twin {
			r.remove(t)
		} else {
			trans[k] = append(trans[k], t)
		}
	}
	places := map[key][]int{}
	for p := 0; p < r.done; p++ {
		if len(r.consumers[p]) == 0 || len(r.producers[p]) == 0 {
			continue
		}
		slices.Sort(r.consumers[p])
		slices.Sort(r.producers[p])
		k := key{sum(r.consumers[p]), sum(r.producers[p])}
		twin := slices.ContainsFunc(places[k], func(q int) bool {
			return slices.Equal(r.consumers[p], r.consumers[q]) && slices.Equal(r.producers[p], r.producers[q])
		})
		if !twin {
			places[k] = append(places[k], p)
			continue
		}
		for _, t := range r.consumers[p] {
			r.in[t] = slices.DeleteFunc(slices.Clone(r.in[t]), func(x int) bool { return x == p })
		}
		for _, t := range r.producers[p] {
			r.out[t] = slices.DeleteFunc(slices.Clone(r.out[t]), func(x int) bool { return x == p })
		}
		r.consumers[p], r.producers[p], r.dirty = nil, nil, true
	}
}

func sum(list []int) uint64 {
	h := uint64(len(list))
	for _, i := range list {
		h = (h ^ uint64(i)) * 1099511628211
	}
	return h
}

// result makes a net of what is left: it begins with what restart marks and
// ends with done.
func (r *reduction) result(n *Net) (*Net, *origin) {
	small := &Net{}
	number := make([]int, r.done+1)
	place := func(list []int) []int {
		out := make([]int, len(list))
		for i, p := range list {
			if number[p] == 0 {
				name := "done"
				if p < r.done {
					name = n.Places[p]
				}
				number[p] = small.Place(name) + 1
			}
			out[i] = number[p] - 1
		}
		return out
	}
	small.Initial, small.Final = place(r.out[r.restart]), place([]int{r.done})
	from := &origin{first: r.seq[r.restart]}
	for t := range r.in {
		if !r.gone[t] && t != r.restart {
			small.Transition("", place(r.in[t]), place(r.out[t]))
			from.of = append(from.of, r.seq[t])
		}
	}
	// Places that nothing marks any more still keep what needs them from firing;
	// those that nothing needs and something marks are there already.
	return small, from
}
