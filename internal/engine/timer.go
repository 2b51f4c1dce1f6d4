package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// alarm is a reminder or an escalation with its moment.
type alarm struct {
	key        string // "r1", "e2": what the task remembers as told
	at         time.Time
	escalation *route.Escalation
}

// alarms lists what is to happen about a task at which moment, in the order of
// time.
func (r *run) alarms(s *route.Step, t *document.Task) ([]alarm, error) {
	if t.Due.IsZero() || !Pending(t.State) || t.Kind != "" || len(s.Remind)+len(s.Escalate) == 0 {
		return nil, nil
	}
	c, err := r.calendarOf(t)
	if err != nil {
		return nil, err
	}
	length := func(text string) (worktime.Duration, error) {
		d, err := worktime.ParseDuration(text)
		if err != nil {
			err = r.outdated("%s: %v", r.place(s), err)
		}
		return d, err
	}
	var out []alarm
	for i, rem := range s.Remind {
		a := alarm{key: fmt.Sprintf("r%d", i+1)}
		if rem.Percent > 0 {
			a.at = c.Percent(t.Assigned, t.Due, rem.Percent).In(r.in.Now.Location()).Truncate(time.Second)
		} else if d, err := length(rem.Lead); err != nil {
			return nil, err
		} else if rem.After {
			a.at = r.after(c, t.Due, d)
		} else {
			a.at = r.before(c, t.Due, d)
		}
		out = append(out, a)
	}
	for i, esc := range s.Escalate {
		d, err := length(esc.After)
		if err != nil {
			return nil, err
		}
		out = append(out, alarm{key: fmt.Sprintf("e%d", i+1), at: r.after(c, t.Due, d), escalation: esc})
	}
	slices.SortStableFunc(out, func(a, b alarm) int { return a.at.Compare(b.at) })
	return out, nil
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

// rewind begins to count anew for a deadline that was just set. Reminders
// whose moment has passed are not for this deadline any more: who has just
// been told of it needs no reminder of it.
func (r *run) rewind(s *route.Step, t *document.Task) error {
	t.Told = nil
	alarms, err := r.alarms(s, t)
	if err != nil {
		return err
	}
	for _, a := range alarms {
		if a.escalation == nil && !a.at.After(r.in.Now) {
			t.Told = append(t.Told, a.key)
		}
	}
	return r.wind(s, t)
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
	if d.Status == void {
		return next
	}
	for i := range d.Routes {
		in := &d.Routes[i]
		if in.State != Running {
			continue
		}
		if !in.Due.IsZero() && !slices.Contains(in.Told, toldLate) {
			earlier(in.Due)
		}
		for j := range in.Open {
			if in.Open[j].State != Held {
				earlier(in.Open[j].Until)
			}
		}
		for j := range in.Tasks {
			if Pending(in.Tasks[j].State) {
				earlier(in.Tasks[j].Timer)
			}
		}
	}
	return next
}

// toldLate is what an instance remembers once its route as a whole is late.
const toldLate = "late"

// timers lets everything happen that time has brought, in the order in which
// it would have happened had somebody looked all the while: a wait that was
// over before a task became late takes the task away before anybody is told.
func (m *machine) timers() error {
	defer func() { m.horizon = zeroTime }()
	for n := 0; ; n++ {
		at := NextTimer(m.self)
		day := m.nextDate()
		if day != nil && !at.IsZero() && at.Before(day.At) {
			day = nil
		}
		if day != nil {
			at = day.At
		}
		if at.IsZero() || at.After(m.in.Now) {
			return nil
		}
		if n >= maxMoments {
			return refuse(Endless, "e1 show "+m.self.Number, "%s has more than %d moments at which something is due by now", m.self.Number, maxMoments)
		}
		m.horizon = at
		if day != nil { // rules first, as everywhere: routes find what they fill in
			m.reach(day)
			if err := m.settle(); err != nil {
				return err
			}
			continue
		}
		rung, err := m.ringAt(at)
		if err != nil {
			return err
		}
		if err := m.settle(); err != nil {
			return err
		}
		if next := NextTimer(m.self); !rung && !next.After(at) && !next.IsZero() {
			return refuse(Endless, "e1 show "+m.self.Number, "%s has a timer at %s that nothing answers to", m.self.Number, document.FormatTime(at))
		}
	}
}

// ringAt carries out what is due at a moment, save waits, which end in settle.
func (m *machine) ringAt(at time.Time) (bool, error) {
	rung := false
	for i := range m.self.Routes {
		in := &m.self.Routes[i]
		if in.State != Running {
			continue
		}
		r, err := m.run(in.ID)
		if err != nil {
			return false, err
		}
		if in.Due.Equal(at) && !slices.Contains(in.Told, toldLate) {
			if err := r.routeLate(); err != nil {
				return false, err
			}
			rung = true
		}
		for j := range in.Tasks {
			t := &in.Tasks[j]
			if !Pending(t.State) || t.Timer.IsZero() || t.Timer.After(at) {
				continue
			}
			if err := r.ring(t); err != nil {
				return false, err
			}
			rung = true
		}
	}
	return rung, nil
}

// ring carries out the next alarm of a task.
func (r *run) ring(t *document.Task) error {
	s := r.r.Step(t.Step)
	if s == nil {
		return r.outdated("route %q has no step %q", r.r.Name.Text, t.Step)
	}
	alarms, err := r.alarms(s, t)
	if err != nil {
		return err
	}
	alarms = slices.DeleteFunc(alarms, func(a alarm) bool { return slices.Contains(t.Told, a.key) })
	if len(alarms) == 0 || alarms[0].at.After(r.in.Now) { // a calendar or a deadline was changed meanwhile
		return r.wind(s, t)
	}
	next := alarms[0]
	t.Told = append(t.Told, next.key)
	if next.escalation != nil {
		id := t.ID
		if err := r.late(t, s, next.escalation); err != nil {
			return err
		}
		_, t = r.self.Task(id) // notices have moved it
		return r.wind(s, t)
	}
	// Of several reminders that a pause has let pass, the last one is enough.
	later := slices.ContainsFunc(alarms[1:], func(a alarm) bool { return a.escalation == nil && !a.at.After(r.in.Now) })
	if !later {
		t.Reminded = r.in.Now
		r.tell(TellReminder, t.ID, t.Title, Awaited(t)...)
	}
	return r.wind(s, t)
}

// late tells that a task is late, and gives it to somebody else where the
// route says so.
func (r *run) late(t *document.Task, s *route.Step, e *route.Escalation) error {
	t.Escalated = r.in.Now
	to, err := r.resolve(e.To, s, t.Item)
	if err != nil {
		return err
	}
	if len(to) == 0 {
		r.note("nobody to tell that step %q is late: %s", s.ID, e.To)
		return nil
	}
	people := r.present(to)
	about, gets := *t, e.Reassign && t.State == TaskOpen && people[0].who != t.Who
	var ids []int
	if gets {
		ids = append([]int{0}, r.notice(&about, r.lateTitle(t.Title), people[1:]...)...) // they have the task itself
	} else {
		ids = r.notice(&about, r.lateTitle(t.Title), people...)
	}
	r.tellOf(TellEscalated, about.ID, about.Title, people, ids)
	if gets {
		_, t = r.self.Task(about.ID)
		r.handOver(t, people[0])
	}
	return nil
}

// handOver gives a task to somebody else.
func (r *run) handOver(t *document.Task, p performer) {
	t.Who, t.For, t.By, t.Candidates, t.Accepted = p.who, p.absent, "", nil, zeroTime
	r.loads[t.Who]++
	r.tell(TellAssigned, t.ID, t.Title, t.Who)
}

// routeLate tells who watches over the route that it has not ended in the time
// promised.
func (r *run) routeLate() error {
	in := r.instance()
	in.Told = append(in.Told, toldLate)
	to, err := r.resolve(r.r.Controller, nil, "")
	if err != nil {
		return err
	}
	if len(to) == 0 {
		to = r.user(in.By)
	}
	if len(to) == 0 {
		r.note("nobody to tell that route %q is late: it has no controller", in.Route)
		return nil
	}
	title := r.r.Title.In(r.language)
	if title == "" {
		title = in.Route
	}
	people := r.present(to)
	r.tellOf(TellEscalated, 0, title, people, r.notice(nil, r.lateTitle(title), people...))
	return nil
}
