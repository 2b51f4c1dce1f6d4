package engine

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// maxItems bounds the branches of an `each`.
const maxItems = 500

// split begins the branches of a parallel whose conditions hold.
func (r *run) split(s *route.Step, item string) error {
	var started []*route.Branch
	for _, b := range s.Branches {
		if b.If != nil {
			ok, err := r.condition(b.If, s, item)
			if err != nil {
				return err
			}
			if !ok {
				r.visit(s, item, VisitOmitted, b.ID)
				continue
			}
			r.visit(s, item, VisitBranch, b.ID)
		}
		started = append(started, b)
	}
	if len(started) == 0 {
		return r.next(s, item)
	}
	p := r.open(s, item)
	for _, b := range started {
		p.Started = append(p.Started, b.ID)
	}
	r.forget(s, item)
	if on, err := r.joinNone(s, item); err != nil || !on {
		return err
	}
	for i := len(started) - 1; i >= 0; i-- {
		if len(started[i].Steps) > 0 {
			r.push(started[i].Steps[0], item)
		}
	}
	for _, b := range started {
		if len(b.Steps) == 0 {
			if err := r.arrive(s, item, b.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// spread begins the steps of an each for every row or person.
func (r *run) spread(s *route.Step, item string) error {
	keys, err := r.items(s, item)
	if err != nil {
		return err
	}
	if len(keys) > maxItems {
		return refuse(Endless, "split the table", "route %q: each at %q has %d items; at most %d are carried out at once",
			r.r.Name.Text, s.ID, len(keys), maxItems)
	}
	if len(keys) == 0 {
		return r.next(s, item)
	}
	r.open(s, item).Started = keys
	r.forget(s, item)
	if on, err := r.joinNone(s, item); err != nil || !on {
		return err
	}
	for i := len(keys) - 1; i >= 0; i-- {
		if err := r.into(s.Branches[0], joinItem(item, keys[i])); err != nil {
			return err
		}
	}
	return nil
}

// grow begins the rows that were added to the table of an `each` with `allow:
// add` while it is at work.
func (r *run) grow(s *route.Step, p document.Position) (bool, error) {
	if s.Allow.Text != allowAdd || p.State == Joined || s.Over.Expr == nil {
		return false, nil
	}
	v, err := r.eval(s.Over.Expr, s, p.Item, expr.Options{})
	rows, ok := v.([]expr.Row)
	if err != nil || !ok || len(rows) > maxItems {
		return false, err
	}
	var fresh []string
	for i := range rows {
		if key := strconv.Itoa(i + 1); !slices.Contains(p.Started, key) {
			fresh = append(fresh, key)
		}
	}
	if len(fresh) == 0 {
		return false, nil
	}
	return true, r.include(s, p.Item, fresh...)
}

// include begins further items of an each that is at work.
func (r *run) include(s *route.Step, item string, keys ...string) error {
	p := r.position(s.ID, item)
	p.Started = append(slices.Clip(p.Started), keys...)
	for i := len(keys) - 1; i >= 0; i-- {
		if err := r.into(s.Branches[0], joinItem(item, keys[i])); err != nil {
			return err
		}
	}
	return r.drain()
}

// allowAdd is the value of `allow` that lets items be added.
const allowAdd = "add"

// add gives an each another item by hand.
func (m *machine) add(e Add) error {
	type place struct {
		r *run
		p document.Position
	}
	var places []place
	var allowed []string
	for _, in := range m.self.Routes {
		if in.State != Running || e.Instance != 0 && in.ID != e.Instance {
			continue
		}
		r, err := m.run(in.ID)
		if err != nil {
			return err
		}
		for _, p := range in.Open {
			s := r.r.Step(p.At)
			if s == nil || s.Verb != route.Each || s.Allow.Text != allowAdd || p.State != "" {
				continue
			}
			if !slices.Contains(allowed, s.ID) {
				allowed = append(allowed, s.ID)
			}
			if s.ID == e.Step || e.Step == "" {
				places = append(places, place{r, p})
			}
		}
	}
	switch {
	case len(allowed) == 0:
		return refuse(NotRunning, "e1 show "+m.self.Number, "nothing can be added on %s now: no `each` with `allow: add` is at work", m.self.Number)
	case len(places) == 0:
		return refuse(BadRequest, "", "step %q takes no items now; possible: %s", e.Step, quoted(allowed)).offer(allowed...)
	case len(places) > 1:
		return refuse(Ambiguous, "name the step or the route", "several steps of %s take items: %s", m.self.Number, quoted(allowed)).offer(allowed...)
	}
	r, p := places[0].r, places[0].p
	s := r.r.Step(p.At)
	mine := slices.ContainsFunc(r.instance().Tasks, func(t document.Task) bool {
		return Pending(t.State) && inside(r.r.Step(t.Step), s) && slices.Contains(Performers(&t), m.in.Actor)
	})
	if giver, err := r.giver(&document.Task{}); err != nil || !giver && !mine {
		if err == nil {
			err = refuse(NotYours, "", "items are added to step %q by who has a task of it, who started the route, its controller or an admin", s.ID)
		}
		return err
	}
	if s.Over.People == nil {
		v, err := r.eval(s.Over.Expr, s, p.Item, expr.Options{})
		if err != nil {
			return err
		}
		if _, rows := v.([]expr.Row); rows {
			return refuse(BadRequest, fmt.Sprintf("e1 row add %s %s FIELD=VALUE…", m.self.Number, s.Over.Expr.Text),
				"step %q goes over the rows of %q: add a row, and it is begun", s.ID, s.Over.Expr.Text)
		}
	}
	u := m.org.User(e.Item)
	switch {
	case u == nil:
		return refuse(UnknownUser, "e1 user list", "%s", diag.Unknown("user", e.Item, m.org.UserIDs()))
	case !u.Active:
		return refuse(UnknownUser, "e1 user list", "user %q is inactive", e.Item)
	case slices.Contains(p.Started, e.Item):
		return refuse(BadRequest, "", "step %q has been begun for %q already", s.ID, e.Item)
	case len(p.Started) >= maxItems:
		return refuse(Endless, "", "step %q has %d items; more are not carried out at once", s.ID, maxItems)
	}
	return r.include(s, p.Item, e.Item)
}

// items gives the keys of what an each goes over: user ids, or row numbers.
func (r *run) items(s *route.Step, item string) ([]string, error) {
	if s.Over.People != nil {
		return r.resolve(s.Over.People, s, item)
	}
	v, err := r.eval(s.Over.Expr, s, item, expr.Options{})
	if err != nil {
		return nil, err
	}
	var keys []string
	switch list := v.(type) {
	case []expr.Row:
		for i := range list {
			keys = append(keys, strconv.Itoa(i+1))
		}
	case []expr.Value:
		for i, e := range list {
			key := strconv.Itoa(i + 1)
			if u, ok := e.(expr.User); ok {
				key = u.ID
			}
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys, nil
}

// joinNone lets a block that waits for nobody go on before its branches begin,
// and tells whether they are still to begin.
func (r *run) joinNone(s *route.Step, item string) (bool, error) {
	if s.Join.Kind != route.JoinNone {
		return true, nil
	}
	r.position(s.ID, item).State = Joined
	err := r.next(s, item)
	return r.position(s.ID, item) != nil, err
}

// arrive counts a branch as arrived and looks whether the join fires.
func (r *run) arrive(s *route.Step, item, branch string) error {
	p := r.position(s.ID, item)
	if p == nil || slices.Contains(p.Arrived, branch) {
		return nil // the block was decided or cancelled meanwhile
	}
	p.Arrived = append(p.Arrived, branch)
	all := len(p.Arrived) == len(p.Started)
	switch {
	case p.State == Joined:
		if all {
			r.closePosition(s, item)
		}
		return nil
	case all, s.Join.Kind == route.JoinAny, s.Join.Kind == route.JoinN && len(p.Arrived) >= s.Join.N:
		return r.join(s, item, s.Cancel)
	case s.Join.Kind == route.JoinWhen:
		enough, err := r.enough(s, item, *p)
		if err != nil || !enough {
			return err
		}
		return r.join(s, item, s.Cancel)
	}
	return nil
}

// enough evaluates the condition of a join.
func (r *run) enough(s *route.Step, item string, p document.Position) (bool, error) {
	extra, err := r.extra(s, item)
	if err != nil {
		return false, err
	}
	answers := make([]expr.Value, len(p.Answers))
	for i, a := range p.Answers {
		answers[i] = a
	}
	extra["arrived"], extra["started"], extra["answers"] = int64(len(p.Arrived)), int64(len(p.Started)), answers
	v, err := r.evalIn(s.Join.When, route.JoinEnv(r.envAt(s)), extra, condition())
	return v == true, err
}

// join lets a block go on: with the worst of its answers, if it has outcomes.
func (r *run) join(s *route.Step, item string, cancel bool) error {
	p := r.position(s.ID, item)
	answer := worst(s.Outcomes, p.Answers)
	switch {
	case len(p.Arrived) == len(p.Started):
		r.closePosition(s, item)
	case cancel:
		if err := r.drop(s.ID, item); err != nil {
			return err
		}
	default:
		p.State = Joined
	}
	if answer == nil {
		return r.next(s, item)
	}
	r.visit(s, item, VisitOutcome, answer.Name)
	return r.outcome(s, item, answer)
}

// worst gives the outcome that stands last among those answered; nil when none
// was.
func worst(declared []*route.Outcome, answers []string) *route.Outcome {
	for i := len(declared) - 1; i >= 0; i-- {
		if slices.Contains(answers, declared[i].Name) {
			return declared[i]
		}
	}
	return nil
}

// answered is what follows when the people of a step have answered.
func (r *run) answered(s *route.Step, item string, o *route.Outcome) error {
	r.visit(s, item, VisitOutcome, o.Name)
	block, at := enclosing(s, item)
	if block == nil || block.Outcome(o.Name) == nil {
		return r.outcome(s, item, o)
	}
	p := r.position(block.ID, at)
	if p != nil && p.State != Joined {
		p.Answers = append(p.Answers, o.Name)
		if decision := block.Outcome(o.Name); decision.Now {
			return r.join(block, at, true)
		}
	}
	if s.Decider == nil {
		return r.outcome(s, item, o)
	}
	// The block decides at its join. What stands behind the step in its branch
	// makes sense only when the block is going to go on.
	if o.Target.Kind == route.GoOn {
		return r.next(s, item)
	}
	r.passed(s, item)
	return r.leave(s, item)
}

// enclosing gives the nearest parallel or each around a step, and its item.
func enclosing(s *route.Step, item string) (*route.Step, string) {
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		switch b.Owner.Verb {
		case route.Parallel:
			return b.Owner, item
		case route.Each:
			outer, _ := cutItem(item)
			return b.Owner, outer
		}
	}
	return nil, ""
}

// outcome takes the way of an outcome.
func (r *run) outcome(s *route.Step, item string, o *route.Outcome) error {
	if on, err := r.act(o.Actions, s, item); err != nil || !on {
		return err
	}
	t := o.Target
	if o.Max > 0 && r.taken(s, item, o.Name) >= o.Max && o.Else != nil {
		t = o.Else
		r.visit(s, item, VisitExhausted, o.Name)
	}
	return r.follow(s, item, t)
}

// wait opens a wait; settle looks whether it is over.
func (r *run) wait(s *route.Step, item string) error {
	p := document.Position{Since: r.in.Now}
	until, err := r.until(s, item, p)
	if err != nil {
		return err
	}
	if until.IsZero() && slices.ContainsFunc(s.Waits, func(e *route.Event) bool { return e.Kind == route.EventUntil }) {
		r.note("step %q: the date to wait for is empty", s.ID)
	}
	opened := r.open(s, item)
	opened.Until = until
	r.recall(s, opened)
	return nil
}

// until is when the first of a wait's dates comes, zero for never. It follows
// the fields it is made of.
func (r *run) until(s *route.Step, item string, p document.Position) (time.Time, error) {
	var until time.Time
	for _, e := range s.Waits {
		if e.Kind != route.EventUntil {
			continue
		}
		at, err := r.dateOf(e, s, item, p)
		if err != nil {
			return zeroTime, err
		}
		if !at.IsZero() && (until.IsZero() || at.Before(until)) {
			until = at
		}
	}
	return until, nil
}

// dateOf evaluates one date of a wait. Durations and `today` count from the
// moment the wait began, or the wait would move away while somebody looks.
func (r *run) dateOf(e *route.Event, s *route.Step, item string, p document.Position) (time.Time, error) {
	c, err := r.calendar()
	if err != nil {
		return zeroTime, err
	}
	r.clock = p.Since
	defer func() { r.clock = zeroTime }()
	return r.moment(e.Expr, s, item, p.Since, c)
}

// over tells which event of a wait has come; -1 for none. A date that has
// passed came before whatever is noticed now; of several the earliest counts.
func (r *run) over(s *route.Step, item string, p document.Position) (int, error) {
	now := r.in.Now
	if !r.horizon.IsZero() {
		now = r.horizon
	}
	first, other := -1, -1
	var earliest time.Time
	for i, e := range s.Waits {
		come := false
		var err error
		switch e.Kind {
		case route.EventUntil:
			var at time.Time
			at, err = r.dateOf(e, s, item, p)
			if err == nil && !at.IsZero() && !now.Before(at) && (first < 0 || at.Before(earliest)) {
				first, earliest = i, at
			}
		case route.EventWhen:
			come, err = r.condition(e.Expr, s, item)
		default: // touched and receive have noted it
			come = p.Count == i+1
		}
		if err != nil {
			return -1, err
		}
		if come && other < 0 {
			other = i
		}
	}
	switch {
	case first < 0:
		return other, nil
	case other < 0 || earliest.Before(r.in.Now):
		return first, nil
	}
	return min(first, other), nil // both at once: as written
}

// touched tells every open wait and every handler for a change of a field of
// the document.
func (m *machine) touched(field string) {
	clear(m.tables)
	for i := range m.self.Routes {
		in := &m.self.Routes[i]
		if in.State != Running {
			continue
		}
		r, err := m.run(in.ID)
		if err != nil {
			continue
		}
		if err := r.heard(field); err != nil {
			m.note("route %q did not hear of %q: %v", in.Route, field, err)
		}
		for j := range in.Open {
			p := &in.Open[j]
			if p.Count != 0 || p.State == Held {
				continue
			}
			s := r.r.Step(p.At)
			if s == nil {
				continue
			}
			for k, e := range s.Waits {
				if e.Kind != route.EventChanged || e.Name.Text != field {
					continue
				}
				if e.Expr != nil {
					if ok, err := r.condition(e.Expr, s, p.Item); err != nil || !ok {
						continue
					}
				}
				p.Count = k + 1
				break
			}
		}
	}
}

// call starts another route on the document.
func (r *run) call(s *route.Step, item string) error {
	def, err := r.in.Definitions.Current(s.Call.Route.Text)
	if err != nil {
		return &Refusal{Reason: UnknownRoute, Message: err.Error(), Hint: "e1 lint", Err: err}
	}
	if s.Call.On != nil {
		number, err := r.elsewhere(s.Call.On, s, item)
		if err != nil {
			return err
		}
		if number != "" {
			return r.callOn(number, s, item)
		}
	}
	if s.Call.Wait {
		r.open(s, item)
	}
	child, err := r.begin(def, nil)
	if err != nil {
		return err
	}
	if !s.Call.Wait {
		return r.next(s, item)
	}
	r.position(s.ID, item).Child = child
	return nil
}
