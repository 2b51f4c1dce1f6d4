package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/route"
)

// outcomeNotRouted holds the outcomes of a call against the ends of the route
// that it calls: one that is no end of it never comes, and an end that is none
// of them would go on as if nothing had been the matter.
func outcomeNotRouted() *rule {
	return &rule{
		Code:     Code{route.R022.Code, route.R022.Slug, route.R022.Summary},
		severity: diag.Error,
		check: func(s *subject) {
			for _, step := range s.Steps() {
				if step.Call == nil || !step.Call.Wait || len(step.Outcomes) == 0 {
					continue
				}
				called := s.another(step.Call.Route.Text)
				if called == nil {
					continue
				}
				ends := s.endsOf(called)
				routed := func(end string) bool { return step.Outcome(end) != nil }
				for _, o := range step.Outcomes {
					if o.Name != engine.Stopped && !slices.Contains(ends, o.Name) {
						s.report(o.At, "route %q never ends so: %s", called.Name.Text, diag.Unknown("end", o.Name, ends)).
							Help = "write one of its ends, or let it end so"
						meant, before := diag.Nearest(o.Name, ends), routed
						routed = func(end string) bool { return end == meant || before(end) }
					}
				}
				if missing := slices.DeleteFunc(slices.Clone(ends), routed); len(missing) > 0 && !s.LostSteps(step.Range) {
					p := s.report(step.Call.Route.At, "route %q may end as %q, and no outcome says what follows then", called.Name.Text, strings.Join(missing, ", "))
					p.Help = fmt.Sprintf("add %s: next, or what else is to follow", missing[0])
				}
			}
		},
	}
}

// endsOf gives the names under which a route can end, sorted.
func (s *subject) endsOf(r *route.Route) []string {
	f := s.graph()
	if r != s.Route {
		f = newFlow(r, false)
	}
	var out []string
	for node := range f.end {
		step := f.stepOf(node)
		for _, e := range f.next[node] {
			if e.to != f.end || !f.reached[node] || node&1 == 1 && block(step) && step.Verb != route.Repeat && !f.open(step, e.way) {
				continue
			}
			name := e.way.end
			if name == "" {
				name = engine.Done
			}
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	for _, step := range r.Steps() { // by an answer that decides a block at once
		if !f.dropped[step] {
			continue
		}
		for _, o := range step.Outcomes {
			if o.Now && f.answered[o] && o.Target.Kind == route.EndRoute && !slices.Contains(out, o.Target.Name) {
				out = append(out, o.Target.Name)
			}
		}
	}
	slices.Sort(out)
	return out
}
