package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// TestEverythingEndless is every way in which a transition could go on for
// ever: each is refused, says which bound it has reached and what to do, and
// leaves the document as it was.
func TestEverythingEndless(t *testing.T) {
	rows := func(n int) *document.Value {
		v := &document.Value{}
		for range n {
			v.Rows = append(v.Rows, document.Row{{Name: "item", Text: "x"}})
		}
		return v
	}
	for name, test := range map[string]struct {
		body string
		want string // part of the refusal
		rows int
	}{
		"actions that begin again":       {"- {do: {set: {note: name}}, id: a}\n- {go: a}\n", "more than 20000 steps", 0},
		"a step that goes to itself":     {"- {go: a, id: a}\n", "more than 20000 steps", 0},
		"a skipped person in the circle": {"- {do: {set: {note: name}}, id: a}\n- {task: T, who: ann, if: amount > 10}\n- {go: a}\n", "more than 20000 steps", 0},
		"a round that never does":        {"- repeat:\n  until: amount > 10\n  steps:\n  - {do: {set: {note: name}}}\n", "more than 20000 steps", 0},
		"rounds within rounds":           {"- repeat:\n  until: amount > 10\n  max: 10000\n  steps:\n  - repeat:\n    until: amount > 10\n    max: 10000\n    steps:\n    - {do: {set: {note: name}}}\n", "more than 20000 steps", 0},
		"a route that calls itself":      {"- {call: r}\n", "begin each other", 0},
		"a route that begins itself":     {"- do:\n  - start: r\n", "begin each other", 0},
		"begun by rows, each with rows":  {"- each: lines\n  steps:\n  - {call: r, if: amount == 0}\n", "begin each other", 3},
		"rows within rows":               {"- each: lines\n  steps:\n  - each: lines\n    as: other\n    steps:\n    - {do: {set: {note: name}}}\n", "more than 20000 steps", 150},
		"handlers that call each other":  {"- parallel:\n  branches:\n  - {task: T, who: ann}\n  - {task: V, who: bob}\n  on:\n  - {changed: note, keep: true, steps: [{do: {set: {rounds: 'card.rounds == 1 ? 2 : 1'}}}]}\n  - {changed: rounds, keep: true, steps: [{do: {set: {note: 'string(rounds)'}}}]}\n- {task: U, who: ann}\n", "", 0},
		"waits that are over":            {"- {wait: {when: amount < 10}, id: a}\n- {go: a}\n", "more than 20000 steps", 0},
		"a branch that jumps":            {"- parallel:\n  branches:\n  - {task: T, who: ann}\n  - steps:\n    - {do: {set: {note: name}}, id: a}\n    - {go: a}\n", "more than 20000 steps", 0},
		"more rows than are carried out": {"- each: lines\n  steps:\n  - {task: T, who: ann}\n", "501 items; at most 500", 501},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, papers(t), steps(t, test.body))
			d := s.put("papers", "P", "name", "x", "amount", "0")
			if test.rows > 0 {
				d.Card.Set("lines", rows(test.rows))
			}
			event := Event(Start{Route: "r"})
			if strings.Contains(name, "handlers") {
				s.do("P", "ann", event)
				event, test.want = Advance{Task: 1, Fields: []Field{{"note", "y"}}}, "more than 20000 steps"
				s.docs["P"].Routes[0].Tasks[0].Who = "ann"
			}
			before := s.docs["P"].Clone()
			_, err := s.try("P", "ann", event)
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Reason != Endless || !strings.Contains(refusal.Message, test.want) || test.rows == 0 && refusal.Hint == "" {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(before, s.docs["P"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestARoundWithNothingInIt: such a route is reported and never started, but a
// definition that got into a repository otherwise must not overflow the stack.
func TestARoundWithNothingInIt(t *testing.T) {
	r, problems := route.ParseSource("r.yaml", []byte("route: r\nfor: papers\nstart: by hand\nsteps:\n- {repeat: , until: amount > 10, steps: []}\n"))
	if r == nil || !problems.HasErrors() {
		t.Fatal(r, problems)
	}
	s := newShop(t, papers(t), r)
	s.put("papers", "P", "amount", "0")
	if _, err := s.try("P", "ann", Start{Route: "r"}); refusalOf(err) != string(Endless) {
		t.Errorf("got %v", err)
	}
}

// TestAnEndlessRouteKeepsNoOtherBack: what was undone does not use up what the
// other routes of the registration may spend.
func TestAnEndlessRouteKeepsNoOtherBack(t *testing.T) {
	way := func(name, body string) *route.Route {
		r, problems := route.ParseSource(name+".yaml", []byte("route: "+name+"\nfor: papers\nstart: {on: registered}\nsteps:\n"+body))
		fail(t, problems.Err())
		return r
	}
	s := newShop(t, papers(t), way("a", "- {do: {set: {note: name}}, id: a}\n- {go: a}\n"), way("b", "- {task: B, id: b, who: bob}\n"))
	s.put("papers", "P", "name", "x")
	res := s.do("P", "ann", Registered{})
	if got := s.state(); got != "b bob" {
		t.Errorf("the other route: %q", got)
	}
	if len(res.Notes) != 1 || !strings.Contains(res.Notes[0], `route "a" was not started`) || !strings.Contains(res.Notes[0], "20000") {
		t.Errorf("notes: %q", res.Notes)
	}
	if note := s.docs["P"].Card.Text("note"); note != "" {
		t.Errorf("the route that was not started has set note to %q", note)
	}
}

// TestManyTimersAfterAPause: looking at open steps is no step; a table of the
// greatest size whose rows are due one after the other is worked through at
// once.
func TestManyTimersAfterAPause(t *testing.T) {
	const n = 120
	s := newShop(t, papers(t), steps(t, "- each: lines\n  steps:\n  - {wait: item.day, id: w}\n  - {do: {set: {note: name}}}\n- {task: T, id: after, who: ann}\n"))
	d := s.put("papers", "P", "name", "x")
	v := &document.Value{}
	for i := range n {
		v.Rows = append(v.Rows, document.Row{{Name: "day", Text: s.now.AddDate(0, 0, i+1).Format("2006-01-02")}})
	}
	d.Card.Set("lines", v)
	s.do("P", "ann", Start{Route: "r"})
	if got := len(s.docs["P"].Routes[0].Open); got != n+1 {
		t.Fatalf("%d positions are open", got)
	}
	s.now = s.now.AddDate(0, 0, n+2)
	res := s.do("P", "tick", TimerDue{})
	if got := s.state(); got != "after ann" || len(res.Over) != n {
		t.Errorf("%s, %d waits over", got, len(res.Over))
	}
}
