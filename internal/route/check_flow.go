package route

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
)

// flow checks what follows from the route's own text: that targets exist, that
// jumps respect the blocks, that joins can be reached.
func (c *checker) flow() {
	for _, h := range c.r.Handlers {
		c.handler(h)
	}
	for _, s := range c.r.Steps() {
		c.target(s, s.Target)
		c.target(s, s.OnMax)
		if s.Decider == nil {
			for _, o := range s.Outcomes {
				c.target(s, o.Target)
				c.target(s, o.Else)
			}
		}
		c.known(s.After)
		for _, a := range s.Actions {
			c.known(a.Steps)
		}
		for _, h := range s.Handlers {
			c.handler(h)
		}
		c.joins(s)
		c.outcomes(s)
	}
	c.afterEnd()
	c.afterCircles()
}

func (c *checker) handler(h *Handler) {
	c.known(h.Cancel)
}

func (c *checker) known(steps []Word) {
	for _, w := range steps {
		if c.r.Step(w.Text) == nil {
			c.unknownStep(w.Text, w.At)
		}
	}
}

func (c *checker) unknownStep(name string, at diag.Span) {
	if !c.r.Lost(name) {
		c.errorf(R005, at, "%s", diag.Unknown("step", name, c.named))
	}
}

// target checks one way that leads on from a step.
func (c *checker) target(s *Step, t *Target) {
	if t == nil {
		return
	}
	switch t.Kind {
	case GoTo:
		to := c.r.Step(t.Name)
		if to == nil {
			c.unknownStep(t.Name, t.At)
			if c.r.Meant(t.Name) == nil {
				c.astray[Region(s)] = true
			}
			return
		}
		if Region(s) != Region(to) {
			c.add(R017, t.At, fmt.Sprintf("the jump to %q crosses the border of a parallel branch, an each or an event handler", t.Name),
				"let the branch `leave`, or use an outcome of the block", diag.Related{At: to.At, Message: "the target"})
		}
	case LeaveBranch:
		if Region(s) == nil {
			c.errorf(R017, t.At, "leave stands outside of parallel and each; there is no branch to leave")
		}
	case EndRoute:
		for b := enclosing(s); b != nil; b = enclosing(b) {
			if !b.Cancel && !c.r.Lost("cancel") {
				message, help := "the route ends here while other branches may still be at work", "say `rest: cancel` on the block, or let the branch `leave`"
				if s.Implied {
					message = "a rejection ends the route, as no outcomes say otherwise, while other branches may still be at work"
					help = "write the outcomes, or say `rest: cancel` on the block around"
				}
				c.add(R014, t.At, message, help, diag.Related{At: b.At, Message: "the block"})
				return
			}
		}
	}
}

// Region gives the innermost branch of parallel or each, or handler body, that
// a step stands in; nil outside of all. Jumps stay within a region.
func Region(s *Step) *Branch {
	for b := s.Parent; b != nil; b = b.Owner.Parent {
		if b.Handler != nil {
			return b
		}
		if b.Owner == nil {
			return nil
		}
		if b.Owner.Verb == Parallel || b.Owner.Verb == Each {
			return b
		}
	}
	return nil
}

func (c *checker) joins(s *Step) {
	if s.Verb != Parallel && s.Verb != Each {
		return
	}
	if s.Join.Kind == JoinN && s.Verb == Parallel && s.Join.N > len(s.Branches) && !c.r.LostSteps(s.Range) {
		c.errorf(R018, s.Join.At, "the join waits for %d branches; there are %d", s.Join.N, len(s.Branches))
	}
	if s.Cancel && s.Join.Kind == JoinNone {
		c.errorf(R018, s.RestAt, "join: none goes on at once; with rest: cancel nothing of the block is ever done")
	}
}

// outcomes checks that blocks are answered what they decide on.
func (c *checker) outcomes(s *Step) {
	block := s.Verb == Parallel || s.Verb == Each
	for _, o := range s.Outcomes {
		if o.Now && !block && s.Decider == nil {
			c.errorf(R001, o.At, "outcome %q: \"now\" belongs to outcomes of parallel and each", o.Name)
		}
	}
	if block && len(s.Outcomes) > 0 && s.Join.Kind == JoinNone {
		c.helpf(R022, s.Join.At, "wait for the answers, or give the steps inside outcomes of their own",
			"join: none goes on at once, so no answer given in the block ever decides it")
		return
	}
	if c.r.LostSteps(s.Range) {
		return
	}
	for _, o := range s.Unanswered() {
		if c.r.Lost(o.Name) {
			continue
		}
		c.helpf(R022, o.At, "give an approve of the block no outcomes of its own, or this one",
			"outcome %q of the block is never answered by a step inside it", o.Name)
	}
}

// Unanswered gives the outcomes of a parallel or each with which no step inside
// it answers.
func (s *Step) Unanswered() []*Outcome {
	if s.Verb != Parallel && s.Verb != Each || s.Implied {
		return nil
	}
	answered := map[string]bool{}
	s.within(func(inner *Step) {
		if inner.Person() && enclosing(inner) == s {
			for _, o := range inner.Outcomes {
				answered[o.Name] = true
			}
		}
	})
	return slices.DeleteFunc(slices.Clone(s.Outcomes), func(o *Outcome) bool { return answered[o.Name] })
}

// within visits the steps inside a block.
func (s *Step) within(visit func(*Step)) {
	for _, b := range s.Branches {
		for _, inner := range b.Steps {
			visit(inner)
			inner.within(visit)
		}
	}
}

// afterEnd reports steps behind an unconditional end, go or leave that no jump
// leads to.
func (c *checker) afterEnd() {
	for _, next := range c.r.AfterEnd() {
		before := next.Parent.Steps[next.Index-1]
		both := diag.Span{File: before.Range.File, Start: before.Range.Start, End: next.Range.End}
		if c.r.LostWithin(both) || next.Named && (c.r.Lost(next.ID) || c.astray[Region(next)]) {
			continue // something may lead here that was not understood
		}
		c.add(R023, next.At, "the step is never reached: the one before it leads away and no jump leads here",
			"remove it, or jump to it", diag.Related{At: before.At, Message: "leads away"})
	}
}

// AfterEnd gives the steps that stand behind an unconditional end, go or leave
// and that no jump leads to.
func (r *Route) AfterEnd() []*Step {
	targets := map[*Step]bool{}
	mark := func(t *Target) {
		if t != nil && t.Kind == GoTo {
			targets[r.Meant(t.Name)] = true
		}
	}
	for _, s := range r.Steps() {
		mark(s.Target)
		mark(s.OnMax)
		for _, o := range s.Outcomes {
			mark(o.Target)
			mark(o.Else)
		}
	}
	entered := func(s *Step) bool {
		found := targets[s]
		s.within(func(inner *Step) { found = found || targets[inner] })
		return found
	}
	var out []*Step
	for _, s := range r.Steps() {
		next := s.Next()
		if s.Target != nil && s.If == nil && next != nil && !entered(next) {
			out = append(out, next)
		}
	}
	return out
}
