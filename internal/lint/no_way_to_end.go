package lint

import (
	"fmt"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// noWayToEnd reports that a route cannot end because it calls itself, and
// waits for that, on every way to its end. Circles of steps are R015.
func noWayToEnd() *rule {
	return &rule{
		Code:     Code{"R011", "no-way-to-end", "a route that calls itself on every way to its end, so that none ever ends; let a condition or an answer decide whether it calls itself"},
		severity: diag.Error,
		check: func(s *subject) {
			f := s.graph()
			if !f.reached[f.end] {
				return
			}
			for _, step := range f.mustCall() {
				if step.Call.Route.Text == s.Name.Text && step.Call.On == nil {
					p := s.report(step.Call.Route.At, "the route calls itself on every way to its end and waits for that: it never ends")
					p.Help = fmt.Sprintf("let an `if` or an answer decide whether %q is done, or say `wait: false`", step.ID)
					p.Path = append(f.path(begin(f.index[step])), "start")
					return
				}
			}
		},
	}
}

// mustCall gives the calls that are awaited on every way to the end: without
// one of them the end is not reached.
func (f *flow) mustCall() []*route.Step {
	var out []*route.Step
	for i, s := range f.r.Steps() {
		if s.Verb != route.Call || !s.Call.Wait || !f.reached[begin(i)] {
			continue
		}
		saved := f.next[begin(i)]
		f.next[begin(i)] = nil
		if skippable(s) || f.withdraw[s] {
			f.next[begin(i)] = saved[:1] // past it
		}
		reached := make([]bool, len(f.of))
		f.walk(reached, make([]hop, len(f.of)))
		f.next[begin(i)] = saved
		if !reached[f.end] {
			out = append(out, s)
		}
	}
	return out
}
