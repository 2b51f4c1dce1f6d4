package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// way is one way on from a step, as the engine goes it. Conditions are free
// choices here: any may hold at any time.
type way struct {
	kind   wayKind
	step   *route.Step // toStep
	label  string      // the outcome that leads there
	end    string      // toEnd: the name of the end; empty where the last step is over
	at     diag.Span
	jump   bool           // written as `go`
	max    bool           // taken a limited number of times
	spent  *route.Outcome // the outcome whose limit must have been reached before
	passed bool           // the step counts as done for `after`
	// answer is the outcome with which the step has answered its block, nil for
	// none; now tells that the block is decided by it at once.
	answer *route.Outcome
	now    bool
}

// wayKind tells where a way leads.
type wayKind uint8

const (
	toStep    wayKind = iota // to a step
	toBranch                 // the branch of parallel or each, or the handler, is over
	toEnd                    // the route ends
	toRound                  // the round of the repeat `step` is over
	toBlock                  // the answer decides the block at once
	toUnknown                // nobody knows: the target is not there, which is reported
)

// gathering gives the nearest parallel or each around a step, nil for none.
func gathering(s *route.Step) *route.Step {
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		if b.Owner.Verb == route.Parallel || b.Owner.Verb == route.Each {
			return b.Owner
		}
	}
	return nil
}

// home gives the sequence that a step's token moves in: the innermost branch
// of parallel or each, handler or route body around it.
func home(s *route.Step) *route.Branch {
	if b := route.Region(s); b != nil {
		return b
	}
	b := s.Parent
	for b.Owner != nil {
		b = b.Owner.Parent
	}
	return b
}

// on gives the way to what follows a step in its sequence.
func on(s *route.Step) way {
	if next := s.Next(); next != nil {
		return way{kind: toStep, step: next, passed: true}
	}
	w := after(s.Parent)
	w.passed = true
	return w
}

// after gives what comes at the end of a sequence of steps.
func after(b *route.Branch) way {
	switch owner := b.Owner; {
	case b.Handler != nil:
		return way{kind: toBranch}
	case owner == nil:
		return way{kind: toEnd}
	case owner.Verb == route.Parallel || owner.Verb == route.Each:
		return way{kind: toBranch}
	case owner.Verb == route.Repeat:
		return way{kind: toRound, step: owner}
	default:
		return on(owner)
	}
}

// into gives the way into a branch.
func into(b *route.Branch) way {
	if len(b.Steps) > 0 {
		return way{kind: toStep, step: b.Steps[0]}
	}
	return after(b)
}

// targeted gives the way that a target leads from a step. A step that is
// misspelt is taken as the one that was meant.
func targeted(r *route.Route, s *route.Step, t *route.Target) way {
	if t == nil {
		return way{kind: toUnknown, at: s.At}
	}
	var w way
	switch t.Kind {
	case route.GoOn:
		w = on(s)
	case route.GoTo:
		if to := r.Meant(t.Name); to != nil {
			w = way{kind: toStep, step: to, jump: true}
		} else {
			w = way{kind: toUnknown}
		}
	case route.LeaveBranch:
		if w = (way{kind: toBranch, passed: true}); route.Region(s) == nil {
			w.kind = toEnd // there is no branch, which is reported
		}
	default:
		w = way{kind: toEnd, end: t.Name}
	}
	w.at = t.At
	return w
}

// outcomeWays gives the ways of an outcome that a step takes by itself.
func outcomeWays(r *route.Route, s *route.Step, o *route.Outcome) []way {
	w := targeted(r, s, o.Target)
	w.label, w.max = o.Name, o.Max > 0
	if o.Max == 0 || o.Else == nil {
		return []way{w}
	}
	e := targeted(r, s, o.Else)
	e.label, e.spent = o.Name, o
	return []way{w, e}
}

// waysOf gives the ways on from a step once it is at work. For parallel and
// each these are the ways behind the join, without an answer; see flow.exits.
func waysOf(r *route.Route, s *route.Step) []way {
	var out []way
	switch s.Verb {
	case route.Task, route.Approve:
		block := gathering(s)
		for _, o := range s.Outcomes {
			var decision *route.Outcome
			if block != nil {
				decision = block.Outcome(o.Name)
			}
			switch {
			case decision != nil && decision.Now:
				out = append(out, way{kind: toBlock, label: o.Name, at: o.At, answer: decision, now: true})
				// Behind the join there is nothing left to decide.
				switch {
				case !partial(block):
				case s.Decider == nil:
					out = append(out, outcomeWays(r, s, o)...)
				case o.Target.Kind == route.GoOn:
					w := on(s)
					w.label = o.Name
					out = append(out, w)
				default:
					out = append(out, way{kind: toBranch, label: o.Name, at: o.At, passed: true})
				}
			case decision != nil && s.Decider != nil && o.Target.Kind != route.GoOn:
				out = append(out, way{kind: toBranch, label: o.Name, at: o.At, passed: true, answer: decision})
			case decision != nil && s.Decider != nil:
				w := on(s)
				w.label, w.answer = o.Name, decision
				out = append(out, w)
			default:
				for _, w := range outcomeWays(r, s, o) {
					w.answer = decision
					out = append(out, w)
				}
			}
		}
	case route.Choose, route.Wait:
		for _, b := range s.Branches {
			w := into(b)
			w.at = b.At
			out = append(out, w)
		}
	case route.Call:
		for _, o := range s.Outcomes {
			out = append(out, outcomeWays(r, s, o)...)
		}
		out = append(out, on(s))
	case route.Repeat:
		out = append(out, into(s.Branches[0]))
	case route.Go, route.Leave, route.End:
		out = append(out, targeted(r, s, s.Target))
	default:
		out = append(out, on(s))
	}
	if len(out) == 0 || r.LostSteps(s.Range) {
		out = append(out, on(s)) // what was not understood may lead on
	}
	return out
}

// roundWays gives the ways on from the end of a round of repeat.
func roundWays(r *route.Route, s *route.Step) []way {
	out := []way{on(s)}
	if s.Max != 1 {
		w := into(s.Branches[0])
		w.jump, w.max, w.at = true, s.Max > 0, s.At
		out = append(out, w)
	}
	if s.Max > 0 && s.OnMax != nil {
		out = append(out, targeted(r, s, s.OnMax))
	}
	return out
}

// skippable tells whether a step may be passed by without being done.
func skippable(s *route.Step) bool {
	return s.If != nil || s.While != nil || s.WhileOpen.Text != ""
}

// waiting tells whether a step stays until something happens outside.
func waiting(s *route.Step) bool {
	switch s.Verb {
	case route.Task, route.Approve, route.Wait, route.Call:
		return true
	}
	return false
}
