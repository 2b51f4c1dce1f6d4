package lint

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
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

// sources is a definition.Source in memory.
type sources map[string]string

func (f sources) Read(name string) ([]byte, error) {
	if src, ok := f[name]; ok {
		return []byte(src), nil
	}
	return nil, fs.ErrNotExist
}

func (f sources) List(dir, suffix string) ([]string, error) {
	var names []string
	for name := range f {
		if path.Dir(name) == dir && strings.HasSuffix(name, suffix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// conditions is the number of booleans of the form.
const conditions = 6

func smallOffice() sources {
	var fields strings.Builder
	for i := range conditions {
		fmt.Fprintf(&fields, "  - {field: b%d, type: bool, label: B}\n", i+1)
	}
	return sources{
		"e1.yaml":           "title: T\nlanguage: en\ncurrency: RUB\ntime_zone: Europe/Moscow\ncalendar: ru\nlayout: 1\n",
		"org.yaml":          "users:\n- {id: ann, name: Ann, email: ann@example.invalid, roles: [admin]}\n- {id: bob, name: Bob, email: bob@example.invalid, roles: []}\nroles:\n- {id: admin, title: admin}\n",
		"routes/sub.yaml":   called,
		"forms/papers.yaml": "form: papers\ntitle: P\none: P\nnumber: PAP-{seq:6}\nstatuses:\n- {status: new, title: N}\ngroups:\n- group: main\n  title: M\n  fields:\n  - {field: note, type: text, label: N}\n" + fields.String(),
	}
}

// writer writes random small routes, sound ones and others. Each condition is
// a boolean of its own.
type writer struct {
	*rapid.T
	b     strings.Builder
	steps int
	used  int      // conditions
	named []string // steps of the sequence being written: jumps stay in it
	all   []string // steps of every sequence
	open  []string // blocks of every sequence that a milestone may be made of
	ends  bool     // an `end` is allowed here: every block around cancels
}

func (w *writer) line(depth int, format string, args ...any) {
	w.b.WriteString(strings.Repeat("  ", depth) + fmt.Sprintf(format, args...) + "\n")
}

func (w *writer) one(of ...string) string { return rapid.SampledFrom(of).Draw(w.T, "word") }

func (w *writer) chance(percent int) bool {
	return rapid.IntRange(1, 100).Draw(w.T, "chance") <= percent
}

func (w *writer) condition() string {
	w.used++
	return fmt.Sprintf("b%d", w.used)
}

func (w *writer) more() bool { return w.used < 2 }

// sequence writes steps of one branch, the first of which is a task.
func (w *writer) sequence(depth, nesting int, inside bool, most int) {
	named := w.named
	w.named = nil
	w.block(depth, nesting, inside, most)
	w.named = named
}

func (w *writer) block(depth, nesting int, inside bool, most int) {
	w.task(depth, nesting, inside, true)
	for range rapid.IntRange(0, most-1).Draw(w.T, "steps") {
		w.step(depth, nesting, inside)
	}
}

func (w *writer) id() string {
	w.steps++
	return fmt.Sprintf("s%d", w.steps)
}

func (w *writer) target(inside bool) string {
	switch w.one("next", "next", "go", "go", "end", "leave") {
	case "go":
		if len(w.named) > 0 {
			return "go: " + rapid.SampledFrom(w.named).Draw(w.T, "target")
		}
	case "end":
		if w.ends {
			return "end: early"
		}
	case "leave":
		if inside {
			return "leave: true"
		}
	}
	return "next: true"
}

func (w *writer) task(depth, nesting int, inside, plain bool) {
	id := w.id()
	w.named = append(w.named, id)
	w.line(depth, "- task: T")
	w.line(depth, "  id: %s", id)
	w.line(depth, "  who: bob")
	if !plain && w.more() && w.chance(15) {
		w.line(depth, "  if: %s", w.condition())
	}
	if inside && len(w.all) > 0 && w.chance(15) {
		w.line(depth, "  while: open(%s)", rapid.SampledFrom(slices.Concat(w.all, w.open)).Draw(w.T, "open"))
	}
	if inside && len(w.all) > 0 && w.chance(25) {
		w.line(depth, "  after: %s", rapid.SampledFrom(w.all).Draw(w.T, "after"))
	}
	if inside && w.chance(15) {
		w.line(depth, "  lock: %s", w.one("one", "two"))
	}
	w.all = append(w.all, id)
	if !w.chance(60) {
		return
	}
	w.line(depth, "  outcomes:")
	for i := range rapid.IntRange(1, 2).Draw(w.T, "outcomes") {
		first := w.target(inside)
		if strings.HasPrefix(first, "go") && w.chance(50) {
			w.line(depth, "    o%d: {%s, max: 1, else: {%s}}", i, first, w.target(inside))
		} else {
			w.line(depth, "    o%d: {%s}", i, first)
		}
	}
}

func (w *writer) step(depth, nesting int, inside bool) {
	kind := "task"
	if nesting > 0 && w.steps < 9 {
		kind = w.one("task", "task", "task", "choose", "parallel", "parallel", "choose", "each", "each", "repeat", "repeat", "wait", "do", "first", "actions", "call")
	}
	switch kind {
	case "task":
		w.task(depth, nesting, inside, false)
	case "choose":
		if !w.more() {
			return
		}
		w.line(depth, "- choose:")
		w.line(depth, "  branches:")
		w.line(depth, "  - if: %s", w.condition())
		w.line(depth, "    steps:")
		w.block(depth+2, nesting-1, inside, 2)
		if w.chance(50) {
			w.line(depth, "  - else: next")
		} else {
			w.line(depth, "  - else:")
			w.block(depth+2, nesting-1, inside, 1)
		}
	case "parallel":
		id := w.id()
		w.named = append(w.named, id)
		w.open = append(w.open, id)
		w.line(depth, "- parallel:")
		w.line(depth, "  id: %s", id)
		join := w.one("all", "all", "any", "2", "none")
		w.line(depth, "  join: %s", join)
		ends := w.ends
		if w.ends = ends && join != "none" && w.chance(50); w.ends {
			w.line(depth, "  rest: cancel")
		}
		if inside && w.chance(15) {
			w.line(depth, "  lock: %s", w.one("one", "two"))
		}
		decides := w.chance(30)
		if decides {
			named := w.ends
			w.ends = ends
			w.line(depth, "  outcomes:")
			w.line(depth, "    approve: {%s}", w.target(inside))
			w.line(depth, "    reject: {%s, now: %s}", w.target(inside), w.one("true", "false"))
			w.ends = named
		}
		if w.chance(15) {
			w.line(depth, "  one_at_a_time: true")
		}
		if w.more() && w.chance(40) {
			w.handler(depth+1, nesting)
		}
		w.line(depth, "  branches:")
		for i := range rapid.IntRange(2, 3).Draw(w.T, "branches") {
			if i > 0 && w.more() && w.chance(20) {
				w.line(depth, "  - if: %s", w.condition())
				w.line(depth, "    steps:")
			} else {
				w.line(depth, "  - steps:")
			}
			named := w.named
			w.named = nil
			if decides && w.chance(70) {
				a := w.id()
				w.named = append(w.named, a)
				w.line(depth+2, "- {approve: A, id: %s, who: bob}", a)
			} else {
				w.task(depth+2, nesting, true, true)
			}
			for range rapid.IntRange(0, 1).Draw(w.T, "steps") {
				w.step(depth+2, nesting-1, true)
			}
			w.named = named
		}
		w.ends = ends
	case "each":
		w.line(depth, "- each: [ann, bob]")
		w.line(depth, "  join: %s", w.one("all", "any"))
		ends := w.ends
		if w.ends = ends && w.chance(50); w.ends {
			w.line(depth, "  rest: cancel")
		}
		w.line(depth, "  steps:")
		all, open := w.all, w.open
		w.all, w.open = nil, nil // what other items do is looked at in other tests
		w.sequence(depth+1, nesting-1, true, 2)
		w.all, w.open, w.ends = all, open, ends
	case "repeat":
		if !w.more() {
			return
		}
		id := w.id()
		w.open = append(w.open, id)
		w.line(depth, "- repeat:")
		w.line(depth, "  id: %s", id)
		w.line(depth, "  until: %s", w.condition())
		if w.chance(50) {
			w.line(depth, "  max: %s", w.one("1", "2"))
		}
		w.line(depth, "  steps:")
		w.block(depth+1, nesting-1, inside, 2)
	case "wait":
		w.line(depth, "- wait: 1wd")
	case "do":
		w.line(depth, "- do:")
		w.line(depth, "  - set: {note: '\"x\"'}")
	case "first":
		w.line(depth, "- wait:")
		w.line(depth, "    first:")
		w.line(depth, "    - until: 1wd")
		if w.chance(50) {
			w.line(depth, "      steps:")
			w.block(depth+3, nesting-1, inside, 1)
		}
		if w.more() && w.chance(50) {
			w.line(depth, "    - when: %s", w.condition())
			w.line(depth, "      steps:")
			w.block(depth+3, nesting-1, inside, 1)
		} else {
			w.line(depth, "    - message: any")
		}
	case "actions":
		w.line(depth, "- do:")
		if w.chance(30) {
			w.line(depth, "  - register: {form: papers, set: {note: '\"x\"'}}")
		}
		w.line(depth, "  - %s: %s", w.one("cancel", "complete"), rapid.SampledFrom(w.all).Draw(w.T, "step"))
	case "call":
		w.line(depth, "- call: sub")
		w.line(depth, "  outcomes:")
		w.line(depth, "    good: {%s}", w.target(inside))
		w.line(depth, "    bad: {%s}", w.target(inside))
	}
}

// handler writes what a block does when a condition becomes true meanwhile.
func (w *writer) handler(depth, nesting int) {
	w.line(depth, "on:")
	w.line(depth, "- when: %s", w.condition())
	if w.chance(50) {
		w.line(depth, "  cancel: %s", rapid.SampledFrom(w.all).Draw(w.T, "step"))
	}
	w.line(depth, "  steps:")
	w.sequence(depth+1, nesting-1, true, 1)
}

// called is the route that the others call.
const called = "route: sub\nfor: papers\nstart: by route\ncontroller: ann\nsteps:\n- {task: Q, id: q1, who: bob, outcomes: {a: next, b: {end: bad}}}\n- end: good\n"

// world is what the engine asks for.
type world struct {
	forms  *form.Set
	r, sub *route.Route
	cal    *worktime.Calendar
}

func calledRoute(t testing.TB) *route.Route {
	t.Helper()
	r, problems := route.ParseSource("routes/sub.yaml", []byte(called))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) named(name string) *route.Route {
	if name == w.sub.Name.Text {
		return w.sub
	}
	return w.r
}

func (w *world) Pinned(id string) (*route.Route, error) {
	if id == w.sub.ID {
		return w.sub, nil
	}
	return w.r, nil
}

func (w *world) Current(name string) (*route.Route, error)         { return w.named(name), nil }
func (w *world) Starting(string, route.StartKind) []*route.Route   { return nil }
func (w *world) Document(string) (*document.Document, error)       { return nil, nil }
func (w *world) ByUnique(string, string, string) ([]string, error) { return nil, nil }
func (w *world) WorkLoad(users []string) ([]int, error)            { return make([]int, len(users)), nil }
func (w *world) LastPerformer(string, string) (string, error)      { return "", nil }
func (w *world) apply(d *document.Document, now time.Time, e engine.Event) (engine.Result, error) {
	return engine.Apply(engine.Input{Document: d, Event: e, Actor: "ann", Now: now, Definitions: w, Forms: w.forms, Lookup: w,
		Calendar: func(string) *worktime.Calendar { return w.cal }})
}

var zone = time.FixedZone("MSK", 3*60*60)

func weekdays(t testing.TB) *worktime.Calendar {
	t.Helper()
	day := []worktime.Hours{{From: 9 * 60, To: 18 * 60}}
	c, err := worktime.New(worktime.Definition{Name: "ru", Zone: zone, Hours: day, Week: map[time.Weekday][]worktime.Hours{
		time.Monday: day, time.Tuesday: day, time.Wednesday: day, time.Thursday: day, time.Friday: day}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// search is an exhaustive search over what people may answer, which conditions
// hold meanwhile, and time.
type search struct {
	entered, twice, held map[string]bool
	whole                bool // nothing was left out
	stuck                string
	endless              bool
}

type node struct {
	doc *document.Document
	now time.Time
	how string
}

func (w *world) explore(t rapid.TB, used, most int, enough func(*search) bool) *search {
	s := &search{entered: map[string]bool{}, twice: map[string]bool{}, held: map[string]bool{}}
	seen := map[string]bool{}
	var queue []node
	take := func(from node, now time.Time, how string, e engine.Event) {
		res, err := w.apply(from.doc, now, e)
		var refusal *engine.Refusal
		if errors.As(err, &refusal) && refusal.Reason == engine.Endless {
			s.endless = true // a circle that nobody acts in, as the conditions happen to be
			return
		}
		if err != nil {
			t.Fatalf("%s > %s: %v\n%s", from.how, how, err, w.r.File.Src)
		}
		for _, v := range res.Trace {
			if v.What == engine.VisitEntered {
				s.entered[v.Step] = true
			}
		}
		for _, n := range res.Notes {
			if id, ok := quotedWord(n, " was still open from an earlier pass"); ok {
				s.twice[id] = true
			}
			if id, ok := quotedWord(n, " waited for what can no longer come"); ok {
				s.held[id] = true
			}
		}
		d := res.Changed[0]
		for i := range d.Routes { // the past weighs the search down
			d.Routes[i].Tasks = slices.DeleteFunc(d.Routes[i].Tasks, func(t document.Task) bool { return t.State != engine.TaskOpen })
		}
		key := keyOf(d)
		if !seen[key] {
			seen[key] = true
			queue = append(queue, node{d, now, from.how + " > " + how})
		}
	}
	answers := func(visit func(fields []engine.Field, how string)) {
		for mask := range 1 << used {
			var fields []engine.Field
			for i := range used {
				text := "no"
				if mask>>i&1 == 1 {
					text = "yes"
				}
				fields = append(fields, engine.Field{Name: fmt.Sprintf("b%d", i+1), Text: text})
			}
			visit(fields, fmt.Sprintf("%b", mask))
		}
	}
	monday := time.Date(2026, 11, 23, 10, 0, 0, 0, zone)
	with := func(d *document.Document, fields []engine.Field) *document.Document {
		d = d.Clone()
		for _, f := range fields {
			if p := w.forms.SetText(w.forms.Form("papers"), d, f.Name, f.Text, form.Context{Now: monday}); p != nil {
				t.Fatal(p.Message)
			}
		}
		return d
	}
	fresh := &document.Document{Form: "papers", Number: "P", UID: "p", Registered: monday, By: "ann", Status: "new"}
	answers(func(fields []engine.Field, how string) {
		take(node{doc: with(fresh, fields)}, monday, "start "+how, engine.Start{Route: "r"})
	})
	for i := 0; i < len(queue); i++ {
		if i >= most || enough(s) {
			return s
		}
		n := queue[i]
		in := &n.doc.Routes[0]
		if in.State != engine.Running {
			if len(in.Open) > 0 {
				t.Fatalf("%s: %s and open\n%s", n.how, in.State, w.r.File.Src)
			}
			continue
		}
		moves := 0
		for _, task := range openTasks(n.doc) {
			for _, c := range engine.Outcomes(w.named(task.route), &task.Task, "en") {
				answers(func(fields []engine.Field, how string) {
					moves++
					take(n, n.now, fmt.Sprintf("%s %s %s", task.Step, c.Name, how), engine.Advance{Task: task.ID, Outcome: c.Name, Comment: "c", Fields: fields})
				})
			}
		}
		if next := engine.NextTimer(n.doc); !next.IsZero() {
			answers(func(fields []engine.Field, how string) {
				moves++
				take(node{with(n.doc, fields), n.now, n.how}, next, "time "+how, engine.TimerDue{})
			})
		}
		if moves == 0 {
			s.stuck = n.how
			return s
		}
	}
	s.whole = true
	return s
}

// openTask is a task of one of the routes of a document.
type openTask struct {
	document.Task
	route string
}

func openTasks(d *document.Document) []openTask {
	var out []openTask
	for _, in := range d.Routes {
		for _, t := range in.Tasks {
			if t.State == engine.TaskOpen {
				out = append(out, openTask{t, in.Route})
			}
		}
	}
	return out
}

func quotedWord(text, after string) (string, bool) {
	rest, ok := strings.CutPrefix(text, `step "`)
	if !ok {
		return "", false
	}
	id, rest, ok := strings.Cut(rest, `"`)
	return id, ok && strings.HasPrefix(rest, after)
}

// keyOf is what the future of a document depends on.
func keyOf(d *document.Document) string {
	var b strings.Builder
	for i, in := range d.Routes {
		if i > 0 && in.State != engine.Running {
			continue // whoever called it knows its end
		}
		fmt.Fprintf(&b, "%s %s %s;", in.Route, in.State, in.End)
		if in.State != engine.Running {
			continue
		}
		var open []string
		for _, p := range in.Open {
			open = append(open, fmt.Sprint(p.At, p.Item, p.State, p.Started, p.Arrived, p.Answers, p.Count, !p.Until.IsZero()))
		}
		slices.Sort(open)
		for _, v := range in.Vars {
			open = append(open, fmt.Sprint(v.Name, v.Value.Text, slices.Sorted(slices.Values(v.Value.List))))
		}
		b.WriteString(strings.Join(open, ";"))
	}
	return b.String()
}

// TestLintAgreesWithTheEngine is two independent implementations testing each
// other: what the analysis says about random small routes is what an
// exhaustive search over engine.Apply finds, with all answers, all conditions
// and time: which steps are reached, which blocks the route comes back to
// while they are at work, and whether a step is held for what never comes.
func TestLintAgreesWithTheEngine(t *testing.T) {
	defs := definition.New(smallOffice())
	forms, err := defs.Forms()
	if err != nil {
		t.Fatal(err)
	}
	cal, sub := weekdays(t), calledRoute(t)
	judged, whole, faulty := 0, 0, 0
	unusual, with := []string{"call: ", "first:", " on:\n", "cancel: ", "complete: ", "register: "}, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := &writer{T: t, ends: true}
		w.line(0, "route: r\nfor: papers\nstart: by hand\ncontroller: ann\nsteps:")
		w.sequence(0, 2, false, 4)
		r, problems := route.ParseSource("r.yaml", []byte(w.b.String()))
		if err := problems.Err(); err != nil {
			t.Fatalf("%v\n%s", err, w.b.String())
		}
		problems = route.Check(r, route.ContextOf(forms, nil, []*route.Route{sub}))
		if problems.HasErrors() {
			t.Skip("broken")
		}
		judged++
		for _, what := range unusual {
			if strings.Contains(w.b.String(), what) {
				with[what]++
			}
		}
		if compareWithEngine(t, &world{forms, r, sub, cal}, w.used) {
			whole++
		}
		f := newFlow(r, false)
		c := f.concurrency(20_000)
		if len(c.twice)+len(c.held) > 0 || slices.ContainsFunc(r.Steps(), func(s *route.Step) bool { return !f.reaches(s) || f.trapped[begin(f.index[s])] }) {
			faulty++
		}
	})
	t.Logf("%d routes judged, %d searched whole, %d with faults; what is in them: %v", judged, whole, faulty, with)
	for _, what := range unusual {
		if judged > 500 && with[what] < judged/100 {
			t.Errorf("of %d routes only %d have %q", judged, with[what], what)
		}
	}
	if judged > 50 && (whole < judged/4 || faulty < judged/20 || faulty > judged*19/20) {
		t.Errorf("of %d routes %d were searched whole and %d have faults: the routes prove little", judged, whole, faulty)
	}
}

// unlimited tells whether lint finds a circle without a limit.
func unlimited(r *route.Route) bool {
	var problems diag.List
	s := &subject{Route: r, problems: &problems, rule: reworkWithoutLimit()}
	s.rule.check(s)
	return len(problems) > 0
}

func compareWithEngine(t *rapid.T, w *world, used int) bool {
	f := newFlow(w.r, false)
	c := f.concurrency(20_000)
	if c.stopped {
		t.Skip("too large")
	}
	expected := func(s *route.Step) bool { return f.reaches(s) && c.never[s] == nil }
	found := w.explore(t, used, 200, func(s *search) bool { return false })
	text := string(w.r.File.Src)
	src := "\n" + text
	// Who comes first to a lock is chosen by the engine, not by people. Where
	// others are cancelled meanwhile, not every order happens.
	if (strings.Contains(text, "lock:") || strings.Contains(text, "one_at_a_time:")) && (strings.Contains(text, "rest: cancel") || strings.Contains(text, "now: true")) {
		found.whole = false
	}
	// Steps that are given up at once let their branch arrive before the others
	// had a chance; when exactly is the engine's business.
	early := slices.ContainsFunc(w.r.Steps(), func(s *route.Step) bool { return s.Cancel || partial(s) })
	if len(c.never) > 0 || early && strings.Contains(text, "while: open") {
		found.whole = false
	}
	// What is withdrawn may be gone at once, or be there when nobody comes; what
	// comes by itself comes when it likes; a route that is called may end in
	// other ways than this one does.
	if len(f.withdraw) > 0 || strings.Contains(text, "first:") || strings.Contains(text, "  on:") || strings.Contains(text, "call:") {
		found.whole = false
	}
	// A list that is not empty here might be.
	if slices.ContainsFunc(w.r.Steps(), func(s *route.Step) bool { return s.Verb == route.Each && !f.joins(s, f.reached) }) {
		found.whole = false
	}
	if found.stuck != "" {
		t.Fatalf("stuck after %s%s", found.stuck, src)
	}
	if found.endless {
		found.whole = false
		if !unlimited(w.r) {
			t.Fatalf("the route goes round without anybody acting, and lint says every circle has a limit%s", src)
		}
	}
	for _, s := range w.r.Steps() {
		if found.entered[s.ID] && !expected(s) {
			t.Fatalf("step %s is reached, and lint says it is not%s", s.ID, src)
		}
		if !found.entered[s.ID] && expected(s) && found.whole {
			t.Fatalf("step %s is not reached, and lint says it is%s", s.ID, src)
		}
		if twice := told(c.twice, s); found.twice[s.ID] && !twice && len(found.held) == 0 {
			t.Fatalf("step %s is open twice, and lint says it is not%s", s.ID, src)
		} else if twice && !found.twice[s.ID] && found.whole {
			t.Fatalf("step %s is never open twice, and lint says it is: %v%s", s.ID, c.twice, src)
		}
	}
	if len(found.held) > 0 && len(c.held) == 0 {
		t.Fatalf("%v waited for ever, and lint says nothing does%s", found.held, src)
	}
	if len(c.held) > 0 && len(found.held) == 0 && found.whole {
		t.Fatalf("nothing waits for ever, and lint says it does: %v%s", c.held, src)
	}
	return found.whole
}
