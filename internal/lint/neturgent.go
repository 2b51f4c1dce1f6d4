package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// maxUrgent bounds the arcs that tell answers what must have happened before.
const maxUrgent = 1 << 14

// hurry adds what a net does not say by itself: what the engine does at once,
// before anybody can act. Whether a step is possible (`while: open`) is asked
// when the route comes to it, so nobody answers between; and of the steps that
// wait for a lock the one that came first gets it.
func (n *routeNet) hurry() {
	arcs := 0
	for _, s := range n.f.r.Steps() {
		if n.f.r.Step(s.WhileOpen.Text) == nil {
			continue
		}
		for _, in := range n.frames[s] {
			if arcs += 2 * len(n.answers); arcs > maxUrgent {
				break
			}
			n.look(n.quiet(n.coming(s, in)), n.answers)
		}
	}
	for _, first := range n.f.r.Steps() {
		later := n.later(first)
		if len(later) == 0 {
			continue
		}
		for _, in := range n.frames[first] {
			quiet := n.quiet(n.pending(first, in))
			for _, s := range later {
				for _, f := range n.frames[s] {
					if framed(f, in) {
						n.look(quiet, n.begins[spot{step: s, in: f}])
					}
				}
			}
		}
	}
}

// begun notes a transition by which a step that was held is begun.
func (n *routeNet) begun(s *route.Step, in *frame, t int) {
	at := spot{step: s, in: in}
	n.begins[at] = append(n.begins[at], t)
}

// later gives the steps that always come after a step, the first of a branch
// that nothing else leads to, and wait for the same lock only.
func (n *routeNet) later(first *route.Step) []*route.Step {
	block := first.Parent.Owner
	if !n.locks || first.Lock.Text == "" || !n.tracked(first) || first.Index > 0 || block == nil || block.Verb != route.Parallel ||
		first.While != nil || waitsForOthers(first) || oneAtATime(first) {
		return nil
	}
	for _, in := range n.frames[first] {
		here := n.place(spot{kind: "in", step: first, in: in})
		for t, name := range n.names {
			if name.step != nil && name.step != block && slices.Contains(n.net.Transitions[t].Out, here) {
				return nil // it may come again, behind others
			}
		}
	}
	var out []*route.Step
	for _, b := range block.Branches[first.Parent.Index+1:] {
		for _, s := range n.f.r.Steps() {
			if s.Lock.Text == first.Lock.Text && contains(b, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// oneAtATime tells whether a step stands in a block that does one thing at a
// time.
func oneAtATime(s *route.Step) bool {
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		if b.Owner.OneAtATime {
			return true
		}
	}
	return false
}

// pending gives the places of a step to which the route has come, while it has
// not been asked yet whether it is its turn.
func (n *routeNet) pending(s *route.Step, in *frame) []int {
	return []int{n.place(spot{kind: "in", step: s, in: in}), n.place(spot{kind: "held", step: s, in: in})}
}

// coming is pending with what comes before by itself: actions, and the choice
// of the branch.
func (n *routeNet) coming(s *route.Step, in *frame) []int {
	out := n.pending(s, in)
	for {
		switch before := s.Parent.Owner; {
		case s.Index > 0:
			s = s.Parent.Steps[s.Index-1]
			if s.Verb != route.Do && s.Verb != route.Inform {
				return out
			}
		case before != nil && before.Verb == route.Choose:
			s = before
		default:
			return out
		}
		if s.While != nil || waitsForOthers(s) || s.Lock.Text != "" || n.tracked(s) {
			return out
		}
		out = append(out, n.place(spot{kind: "in", step: s, in: in}))
	}
}

// quiet adds a place that is marked while none of some places is, which then
// hold one token together at most; -1 where that cannot be told.
func (n *routeNet) quiet(places []int) int {
	some := func(list []int) (count int) {
		for _, p := range places {
			if slices.Contains(list, p) {
				count++
			}
		}
		return count
	}
	if some(n.net.Initial) > 0 {
		return -1
	}
	for _, t := range n.net.Transitions {
		if cleared := some(t.Clear); cleared > 0 && cleared < len(places) && some(t.In) == 0 || some(t.In) > 1 || some(t.Out) > 1 {
			return -1
		}
	}
	quiet := n.resting(spot{kind: "quiet", index: len(n.tag)})
	for i := range n.net.Transitions {
		t := &n.net.Transitions[i]
		switch puts, takes := some(t.Out) > 0, some(t.In) > 0; {
		case puts && !takes:
			t.In = append(t.In, quiet)
		case takes && !puts:
			t.Out = append(t.Out, quiet)
		case !takes && some(t.Clear) > 0:
			t.Clear, t.Out = append(t.Clear, quiet), append(t.Out, quiet)
		}
	}
	return quiet
}

// look lets transitions happen only while a place is marked.
func (n *routeNet) look(place int, transitions []int) {
	if place < 0 {
		return
	}
	for _, i := range transitions {
		if t := &n.net.Transitions[i]; !slices.Contains(t.In, place) {
			t.In = append(t.In, place)
			if !slices.Contains(t.Out, place) {
				t.Out = append(t.Out, place)
			}
		}
	}
}
