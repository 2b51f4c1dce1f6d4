package engine

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// push queues a step to be entered before everything queued already.
func (r *run) push(s *route.Step, item string) {
	r.queue = slices.Insert(r.queue, 0, token{s, item})
}

// drain enters queued steps until none is left.
func (r *run) drain() error {
	for len(r.queue) > 0 {
		t := r.queue[0]
		r.queue = r.queue[1:]
		if err := r.spend(t.step); err != nil {
			return err
		}
		if err := r.enter(t.step, t.item); err != nil {
			return err
		}
	}
	r.close()
	return nil
}

func (r *run) enter(s *route.Step, item string) error {
	if s.If != nil {
		ok, err := r.condition(s.If, s, item)
		if err != nil {
			return err
		}
		if !ok {
			r.visit(s, item, VisitSkipped, "")
			return r.next(s, item)
		}
	}
	if needsTurn(s) {
		r.open(s, item).State = Held
		return nil
	}
	return r.activate(s, item)
}

// needsTurn tells whether a step is to wait until its turn comes: settle looks
// whether it has.
func needsTurn(s *route.Step) bool {
	if s.While != nil || s.WhileOpen.Text != "" || len(s.After) > 0 || s.Lock.Text != "" {
		return true
	}
	return oneAtATime(s) != nil && waits(s)
}

// waits tells whether the step holds a position until something happens.
func waits(s *route.Step) bool {
	switch s.Verb {
	case route.Task, route.Approve, route.Wait, route.Call:
		return true
	}
	return false
}

// oneAtATime gives the block around a step in which one step is done at a time.
func oneAtATime(s *route.Step) *route.Step {
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		if b.Owner.OneAtATime {
			return b.Owner
		}
	}
	return nil
}

func (r *run) activate(s *route.Step, item string) error {
	r.visit(s, item, VisitEntered, "")
	switch s.Verb {
	case route.Task, route.Approve:
		return r.assign(s, item)
	case route.Inform:
		if err := r.inform(s, item); err != nil {
			return err
		}
		return r.next(s, item)
	case route.Do:
		if on, err := r.act(s.Actions, s, item); err != nil || !on {
			return err
		}
		return r.next(s, item)
	case route.Choose:
		return r.choose(s, item)
	case route.Parallel:
		return r.split(s, item)
	case route.Each:
		return r.spread(s, item)
	case route.Repeat:
		r.open(s, item).Count = 1
		return r.into(s.Branches[0], item)
	case route.Wait:
		return r.wait(s, item)
	case route.Call:
		return r.call(s, item)
	default: // go, leave, end
		return r.follow(s, item, s.Target)
	}
}

// into enters a branch.
func (r *run) into(b *route.Branch, item string) error {
	if len(b.Steps) == 0 {
		if err := r.spend(b.Owner); err != nil { // a round with nothing in it
			return err
		}
		return r.leaveBranch(b, item)
	}
	r.push(b.Steps[0], item)
	return nil
}

// next goes on behind a step.
func (r *run) next(s *route.Step, item string) error {
	r.passed(s, item)
	if n := s.Next(); n != nil {
		r.push(n, item)
		return nil
	}
	return r.leaveBranch(s.Parent, item)
}

// leaveBranch is what happens at the end of a sequence of steps.
func (r *run) leaveBranch(b *route.Branch, item string) error {
	owner := b.Owner
	if b.Handler != nil {
		return nil
	}
	if owner == nil {
		r.finish("")
		return nil
	}
	switch owner.Verb {
	case route.Parallel:
		return r.arrive(owner, item, b.ID)
	case route.Each:
		outer, key := cutItem(item)
		return r.arrive(owner, outer, key)
	case route.Repeat:
		return r.again(owner, item)
	default: // choose, wait
		return r.next(owner, item)
	}
}

// follow goes a way from a step.
func (r *run) follow(s *route.Step, item string, t *route.Target) error {
	switch t.Kind {
	case route.GoOn:
		return r.next(s, item)
	case route.GoTo:
		return r.jump(s, item, t.Name)
	case route.LeaveBranch:
		r.passed(s, item)
		return r.leave(s, item)
	default:
		return r.end(s, item, t.Name)
	}
}

// leave ends the branch of parallel or each around a step.
func (r *run) leave(s *route.Step, item string) error {
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		switch b.Owner.Verb {
		case route.Parallel:
			return r.arrive(b.Owner, item, b.ID)
		case route.Each:
			outer, key := cutItem(item)
			return r.arrive(b.Owner, outer, key)
		case route.Repeat:
			r.closePosition(b.Owner, item)
		}
	}
	if handlerOf(s) != nil {
		return nil
	}
	return r.outdated("%s leaves no branch", r.place(s))
}

// jump goes to another step of the same region. Rounds of repeat that are left
// are over, those that are entered begin.
func (r *run) jump(s *route.Step, item, name string) error {
	to := r.r.Step(name)
	if to == nil || route.Region(to) != route.Region(s) {
		return r.outdated("%s cannot go to %q", r.place(s), name)
	}
	left, entered := repeats(s), repeats(to)
	for _, rep := range left {
		if !slices.Contains(entered, rep) {
			r.closePosition(rep, item)
		}
	}
	slices.Reverse(entered)
	for _, rep := range entered {
		if !slices.Contains(left, rep) {
			r.open(rep, item).Count = 1
		}
	}
	r.push(to, item)
	return nil
}

// repeats lists the repeat blocks around a step within its region, the
// innermost first.
func repeats(s *route.Step) []*route.Step {
	var out []*route.Step
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		switch b.Owner.Verb {
		case route.Parallel, route.Each:
			return out
		case route.Repeat:
			out = append(out, b.Owner)
		}
	}
	return out
}

// end ends the route: the blocks around the step are cancelled, what other
// blocks have left over is awaited.
func (r *run) end(s *route.Step, item, name string) error {
	if handlerOf(s) != nil { // it ends whatever is at work
		for _, p := range slices.Clone(r.instance().Open) {
			if err := r.drop(p.At, p.Item); err != nil {
				return err
			}
		}
		r.queue = nil
		r.finish(name)
		return nil
	}
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		switch b.Owner.Verb {
		case route.Each:
			item, _ = cutItem(item)
			fallthrough
		case route.Parallel, route.Repeat:
			if err := r.drop(b.Owner.ID, item); err != nil {
				return err
			}
		}
	}
	r.finish(name)
	return nil
}

// choose enters the first branch whose condition holds.
func (r *run) choose(s *route.Step, item string) error {
	for _, b := range s.Branches {
		taken := b.Else || b.If == nil
		if !taken {
			var err error
			if taken, err = r.condition(b.If, s, item); err != nil {
				return err
			}
		}
		if taken {
			r.visit(s, item, VisitBranch, b.ID)
			return r.into(b, item)
		}
	}
	return refuse(NoBranch, "add \"- else: next\" to the route, or change the card so that a condition holds",
		"route %q: no branch of %q applies to %s", r.r.Name.Text, s.ID, r.self.Number)
}

// again decides at the end of a round of repeat.
func (r *run) again(s *route.Step, item string) error {
	done, err := r.condition(s.Until, s, item)
	if err != nil {
		return err
	}
	p := r.position(s.ID, item)
	if p == nil { // the round was entered by no way this engine knows; do not loop on it
		return r.next(s, item)
	}
	switch {
	case done:
		r.visit(s, item, VisitDone, "")
		r.closePosition(s, item)
		return r.next(s, item)
	case s.Max > 0 && p.Count >= s.Max:
		r.visit(s, item, VisitExhausted, "")
		r.closePosition(s, item)
		if s.OnMax != nil {
			return r.follow(s, item, s.OnMax)
		}
		return r.next(s, item)
	}
	p.Count++
	return r.into(s.Branches[0], item)
}
