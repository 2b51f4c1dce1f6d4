package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func date(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, moscow)
}

// tick lets time pass and lists who was told what.
func (s *shop) tick(at time.Time) []string {
	s.t.Helper()
	s.now = at
	told := []string{}
	for _, e := range s.do("P", "tick", TimerDue{}).Effects {
		if e.Kind != TellAssigned && e.Kind != TellWithdrawn {
			told = append(told, string(e.Kind)+" "+strings.Join(e.To, ","))
		}
	}
	if next := NextTimer(s.docs["P"]); !next.IsZero() && !next.After(at) {
		s.t.Errorf("at %s the next timer is at %s", at, next)
	}
	return told
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: -want +got:\n%s", what, diff)
	}
}

const watched = `
- task: A
  id: a
  who: ann
  due: 1wd
  remind: [25%, 50%, 1wh before, 1wh after]
  escalate: [{after: 1wd, to: cat, then: reassign}, {after: 2wd, to: eve}]
- {task: B, id: b, who: bob}
`

// After a long pause what was missed happens in the order of time: one
// reminder, every escalation.
func TestALongPauseBringsNoFlood(t *testing.T) {
	s := desk(t, watched)
	same(t, "told", s.tick(monday.AddDate(0, 1, 0)), []string{"reminder ann", "escalated cat", "escalated eve"})
	s.wants("a cat")
	same(t, "told again", s.tick(monday.AddDate(0, 1, 0)), []string{})
	_, task := s.docs["P"].Task(1)
	same(t, "remembered", task.Told, []string{"r1", "r2", "r3", "r4", "e1", "e2"})
	if !task.Reminded.Equal(s.now) || !task.Escalated.Equal(s.now) || !task.Timer.IsZero() {
		t.Errorf("the task is %+v", task)
	}
}

// However often somebody looks, everything happens once and leads to the same
// end.
func TestTicksOfAnyRhythm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := desk(t, watched)
		counts := map[string]int{}
		end := monday.AddDate(0, 0, 20)
		for s.now.Before(end) {
			next := s.now.Add(time.Duration(rapid.IntRange(1, 200).Draw(rt, "hours")) * time.Hour)
			for _, told := range s.tick(next) {
				counts[told]++
			}
		}
		if counts["escalated cat"] != 1 || counts["escalated eve"] != 1 || counts["reminder ann"]+counts["reminder cat"] < 1 || counts["reminder ann"]+counts["reminder cat"] > 4 {
			rt.Fatalf("told %v", counts)
		}
		s.wants("a cat")
	})
}

// A wait that was over before a task became late takes it away before anybody
// is told.
func TestTimeIsGoneThroughInItsOrder(t *testing.T) {
	body := `
- parallel:
  join: any
  rest: cancel
  branches:
  - {wait: WAIT}
  - {task: A, id: a, who: ann, due: 1wd, escalate: {after: 1wd, to: cat}}
- {task: B, id: b, who: bob}
`
	for wait, want := range map[string][]string{"1wd": {}, "3wd": {"escalated cat"}} {
		s := desk(t, strings.ReplaceAll(body, "WAIT", wait))
		same(t, wait, s.tick(monday.AddDate(0, 0, 14)), want)
		s.wants("b bob")
		if len(s.res.Over) != 1 || s.res.Over[0].Document != "P" {
			t.Errorf("over: %+v", s.res.Over)
		}
	}
}

// A wait follows the fields it is made of, and `today` is the day it began.
func TestWaitsFollowTheirFields(t *testing.T) {
	change := func(s *shop, field, value string) {
		s.docs["P"].Card.SetText(field, value)
		s.do("P", "ann", DocumentChanged{Fields: []string{field}})
	}
	s := desk(t, "- wait: wanted + 1wd\n- {task: B, id: b, who: bob}\n", "wanted", "2026-12-01")
	same(t, "first", NextTimer(s.docs["P"]), date(12, 2, 18, 0))
	change(s, "wanted", "2026-12-10")
	same(t, "later", NextTimer(s.docs["P"]), date(12, 11, 18, 0))
	s.tick(date(12, 5, 10, 0))
	s.wants("")
	change(s, "wanted", "2026-12-02") // 3 December has passed already
	s.tick(date(12, 5, 10, 0))
	s.wants("b bob")

	s = desk(t, "- wait: today + 2wd\n- {task: B, id: b, who: bob}\n")
	s.tick(monday.AddDate(0, 0, 1))
	s.tick(monday.AddDate(0, 0, 3))
	s.wants("b bob")

	s = desk(t, "- wait: wanted\n- {task: B, id: b, who: bob}\n") // empty
	if !NextTimer(s.docs["P"]).IsZero() {
		t.Error("an empty date is waited for")
	}
	change(s, "wanted", "2026-11-24")
	s.tick(date(11, 25, 9, 0))
	s.wants("b bob")
}

// Of a date that has passed and a condition that holds later, the date came
// first, although nobody looked.
func TestADateThatHasPassedCameFirst(t *testing.T) {
	s := desk(t, "- wait:\n    first:\n    - {when: amount > 10, end: paid}\n    - {until: 1wd, end: late}\n")
	s.now = monday.AddDate(0, 0, 7)
	s.docs["P"].Card.SetText("amount", "11.00")
	s.do("P", "ann", DocumentChanged{Fields: []string{"amount"}})
	s.wants("done late")
}

// Who has just been given a task, or a new deadline, needs no reminder that
// was due before.
func TestNoReminderOfWhatIsNew(t *testing.T) {
	s := desk(t, "- {task: A, id: a, who: ann, due: wanted, remind: 50%, escalate: {after: 1wh, to: cat}}\n- {task: B, who: bob}\n", "wanted", "2026-11-20")
	same(t, "late from the beginning", s.tick(monday), []string{"escalated cat"})
	s.do("P", "ann", Extend{Task: 1, Due: At(date(11, 23, 18, 0))})
	same(t, "extended", s.tick(monday.Add(time.Minute)), []string{})
	same(t, "half of the new time", s.tick(date(11, 23, 17, 0)), []string{"reminder ann"})
	same(t, "late again", s.tick(date(11, 25, 17, 0)), []string{"escalated cat"})
}

// The route as a whole has a deadline; its controller is told once.
func TestDeadlineOfARoute(t *testing.T) {
	set := papers(t)
	make := func(head string) *shop {
		r, problems := route.ParseSource("r.yaml", []byte("route: r\ntitle: All of it\nfor: papers\nstart: by hand\n"+head+"steps:\n- {task: A, id: a, who: ann}\n"))
		problems = append(problems, route.Check(r, route.ContextOf(set, []string{"ru"}, []*route.Route{r}))...)
		fail(t, problems.Err())
		s := newShop(t, set, r)
		s.put("papers", "P", "wanted", "2026-12-04")
		return s
	}
	s := make("due: 2wd\ncontroller: cat\n")
	s.do("P", "ann", Start{Route: "r"})
	same(t, "promised", s.docs["P"].Routes[0].Due, date(11, 25, 10, 0))
	same(t, "before", s.tick(date(11, 25, 9, 59)), []string{})
	same(t, "late", s.tick(date(11, 27, 9, 0)), []string{"escalated cat"})
	same(t, "once", s.tick(date(11, 28, 9, 0)), []string{})

	s = make("due: wanted\n") // without a controller who started it is told
	s.do("P", "ann", Start{Route: "r"})
	same(t, "by a field", s.tick(date(12, 4, 18, 0)), []string{"escalated ann"})

	s = make("due: by hand\n")
	s.do("P", "ann", Start{Route: "r", Due: map[string]Deadline{RouteDue: "1wd"}})
	same(t, "by hand", s.docs["P"].Routes[0].Due, date(11, 24, 10, 0))
	s.play("1 ann")
	same(t, "in time", s.tick(date(12, 24, 9, 0)), []string{})
}

// Deadlines by hand are refused for steps that have none.
func TestDeadlinesByHand(t *testing.T) {
	set := papers(t)
	r := steps(t, "- {task: A, id: a, who: ann, due: by hand}\n- {task: B, id: b, who: bob, due: 1wd}\n")
	s := newShop(t, set, r)
	s.put("papers", "P")
	if got := s.refused("ann", Start{Route: "r", Due: map[string]Deadline{"b": "1wd", "c": "1wd", "a": "1wd"}}, BadRequest); got.Message != `no step "b", "c" is due by hand; possible: "a"` {
		t.Error(got.Message)
	}
	s.do("P", "eve", Start{Route: "r"})
	if !strings.Contains(strings.Join(s.res.Notes, ";"), `step "a" has no deadline yet`) {
		t.Errorf("notes %v", s.res.Notes)
	}
	s.do("P", "ann", Extend{Task: 1, Due: "1wd"}) // the performer sets it, once
	same(t, "due", s.docs["P"].Routes[0].Tasks[0].Due, date(11, 24, 10, 0))
	s.refused("ann", Extend{Task: 1, Due: "1wd"}, CommentNeeded)

	auto, problems := route.ParseSource("r.yaml", []byte("route: r\nfor: papers\nstart: {on: registered}\nsteps:\n- {task: A, id: a, who: ann, due: by hand}\n"))
	fail(t, problems.Err())
	s = newShop(t, set, auto)
	s.put("papers", "P")
	s.refused("ann", Registered{Due: map[string]Deadline{"x": "1wd"}}, BadRequest)
	s.do("P", "ann", Registered{Due: map[string]Deadline{"a": "2026-12-01"}})
	same(t, "due of what starts by itself", s.docs["P"].Routes[0].Tasks[0].Due, date(12, 1, 18, 0))
}

// shippedCalendar is the one every repository begins with.
func shippedCalendar(t *testing.T) *worktime.Calendar {
	t.Helper()
	c, problems := worktime.Parse(source(t, "../../repo-template/calendars/ru.yaml"))
	fail(t, problems.Err())
	return c
}

// TestTrapsOfTheCalendar are the moments at which deadlines usually go wrong.
func TestTrapsOfTheCalendar(t *testing.T) {
	at := func(text string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, moscow)
		fail(t, err)
		return when
	}
	tests := []struct{ name, now, due, want string }{
		{"one working day is not 24 working hours", "2026-11-23 10:00", "1wd", "2026-11-24 10:00"},
		{"24 working hours are three days", "2026-11-23 10:00", "24wh", "2026-11-26 10:00"},
		{"before opening hours", "2026-11-24 07:15", "4wh", "2026-11-24 13:00"},
		{"in the lunch break", "2026-11-24 13:30", "1wh", "2026-11-24 15:00"},
		{"after closing", "2026-11-24 22:00", "1wh", "2026-11-25 10:00"},
		{"on a Sunday", "2026-11-29 12:00", "1wd", "2026-11-30 18:00"},
		{"a Saturday that is a short working day", "2025-10-31 17:00", "2wh", "2025-11-01 10:00"},
		{"a short Saturday counts as a whole working day", "2025-10-31 10:00", "1wd", "2025-11-01 10:00"},
		{"a short Saturday ends an hour earlier", "2025-11-01 16:00", "2wh", "2025-11-05 10:00"},
		{"a holiday in the week", "2026-11-03 10:00", "1wd", "2026-11-05 10:00"},
		{"arriving on a holiday", "2026-11-04 12:00", "2wh", "2026-11-05 11:00"},
		{"31 December at 23:59 in Moscow", "2026-12-31 23:59", "1wh", "2027-01-11 10:00"},
		{"31 December is off in 2026", "2026-12-30 17:00", "2wh", "2027-01-11 10:00"},
		{"calendar days do not stop for holidays", "2026-12-31 23:59", "3d", "2027-01-03 23:59"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newShop(t, papers(t), steps(t, "- {task: A, id: a, who: ann, due: "+tt.due+"}\n"))
			s.cal, s.now = shippedCalendar(t), at(tt.now)
			s.put("papers", "P")
			s.do("P", "ann", Start{Route: "r"})
			if got := s.docs["P"].Routes[0].Tasks[0].Due.Format("2006-01-02 15:04"); got != tt.want {
				t.Errorf("due %s, want %s", got, tt.want)
			}
		})
	}
}

// Calendar of a task: the performer's, else the department's, else the
// route's, else the repository's.
func TestWhoseCalendarCounts(t *testing.T) {
	set := papersOf(t, strings.NewReplacer(
		"{id: bob, name: Bob,", "{id: bob, name: Bob, calendar: night,",
		"{id: law, title: Law,", "{id: law, title: Law, calendar: early,").Replace(people))
	hours := func(name string, from, to int) *worktime.Calendar {
		week := map[time.Weekday][]worktime.Hours{}
		for day := time.Monday; day <= time.Friday; day++ {
			week[day] = []worktime.Hours{{From: from * 60, To: to * 60}}
		}
		c, err := worktime.New(worktime.Definition{Name: name, Zone: moscow, Week: week})
		fail(t, err)
		return c
	}
	calendars := map[string]*worktime.Calendar{"night": hours("night", 18, 23), "early": hours("early", 6, 10), "": week(t), "ru": week(t)}
	for who, want := range map[string]string{
		"ann": "11-23 12:00", "bob": "11-23 20:00", "dan": "11-24 08:00",
		"[ann, bob]": "11-23 12:00", "[bob, dan]": "11-23 12:00",
	} {
		s := newShop(t, set, steps(t, "- {task: A, id: a, who: "+who+", due: 2wh}\n"))
		s.put("papers", "P")
		in := s.input("P", "ann", Start{Route: "r"})
		in.Calendar = func(name string) *worktime.Calendar { return calendars[name] }
		res, err := Apply(in)
		fail(t, err)
		if got := res.Changed[0].Routes[0].Tasks[0].Due.Format("01-02 15:04"); got != want {
			t.Errorf("%s: due %s, want %s", who, got, want)
		}
		delete(calendars, "none")
	}
	// One that is named and does not exist is said, and the route's counts.
	in := newShop(t, set, steps(t, "- {task: A, id: a, who: bob, due: 2wh}\n"))
	in.put("papers", "P")
	in.do("P", "ann", Start{Route: "r"})
	if got := in.docs["P"].Routes[0].Tasks[0].Due.Format("15:04"); got != "12:00" || !strings.Contains(strings.Join(in.res.Notes, ";"), `no working calendar "night"`) {
		t.Errorf("due %s, notes %v", got, in.res.Notes)
	}
}

// A void document has no timers.
func TestNextTimerOfAVoidDocument(t *testing.T) {
	s := desk(t, watched)
	if NextTimer(s.docs["P"]).IsZero() {
		t.Fatal("no timer")
	}
	d := s.docs["P"].Clone()
	d.Status = "void"
	if at := NextTimer(d); !at.IsZero() {
		t.Errorf("a void document has a timer at %s", at)
	}
	if at := NextTimer(&document.Document{}); !at.IsZero() {
		t.Errorf("an empty document has a timer at %s", at)
	}
}
