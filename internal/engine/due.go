package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

var zeroTime time.Time

// RouteDue names, among deadlines given by hand, that of the whole route.
const RouteDue = "route"

// Deadline is a deadline as a person gives it, in the form that documents
// keep: a duration, a date, which means the end of its working hours, or a
// point in time.
type Deadline string

// ParseDeadline reads what people type: 2wd, 4wh, 2026-12-01, 01.12.2026,
// "2026-12-01 15:00", RFC 3339. Times without an offset are those of zone.
func ParseDeadline(text string, zone *time.Location) (Deadline, error) {
	text = strings.TrimSpace(text)
	if d, err := worktime.ParseDuration(text); err == nil && !d.IsZero() {
		return Deadline(d.String()), nil
	}
	for _, layout := range []string{"2006-01-02", "02.01.2006", "2.1.2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return Deadline(t.Format("2006-01-02")), nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return Deadline(document.FormatTime(t.In(zone))), nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "02.01.2006 15:04", "2.1.2006 15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return Deadline(document.FormatTime(t)), nil
		}
	}
	return "", fmt.Errorf("%q is no deadline; write a duration (2wd, 4wh, 3d), a date (2026-12-01, 01.12.2026) or a time (2026-12-01 15:00)", text)
}

// At is the deadline of a known moment.
func At(t time.Time) Deadline { return Deadline(document.FormatTime(t)) }

// dueTimes are deadlines that a person set when starting a route, by step.
type dueTimes map[string]Deadline

func (d dueTimes) names() []string {
	var names []string
	for name := range d {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// remember writes those of a route's steps into the instance, in the order of
// the steps' ids.
func (d dueTimes) remember(def *route.Route, vars *document.Card) {
	for _, name := range d.names() {
		if s := def.Step(name); s != nil && s.Due != nil && s.Due.ByHand {
			vars.SetText("due "+name, string(d[name]))
		}
	}
}

// promise sets the deadline of the whole route.
func (r *run) promise(dues dueTimes) error {
	def := r.r
	if def.Due == nil {
		return nil
	}
	c, err := r.calendar()
	if err != nil {
		return err
	}
	in := r.instance()
	if d := dues[RouteDue]; d != "" && def.Due.ByHand {
		in.Due, err = r.given(d, r.in.Now, c)
		return err
	}
	at, err := r.due(def.Due, nil, "", c)
	in.Due = at
	return err
}

// deadline gives the moment a step is due for some people, zero for none.
func (r *run) deadline(s *route.Step, item string, people ...string) (time.Time, error) {
	c, err := r.calendar(people...)
	if err != nil {
		return zeroTime, err
	}
	if text := r.instance().Vars.Text("due " + s.ID); text != "" {
		if at, err := r.given(Deadline(text), r.in.Now, c); err == nil {
			return at, nil
		}
	}
	if s.Due == nil {
		return zeroTime, nil
	}
	if len(s.Due.Exprs) == 0 {
		r.note("step %q has no deadline yet: it is given by hand (e1 task extend)", s.ID)
		return zeroTime, nil
	}
	at, err := r.due(s.Due, s, item, c)
	if err == nil && at.IsZero() {
		r.note("step %q has no deadline: %q is empty", s.ID, s.Due.Exprs[len(s.Due.Exprs)-1].Text)
	}
	return at, err
}

// given is the moment a deadline by hand means, durations counted from a
// moment on.
func (r *run) given(d Deadline, from time.Time, c *worktime.Calendar) (time.Time, error) {
	text := string(d)
	if length, err := worktime.ParseDuration(text); err == nil {
		return r.after(c, from, length), nil
	}
	if at, ok := document.ParseTime(text); ok {
		return at.In(r.in.Now.Location()), nil
	}
	day, err := expr.ParseDate(text)
	if err != nil {
		return zeroTime, refuse(BadRequest, "", "%q is no deadline", text)
	}
	return r.endOf(c, day), nil
}

// due gives the first deadline of several that is not empty.
func (r *run) due(d *route.Due, s *route.Step, item string, c *worktime.Calendar) (time.Time, error) {
	for _, e := range d.Exprs {
		at, err := r.moment(e, s, item, r.in.Now, c)
		if err != nil || !at.IsZero() {
			return at, err
		}
	}
	return zeroTime, nil
}

// moment evaluates an expression that gives a duration from a moment on, a
// date, or a point in time. A date means the end of that day's working hours.
func (r *run) moment(e *route.Expr, s *route.Step, item string, from time.Time, c *worktime.Calendar) (time.Time, error) {
	v, err := r.eval(e, s, item, expr.Options{})
	if err != nil {
		return zeroTime, err
	}
	switch v := v.(type) {
	case nil:
		return zeroTime, nil
	case worktime.Duration:
		return r.after(c, from, v), nil
	case expr.Date:
		return r.endOf(c, v), nil
	case time.Time:
		return v.In(r.in.Now.Location()).Truncate(time.Second), nil
	}
	return zeroTime, r.outdated("%s: %q gives %T; a duration, a date or a time is needed", e.At(), e.Text, v)
}

// calendar gives the working calendar that counts for some people: their own
// where all have the same one, else that of the route.
func (r *run) calendar(people ...string) (*worktime.Calendar, error) {
	own := ""
	for i, id := range people {
		name := r.org.CalendarOf(id)
		if i > 0 && name != own {
			own = ""
			break
		}
		own = name
	}
	if own != "" {
		if c := r.in.Calendar(own); c != nil {
			return c, nil
		}
		r.note("there is no working calendar %q, which org.yaml names for %s", own, quoted(people))
	}
	if c := r.in.Calendar(r.r.Calendar.Text); c != nil {
		return c, nil
	}
	return nil, r.outdated("route %q: there is no working calendar %q", r.r.Name.Text, r.r.Calendar.Text)
}

// calendarOf gives the calendar by which a task's time is counted.
func (r *run) calendarOf(t *document.Task) (*worktime.Calendar, error) {
	return r.calendar(Performers(t)...)
}

func (r *run) after(c *worktime.Calendar, from time.Time, d worktime.Duration) time.Time {
	at, warnings := c.Add(from, d)
	return r.counted(at, warnings)
}

func (r *run) before(c *worktime.Calendar, due time.Time, d worktime.Duration) time.Time {
	at, warnings := c.Before(due, d)
	return r.counted(at, warnings)
}

func (r *run) counted(at time.Time, warnings []worktime.Warning) time.Time {
	for _, w := range warnings {
		r.note("%s", w)
	}
	return at.In(r.in.Now.Location()).Truncate(time.Second)
}

// endOf gives the end of the working hours of a day, the end of the day itself
// when it is off.
func (r *run) endOf(c *worktime.Calendar, d expr.Date) time.Time {
	midnight := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, r.in.Now.Location())
	if hours := c.Hours(worktime.Date(d)); len(hours) > 0 {
		return midnight.Add(time.Duration(hours[len(hours)-1].To) * time.Minute)
	}
	return midnight.AddDate(0, 0, 1).Add(-time.Second)
}
