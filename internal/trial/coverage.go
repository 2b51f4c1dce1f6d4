package trial

import (
	"fmt"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/route"
)

// Coverage tells which parts of a route tests have been to.
type Coverage struct {
	Route  *route.Route
	Steps  Share
	Branch Share // branches, outcomes, limits and conditions of steps
	Missed []Spot
}

// Share is so many of so many.
type Share struct{ Covered, Total int }

// Percent is the share of both together, rounded down, so that 100 means all.
func (c *Coverage) Percent() int {
	total := c.Steps.Total + c.Branch.Total
	if total == 0 {
		return 100
	}
	return (c.Steps.Covered + c.Branch.Covered) * 100 / total
}

// Spot is a step or a way out of one that can be covered.
type Spot struct {
	Step string
	At   diag.Span
	// Text says what it is: `step "legal"`, `outcome "reject" of "legal"`.
	Text string

	what engine.VisitKind
	name string
}

// Spots lists what there is to cover in a route, in file order: every step, and
// for each that may go on in several ways each of them.
func Spots(r *route.Route) (steps, branches []Spot) {
	add := func(step string, at diag.Span, what engine.VisitKind, name, format string, args ...any) {
		branches = append(branches, Spot{Step: step, At: at, Text: fmt.Sprintf(format, args...), what: what, name: name})
	}
	handlers := func(step string, list []*route.Handler) {
		for _, h := range list {
			add(step, h.Event.At, engine.VisitHandler, h.ID, "event handler %q", h.ID)
		}
	}
	handlers("", r.Handlers)
	for _, s := range r.Steps() {
		steps = append(steps, Spot{Step: s.ID, At: s.IDAt, Text: fmt.Sprintf("step %q", s.ID), what: engine.VisitEntered})
		if s.If != nil {
			add(s.ID, s.If.At(), engine.VisitSkipped, "", "step %q skipped because its condition does not hold", s.ID)
		}
		ways(s, add)
		handlers(s.ID, s.Handlers)
	}
	return steps, branches
}

// ways lists the ways that lead on from a step.
func ways(s *route.Step, add func(step string, at diag.Span, what engine.VisitKind, name, format string, args ...any)) {
	if !(s.Verb == route.Task && s.Implied) {
		for _, o := range s.Outcomes {
			at := o.At
			if s.Implied {
				at = s.IDAt
			}
			add(s.ID, at, engine.VisitOutcome, o.Name, "outcome %q of %q", o.Name, s.ID)
			if o.Max > 0 && o.Else != nil && s.Decider == nil {
				add(s.ID, at, engine.VisitExhausted, o.Name, "outcome %q of %q more than %d times", o.Name, s.ID, o.Max)
			}
		}
	}
	switch s.Verb {
	case route.Choose:
		for i, b := range s.Branches {
			add(s.ID, b.At, engine.VisitBranch, b.ID, "branch %d of %q (%s)", i+1, s.ID, condition(b))
		}
	case route.Wait:
		for i, b := range s.Branches {
			if len(s.Branches) > 1 {
				add(s.ID, s.Waits[i].At, engine.VisitBranch, b.ID, "event %d of %q", i+1, s.ID)
			}
		}
	case route.Parallel:
		for i, b := range s.Branches {
			if b.If != nil {
				add(s.ID, b.If.At(), engine.VisitBranch, b.ID, "branch %d of %q (%s)", i+1, s.ID, condition(b))
				add(s.ID, b.If.At(), engine.VisitOmitted, b.ID, "branch %d of %q left out", i+1, s.ID)
			}
		}
	case route.Repeat:
		add(s.ID, s.IDAt, engine.VisitDone, "", "end of %q because its condition holds", s.ID)
		if s.Max > 0 {
			add(s.ID, s.IDAt, engine.VisitExhausted, "", "end of %q after %d rounds", s.ID, s.Max)
		}
	}
}

func condition(b *route.Branch) string {
	switch {
	case b.Else:
		return "else"
	case b.If != nil:
		return "if " + b.If.Text
	}
	return "always"
}

// Cover measures what the tests of results have been to in each of the routes.
func Cover(routes []*route.Route, results []*Result) []*Coverage {
	type key struct {
		route, step, name string
		what              engine.VisitKind
	}
	been := map[key]bool{}
	for _, res := range results {
		for _, v := range res.visits {
			been[key{v.route, v.Step, v.Name, v.What}] = true
		}
	}
	out := make([]*Coverage, len(routes))
	for i, r := range routes {
		c := &Coverage{Route: r}
		steps, branches := Spots(r)
		count := func(list []Spot, share *Share) {
			for _, s := range list {
				share.Total++
				if been[key{r.Name.Text, s.Step, s.name, s.what}] {
					share.Covered++
				} else {
					c.Missed = append(c.Missed, s)
				}
			}
		}
		count(steps, &c.Steps)
		count(branches, &c.Branch)
		out[i] = c
	}
	return out
}
