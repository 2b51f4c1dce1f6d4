package engine

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// settle lets everything happen that can happen by itself: steps whose turn
// has come, waits that are over, milestones that have passed.
func (m *machine) settle() error {
	for {
		changed, err := m.sweep((*run).progress)
		if err == nil && !changed {
			changed, err = m.handlers()
		}
		if err != nil {
			return err
		}
		if changed {
			continue
		}
		// Milestones come last: what they look at must have had its chance.
		if changed, err = m.sweep((*run).milestones); err != nil {
			return err
		}
		if !changed {
			changed, err = m.sweep((*run).unblock)
		}
		if err != nil {
			return err
		}
		if !changed {
			return nil
		}
	}
}

// handlers begins what events call for, in every running instance.
func (m *machine) handlers() (bool, error) {
	moved := false
	for i := 0; i < len(m.self.Routes); i++ {
		if m.self.Routes[i].State != Running {
			continue
		}
		r, err := m.run(m.self.Routes[i].ID)
		if err != nil {
			continue // sweep has told so
		}
		did, err := r.handle()
		if err != nil {
			return false, err
		}
		moved = moved || did
	}
	return moved, nil
}

// sweep offers every open position of every running instance to try.
func (m *machine) sweep(try func(*run, *route.Step, document.Position) (bool, error)) (bool, error) {
	moved := false
	for i := 0; i < len(m.self.Routes); i++ {
		if m.self.Routes[i].State != Running {
			continue
		}
		r, err := m.run(m.self.Routes[i].ID)
		if err != nil {
			if len(m.self.Routes[i].Open) == 0 || !m.concerned(m.self.Routes[i].ID) {
				m.note("%v", err)
				continue
			}
			return false, err
		}
		for _, p := range slices.Clone(r.instance().Open) {
			at := r.position(p.At, p.Item)
			if at == nil || at.State != p.State {
				continue
			}
			s := r.r.Step(p.At)
			if s == nil {
				return false, r.outdated("route %q has no step %q, on which %s stands", r.r.Name.Text, p.At, m.self.Number)
			}
			changed, err := try(r, s, *at)
			if err != nil {
				return false, err
			}
			if changed {
				moved = true
				if err := r.spend(s); err != nil {
					return false, err
				}
				if err := r.drain(); err != nil {
					return false, err
				}
			}
		}
		r.close()
	}
	return moved, nil
}

// concerned tells whether the event is about an instance. An instance that
// cannot be read must not keep others of the document from going on.
func (m *machine) concerned(id int) bool {
	task := 0
	switch e := m.in.Event.(type) {
	case Advance:
		task = e.Task
	case Accept:
		task = e.Task
	case Refuse:
		task = e.Task
	case Withdraw:
		task = e.Task
	default:
		return false
	}
	in, _ := m.self.Task(task)
	return in != nil && in.ID == id
}

func (r *run) progress(s *route.Step, p document.Position) (bool, error) {
	if p.State == Held {
		return r.admit(s, p)
	}
	switch s.Verb {
	case route.Wait:
		i, err := r.over(s, p.Item, p)
		if err != nil {
			return false, err
		}
		if i < 0 {
			until, err := r.until(s, p.Item, p)
			if at := r.position(s.ID, p.Item); at != nil {
				at.Until = until // a field it depends on may have been changed
			}
			return false, err
		}
		if s.Waits[i].Kind == route.EventUntil {
			r.res.Over = append(r.res.Over, Over{Document: r.self.Number, Instance: r.id, Step: s.ID, Title: s.Label(r.language), At: p.Until})
		}
		r.closePosition(s, p.Item)
		r.visit(s, p.Item, VisitBranch, s.Branches[i].ID)
		return true, r.into(s.Branches[i], p.Item)
	case route.Each:
		return r.grow(s, p)
	case route.Call:
		end, running := r.childEnd(p)
		if running {
			return false, nil
		}
		r.closePosition(s, p.Item)
		if o := s.Outcome(end); o != nil {
			r.visit(s, p.Item, VisitOutcome, o.Name)
			return true, r.outcome(s, p.Item, o)
		}
		if len(s.Outcomes) > 0 { // to go on as if nothing had been declared would be a guess
			return false, r.unrouted(s, end)
		}
		if end == Stopped {
			r.note("route %q, which %q had called, was stopped; %q goes on", s.Call.Route.Text, r.r.Name.Text, r.r.Name.Text)
		}
		return true, r.next(s, p.Item)
	}
	return false, nil
}

// unrouted refuses an end of a called route that the call says nothing about.
func (r *run) unrouted(s *route.Step, end string) *Refusal {
	var known []string
	for _, o := range s.Outcomes {
		known = append(known, o.Name)
	}
	hint := fmt.Sprintf("route this end in %q, then: e1 route migrate %s %s", r.r.Name.Text, r.self.Number, r.r.Name.Text)
	if end == Stopped {
		hint = fmt.Sprintf("e1 route stop %s %d stops both", r.self.Number, r.id)
	}
	return refuse(NoBranch, hint, "route %q has ended as %q, and %s says what follows on %s only", s.Call.Route.Text, end, r.place(s), quoted(known)).offer(known...)
}

// childEnd tells how the route that a call awaits has ended, or that it has
// not.
func (r *run) childEnd(p document.Position) (end string, running bool) {
	if end, elsewhere := elsewhereChild(p); elsewhere {
		return end, end == ""
	}
	child := r.self.Instance(p.Child)
	switch {
	case child == nil:
		return Stopped, false
	case child.State == Running:
		return "", true
	case child.State == Done:
		return child.End, false
	}
	return Stopped, false
}

// admit activates a held step whose turn has come.
func (r *run) admit(s *route.Step, p document.Position) (bool, error) {
	reached, err := r.reached(s, p.Item)
	if err != nil || !reached {
		return false, err
	}
	if !r.afterDone(s, p.Item) || !r.lockFree(s, p.Item) || !r.alone(s, p.Item) {
		return false, nil
	}
	r.closePosition(s, p.Item)
	return true, r.activate(s, p.Item)
}

// milestones gives up steps whose `while` does not hold any more.
func (r *run) milestones(s *route.Step, p document.Position) (bool, error) {
	if s.While == nil && s.WhileOpen.Text == "" {
		return false, nil
	}
	reached, err := r.reached(s, p.Item)
	if err != nil || reached {
		return false, err
	}
	if err := r.drop(s.ID, p.Item); err != nil || p.State == Joined {
		return true, err // behind the join the route has gone on already
	}
	return true, r.next(s, p.Item)
}

// unblock lets a held step go on when nothing else of its document is left
// that could ever let it: a route must not stand still for ever.
func (r *run) unblock(s *route.Step, p document.Position) (bool, error) {
	if p.State != Held {
		return false, nil
	}
	for i := range r.self.Routes {
		in := &r.self.Routes[i]
		if in.State != Running {
			continue
		}
		other, err := r.run(in.ID)
		if err != nil {
			return false, err
		}
		for _, q := range in.Open {
			if at := other.r.Step(q.At); q.State != Held && at != nil && waits(at) {
				return false, nil
			}
		}
	}
	r.note("step %q waited for what can no longer come and goes on", s.ID)
	r.closePosition(s, p.Item)
	return true, r.activate(s, p.Item)
}

// reached tells whether the milestone of a step holds.
func (r *run) reached(s *route.Step, item string) (bool, error) {
	if s.WhileOpen.Text != "" {
		open := slices.ContainsFunc(r.instance().Open, func(p document.Position) bool {
			return p.At == s.WhileOpen.Text && p.State != Held
		})
		return open, nil
	}
	if s.While != nil {
		return r.condition(s.While, s, item)
	}
	return true, nil
}

// afterDone tells whether the steps named by `after` are done, or can no
// longer come because their branch is over.
func (r *run) afterDone(s *route.Step, item string) bool {
	passed := r.instance().Vars.Get(passedVar)
	for _, w := range s.After {
		if passed != nil && (slices.Contains(passed.List, passedKey(w.Text, item)) || slices.Contains(passed.List, w.Text)) {
			continue
		}
		if r.mayCome(r.r.Step(w.Text), s, item) {
			return false
		}
	}
	return true
}

// mayCome tells whether a step in another branch than s may still be reached.
func (r *run) mayCome(t, s *route.Step, item string) bool {
	if t == nil {
		return false
	}
	b := t.Parent
	for b.Owner != nil && !inside(s, b.Owner) {
		b = b.Owner.Parent
	}
	within := func(x *route.Step) bool {
		for c := x.Parent; c != nil; c = c.Owner.Parent {
			if c == b {
				return true
			}
			if c.Owner == nil {
				break
			}
		}
		return false
	}
	if within(s) {
		return false
	}
	return slices.ContainsFunc(r.instance().Open, func(p document.Position) bool {
		x := r.r.Step(p.At)
		return x != nil && within(x)
	})
}

// lockFree tells whether no other step of the document holds the lock.
func (r *run) lockFree(s *route.Step, item string) bool {
	if s.Lock.Text == "" {
		return true
	}
	for i := range r.self.Routes {
		in := &r.self.Routes[i]
		if in.State != Running {
			continue
		}
		other, err := r.run(in.ID)
		if err != nil {
			continue
		}
		for _, p := range in.Open {
			x := other.r.Step(p.At)
			if x != nil && x.Lock.Text == s.Lock.Text && p.State != Held && !(in.ID == r.id && inside(s, x)) {
				return false
			}
		}
	}
	return true
}

// alone tells whether no other step of a one_at_a_time block is being done. A
// step that is not done by anybody, such as a block inside, need not be alone:
// the steps in it must.
func (r *run) alone(s *route.Step, item string) bool {
	block := oneAtATime(s)
	if block == nil || !waits(s) {
		return true
	}
	return !slices.ContainsFunc(r.instance().Open, func(p document.Position) bool {
		x := r.r.Step(p.At)
		return x != nil && p.State != Held && waits(x) && inside(x, block)
	})
}
