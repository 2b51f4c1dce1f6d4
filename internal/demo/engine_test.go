package demo

import (
	"slices"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/worktime"
)

// TestTasksCanBeAdvanced leads every document with open tasks on with the
// engine, as people and the clock would.
func TestTasksCanBeAdvanced(t *testing.T) {
	w := newWorld(t)
	opt := w.options(2500)
	l, _ := fill(t, w, opt)
	defs := newDefinitions(w.routes)
	apply := func(d *document.Document, actor string, now time.Time, e engine.Event) (engine.Result, error) {
		return engine.Apply(engine.Input{Document: d, Event: e, Actor: actor, Now: now, Definitions: defs, Forms: w.forms, Calendar: opt.Calendar, Lookup: l})
	}
	tasks := 0
	for _, n := range l.order {
		d := l.docs[n]
		if _, err := apply(d, "tick", w.now, engine.TimerDue{}); err != nil {
			t.Errorf("%s: tick: %v", n, err)
		}
		for i := range d.Routes {
			for j := range d.Routes[i].Tasks {
				task := &d.Routes[i].Tasks[j]
				if !engine.Pending(task.State) {
					continue
				}
				tasks++
				def, err := defs.Pinned(d.Routes[i].Definition)
				if err != nil {
					t.Fatal(err)
				}
				e := engine.Advance{Task: task.ID, Comment: "Готово"}
				if choices := engine.Outcomes(def, task, "ru"); len(choices) > 0 {
					e.Outcome = choices[0].Name
				}
				for _, f := range def.Step(task.Step).Fill {
					if d.Card.Get(f.Text).IsEmpty() {
						text := "Сделано"
						if f.Text == "signing_date" {
							text = w.now.Format(time.DateOnly)
						}
						e.Fields = append(e.Fields, engine.Field{Name: f.Text, Text: text})
					}
				}
				actor := task.Who
				switch {
				case task.State == engine.TaskReview:
					actor = task.Controller
				case actor == "":
					actor = task.Candidates[0]
				}
				res, err := apply(d, actor, w.now, e)
				if err != nil {
					t.Errorf("%s/%d (%s): %v", n, task.ID, task.Step, err)
					continue
				}
				if _, after := res.Changed[0].Task(task.ID); engine.Pending(after.State) && after.State == task.State {
					t.Errorf("%s/%d is %s after it was advanced", n, task.ID, after.State)
				}
				for _, c := range res.Changed {
					f := w.forms.Form(c.Form)
					for _, p := range form.NewProblems(nil, w.forms.Check(f, c, form.Context{Lookup: l, Now: w.now})) {
						if p.Severity == 0 && !slices.Contains(res.New, c.Number) && p.Code != "unknown-document" {
							t.Errorf("%s after %s/%d: %s: %s", c.Number, n, task.ID, p.Field, p.Message)
						}
					}
				}
			}
		}
	}
	if tasks < 50 {
		t.Errorf("only %d open tasks", tasks)
	}
}

// TestLikeTheEngine plays documents from their registration with the engine:
// what is in the file must be what the engine makes of the same events at the
// same moments, down to deadlines and reminders.
func TestLikeTheEngine(t *testing.T) {
	w := newWorld(t)
	g, err := newGenerator(w.options(300), w.forms)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.run(func(string, []byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if len(g.refusals) > 0 {
		t.Errorf("the engine refused %d events of recorded lives, the first: %v", len(g.refusals), g.refusals[0])
	}
	late := 0
	for k, lives := range g.lives {
		for _, l := range lives {
			if l == nil {
				continue
			}
			for _, st := range l.states {
				for _, d := range st.deadlines {
					if d.how == byOffset {
						late++
						t.Errorf("%v: the deadline of a task was not understood", k)
					}
				}
			}
			if l.states[0].at != l.begin {
				t.Errorf("%v: the first event happened at another moment than the registration", k)
			}
		}
		if late > 10 {
			t.FailNow()
		}
	}
}

// TestStampedDeadlines compares deadlines and reminders of made documents with
// those the engine computes when the document is registered at that moment.
func TestStampedDeadlines(t *testing.T) {
	w := newWorld(t)
	opt := w.options(1500)
	l, _ := fill(t, w, opt)
	defs := newDefinitions(w.routes)
	compared := 0
	for _, n := range l.order {
		d := l.docs[n]
		if len(d.Routes) == 0 || len(d.Routes[0].Tasks) == 0 || d.Form != inquiries || d.Number[:8] != "INQ-2026" {
			continue
		}
		fresh := d.Clone()
		fresh.Routes, fresh.Comments, fresh.Status = nil, nil, "new"
		fresh.Card.Delete("manager")
		res, err := engine.Apply(engine.Input{Document: fresh, Event: engine.Registered{}, Actor: d.By, Now: d.Registered, Definitions: defs,
			Forms: w.forms, Calendar: opt.Calendar, Lookup: l})
		if err != nil {
			t.Fatalf("%s: %v", n, err)
		}
		want, got := &res.Changed[0].Routes[0], &d.Routes[0]
		if got.Route != want.Route || got.Definition != want.Definition || !got.Started.Equal(want.Started) || got.By != want.By {
			t.Errorf("%s: instance %v, the engine makes %v", n, got, want)
		}
		g, e := &got.Tasks[0], &want.Tasks[0]
		if g.Step != e.Step || g.Title != e.Title || !g.Assigned.Equal(e.Assigned) || !g.Due.Equal(e.Due) {
			t.Errorf("%s: task %v, the engine makes %v", n, g, e)
		}
		if engine.Pending(g.State) && len(g.Told) == 0 && len(got.Tasks) == 1 && !g.Timer.Equal(e.Timer) {
			t.Errorf("%s: reminder at %s, the engine says %s", n, g.Timer, e.Timer)
		}
		compared++
	}
	if compared < 400 {
		t.Errorf("only %d compared", compared)
	}
}

func TestClockLikeCalendar(t *testing.T) {
	w := newWorld(t)
	c := newClock(w.calendar, w.now.Location(), w.now.AddDate(-1, -2, 0), w.now.AddDate(1, 0, 0))
	r := newRNG(7, streamTime, 1)
	for range 3000 {
		at := w.now.AddDate(-1, 0, 5).Unix() + int64(r.n(500*86400))
		if r.of(200) {
			at = at / 3600 * 3600 // openings and closings
		}
		d := worktime.Duration{WorkDays: r.n(25)}
		if r.of(500) {
			d = worktime.Duration{WorkHours: r.n(30), WorkMinutes: r.n(60)}
		}
		if r.of(50) {
			d.Days = 2
		}
		want, _ := w.calendar.Add(c.at(at), d)
		if got := c.add(at, d); got != want.Unix() {
			t.Fatalf("%s + %s = %s, the calendar says %s", c.at(at), d, c.at(got), want)
		}
		if got := c.moment(c.work(at)); got > at || c.work(got) != c.work(at) {
			t.Fatalf("%s became %s", c.at(at), c.at(got))
		}
		from := c.at(at - int64(r.n(30*86400)))
		if want, got := w.calendar.Between(from, c.at(at)), c.work(at)-c.work(from.Unix()); int64(want/time.Second) != got {
			t.Fatalf("%d seconds of work between %s and %s, the calendar says %s", got, from, c.at(at), want)
		}
	}
}
