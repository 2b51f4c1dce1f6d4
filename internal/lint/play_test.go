package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/route"
	"pgregory.net/rapid"
)

// playable reads a route of papers, nil when it has errors.
func playable(t rapid.TB, defs *definition.Set, src string) *route.Route {
	t.Helper()
	forms, err := defs.Forms()
	if err != nil {
		t.Fatal(err)
	}
	sub, problems := route.ParseSource("routes/sub.yaml", []byte(calledAsked))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	r, problems := route.ParseSource("r.yaml", []byte(src))
	if append(problems, route.Check(r, route.ContextOf(forms, nil, []*route.Route{sub}))...).HasErrors() {
		return nil
	}
	return r
}

// TestWhatHappensAtOnce compares, on routes of which each is searched whole, the
// steps that lint takes for possible with those that the engine comes to: they
// depend on what the route does by itself before anybody can act.
func TestWhatHappensAtOnce(t *testing.T) {
	defs := definition.New(smallOffice())
	forms, err := defs.Forms()
	if err != nil {
		t.Fatal(err)
	}
	cal, sub := weekdays(t), calledRoute(t, calledAsked)
	for _, test := range []struct {
		name, steps string
		free        []variable
		never, held []string
	}{
		{"the other waits for a lock", `
- parallel:
  branches:
  - {task: A, id: a, who: bob, lock: k}
  - {task: B, id: b, who: bob, lock: k}
  - {task: C, id: c, who: bob, while: open(b)}
`, []variable{{"b", 1}}, []string{"c"}, nil},
		{"the first has the lock", `
- parallel:
  branches:
  - {task: A, id: a, who: bob, lock: k}
  - {task: B, id: b, who: bob, lock: k}
  - {task: C, id: c, who: bob, while: open(a)}
`, []variable{{"b", 1}}, nil, nil},
		{"the other waits for another", `
- parallel:
  branches:
  - {task: A, id: a, who: bob}
  - {task: B, id: b, who: bob, after: a}
  - {task: C, id: c, who: bob, while: open(b)}
`, []variable{{"b", 1}}, []string{"c"}, nil},
		{"it comes when the other may have the lock", `
- parallel:
  branches:
  - {task: A, id: a, who: bob, lock: k}
  - {task: B, id: b, who: bob, lock: k}
  - steps:
    - {task: C, id: c, who: bob}
    - {task: D, id: d, who: bob, while: open(b)}
`, []variable{{"b", 1}}, nil, nil},
		{"it comes with the lock", `
- parallel:
  branches:
  - steps:
    - {task: A, id: a, who: bob, lock: k}
    - {task: D, id: d, who: bob, while: open(b)}
  - {task: B, id: b, who: bob, lock: k}
`, []variable{{"b", 1}}, nil, nil},
		{"the other comes later", `
- parallel:
  branches:
  - steps:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob}
  - {task: C, id: c, who: bob, while: open(b)}
`, []variable{{"b", 1}}, []string{"c"}, nil},
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
`, []variable{{"b", 1}}, []string{"c"}, nil},
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
`, []variable{{"b", 1}}, nil, nil},
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
`, []variable{{"b", 1}}, nil, nil},
		{"the lock is taken behind an action", `
- parallel:
  branches:
  - steps:
    - do:
      - set: {note: '"x"'}
    - {task: A, id: a, who: bob, lock: k}
  - {task: B, id: b, who: bob, lock: k}
  - {task: C, id: c, who: bob, while: open(b)}
`, nil, []string{"c"}, nil},
		{"and in rounds, of which the second comes behind the other", `
- parallel:
  branches:
  - repeat:
    id: rounds
    steps:
    - {task: A, id: a, who: bob, lock: k}
    - {task: D, id: d, who: bob, while: open(b)}
    until: b1
    max: 2
  - {task: B, id: b, who: bob, lock: k}
`, []variable{{"b", 1}}, nil, nil},
		{"one at a time, seen from outside", `
- parallel:
  branches:
  - parallel:
    one_at_a_time: true
    branches:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob}
  - {task: C, id: c, who: bob, while: open(b)}
  - {task: D, id: d, who: bob, while: open(a)}
`, nil, []string{"c"}, nil},
		{"what another one needs open is given up itself", `
- parallel:
  branches:
  - {task: A, id: a, who: bob, while: open(b)}
  - {task: B, id: b, who: bob, while: open(c)}
  - {task: C, id: c, who: bob, after: d}
  - {task: D, id: d, who: bob}
`, nil, []string{"a", "b"}, nil},
		{"the first branch arrives before the second begins", `
- parallel:
  join: any
  rest: cancel
  branches:
  - steps:
    - do:
      - set: {note: '"x"'}
  - {task: B, id: b, who: bob}
- {task: C, id: c, who: bob}
`, nil, []string{"b"}, nil},
		{"the second branch has begun when it is cancelled", `
- parallel:
  join: any
  rest: cancel
  branches:
  - {task: A, id: a, who: bob}
  - steps:
    - do:
      - set: {note: '"x"'}
`, nil, nil, nil},
		{"a step withdraws what is about to be entered", `
- parallel:
  branches:
  - steps:
    - do: {cancel: inner}
  - parallel:
    id: inner
    branches:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob}
`, nil, nil, nil},
		{"a step withdraws what has begun", `
- parallel:
  branches:
  - parallel:
    id: inner
    branches:
    - {task: A, id: a, who: bob}
    - steps:
      - do: {cancel: inner}
      - {task: B, id: b, who: bob}
- {task: C, id: c, who: bob}
`, nil, []string{"b"}, nil},
		{"what a block has left goes on when the each around it is over", `
- each: [p1, q1]
  join: any
  rest: cancel
  steps:
  - {task: A, id: a, who: bob}
  - parallel:
    join: none
    branches:
    - steps:
      - do:
        - set: {note: '"x"'}
      - {task: B, id: b, who: bob}
- {task: C, id: c, who: bob}
`, []variable{{"p", 1}}, nil, nil},
		{"what is left of a block is given up once", `
- parallel:
  id: asked
  join: any
  while: b1
  branches:
  - {task: A, id: a, who: bob}
  - {task: B, id: b, who: bob}
- {task: C, id: c, who: bob}
- {task: D, id: d, who: bob}
`, []variable{{"b", 1}}, nil, nil},
		{"what was done in the first round is to be done in the second", `
- repeat:
  id: rounds
  until: b1
  max: 2
  steps:
  - parallel:
    branches:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob, after: a}
    - {task: C, id: c, who: bob, while: open(b)}
`, []variable{{"b", 1}}, []string{"c"}, nil},
		{"a route that is called ends in none of these ways", `
- call: sub
  id: sub
  outcomes: {good: {end: good}, bad: {end: bad}}
- {task: A, id: a, who: bob}
`, []variable{{kind: "k"}}, []string{"a"}, nil},
		{"an answer that is never the worst", `
- parallel:
  id: both
  branches:
  - {task: A, id: a, who: bob, outcomes: [no]}
  - {task: B, id: b, who: bob, outcomes: [yes, no]}
  outcomes:
    yes: {next: true}
    no: {end: refused}
- {task: C, id: c, who: bob}
`, nil, []string{"c"}, nil},
		{"what an event calls for is done although its block is over", `
- parallel:
  join: any
  rest: cancel
  on:
  - {when: b1, cancel: a, steps: [{task: H, id: h, who: bob}]}
  branches:
  - {task: A, id: a, who: bob}
  - {task: B, id: b, who: bob}
`, []variable{{"b", 1}}, nil, nil},
		{"two that wait for the lock of each other", `
- parallel:
  branches:
  - parallel:
    lock: one
    branches:
    - steps:
      - {task: A, id: a, who: bob}
      - {task: B, id: b, who: bob, lock: two}
  - parallel:
    lock: two
    branches:
    - steps:
      - {task: C, id: c, who: bob}
      - {task: D, id: d, who: bob, lock: one}
`, nil, nil, []string{"b", "d"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := playable(t, defs, "route: r\nfor: papers\nstart: by hand\ncontroller: ann\nsteps:\n"+test.steps[1:])
			if r == nil {
				t.Fatal("the route is broken")
			}
			f := newFlow(r, false)
			c := f.concurrency(maxPlayed)
			w := &world{forms, r, sub, cal}
			found := w.explore(t, test.free, 2000)
			if !found.whole || c.stopped {
				t.Fatal("not searched whole")
			}
			var never, silent, held []string
			for _, s := range r.Steps() {
				if _, played := c.never[s]; played || !f.reaches(s) {
					never = append(never, s.ID)
				}
				if !found.entered[s.ID] {
					silent = append(silent, s.ID)
				}
				if told(c.held, s) != found.held[s.ID] {
					t.Errorf("lint says that %q waits for ever: %v", s.ID, told(c.held, s))
				}
				if found.held[s.ID] {
					held = append(held, s.ID)
				}
			}
			if len(c.twice) > 0 || !slices.Equal(held, test.held) {
				t.Errorf("twice %v; held %q, want %q", c.twice, held, test.held)
			}
			if !slices.Equal(never, silent) || !slices.Equal(silent, test.never) {
				t.Errorf("lint says %q is never reached, the engine never reaches %q; want %q", never, silent, test.never)
			}
		})
	}
}

// TestPartsComeToTheSame plays random routes part by part, and once more with
// everything together: what happens is the same. Played widely, nothing is
// missing; and what is said of routes that are too large to be played is true.
func TestPartsComeToTheSame(t *testing.T) {
	defs := definition.New(smallOffice())
	played, parted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := &writer{T: t, profile: rapid.SampledFrom([]profile{searched, dense}).Draw(t, "profile"), ends: true}
		w.line(0, "route: r\nfor: papers\nstart: by hand\ncontroller: ann\nsteps:\n- parallel:\n  branches:")
		for range 3 {
			w.line(1, "- steps:")
			w.sequence(2, 2, true, 3)
		}
		r := playable(t, defs, w.b.String())
		if r == nil {
			t.Skip("broken")
		}
		f := newFlow(r, false)
		p, q, wide := newPlay(f, 5000), newPlay(f, 50_000), newPlay(f, 20_000)
		wide.widely = true
		if !p.run() || !q.runWhole() {
			t.Skip("too large")
		}
		if played++; p.parted {
			parted++
		}
		all := wide.run()
		guessed := &concurrency{never: map[*route.Step]obstacle{}}
		f.guess(guessed)
		for i, s := range r.Steps() {
			if (p.reached[i] == nil) != (q.reached[i] == nil) || (p.twice[i] == nil) != (q.twice[i] == nil) || (p.held[i] == nil) != (q.held[i] == nil) {
				t.Fatalf("%s: in parts %v %v %v, as a whole %v %v %v\n%s", s.ID, p.reached[i], p.twice[i], p.held[i], q.reached[i], q.twice[i], q.held[i], r.File.Src)
			}
			if _, never := guessed.never[s]; never && q.reached[i] != nil || told(guessed.twice, s) && q.twice[i] == nil || told(guessed.held, s) && !q.faults() {
				t.Fatalf("%s: without a play lint says %+v\n%s", s.ID, guessed, r.File.Src)
			}
			if all && q.reached[i] != nil && wide.reached[i] == nil {
				t.Fatalf("%s is reached, but not when more may happen\n%s", s.ID, r.File.Src)
			}
		}
	})
	t.Logf("%d routes played, %d in parts", played, parted)
	if played > 50 && parted < played/10 {
		t.Errorf("of %d routes only %d were played in parts", played, parted)
	}
}

// TestOtherRoutesTakeLocks: what never happens while a route is alone may happen
// when another route of the document holds the lock.
func TestOtherRoutesTakeLocks(t *testing.T) {
	const steps = `
- parallel:
  branches:
  - {task: H, id: h, who: bob, lock: k}
  - steps:
    - choose:
      while: open(h)
      branches:
      - else: leave
    - {task: Next, id: m, who: bob}
`
	const other = "route: other\nfor: papers\nstart: by hand\nsteps:\n- {task: O, who: bob, lock: LOCK}\n"
	for lock, want := range map[string][]string{"another": {"R010 line 14"}, "k": {}} {
		office := smallOffice()
		office["routes/other.yaml"] = strings.Replace(other, "LOCK", lock, 1)
		if got := judgedIn(t, office, steps); !slices.Equal(got, want) {
			t.Errorf("beside a route with the lock %q: %q, want %q", lock, got, want)
		}
	}
}
