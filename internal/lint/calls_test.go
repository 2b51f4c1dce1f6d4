package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
)

// said lists what is said about routes/trial.yaml, a route for contracts of
// these steps, with some codes only, and with other files beside it.
func said(t *testing.T, steps string, beside files, codes ...string) []string {
	t.Helper()
	f := shipped(t)
	for name, text := range beside {
		f[name] = text
	}
	f["routes/trial.yaml"] = trial(steps)
	found, err := lint.Run(definition.New(f), "routes/trial.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, p := range found.Problems {
		for _, c := range codes {
			if strings.HasPrefix(p.Code, c) {
				out = append(out, fmt.Sprintf("%d:%d %s %s", p.At.Start.Line, p.At.Start.Column, p.Code, p.Message))
			}
		}
	}
	return out
}

// TestOutcomesOfCalls: the outcomes of a call are the ends of the route called.
func TestOutcomesOfCalls(t *testing.T) {
	sub := files{"routes/sub.yaml": `route: sub
for: contracts
start: by route
controller: role head_of_sales
steps:
- {task: A, id: a, who: role lawyer, outcomes: {good: {end: good}, bad: {end: bad}, on: next}}
- {task: B, id: b, who: role lawyer, if: amount > 5, outcomes: {done: next, back: {go: a, max: 2, else: {end: tired}}}}
- {task: C, id: c, who: role lawyer, outcomes: {done: {end: good}}}
- {end: never}
`}
	sub["routes/sub.yaml"] = strings.Replace(sub["routes/sub.yaml"], "- {end: never}\n", "", 1)
	for _, test := range []struct {
		name, outcomes string
		want           []string
	}{
		{"none at all", "", nil},
		{"every one", "{good: next, bad: {end: refused}, tired: {end: tired}}", nil},
		{"and stopped", "{good: next, bad: {end: refused}, tired: {end: tired}, stopped: {end: stopped}}", nil},
		{"misspelt", "{goood: next, bad: {end: refused}, tired: next}", []string{
			`6:26 R022 route "sub" never ends so: unknown end "goood"; did you mean "good"?`}},
		{"one of three", "{good: next}", []string{`6:10 R022 route "sub" may end as "bad, tired", and no outcome says what follows then`}},
		{"never", "{good: next, bad: next, tired: next, done: {end: x}}", []string{`6:62 R022 route "sub" never ends so: unknown end "done"; known: "bad", "good", "tired"`}},
	} {
		steps := "- {call: sub}\n"
		if test.outcomes != "" {
			steps = "- {call: sub, outcomes: " + test.outcomes + "}\n- {task: A, who: role lawyer}\n"
		}
		if diff := cmp.Diff(test.want, said(t, steps, sub, "R022"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	// A route that is simply over ends as "done"; blocks end it as well.
	for body, want := range map[string]string{
		"- {task: A, who: role lawyer}\n": "done",
		"- parallel:\n  rest: cancel\n  branches:\n  - {approve: A, who: role lawyer}\n  - {approve: B, who: role cfo}\n  outcomes: {approve: {end: yes_}, reject: {end: no_, now: true}}\n": "no_, yes_",
		"- {approve: A, who: role lawyer}\n": "done, refused",
		"- repeat:\n  steps: [{task: A, who: role lawyer}]\n  until: amount > 5\n  max: 3\n  else: {end: tired}\n": "done, tired",
	} {
		other := files{"routes/sub.yaml": "route: sub\nfor: contracts\nstart: by route\ncontroller: role head_of_sales\nsteps:\n" + body}
		got := said(t, "- {call: sub, outcomes: {other: next}}\n", other, "R022")
		if len(got) == 0 || !strings.Contains(got[0], fmt.Sprintf("may end as %q", want)) {
			t.Errorf("%s: %q", body, got)
		}
	}
}
