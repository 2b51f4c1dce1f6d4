package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// registerInLoop reports documents that are registered anew in every round of
// a loop.
func registerInLoop() *rule {
	return &rule{
		Code:     Code{"R081", "register-in-loop", "a document registered anew each time round; say `into` or `find`, so that the first one is taken again"},
		severity: diag.Warning,
		check: func(s *subject) {
			var loops map[*route.Step]diag.Related
			for _, step := range s.Steps() {
				for _, a := range actionsOf(step) {
					if a.Kind != route.Register || len(a.Find) > 0 || a.Into.Text != "" {
						continue
					}
					if loops == nil {
						loops = s.loops()
					}
					round, inside := loops[step]
					if !inside {
						continue
					}
					p := s.report(a.At, "step %q registers another document of %q each time round", step.ID, a.Form.Text)
					p.Related = []diag.Related{round}
					p.Help = "say `into: FIELD` or `find: [FIELD]`, so that the first one is taken again, or register it before the loop"
				}
			}
		},
	}
}

// loops gives the steps that may be done again, with what leads back to them.
// A jump back repeats everything between its target and itself.
func (s *subject) loops() map[*route.Step]diag.Related {
	out := map[*route.Step]diag.Related{}
	steps := s.Steps()
	mark := func(from, to int, at diag.Span) {
		for _, step := range steps[from : to+1] {
			if _, known := out[step]; !known {
				out[step] = diag.Related{At: at, Message: "leads back"}
			}
		}
	}
	for i, step := range steps {
		if step.Verb == route.Repeat {
			mark(i, lastInside(steps, step, i), step.At)
		}
		for _, t := range targetsOf(step) {
			if t.Kind != route.GoTo {
				continue
			}
			if to := slices.Index(steps, s.Step(t.Name)); to >= 0 && to <= i {
				mark(to, lastInside(steps, step, i), t.At)
			}
		}
	}
	return out
}

// lastInside is the place of the last step within a step.
func lastInside(steps []*route.Step, s *route.Step, at int) int {
	for i := at + 1; i < len(steps); i++ {
		inner := steps[i]
		for inner != nil && inner != s {
			inner = inner.Parent.Owner
		}
		if inner == nil {
			return i - 1
		}
	}
	return len(steps) - 1
}

// targetsOf are the ways by which a step may lead elsewhere.
func targetsOf(s *route.Step) []*route.Target {
	var out []*route.Target
	if s.Target != nil {
		out = append(out, s.Target)
	}
	if s.Decider == nil {
		for _, o := range s.Outcomes {
			for _, t := range []*route.Target{o.Target, o.Else} {
				if t != nil {
					out = append(out, t)
				}
			}
		}
	}
	if s.OnMax != nil {
		out = append(out, s.OnMax)
	}
	return out
}
