package lint

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// actionInLoop reports actions of a loop that leave something more behind each
// time round: documents registered, files, letters, routes. What a condition of
// the action guards is left alone, and what belongs to an answer: it is told as
// often as it is given. Links and values are the same the second time.
func actionInLoop() *rule {
	return &rule{
		Code:     Code{"R081", "action-in-loop", "an action that leaves something more behind each time round: a document registered anew, another file, letter or route; take what is there (`into`, `find`), do it only if it was not done, or before the loop"},
		severity: diag.Warning,
		check: func(s *subject) {
			var loops map[*route.Step]diag.Related
			for _, step := range s.Steps() {
				for _, a := range actionsOf(step) {
					text, help := s.leaves(step, a)
					if text == "" {
						continue
					}
					if loops == nil {
						loops = s.loops()
					}
					round, inside := loops[step]
					if !inside {
						continue
					}
					p := s.report(a.At, "step %q %s each time round", step.ID, text)
					p.Related = []diag.Related{round}
					p.Help = help
				}
			}
		},
	}
}

// leaves says what an action leaves behind every time, and what to do; empty for
// nothing.
func (s *subject) leaves(step *route.Step, a *route.Action) (text, help string) {
	if a.Kind == route.Register && len(a.Find) == 0 && a.Into.Text == "" {
		return fmt.Sprintf("registers another document of %q", a.Form.Text), "say `into: FIELD` or `find: [FIELD]`, so that the first one is taken again, or register it before the loop"
	}
	if a.If != nil || step.If != nil || len(step.Actions) == 0 {
		return "", ""
	}
	help = "do it before or behind the loop, or only `if` it was not done"
	switch a.Kind {
	case route.Mail, route.Reply:
		return "writes another letter", help
	case route.Generate, route.Attach:
		return "attaches another file", help
	case route.StartOf:
		return fmt.Sprintf("starts the route %q once more", a.Route.Text), help
	}
	return "", ""
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
