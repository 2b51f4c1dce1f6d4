package lint

import (
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
			for node := range f.end {
				if !f.reached[node] || f.trapped[node] {
					continue
				}
				step := f.stepOf(node)
				if s.LostWithin(step.Range) {
					continue // there may be a limit
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
