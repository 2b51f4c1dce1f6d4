package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/rule"
)

func TestMomentOfDates(t *testing.T) {
	for _, tt := range []struct{ date, shift, want string }{
		{"2026-12-07", "", "2026-12-07 09:00"},
		{"2026-12-06", "", "2026-12-06 00:00"}, // a Sunday
		{"2026-12-07", "-5wd", "2026-11-30 09:00"},
		{"2026-12-06", "-5wd", "2026-11-30 09:00"},
		{"2026-12-06", "1wd", "2026-12-07 09:00"},
		{"2026-12-07", "-1w", "2026-11-30 09:00"},
		{"2026-12-07", "+3d", "2026-12-10 09:00"},
		{"2026-12-07", "-2wh", "2026-12-04 16:00"},
		{"2026-12-07T15:30:00+03:00", "", "2026-12-07 15:30"},
		{"2026-12-07T15:30:00+03:00", "-30m", "2026-12-07 15:00"},
		{"2026-12-07T12:30:00Z", "-1d", "2026-12-06 15:30"},
		{"soon", "", ""},
	} {
		on := "{date: wanted}"
		if tt.shift != "" {
			on = "{date: wanted, shift: " + tt.shift + "}"
		}
		r, problems := rule.Parse(parsed(t, "rules/a.yaml", "rule: a\nfor: papers\non: "+on+"\ndo: [{comment: '\"x\"'}]\n"))
		fail(t, problems.Err())
		got := ""
		if at, ok := momentOf(tt.date, r.On[0], week(t), moscow); ok {
			got = at.Format("2006-01-02 15:04")
		}
		if got != tt.want {
			t.Errorf("%s %s: got %s, want %s", tt.date, tt.shift, got, tt.want)
		}
	}
}

// TestDatesAreReachedOnce counts what rules do for dates as they change.
func TestDatesAreReachedOnce(t *testing.T) {
	s, do := ruled(t, "rule: a\nfor: papers\non: [{date: wanted, shift: -1wd}]\nsince: 2026-11-01\ndo: [{comment: '\"soon \" + string(wanted)'}]\n",
		"rule: b\nfor: papers\non: {date: wanted}\nif: amount > 100\ndo: [{comment: '\"now\"'}]\n")
	tick := func(day int) []string {
		t.Helper()
		s.now = date(11, day, 12, 0)
		before := len(s.docs["P"].Comments)
		do(TimerDue{})
		do(TimerDue{}) // changes nothing
		out := []string{}
		for _, c := range s.docs["P"].Comments[before:] {
			out = append(out, c.Text)
		}
		return out
	}
	steps := []struct {
		wanted string
		day    int
		want   string
	}{
		{"", 23, ""},
		{"2026-11-27", 25, ""},
		{"2026-11-27", 26, "soon 2026-11-27"},
		{"2026-11-27", 27, ""}, // the condition of b does not hold, and that was it
		{"2026-11-30", 27, "soon 2026-11-30"},
		{"2026-11-27", 28, ""}, // had already
		{"2026-10-01", 28, ""}, // before since
	}
	for _, x := range steps {
		s.docs["P"].Card.SetText("wanted", x.wanted)
		if got := strings.Join(tick(x.day), ","); got != x.want {
			t.Errorf("%s on %d: %q, want %q", x.wanted, x.day, got, x.want)
		}
	}
	var marks []string
	for _, m := range s.docs["P"].Reached {
		marks = append(marks, m.Rule+" "+m.Field+" "+m.Date)
	}
	if diff := cmp.Diff([]string{"a wanted 2026-11-27", "b wanted 2026-11-27", "a wanted 2026-11-30", "b wanted 2026-10-01"}, marks); diff != "" {
		t.Error(diff)
	}
}

// TestADateOfARuleThatFails is had all the same, and does not come again.
func TestADateOfARuleThatFails(t *testing.T) {
	s, do := ruled(t, "rule: a\nfor: papers\non: {date: wanted}\ndo:\n- set: {note: '\"half\"'}\n- register: {form: firms, set: {phone: '\"+7 495 123-45-67\"'}}\n")
	s.docs["P"].Card.SetText("wanted", "2026-11-23")
	s.now = date(11, 24, 12, 0)
	if res := do(TimerDue{}); len(res.Reached) != 1 {
		t.Errorf("reached %v", res.Reached)
	}
	d := s.docs["P"]
	if len(d.Reached) != 1 || len(d.Comments) != 1 || d.Card.Text("note") != "" {
		t.Errorf("marks %v, comments %v, note %q", d.Reached, d.Comments, d.Card.Text("note"))
	}
	if res := do(TimerDue{}); len(res.Reached) != 0 {
		t.Errorf("reached again: %v", res.Reached)
	}
}

// TestADateThatMovesItself is made up for day by day.
func TestADateThatMovesItself(t *testing.T) {
	s, do := ruled(t, "rule: a\nfor: papers\non: {date: wanted}\ndo: [{set: {wanted: wanted + 1d}}]\noverwrite: [wanted]\n")
	s.docs["P"].Card.SetText("wanted", "2026-11-20")
	s.now = date(11, 23, 12, 0)
	do(TimerDue{})
	if got := s.docs["P"].Card.Text("wanted"); got != "2026-11-24" || len(s.docs["P"].Reached) != 4 {
		t.Errorf("wanted %s, %d marks", got, len(s.docs["P"].Reached))
	}
}
