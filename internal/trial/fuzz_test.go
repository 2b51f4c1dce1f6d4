package trial_test

import (
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/trial"
)

// FuzzRoutes: documents go along whatever route may be started, with random
// answers and as a test says, without a panic; none of them is lost, and the
// same seed gives the same.
func FuzzRoutes(f *testing.F) {
	source := standard(f)
	source["org.yaml"] = source["sample/org.yaml"]
	for name, data := range source {
		if strings.HasPrefix(name, "routes/") && strings.Count(name, "/") == 1 {
			_, body, _ := strings.Cut(string(data), "\nfor: ")
			f.Add("\nfor: " + body)
		}
	}
	_, body, _ := strings.Cut(small, "\nfor: ")
	f.Add("\nfor: " + body)
	for _, steps := range []string{
		"- {each: stages, join: none, steps: [{task: A, who: author}]}",
		"- {repeat: , until: amount > 5, max: 2, steps: [{task: A, id: a, who: author, fill: [amount]}]}",
		"- {wait: {first: [{until: 2wd}, {message: any}]}}\n- {parallel: , join: 1, branches: [{task: A, who: author}, {task: B, who: manager, else: author, lock: x}]}",
	} {
		f.Add("\nfor: contracts\nstart: by hand\nsteps:\n" + steps + "\n")
	}
	for name := range source {
		if strings.HasPrefix(name, "reports/") || strings.HasPrefix(name, "routes/") || strings.HasPrefix(name, "imports/") {
			delete(source, name)
		}
	}
	const tests = "route: fuzz\ntests:\n- test: one\n  card: {name: A, kind: supply, manager: petrova}\n  answers: [{after: 1wd}, {step: a}, {set: {amount: 5}}, {after: 30d}]\n"
	f.Fuzz(func(t *testing.T, text string) {
		all := files{}
		for name, data := range source {
			all[name] = data
		}
		all["routes/fuzz.yaml"] = []byte("route: fuzz" + text)
		defs := definition.New(all)
		b, err := defs.Trial()
		must(t, err)
		for _, r := range b.Routes {
			if r.Name.Text != "fuzz" {
				continue
			}
			if _, err := lint.Startable(defs, "fuzz"); err != nil {
				continue
			}
			play := func() *trial.Simulated {
				found, err := b.Simulate(trial.Simulation{Route: r, Random: 3, Seed: 7})
				must(t, err)
				return found
			}
			first, second, ended := play(), play(), 0
			for i, e := range first.Ends {
				ended += e.Count
				if i >= len(second.Ends) || second.Ends[i] != e {
					t.Errorf("first %v, then %v", first.Ends, second.Ends)
				}
			}
			if ended != first.Documents {
				t.Errorf("of %d documents %d ended in some way or none: %v", first.Documents, ended, first.Ends)
			}
			if file, problems := parse(t, b, tests); !problems.HasErrors() {
				for _, res := range b.Run(file) {
					_ = trial.Cover(b.Routes, []*trial.Result{res})
				}
			}
		}
	})
}
