package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
	"pgregory.net/rapid"
)

// TestARouteWithoutFindingsNeverGetsStuck walks random routes in which every
// rule of lint finds no error, with random answers, times and absences: as
// long as an instance runs it has an open task that somebody may act on, or a
// moment it waits for; no transition fails; and what is analysed from where it
// stands says that it can come to its end.
func TestARouteWithoutFindingsNeverGetsStuck(t *testing.T) {
	office := smallOffice()
	office["org.yaml"] += "absences:\n- {user: bob, from: 2026-11-25, to: 2026-12-01, substitute: ann}\n- {user: ann, from: 2026-11-30, to: 2026-12-02}\n"
	defs := definition.New(office)
	forms, err := defs.Forms()
	if err != nil {
		t.Fatal(err)
	}
	cal, sub := weekdays(t), calledRoute(t, called)
	walked, ended, moves := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := &writer{T: t, profile: ordinary, ends: true}
		w.line(0, "route: r\nfor: papers\nstart: by hand\ncontroller: ann\nsteps:")
		w.sequence(0, 3, false, 6)
		for range 3 {
			w.step(0, 2, false)
		}
		r, problems := route.ParseSource("r.yaml", []byte(w.b.String()))
		if problems.HasErrors() || route.Check(r, route.ContextOf(forms, nil, []*route.Route{sub})).HasErrors() {
			t.Skip("broken")
		}
		found, err := judge(defs, r, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if found.HasErrors() || slices.ContainsFunc(found, func(p diag.Problem) bool { return p.Code == "R019" }) {
			t.Skip("faulty")
		}
		walked++
		for range 3 {
			n, done := (&world{forms, r, sub, cal}).walk(t, w.used)
			if moves += n; done {
				ended++
			}
		}
	})
	t.Logf("%d routes walked three times each, %d times to an end, %d moves", walked, ended, moves)
	if walked > 20 && (ended < 2*walked || moves < 6*walked) {
		t.Errorf("of %d walks along %d routes only %d came to an end, in %d moves: they prove little", 3*walked, walked, ended, moves)
	}
}

// walk goes along a route at random, towards its end after a while.
func (w *world) walk(t *rapid.T, used int) (moves int, ended bool) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, zone)
	d := &document.Document{Form: "papers", Number: "P", UID: "p", Registered: now, By: "ann", Status: "new"}
	f := w.forms.Form("papers")
	draw := func() []engine.Field {
		var out []engine.Field
		for i := range used {
			out = append(out, engine.Field{Name: fmt.Sprintf("b%d", i+1), Text: rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "condition")})
		}
		return out
	}
	for _, field := range draw() {
		if p := w.forms.SetText(f, d, field.Name, field.Text, form.Context{Now: now}); p != nil {
			t.Fatal(p.Message)
		}
	}
	how := "start"
	event, actor := engine.Event(engine.Start{Route: "r"}), "ann"
	for ; moves < 150; moves++ {
		res, err := engine.Apply(engine.Input{Document: d, Event: event, Actor: actor, Now: now, Definitions: w, Forms: w.forms, Lookup: w,
			Calendar: func(string) *worktime.Calendar { return w.cal }})
		var refusal *engine.Refusal
		if errors.As(err, &refusal) && refusal.Reason == engine.Endless && unlimited(w.r) {
			return moves, false // a circle that lint has warned of; the answer is refused, others are possible
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", how, err, w.r.File.Src)
		}
		d = res.Changed[0]
		in := &d.Routes[0]
		if in.State != engine.Running {
			return moves, true
		}
		if reasons := Completable(w.r, in); len(reasons) > 0 {
			t.Fatalf("%s: the analysis says %s\n%+v\n%s", how, strings.Join(reasons, "; "), in.Open, w.r.File.Src)
		}
		open := openTasks(d)
		next := engine.NextTimer(d)
		switch {
		case len(open) == 0 && next.IsZero():
			t.Fatalf("%s: stuck at %+v\n%s", how, in.Open, w.r.File.Src)
		case len(open) == 0 || !next.IsZero() && rapid.IntRange(0, 2).Draw(t, "time") == 0:
			if !next.IsZero() && next.After(now) {
				now = next
			}
			how, event, actor = how+" > time", engine.TimerDue{}, "tick"
			continue
		}
		now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "hours")) * time.Hour)
		task := rapid.SampledFrom(open).Draw(t, "task")
		choices := engine.Outcomes(w.named(task.route), &task.Task, "en")
		choice := rapid.SampledFrom(choices).Draw(t, "answer")
		people := task.Candidates
		if task.Who != "" {
			people = []string{task.Who}
		}
		if len(people) == 0 {
			t.Fatalf("%s: task %d is for nobody\n%s", how, task.ID, w.r.File.Src)
		}
		actor = people[0]
		how += " > " + task.Step + " " + choice.Name
		event = engine.Advance{Task: task.ID, Outcome: choice.Name, Comment: "c", Fields: draw()}
	}
	return moves, false
}

// crowd is an each of so many items at one step, but for one.
func crowd(each, step string, n, but int) []string {
	out := []string{each}
	for i := range n {
		if i != but {
			out = append(out, fmt.Sprintf("%s@%d", step, i))
		}
	}
	return out
}

func many(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint(i))
	}
	return out
}

// TestStranded names why an instance cannot complete from where it stands.
func TestStranded(t *testing.T) {
	at := func(places ...string) *document.Instance {
		in := &document.Instance{State: engine.Running}
		for _, p := range places {
			id, item, _ := strings.Cut(p, "@")
			in.Open = append(in.Open, document.Position{At: id, Item: item})
		}
		return in
	}
	begun := func(in *document.Instance, branches ...string) *document.Instance {
		in.Open[0].Started = branches
		return in
	}
	holding := func(in *document.Instance, i int) *document.Instance {
		in.Open[i].State = "held"
		return in
	}
	for name, test := range map[string]struct {
		steps string
		in    *document.Instance
		want  string // part of a reason; empty: it can complete
	}{
		"where the route leads":       {"- {task: A, id: a, who: ann}\n- {task: B, id: b, who: bob}\n", at("b"), ""},
		"two at once in one sequence": {"- {task: A, id: a, who: ann}\n- {task: B, id: b, who: bob}\n", at("a", "b"), `it could end while "a" is still at work`},
		"only what an event has begun": {"- parallel:\n  id: p\n  branches:\n  - {task: A, id: a, who: ann}\n  on:\n  - {changed: note, steps: [{task: H, id: h, who: ann}]}\n- {task: B, id: b, who: bob}\n",
			at("h"), "nothing would be left to do"},
		"an event beside": {"- parallel:\n  id: p\n  branches:\n  - {task: A, id: a, who: ann}\n  on:\n  - {changed: note, steps: [{task: H, id: h, who: ann}]}\n- {task: B, id: b, who: bob}\n",
			begun(at("p", "h", "a"), "p.1"), ""},
		"a block and what is behind it": {"- parallel:\n  id: p\n  branches:\n  - {task: A, id: a, who: ann}\n- {task: B, id: b, who: bob}\n",
			begun(at("p", "a", "b"), "p.1"), "is still at work"},
		"a branch with nothing in it": {"- parallel:\n  id: p\n  branches:\n  - {task: A, id: a, who: ann}\n  - {task: B, id: b, who: ann}\n",
			begun(at("p", "a"), "p.1", "p.2"), "nothing would be left to do"},
		"a person of several": {"- each: [ann, bob]\n  id: e\n  steps:\n  - {task: A, id: a, who: item}\n  - {task: B, id: b, who: item}\n",
			begun(at("e", "a@ann", "b@bob"), "ann", "bob"), ""},
		"a person who is waited for in vain": {"- each: [ann, bob]\n  id: e\n  steps:\n  - {task: A, id: a, who: item}\n  - {task: B, id: b, who: item}\n",
			begun(at("e", "a@ann"), "ann", "bob"), "nothing would be left to do"},
		"one of many who is waited for in vain": {"- each: [ann, bob]\n  id: e\n  steps:\n  - {task: A, id: a, who: item}\n  - {task: B, id: b, who: item}\n",
			begun(at(crowd("e", "a", 120, 97)...), many(120)...), "nothing would be left to do"},
		"many at different steps": {"- each: [ann, bob]\n  id: e\n  steps:\n  - {task: A, id: a, who: item}\n  - {task: B, id: b, who: item}\n",
			begun(at(append(crowd("e", "a", 120, 97), "b@97")...), many(120)...), ""},
		"two that hold each other up": {"- each: [ann, bob]\n  id: e\n  join: any\n  steps:\n  - {task: A, id: a, who: item}\n- {task: Z, id: z, who: ann}\n",
			begun(at("e", "a@ann", "a@bob", "z"), "ann", "bob"), "is still at work"},
		"one of two who waits for the lock of the other": {"- each: [ann, bob]\n  id: e\n  join: any\n  steps:\n  - {task: A, id: a, who: item, lock: one}\n- {task: Z, id: z, who: ann}\n",
			holding(begun(at("e", "a@ann", "a@bob"), "ann", "bob"), 2), ""},
		"rounds": {"- repeat:\n  id: r1\n  until: b1\n  max: 2\n  steps:\n  - {task: A, id: a, who: ann}\n", at("r1", "a"), ""},
		"steps that wait for each other": {"- parallel:\n  id: p\n  branches:\n  - steps:\n    - {task: A, id: a, who: ann}\n    - {task: B, id: b, who: ann, after: d}\n  - steps:\n    - {task: C, id: c, who: ann}\n    - {task: D, id: d, who: ann}\n",
			begun(at("p", "b", "c"), "p.1", "p.2"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, problems := route.ParseSource("r.yaml", []byte("route: r\nfor: papers\nstart: by hand\nsteps:\n"+test.steps))
			if err := problems.Err(); err != nil {
				t.Fatal(err)
			}
			for _, s := range r.Steps() {
				for i, b := range s.Branches {
					for j := range test.in.Open[:1] {
						p := &test.in.Open[j]
						if k := slices.Index(p.Started, fmt.Sprintf("p.%d", i+1)); s.ID == p.At && k >= 0 {
							p.Started[k] = b.ID
						}
					}
				}
			}
			got := strings.Join(Completable(r, test.in), "; ")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
