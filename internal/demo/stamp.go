package demo

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// deadline is how a task came by its deadline, so that it can be counted again
// from another day: by the calendar, two working days are not the same number
// of working minutes everywhere.
type deadline struct {
	how      byte // 0: there is none
	duration worktime.Duration
	field    string
}

const (
	byDuration byte = 'd'
	byField    byte = 'f'
	byOffset   byte = 'o' // as much working time after the registration
)

// deadline finds out how the engine came by a deadline.
func (s *stage) deadline(in *document.Instance, t *document.Task) deadline {
	if t.Due.IsZero() {
		return deadline{}
	}
	def, err := s.g.defs.Pinned(in.Definition)
	if err != nil {
		return deadline{how: byOffset}
	}
	step := def.Step(t.Step)
	calendar := s.g.calendarOf(def)
	if step == nil || step.Due == nil || calendar == nil {
		return deadline{how: byOffset}
	}
	for _, e := range step.Due.Exprs {
		if s.doc.Card.Text(e.Text) == document.FormatTime(t.Due) {
			return deadline{how: byField, field: e.Text}
		}
		d, err := worktime.ParseDuration(e.Text)
		if err != nil {
			if d, err = worktime.ParseDuration(s.entryValue(e.Text)); err != nil {
				continue
			}
		}
		if at, _ := calendar.Add(t.Assigned, d); at.Equal(t.Due) {
			return deadline{how: byDuration, duration: d}
		}
	}
	return deadline{how: byOffset}
}

// entryValue reads "kind.contact_term": a field of the directory entry in a
// field of the card.
func (s *stage) entryValue(text string) string {
	name, sub, _ := strings.Cut(text, ".")
	f := s.g.forms.Form(s.doc.Form).Field(name)
	if f == nil || f.Type != expr.Directory {
		return ""
	}
	d := s.g.forms.Directory(f.Directory)
	if d == nil {
		return ""
	}
	entry, _ := d.Entry(s.doc.Card.Text(name))
	return entry.Values[sub]
}

// calendarOf gives the calendar of a route, nil when there is none.
func (g *generator) calendarOf(r *route.Route) *worktime.Calendar {
	return g.opt.Calendar(r.Calendar.Text)
}

// shift moves the moments of a life to a document's own registration.
type shift struct {
	c          *clock
	begin      int64 // of the life
	registered int64
	work       int64 // working seconds from one to the other
}

func (g *generator) shiftTo(l *life, registered int64) shift {
	return shift{g.clock, l.begin, registered, g.clock.work(registered) - g.clock.work(l.begin)}
}

func (s shift) unix(at int64) int64 {
	if at <= s.begin {
		return s.registered
	}
	return s.c.moment(s.c.work(at) + s.work)
}

func (s shift) time(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return s.c.at(s.unix(at.Unix()))
}

// state gives how far a life has come by now, counted from a registration.
func (s shift) state(l *life, now int64) int {
	reached := s.c.work(now) - s.work
	return max(sort.Search(len(l.states), func(i int) bool { return s.c.work(l.states[i].at) > reached })-1, 0)
}

// numbers are what stands for the documents of a life.
type numbers struct{ client, invoice string }

// stamp gives a document what its life has brought up to a state.
func (g *generator) stamp(d *document.Document, st *state, s shift, n numbers) {
	if st.status != "" {
		d.Status = st.status
	}
	for i := range st.fields {
		c := &st.fields[i]
		text := c.text
		switch {
		case c.form == clients:
			text = n.client
		case c.form == invoices:
			text = n.invoice
		case c.kind == expr.Document:
			text = ""
		case c.kind == expr.DateKind:
			text = g.date(s.unix(c.at))
		case c.kind == expr.DateTime:
			text = document.FormatTime(g.clock.at(s.unix(c.at)))
		}
		if text != "" {
			d.Card.SetText(c.field, text)
		}
	}
	next := 0
	for i := range st.instances {
		in := st.instances[i]
		if in.By == origin {
			in.By = d.By
		}
		in.Started, in.Ended = s.time(in.Started), s.time(in.Ended)
		from := len(g.positions)
		g.positions = append(g.positions, in.Open...)
		in.Open = g.positions[from:len(g.positions):len(g.positions)]
		for j := range in.Open {
			in.Open[j].Since, in.Open[j].Until = s.time(in.Open[j].Since), s.time(in.Open[j].Until)
		}
		from = len(g.tasks)
		g.tasks = append(g.tasks, in.Tasks...)
		in.Tasks = g.tasks[from:len(g.tasks):len(g.tasks)]
		for j := range in.Tasks {
			g.stampTask(d, &in, &in.Tasks[j], st.deadlines[next], s)
			next++
		}
		d.Routes = append(d.Routes, in)
	}
	for _, c := range st.comments {
		c.At = s.time(c.At)
		if c.By == origin {
			c.By = d.By
		}
		d.Comments = append(d.Comments, c)
	}
}

func (g *generator) stampTask(d *document.Document, in *document.Instance, t *document.Task, due deadline, s shift) {
	t.Assigned, t.Accepted, t.Done = s.time(t.Assigned), s.time(t.Accepted), s.time(t.Done)
	switch due.how {
	case byOffset:
		t.Due = s.time(t.Due)
	case byDuration:
		t.Due = g.clock.at(g.clock.add(t.Assigned.Unix(), due.duration))
	case byField:
		t.Due = s.time(t.Due)
		if at, ok := document.ParseTime(d.Card.Text(due.field)); ok {
			t.Due = at
		}
	}
	open := engine.Pending(t.State)
	if open && !t.Timer.IsZero() {
		t.Timer = g.timer(in, t)
	}
	g.count(t, open)
}

// timer gives when somebody is next to be reminded, as the engine counts it.
func (g *generator) timer(in *document.Instance, t *document.Task) time.Time {
	def, err := g.defs.Pinned(in.Definition)
	if err != nil {
		return t.Timer
	}
	step, c := def.Step(t.Step), g.calendarOf(def)
	if step == nil || c == nil {
		return t.Timer
	}
	type alarm struct {
		key string
		at  time.Time
	}
	var alarms []alarm
	for i, r := range step.Remind {
		var at time.Time
		if r.Percent > 0 {
			at = c.Percent(t.Assigned, t.Due, r.Percent)
		} else if lead, err := worktime.ParseDuration(r.Lead); err != nil {
			return t.Timer
		} else if r.After {
			at, _ = c.Add(t.Due, lead)
		} else {
			at, _ = c.Before(t.Due, lead)
		}
		alarms = append(alarms, alarm{fmt.Sprintf("r%d", i+1), at})
	}
	for i, e := range step.Escalate {
		after, err := worktime.ParseDuration(e.After)
		if err != nil {
			return t.Timer
		}
		at, _ := c.Add(t.Due, after)
		alarms = append(alarms, alarm{fmt.Sprintf("e%d", i+1), at})
	}
	slices.SortStableFunc(alarms, func(a, b alarm) int { return a.at.Compare(b.at) })
	for _, a := range alarms {
		if !slices.Contains(t.Told, a.key) {
			return a.at.In(g.clock.zone).Truncate(time.Second)
		}
	}
	return time.Time{}
}

// count adds a task to the summary.
func (g *generator) count(t *document.Task, open bool) {
	name := t.State
	if open && !t.Due.IsZero() && t.Due.Before(g.opt.Now) {
		name = "late"
	} else if open && !t.Accepted.IsZero() {
		name = "accepted"
	}
	for i := range g.taskCounts {
		if g.taskCounts[i].Name == name {
			g.taskCounts[i].N++
			return
		}
	}
	g.taskCounts = append(g.taskCounts, Count{name, 1})
}

// date writes the day of a moment.
func (g *generator) date(unix int64) string { return g.clock.at(unix).Format(time.DateOnly) }
