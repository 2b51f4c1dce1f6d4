package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// reworkWithoutLimit reports circles in which no jump and no repeat is
// limited, so that a document may go round as often as people answer.
func reworkWithoutLimit() *rule {
	return &rule{
		Code:     Code{"R016", "rework-without-limit", "steps that may be done again without limit; write `max` and what follows then"},
		severity: diag.Warning,
		check: func(s *subject) {
			f := s.graph()
			s.unboundedCall(f)
			for node := range f.end {
				if !f.reached[node] || f.trapped[node] {
					continue
				}
				step := f.stepOf(node)
				if s.LostWithin(step.Range) || s.sameAgain(step) || s.circling(step) || step.Verb == route.Repeat && len(step.Branches[0].Steps) == 0 {
					continue // there may be a limit, or it is worse than that
				}
				for _, e := range f.next[node] {
					if !e.way.jump || e.way.max || !f.unlimited(e.to, node) {
						continue
					}
					switch {
					case node&1 == 1 && step.Verb == route.Repeat:
						p := s.report(step.At, "the rounds of %q have no limit", step.ID)
						p.Help = "write `max: N`, and with `else` what follows then"
					case e.way.label != "":
						p := s.report(place(step, e.way), "outcome %q of %q goes back to %q as often as it is answered", e.way.label, step.ID, f.stepOf(e.to).ID)
						p.Help = "limit it: {go: " + f.stepOf(e.to).ID + ", max: 3, else: …}"
					default:
						p := s.report(place(step, e.way), "the jump back to %q has no limit", f.stepOf(e.to).ID)
						p.Help = "let an outcome with `max` go back, or use `repeat` with `max`"
					}
				}
			}
		},
	}
}

// unboundedCall reports calls of the route itself under a condition that no step
// of it changes: each calls the next as long as nobody corrects the card.
func (s *subject) unboundedCall(f *flow) {
	var by moved
	for _, step := range s.Steps() {
		for _, w := range step.Fill {
			by.paths = append(by.paths, w.Text)
		}
		by.actions(actionsOf(step))
	}
	for i, step := range s.Steps() {
		if step.Call == nil || step.Call.Route.Text != s.Name.Text || step.Call.On != nil || !f.reaches(step) {
			continue
		}
		conds := []*route.Expr{step.If}
		for b := step.Parent; b.Owner != nil; b = b.Owner.Parent {
			conds = append(conds, b.If, b.Owner.If)
		}
		conds = slices.DeleteFunc(conds, func(e *route.Expr) bool { return e == nil })
		if len(conds) == 0 || !s.unmoved(conds, by) || f.avoidable(i, step) {
			continue
		}
		if s.recursion().at == step.Call.Route.At {
			continue // which is worse, and reported
		}
		s.report(step.Call.Route.At, "the route calls itself again and again while %s: no step of it changes that", conds[0].Text).
			Help = "let a step fill what the condition asks for, or let an answer decide whether the route is called"
	}
}

// avoidable tells whether the route can come to its end past a step whose
// condition, and those around it, hold.
func (f *flow) avoidable(i int, s *route.Step) bool {
	saved := map[int][]edge{begin(i): f.next[begin(i)]}
	f.next[begin(i)] = nil
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		if node := begin(f.index[b.Owner]); b.Owner.Verb == route.Choose {
			saved[node] = f.next[node]
			f.next[node] = slices.DeleteFunc(slices.Clone(f.next[node]), func(e edge) bool { return e.way.at != b.At })
		}
	}
	reached := make([]bool, len(f.of))
	f.walk(reached, make([]hop, len(f.of)))
	for node, next := range saved {
		f.next[node] = next
	}
	return reached[f.end]
}

// unlimited tells whether one node leads to another one by ways that can be
// gone any number of times.
func (f *flow) unlimited(from, to int) bool {
	seen := make([]bool, len(f.of))
	seen[from] = true
	queue := []int{from}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		if node == to {
			return true
		}
		for _, e := range f.next[node] {
			if !e.way.max && !seen[e.to] {
				seen[e.to] = true
				queue = append(queue, e.to)
			}
		}
	}
	return false
}
