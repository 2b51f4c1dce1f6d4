package lint

import (
	"slices"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/route"
)

// TestMilestonesAreAskedAtOnce compares, on routes of which each is searched
// whole, the steps that lint takes for possible with those that the engine
// comes to.
func TestMilestonesAreAskedAtOnce(t *testing.T) {
	defs := definition.New(smallOffice())
	forms, err := defs.Forms()
	if err != nil {
		t.Fatal(err)
	}
	cal, sub := weekdays(t), calledRoute(t)
	for _, test := range []struct {
		name, steps string
		never       []string
	}{
		{"the other waits for a lock", `
- parallel:
  branches:
  - {task: A, id: a, who: bob, lock: k}
  - {task: B, id: b, who: bob, lock: k}
  - {task: C, id: c, who: bob, while: open(b)}
`, []string{"c"}},
		{"the first has the lock", `
- parallel:
  branches:
  - {task: A, id: a, who: bob, lock: k}
  - {task: B, id: b, who: bob, lock: k}
  - {task: C, id: c, who: bob, while: open(a)}
`, nil},
		{"the other waits for another", `
- parallel:
  branches:
  - {task: A, id: a, who: bob}
  - {task: B, id: b, who: bob, after: a}
  - {task: C, id: c, who: bob, while: open(b)}
`, []string{"c"}},
		{"it comes when the other may have the lock", `
- parallel:
  branches:
  - {task: A, id: a, who: bob, lock: k}
  - {task: B, id: b, who: bob, lock: k}
  - steps:
    - {task: C, id: c, who: bob}
    - {task: D, id: d, who: bob, while: open(b)}
`, nil},
		{"it comes with the lock", `
- parallel:
  branches:
  - steps:
    - {task: A, id: a, who: bob, lock: k}
    - {task: D, id: d, who: bob, while: open(b)}
  - {task: B, id: b, who: bob, lock: k}
`, nil},
		{"the other comes later", `
- parallel:
  branches:
  - steps:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob}
  - {task: C, id: c, who: bob, while: open(b)}
`, []string{"c"}},
		{"behind actions and in a choice", `
- parallel:
  branches:
  - steps:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob}
  - steps:
    - do:
      - set: {note: '"x"'}
    - choose:
      branches:
      - if: b1
        steps:
        - {task: C, id: c, who: bob, while: open(b)}
      - else: next
`, []string{"c"}},
		{"the first comes again, behind the other", `
- parallel:
  branches:
  - steps:
    - {task: A, id: a, who: bob, lock: k, outcomes: {again: {go: a, max: 1, else: next}, done: next}}
    - {task: D, id: d, who: bob, while: open(b)}
  - {task: B, id: b, who: bob, lock: k, outcomes: {done: next}}
  - steps:
    - {task: E, id: e, who: bob}
    - {task: F, id: f, who: bob, while: open(a)}
`, nil},
		{"a round that is open", `
- parallel:
  branches:
  - repeat:
    id: rounds
    steps:
    - {task: A, id: a, who: bob}
    until: b1
    max: 2
  - {task: C, id: c, who: bob, while: open(rounds)}
`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, problems := route.ParseSource("r.yaml", []byte("route: r\nfor: papers\nstart: by hand\ncontroller: ann\nsteps:\n"+test.steps[1:]))
			if problems = append(problems, route.Check(r, route.ContextOf(forms, nil, []*route.Route{sub}))...); problems.HasErrors() {
				t.Fatal(problems.Err())
			}
			f := newFlow(r, false)
			c := f.concurrency(20_000)
			w := &world{forms, r, sub, cal}
			found := w.explore(t, 1, 2000, func(*search) bool { return false })
			if !found.whole || c.stopped {
				t.Fatal("not searched whole")
			}
			var never, silent []string
			for _, s := range r.Steps() {
				if !f.reaches(s) || c.never[s] != nil {
					never = append(never, s.ID)
				}
				if !found.entered[s.ID] {
					silent = append(silent, s.ID)
				}
			}
			if len(c.held)+len(c.twice) > 0 {
				t.Errorf("held %v, twice %v", c.held, c.twice)
			}
			if !slices.Equal(never, silent) || !slices.Equal(silent, test.never) {
				t.Errorf("lint says %q is never reached, the engine never reaches %q; want %q", never, silent, test.never)
			}
		})
	}
}
