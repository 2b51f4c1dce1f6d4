package lint

import "github.com/e1-dms/e1/internal/route"

// build adds one copy of a step.
func (n *routeNet) build(s *route.Step, in *frame) {
	before := n.place(spot{kind: "in", step: s, in: in})
	if s.If != nil || n.f.withdraw[s] {
		n.go1(s, in, []int{before}, on(s))
	}
	at := before
	if s.WhileOpen.Text != "" || s.While != nil || len(s.After) > 0 || n.locks && s.Lock.Text != "" {
		at = n.turn(s, in, before)
	} else if n.tracked(s) && !block(s) {
		at = n.place(spot{kind: "at", step: s, in: in})
		n.add([]int{before, n.idle(s, in)}, []int{at})
	}
	switch s.Verb {
	case route.Parallel, route.Each:
		n.gather(s, in, at)
	case route.Repeat:
		n.repeat(s, in, at)
	default:
		for _, w := range waysOf(n.f.r, s) {
			if n.f.unspent[w.spent] {
				continue
			}
			n.go1(s, in, []int{at}, w)
		}
		if at != before && s.WhileOpen.Text != "" { // the milestone has passed
			n.give(s, in, at)
		}
	}
}

// turn adds the place in which a step is held until its turn has come, and
// gives the place behind it.
func (n *routeNet) turn(s *route.Step, in *frame, before int) int {
	r := n.f.r
	at := before
	hold := func(i int) int {
		p := n.place(spot{kind: "held", step: s, in: in, index: i})
		if s.WhileOpen.Text != "" { // given up even before its turn
			n.give(s, in, p)
		} else if s.While != nil {
			n.go1(s, in, []int{p}, on(s))
		}
		return p
	}
	next := hold(0)
	n.comes[s] = append(n.comes[s], n.add([]int{at}, []int{next}))
	at = next
	if other := r.Step(s.WhileOpen.Text); other != nil { // asked as soon as the route comes here
		next = hold(len(n.after(s)) + 1)
		for _, f := range n.frames[other] {
			for _, p := range n.active(other, f) {
				n.add([]int{at, p}, []int{next, p})
			}
		}
		at = next
	}
	for i, t := range n.after(s) {
		next = hold(i + 1)
		ways := n.done(t, s, in)
		for _, p := range ways {
			n.add([]int{at, p}, []int{next, p})
		}
		if len(ways) == 0 { // nothing there to be waited for
			n.add([]int{at}, []int{next})
		}
		at = next
	}
	ready := n.place(spot{kind: "at", step: s, in: in})
	from, to := []int{at}, []int{ready}
	if n.locks && s.Lock.Text != "" {
		for _, other := range r.Steps() {
			if other == s || other.Lock.Text != s.Lock.Text || !n.tracked(other) || standsIn(s, other) {
				continue
			}
			for _, f := range n.frames[other] {
				from, to = append(from, n.idle(other, f)), append(to, n.idle(other, f))
			}
		}
		for _, f := range n.frames[s] {
			if f != in && n.tracked(s) {
				from, to = append(from, n.idle(s, f)), append(to, n.idle(s, f))
			}
		}
	}
	if n.tracked(s) && !block(s) {
		from = append(from, n.idle(s, in))
	}
	other := r.Step(s.WhileOpen.Text)
	if other == nil {
		t := n.add(from, to)
		if len(n.after(s)) > 0 {
			n.going = append(n.going, watch{t, s})
		}
		return ready
	}
	for _, f := range n.frames[other] {
		for _, p := range n.active(other, f) {
			t := n.add(append(from[:len(from):len(from)], p), append(to[:len(to):len(to)], p))
			n.going = append(n.going, watch{t, s})
		}
	}
	return ready
}

// give lets a step be given up because the step it needs is not open.
func (n *routeNet) give(s *route.Step, in *frame, at int) {
	other := n.f.r.Step(s.WhileOpen.Text)
	from, to := []int{at}, []int{}
	if other == nil {
		n.go1(s, in, from, on(s))
		return
	}
	for _, f := range n.frames[other] {
		from, to = append(from, n.idle(other, f)), append(to, n.idle(other, f))
	}
	n.go1(s, in, from, on(s), to...)
}

// active gives the places of which one is marked while a step is at work.
func (n *routeNet) active(s *route.Step, in *frame) []int {
	if !block(s) {
		return []int{n.place(spot{kind: "at", step: s, in: in})}
	}
	out := []int{n.place(spot{kind: "open", step: s, in: in})}
	if partial(s) {
		out = append(out, n.place(spot{kind: "joined", step: s, in: in}))
	}
	return out
}

// done gives the place that is marked once a step, named by `after`,
// is done or can no longer come; none when it is not waited for.
func (n *routeNet) done(t, s *route.Step, in *frame) []int {
	b := t.Parent
	for b.Owner != nil && !standsIn(s, b.Owner) {
		b = b.Owner.Parent
	}
	if b.Owner == nil || b.Owner.Verb != route.Parallel || contains(b, s) {
		return nil
	}
	for !slicesHasFrame(n.frames[b.Owner], in) {
		in = in.up
	}
	if slicesHasFrame(n.frames[t], in) { // marked when the branch is over, too
		return []int{n.place(spot{kind: "passed", step: t, in: in})}
	}
	return []int{n.place(spot{kind: "over", step: b.Owner, in: in, index: b.Index})}
}

// lapse makes a transition by which a branch is over mark its steps as passed,
// for those that come after them: they can no longer come.
func (n *routeNet) lapse(t int, b *route.Branch, in *frame) int {
	for _, s := range n.f.r.Steps() {
		if n.passes[s] && contains(b, s) && slicesHasFrame(n.frames[s], in) {
			p := n.place(spot{kind: "passed", step: s, in: in})
			n.net.Transitions[t].Out = append(n.net.Transitions[t].Out, p)
			n.net.Transitions[t].Clear = append(n.net.Transitions[t].Clear, p)
		}
	}
	return t
}

func slicesHasFrame(list []*frame, f *frame) bool {
	for _, other := range list {
		if other == f {
			return true
		}
	}
	return f == nil
}

// contains tells whether a step stands in a branch, at any depth.
func contains(b *route.Branch, s *route.Step) bool {
	for c := s.Parent; ; c = c.Owner.Parent {
		if c == b {
			return true
		}
		if c.Owner == nil {
			return false
		}
	}
}

// go1 adds the transition of a way from a step that is at work or about to be.
func (n *routeNet) go1(s *route.Step, in *frame, from []int, w way, also ...int) int {
	to := append([]int{}, also...)
	if n.tracked(s) && !block(s) && n.tag[from[0]].kind == "at" {
		to = append(to, n.idle(s, in))
	}
	var clear []int
	if w.passed && n.passes[s] {
		p := n.place(spot{kind: "passed", step: s, in: in})
		to, clear = append(to, p), append(clear, p)
	}
	if w.kind == toStep && w.jump || w.kind == toBranch || w.kind == toEnd {
		for _, rep := range left(s, w) {
			if n.tracked(rep) {
				to, clear = append(to, n.idle(rep, in)), append(clear, n.idle(rep, in))
			}
		}
	}
	if w.kind == toUnknown || across(s, w) { // which is reported
		w = on(s)
	}
	if w.kind == toStep && w.jump {
		for _, rep := range entered(s, w) {
			if n.tracked(rep) {
				from = append(from[:len(from):len(from)], n.idle(rep, in))
			}
		}
	}
	target, wiped := n.target(s, in, w)
	t := n.add(from, append(to, target))
	n.net.Transitions[t].Clear = clear
	if wiped != nil {
		wiped.transition = t
		n.wipes = append(n.wipes, *wiped)
	}
	return t
}

// left lists the repeats that a way leaves.
func left(s *route.Step, w way) []*route.Step {
	var out []*route.Step
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		switch b.Owner.Verb {
		case route.Parallel, route.Each:
			return out
		case route.Repeat:
			if w.kind != toStep || !standsIn(w.step, b.Owner) {
				out = append(out, b.Owner)
			}
		}
	}
	return out
}

// entered lists the repeats that a jump comes into.
func entered(s *route.Step, w way) []*route.Step {
	var out []*route.Step
	for b := w.step.Parent; b.Owner != nil; b = b.Owner.Parent {
		if b.Owner.Verb == route.Parallel || b.Owner.Verb == route.Each {
			break
		}
		if b.Owner.Verb == route.Repeat && b.Owner != s && !standsIn(s, b.Owner) {
			out = append(out, b.Owner)
		}
	}
	return out
}

// target gives the place that a way leads to, and what it empties.
func (n *routeNet) target(s *route.Step, in *frame, w way) (int, *wipe) {
	switch w.kind {
	case toStep:
		return n.place(spot{kind: "in", step: w.step, in: in}), nil
	case toRound:
		return n.place(spot{kind: "round", step: w.step, in: in}), nil
	case toBranch:
		return n.arrival(s, in), nil
	case toBlock:
		b := gathering(s)
		up := in
		if b.Verb == route.Each {
			up = in.up
		}
		return n.place(spot{kind: "decided", step: b, in: up}), &wipe{block: b, in: up, self: true}
	}
	if inHandler(s) { // it ends whatever is at work
		return n.end, &wipe{}
	}
	var outer *route.Step
	frame := in
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		if b.Owner.Verb == route.Each {
			in = in.up
		}
		if block(b.Owner) {
			outer, frame = b.Owner, in
		}
	}
	if outer == nil {
		return n.ending(), nil
	}
	return n.ending(), &wipe{block: outer, in: frame, self: true}
}

// inHandler tells whether a step belongs to an event handler.
func inHandler(s *route.Step) bool {
	b := s.Parent
	for b.Owner != nil {
		b = b.Owner.Parent
	}
	return b.Handler != nil
}

// ending is marked when the route is about to end.
func (n *routeNet) ending() int {
	at := spot{kind: "ending"}
	if p, ok := n.at[at]; ok {
		return p
	}
	p := n.place(at)
	n.add([]int{p, n.run}, []int{n.end})
	return p
}

// arrival gives the place of the end of the branch around a step.
func (n *routeNet) arrival(s *route.Step, in *frame) int {
	b := home(s)
	switch {
	case b.Handler != nil:
		return n.resting(spot{kind: "listens " + b.Handler.ID, step: b.Handler.Block, in: in})
	case b.Owner.Verb == route.Each:
		return n.place(spot{kind: "ready", step: b.Owner, in: in.up, index: in.index})
	}
	return n.place(spot{kind: "ready", step: b.Owner, in: in, index: b.Index})
}

func (n *routeNet) handler(h *route.Handler, in *frame, open ...int) {
	if len(h.Body.Steps) == 0 {
		return
	}
	listens := n.resting(spot{kind: "listens " + h.ID, step: h.Block, in: in})
	first := n.place(spot{kind: "in", step: h.Body.Steps[0], in: in})
	for _, p := range open {
		n.add([]int{listens, p}, []int{first, p})
	}
}
