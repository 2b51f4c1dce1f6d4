package lint

import (
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
	"pgregory.net/rapid"
)

// TestLintAgreesWithTheEngine is two independent implementations testing each
// other: what the analysis says about random small routes is what an
// exhaustive search over engine.Apply finds, with all answers, all conditions,
// whatever comes from outside, and time: which steps are reached, which steps
// the route comes back to while they are at work, and which are held for what
// never comes.
func TestLintAgreesWithTheEngine(t *testing.T) {
	defs := definition.New(smallOffice())
	forms, err := defs.Forms()
	if err != nil {
		t.Fatal(err)
	}
	cal, sub := weekdays(t), calledRoute(t, calledAsked)
	judged, whole, faulty, silent := 0, 0, 0, 0
	unusual, with := []string{"call: ", "first:", " on:\n", "cancel: ", "complete: ", "register: ", "one_at_a_time", "while: open", "while: b", "after: ", "lock: ", "each: ", "message: ", "changed: ", "until: d", "keep: "}, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := &writer{T: t, profile: rapid.SampledFrom([]profile{searched, dense}).Draw(t, "profile"), ends: true}
		w.line(0, "route: r\nfor: papers\nstart: by hand\ncontroller: ann")
		if w.chance(10) {
			w.line(0, "on:")
			w.all = []string{"s1"}
			for range w.handlers() {
				w.handler(0, 1)
			}
			w.all = nil
		}
		w.line(0, "steps:")
		w.sequence(0, 2, false, 4)
		src := w.b.String()
		r, problems := route.ParseSource("r.yaml", []byte(src))
		if err := problems.Err(); err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		if problems = route.Check(r, route.ContextOf(forms, nil, []*route.Route{sub})); problems.HasErrors() {
			t.Skip("broken")
		}
		judged++
		for _, what := range unusual {
			if strings.Contains(src, what) {
				with[what]++
			}
		}
		v := compareWithEngine(t, &world{forms, r, sub, cal}, w.free)
		if v.whole {
			whole++
		}
		if v.faulty {
			faulty++
		}
		if v.silent {
			silent++
		}
	})
	t.Logf("%d routes judged, %d searched whole, %d with faults, in %d lint keeps silent; what is in them: %v", judged, whole, faulty, silent, with)
	for _, what := range unusual {
		if judged > 500 && with[what] < judged/100 {
			t.Errorf("of %d routes only %d have %q", judged, with[what], what)
		}
	}
	if judged > 50 && (whole < judged/4 || faulty < judged/20 || faulty > judged*19/20) {
		t.Errorf("of %d routes %d were searched whole and %d have faults: the routes prove little", judged, whole, faulty)
	}
	if judged > 500 && silent > judged/30 {
		t.Errorf("of %d routes lint keeps silent in %d", judged, silent)
	}
}

// unlimited tells whether lint finds a circle without a limit, or, which is
// worse, one that nothing leads out of.
func unlimited(r *route.Route) bool {
	var problems diag.List
	s := &subject{Route: r, problems: &problems}
	for _, s.rule = range []*rule{reworkWithoutLimit(), loopWithoutExit()} {
		s.rule.check(s)
	}
	return len(problems) > 0
}

// verdict is what comparing one route has shown.
type verdict struct{ whole, faulty, silent bool }

func compareWithEngine(t rapid.TB, w *world, free []variable) verdict {
	f := newFlow(w.r, false)
	c := f.concurrency(20_000)
	if c.stopped {
		return verdict{}
	}
	p := newPlay(f, 20_000)
	if !p.run() {
		return verdict{}
	}
	text := string(w.r.File.Src)
	src := "\n" + text
	found := w.explore(t, free, 200)
	// In these only what is found must be true. Waits for the same length of time
	// end together, and actions that set what a condition reads leave it no choice.
	if strings.Contains(text, "1wd") || strings.Contains(text, "not b1") {
		found.whole = false
	}
	if found.stuck != "" {
		t.Fatalf("stuck after %s%s", found.stuck, src)
	}
	if found.endless > 0 && !unlimited(w.r) {
		t.Fatalf("the route goes round without anybody acting, and lint says every circle has a limit%s", src)
	}
	v := verdict{whole: found.whole}
	for i, s := range w.r.Steps() {
		_, never := c.never[s]
		never = never || !f.reaches(s)
		v.faulty = v.faulty || never || f.trapped[begin(f.index[s])]
		if found.entered[s.ID] && (never || p.reached[i] == nil) {
			t.Fatalf("step %s is reached, and lint says it is not (%v)%s", s.ID, never, src)
		}
		if !found.entered[s.ID] && p.reached[i] != nil && found.whole {
			t.Fatalf("step %s is not reached, and lint says it is: %v%s", s.ID, p.path(p.reached[i]), src)
		}
		if !never && !found.entered[s.ID] && found.whole {
			// Lint also thinks of more items than the search has people, of called
			// routes that end in the middle of everything, and of letters that are
			// heard but cannot be acted on yet.
			if v.silent = true; !p.undecided() {
				t.Fatalf("step %s is not reached, and lint keeps silent%s", s.ID, src)
			}
		}
		if found.twice[s.ID] != told(c.twice, s) && (found.whole || found.twice[s.ID]) {
			t.Fatalf("step %s is open twice: %v; lint says %v%s", s.ID, found.twice[s.ID], c.twice, src)
		}
		if found.held[s.ID] != told(c.held, s) && (found.whole || found.held[s.ID]) {
			t.Fatalf("step %s waits for ever: %v; lint says %v%s", s.ID, found.held[s.ID], c.held, src)
		}
	}
	v.faulty = v.faulty || len(c.twice)+len(c.held) > 0
	return v
}
