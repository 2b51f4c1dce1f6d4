package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/route"
)

// judged gives the findings of a route of papers, by code and with their
// paths.
func judged(t *testing.T, steps string) []string {
	t.Helper()
	return judgedIn(t, smallOffice(), steps)
}

// judgedIn is judged among other definitions.
func judgedIn(t *testing.T, office sources, steps string) []string {
	t.Helper()
	defs := definition.New(office)
	r, problems := route.ParseSource("routes/r.yaml", []byte("route: r\nfor: papers\nstart: by hand\ncontroller: ann\nsteps:\n"+strings.TrimPrefix(steps, "\n")))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	found, err := defs.CheckRoute(r)
	if err != nil || found.HasErrors() {
		t.Fatal(err, found.Err())
	}
	if found, err = judge(defs, r, nil, nil); err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, p := range found {
		text := fmt.Sprintf("%s line %d", p.Code, p.At.Start.Line)
		if len(p.Path) > 0 {
			text += ": " + strings.Join(p.Path, " > ")
		}
		out = append(out, text)
	}
	return out
}

func TestFaultsBetweenBranches(t *testing.T) {
	for _, test := range []struct {
		name, steps string
		want        []string
	}{
		{"two locks in two orders", `
- parallel:
  branches:
  - parallel:
    id: left
    lock: stamp
    branches:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob, lock: paper}
  - parallel:
    id: right
    lock: paper
    branches:
    - {task: C, id: c, who: bob}
    - {task: D, id: d, who: bob, lock: stamp}
`, []string{"R012 line 13: start > a > c > b"}},
		{"two locks in one order", `
- parallel:
  branches:
  - parallel:
    lock: stamp
    branches:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob, lock: paper}
  - parallel:
    lock: stamp
    branches:
    - {task: C, id: c, who: bob}
    - {task: D, id: d, who: bob, lock: paper}
`, []string{}},
		{"a milestone that never is", `
- {task: A, id: a, who: bob}
- parallel:
  branches:
  - {task: B, id: b, who: bob}
  - {task: C, id: c, who: bob, while: open(a)}
`, []string{"R010 line 10"}},
		{"a milestone", `
- parallel:
  branches:
  - {task: B, id: b, who: bob}
  - {task: C, id: c, who: bob, while: open(b)}
`, []string{}},
		{"what is left comes back in a repeat", `
- repeat:
  steps:
  - parallel:
    id: asked
    join: 1
    branches:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob}
  until: b1
  max: 3
`, []string{"R013 line 10: start > a > asked"}},
		{"what is left is cancelled", `
- repeat:
  steps:
  - parallel:
    id: asked
    join: 1
    rest: cancel
    branches:
    - {task: A, id: a, who: bob}
    - {task: B, id: b, who: bob}
  until: b1
  max: 3
`, []string{}},
		{"a circle that a handler ends", `
- parallel:
  on:
  - when: b1
    steps: [{end: enough}]
  branches:
  - {task: A, id: a, who: bob, outcomes: {more: {go: a, max: 2, else: {go: a}}}}
  - {task: B, id: b, who: bob}
`, []string{"R016 line 11"}},
		{"a circle in a branch that the other cuts off", `
- parallel:
  join: any
  rest: cancel
  branches:
  - {task: A, id: a, who: bob, outcomes: {more: {go: a, max: 2, else: {go: a}}}}
  - {task: B, id: b, who: bob}
`, []string{"R016 line 10"}},
		{"a circle that the join waits for", `
- parallel:
  branches:
  - {task: A, id: a, who: bob, outcomes: {more: {go: a, max: 2, else: {go: a}}}}
  - {task: B, id: b, who: bob}
- {task: C, id: c, who: bob}
`, []string{"R015 line 8: start > parallel.1 > a > a"}},
	} {
		if diff := cmp.Diff(test.want, judged(t, test.steps)); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

// TestManyBranches: branches that wait for each other are decided without
// looking at every order, and what cannot be decided is said.
func TestManyBranches(t *testing.T) {
	var b strings.Builder
	b.WriteString("- parallel:\n  branches:\n")
	for i := range 20 {
		fmt.Fprintf(&b, "  - steps:\n    - {task: A, id: a%d, who: bob}\n    - {task: B, id: b%d, who: bob, after: a%d}\n", i, i, (i+1)%20)
	}
	if diff := cmp.Diff([]string{}, judged(t, b.String())); diff != "" {
		t.Error(diff)
	}
	two := func(n int, locks func(i int) (outer, inner int), more string) string {
		var b strings.Builder
		b.WriteString("- parallel:\n  branches:\n")
		for i := range n {
			outer, inner := locks(i)
			fmt.Fprintf(&b, "  - parallel:\n    lock: l%d\n    branches:\n    - {task: A, id: a%d, who: bob}\n    - {task: B, id: b%d, who: bob, lock: l%d}\n", outer, i, i, inner)
		}
		return b.String() + more
	}
	inOrder := func(i int) (int, int) { return i % 3, 3 + i%2 }
	if diff := cmp.Diff([]string{}, judged(t, two(24, inOrder, ""))); diff != "" {
		t.Errorf("locks in one order: %s", diff)
	}
	if diff := cmp.Diff([]string{"R019 line 1"}, judged(t, two(24, inOrder, "  - {task: C, id: c, who: bob, after: a0}\n"))); diff != "" {
		t.Errorf("locks and steps that wait for others: %s", diff)
	}
	if found := judged(t, two(15, func(i int) (int, int) { return i, (i + 1) % 15 }, "")); len(found) != 1 || !strings.HasPrefix(found[0], "R012 line 12: start > parallel.1 > ") {
		t.Errorf("a circle of 15: %q", found)
	}
	if found := judged(t, two(15, func(i int) (int, int) { return i, i + 1 }, "")); len(found) > 0 {
		t.Errorf("a chain of 15: %q", found)
	}
	b.Reset()
	b.WriteString("- {task: S, id: s, who: bob}\n- parallel:\n  id: p\n  join: 10\n  branches:\n")
	for i := range 20 {
		fmt.Fprintf(&b, "  - {task: B, id: b%d, who: bob}\n", i)
	}
	b.WriteString("- {task: C, id: c, who: bob, outcomes: {good: next, bad: {go: s, max: 3, else: next}}}\n")
	want := "R013 line 9: start > s > p > b0 > b1 > b2 > b3 > b4 > b5 > b6 > b7 > b8 > b9 > c [bad] > s > p"
	if found := judged(t, b.String()); len(found) != 1 || found[0] != want {
		t.Errorf("10 of 20: %q", found)
	}
	waits := strings.Replace(b.String(), "- {task: S", "- parallel:\n  branches:\n  - {task: X, id: x, who: bob}\n  - {task: Z, id: z, who: bob, after: x}\n- {task: S", 1)
	if found := judged(t, waits); len(found) != 2 || !strings.HasPrefix(found[0], "R013 line 13") && !strings.HasPrefix(found[1], "R013 line 13") {
		t.Errorf("10 of 20 behind steps that wait: %q", found)
	}
}
