package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatEndsWhileOthersHear: nothing begins in a route that is over, and a
// route is not over while something of it is still about to begin.
func TestWhatEndsWhileOthersHear(t *testing.T) {
	for _, test := range []struct {
		name, head, steps string
		events            []Event
		want              string
	}{
		{"one event, two handlers, and the first ends the route", `
on:
- {message: any, steps: [{end: heard}]}
- {message: any, steps: [{task: H, id: h, who: ann}]}
`, `
- {task: A, id: a, who: ann}
`, []Event{MessageReceived{}}, "done heard"},
		{"the handler of a block withdraws the block, the last of the route", "", `
- parallel:
  id: p
  on:
  - {message: any, cancel: p, steps: [{task: H, id: h, who: ann}]}
  branches:
  - {task: A, id: a, who: ann}
`, []Event{MessageReceived{}}, "h ann"},
		{"and the route ends with the steps of the handler", "", `
- parallel:
  id: p
  on:
  - {message: any, cancel: p, steps: [{task: H, id: h, who: ann}]}
  branches:
  - {task: A, id: a, who: ann}
`, []Event{MessageReceived{}, Advance{Task: 2}}, "done done"},
		{"a handler withdraws the last step and does more", `
on:
- message: any
  steps:
  - do: {cancel: a}
  - {task: H, id: h, who: ann}
`, `
- {task: A, id: a, who: ann}
`, []Event{MessageReceived{}}, "h ann"},
		{"a branch withdraws the block around it", "", `
- parallel:
  id: p
  branches:
  - steps:
    - {task: A, id: a, who: ann}
    - do: {cancel: p}
    - {task: B, id: b, who: ann}
  - {task: C, id: c, who: bob}
- {task: D, id: d, who: dan}
`, []Event{Advance{Task: 1}}, "d dan"},
		{"an answer withdraws the rounds around its step", "", `
- repeat:
  id: rounds
  until: amount > 10
  steps:
  - {task: A, id: a, who: ann, outcomes: {more: next, enough: {next: true, do: {cancel: rounds}}}}
  - {task: B, id: b, who: ann}
- {task: D, id: d, who: dan}
`, []Event{Advance{Task: 1, Outcome: "enough"}}, "d dan"},
		{"an item withdraws the each around it", "", `
- each: [ann, bob]
  id: e
  steps:
  - {task: A, id: a, who: item}
  - do: {cancel: e}
  - {task: B, id: b, who: item}
- {task: D, id: d, who: dan}
`, []Event{Advance{Task: 1}}, "d dan"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := desk(t, test.steps+test.head)
			for i, e := range test.events {
				s.do("P", "ann", e)
				if in := s.docs["P"].Routes[0]; in.State != Running && len(in.Open) > 0 {
					t.Fatalf("after event %d the route is %s and stands at %+v", i, in.State, in.Open)
				}
			}
			if diff := cmp.Diff(test.want, s.state()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
