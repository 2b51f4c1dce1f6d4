package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

var zeroTime time.Time

// dueTimes are deadlines that a person set when starting a route, by step.
type dueTimes map[string]time.Time

// remember writes them into the instance, in the order of the steps' ids.
func (d dueTimes) remember(vars *document.Card) {
	var names []string
	for name := range d {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		vars.SetText("due "+name, document.FormatTime(d[name]))
	}
}

// deadline gives the moment a step is due, zero for none.
func (r *run) deadline(s *route.Step, item string) (time.Time, error) {
	if text := r.instance().Vars.Text("due " + s.ID); text != "" {
		if at, ok := document.ParseTime(text); ok {
			return at, nil
		}
	}
	if s.Due == nil || len(s.Due.Exprs) == 0 {
		return zeroTime, nil
	}
	at, err := r.due(s.Due, s, item)
	if err == nil && at.IsZero() {
		r.note("step %q has no deadline: %q is empty", s.ID, s.Due.Exprs[len(s.Due.Exprs)-1].Text)
	}
	return at, err
}

// due gives the first deadline of several that is not empty.
func (r *run) due(d *route.Due, s *route.Step, item string) (time.Time, error) {
	for _, e := range d.Exprs {
		at, err := r.moment(e, s, item, r.in.Now)
		if err != nil || !at.IsZero() {
			return at, err
		}
	}
	return zeroTime, nil
}

// moment evaluates an expression that gives a duration from a moment on, a
// date, or a point in time. A date means the end of that day's working hours.
func (r *run) moment(e *route.Expr, s *route.Step, item string, from time.Time) (time.Time, error) {
	v, err := r.eval(e, s, item, expr.Options{})
	if err != nil {
		return zeroTime, err
	}
	switch v := v.(type) {
	case nil:
		return zeroTime, nil
	case worktime.Duration:
		return r.after(from, v)
	case expr.Date:
		return r.endOf(v), nil
	case time.Time:
		return v.In(r.in.Now.Location()).Truncate(time.Second), nil
	}
	return zeroTime, badExpression(e, fmt.Errorf("it gives %T; a duration, a date or a time is needed", v))
}

// calendar gives the calendar of the route.
func (r *run) calendar() (*worktime.Calendar, error) {
	if c := r.in.Calendar(r.r.Calendar.Text); c != nil {
		return c, nil
	}
	return nil, refuse(BrokenRoute, "e1 lint", "route %q: there is no working calendar %q", r.r.Name.Text, r.r.Calendar.Text)
}

func (r *run) after(from time.Time, d worktime.Duration) (time.Time, error) {
	c, err := r.calendar()
	if err != nil {
		return zeroTime, err
	}
	at, warnings := c.Add(from, d)
	for _, w := range warnings {
		r.note("%s", w)
	}
	return at.In(r.in.Now.Location()).Truncate(time.Second), nil
}

func (r *run) before(due time.Time, d worktime.Duration) (time.Time, error) {
	c, err := r.calendar()
	if err != nil {
		return zeroTime, err
	}
	at, warnings := c.Before(due, d)
	for _, w := range warnings {
		r.note("%s", w)
	}
	return at.In(r.in.Now.Location()).Truncate(time.Second), nil
}

// endOf gives the end of the working hours of a day, the end of the day itself
// when it is off.
func (r *run) endOf(d expr.Date) time.Time {
	midnight := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, r.in.Now.Location())
	if c, err := r.calendar(); err == nil {
		if hours := c.Hours(worktime.Date(d)); len(hours) > 0 {
			return midnight.Add(time.Duration(hours[len(hours)-1].To) * time.Minute)
		}
	}
	return midnight.AddDate(0, 0, 1).Add(-time.Second)
}

// alarm is a reminder or an escalation with its moment.
type alarm struct {
	key        string // "r1", "e2": what the task remembers as told
	at         time.Time
	escalation *route.Escalation
}

// alarms lists what is to happen about a task at which moment.
func (r *run) alarms(s *route.Step, t *document.Task) ([]alarm, error) {
	if t.Due.IsZero() || !pending(t) {
		return nil, nil
	}
	var out []alarm
	for i, rem := range s.Remind {
		a := alarm{key: fmt.Sprintf("r%d", i+1)}
		if rem.Percent > 0 {
			c, err := r.calendar()
			if err != nil {
				return nil, err
			}
			a.at = c.Percent(t.Assigned, t.Due, rem.Percent).In(r.in.Now.Location())
		} else if d, err := worktime.ParseDuration(rem.Lead); err != nil {
			return nil, refuse(BrokenRoute, "e1 lint", "route %q: step %q: %v", r.r.Name.Text, s.ID, err)
		} else if a.at, err = r.shift(t.Due, d, rem.After); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	for i, esc := range s.Escalate {
		d, err := worktime.ParseDuration(esc.After)
		if err != nil {
			return nil, refuse(BrokenRoute, "e1 lint", "route %q: step %q: %v", r.r.Name.Text, s.ID, err)
		}
		at, err := r.after(t.Due, d)
		if err != nil {
			return nil, err
		}
		out = append(out, alarm{key: fmt.Sprintf("e%d", i+1), at: at, escalation: esc})
	}
	slices.SortStableFunc(out, func(a, b alarm) int { return a.at.Compare(b.at) })
	return out, nil
}

func (r *run) shift(t time.Time, d worktime.Duration, forward bool) (time.Time, error) {
	if forward {
		return r.after(t, d)
	}
	return r.before(t, d)
}

// wind sets the moment at which the task is next to be looked at.
func (r *run) wind(s *route.Step, t *document.Task) error {
	t.Timer = zeroTime
	alarms, err := r.alarms(s, t)
	if err != nil {
		return err
	}
	for _, a := range alarms {
		if !slices.Contains(t.Told, a.key) {
			t.Timer = a.at
			return nil
		}
	}
	return nil
}

// NextTimer gives the moment at which TimerDue has something to do for a
// document; zero when it has nothing.
func NextTimer(d *document.Document) time.Time {
	var next time.Time
	earlier := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for i := range d.Routes {
		in := &d.Routes[i]
		if in.State != Running {
			continue
		}
		for j := range in.Open {
			earlier(in.Open[j].Until)
		}
		for j := range in.Tasks {
			if pending(&in.Tasks[j]) {
				earlier(in.Tasks[j].Timer)
			}
		}
	}
	return next
}

// timers carries out every alarm that is due, each once. Waits for dates are
// over in settle.
func (m *machine) timers() error {
	for i := range m.self.Routes {
		if m.self.Routes[i].State != Running {
			continue
		}
		r, err := m.run(m.self.Routes[i].ID)
		if err != nil {
			return err
		}
		for j := range m.self.Routes[i].Tasks {
			t := &m.self.Routes[i].Tasks[j]
			if t.Timer.IsZero() || m.in.Now.Before(t.Timer) || !pending(t) {
				continue
			}
			if err := r.ring(t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) ring(t *document.Task) error {
	s := r.r.Step(t.Step)
	if s == nil {
		return refuse(BrokenRoute, "e1 route migrate", "route %q has no step %q", r.r.Name.Text, t.Step)
	}
	alarms, err := r.alarms(s, t)
	if err != nil {
		return err
	}
	for _, a := range alarms {
		if slices.Contains(t.Told, a.key) || r.in.Now.Before(a.at) {
			continue
		}
		t.Told = append(t.Told, a.key)
		if a.escalation == nil {
			to := t.Candidates
			if t.Who != "" {
				to = []string{t.Who}
			}
			if t.State == TaskReview {
				to = []string{t.Controller}
			}
			r.tell(TellReminder, t.ID, t.Title, to...)
			continue
		}
		if err := r.late(t, s, a.escalation); err != nil {
			return err
		}
	}
	return r.wind(s, t)
}

func (r *run) late(t *document.Task, s *route.Step, e *route.Escalation) error {
	to, err := r.resolve(e.To, s, t.Item)
	if err != nil {
		return err
	}
	if len(to) == 0 {
		r.note("nobody to tell that step %q is late: %s", s.ID, e.To)
		return nil
	}
	r.tell(TellEscalated, t.ID, t.Title, to...)
	if e.Reassign && t.State == TaskOpen {
		p := r.present(to)[0]
		t.Who, t.For, t.Candidates, t.Accepted = p.who, p.absent, nil, zeroTime
		r.loads[t.Who]++
		r.tell(TellAssigned, t.ID, t.Title, t.Who)
	}
	return nil
}
