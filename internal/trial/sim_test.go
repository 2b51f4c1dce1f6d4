package trial_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/trial"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// cards are what the shipped routes need to know of their documents.
func cards() map[string][]form.RowInput {
	return map[string][]form.RowInput{
		"assignment":        {{Column: "subject", Text: "Отчёт"}, {Column: "performer", Text: "petrova"}, {Column: "controller", Text: "sidorov"}},
		"contract-approval": {{Column: "amount", Text: "1500000"}, {Column: "status", Text: "approval"}},
		"long-sale":         {{Column: "kind", Text: "training"}, {Column: "name", Text: "Ромашка"}},
		"retail":            {{Column: "kind", Text: "goods"}, {Column: "name", Text: "Ромашка"}},
	}
}

// TestRoutesWithoutFindingsNeverGetStuck: whatever people answer, however long
// they take and whoever is away, documents on a route in which lint finds
// nothing come to an end.
func TestRoutesWithoutFindingsNeverGetStuck(t *testing.T) {
	people := []string{"petrova", "ivanova", "kuznetsov", "orlov", "fedorov", "romanova", "belova", "volkov", "morozova", "sidorov"}
	rapid.Check(t, func(rt *rapid.T) {
		source := standard(t)
		absences := "absences:\n"
		for i, id := range people {
			if rapid.Bool().Draw(rt, "away") {
				from := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 20).Draw(rt, "from"))
				absences += fmt.Sprintf("- {user: %s, from: %s, to: %s", id, from.Format(time.DateOnly), from.AddDate(0, 0, rapid.IntRange(0, 30).Draw(rt, "days")).Format(time.DateOnly))
				if i+1 < len(people) && rapid.Bool().Draw(rt, "replaced") {
					absences += ", substitute: " + people[i+1]
				}
				absences += "}\n"
			}
		}
		head, _, _ := strings.Cut(string(source["sample/org.yaml"]), "absences:")
		source["org.yaml"] = []byte(head + absences)
		defs := definition.New(source)
		b, err := defs.Trial()
		must(t, err)
		seed := rapid.Uint64().Draw(rt, "seed")
		for _, r := range b.Routes {
			if _, err := lint.Startable(defs, r.Name.Text); err != nil {
				rt.Fatal(err)
			}
			found, err := b.Simulate(trial.Simulation{Route: r, Card: cards()[r.Name.Text], Random: 3, Seed: seed})
			if err != nil {
				rt.Fatalf("%s: %v", r.Name.Text, err)
			}
			for _, e := range found.Ends {
				if e.Name == "" {
					rt.Fatalf("%s: %d documents got stuck: %v\n%s", r.Name.Text, e.Count, found.Notes, absences)
				}
			}
		}
	})
}

// TestSimulation: with the first outcomes every task takes the time it has,
// and the same seed gives the same result.
func TestSimulation(t *testing.T) {
	source := standard(t)
	source["org.yaml"] = source["sample/org.yaml"]
	source["routes/small.yaml"] = []byte(small)
	b := base(t, source)
	play := func(name string, s trial.Simulation) *trial.Simulated {
		t.Helper()
		s.Route = routeOf(t, b, name)
		found, err := b.Simulate(s)
		must(t, err)
		return found
	}
	found := play("small", trial.Simulation{Card: []form.RowInput{{Column: "amount", Text: "500"}}})
	var got []string
	for _, s := range found.Steps {
		got = append(got, fmt.Sprint(s.Step.ID, " ", s.Times, s.Open))
	}
	if diff := cmp.Diff([]string{"first [16h0m0s] 0", "chief [4h0m0s] 0"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]trial.End{{Name: "good", Count: 1}}, found.Ends); diff != "" {
		t.Error(diff)
	}
	found = play("small", trial.Simulation{Answers: []trial.Reply{{Step: "first", Outcome: "bad"}}})
	if diff := cmp.Diff([]trial.End{{Name: "bad", Count: 1}}, found.Ends); diff != "" {
		t.Error(diff)
	}
	random := trial.Simulation{Random: 200, Seed: 7, Answers: []trial.Reply{{Step: "first", Outcome: "bad", Percent: 10}}}
	one, two := play("small", random), play("small", random)
	if diff := cmp.Diff(one, two, cmpopts.IgnoreFields(trial.StepTime{}, "Step")); diff != "" {
		t.Errorf("two results of one seed:\n%s", diff)
	}
	bad := 0
	for _, e := range one.Ends {
		if e.Name == "bad" {
			bad = e.Count
		}
	}
	if visits := len(one.Steps[0].Times); visits < 205 || visits > 240 || bad > 12 {
		t.Errorf("%d visits, %d bad ends of 200 with a share of 10 %%", visits, bad)
	}
	random.Seed = 8
	if cmp.Equal(one, play("small", random), cmpopts.IgnoreFields(trial.StepTime{}, "Step")) {
		t.Error("another seed gives the same")
	}
}
