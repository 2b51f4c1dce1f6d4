package engine

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// writer writes random routes that are sound by construction.
type writer struct {
	*rapid.T
	b     strings.Builder
	steps int
	named []string // ids of steps of the sequence being written, for jumps back
}

func (w *writer) line(depth int, format string, args ...any) {
	w.b.WriteString(strings.Repeat("  ", depth) + fmt.Sprintf(format, args...) + "\n")
}

func (w *writer) one(of ...string) string { return rapid.SampledFrom(of).Draw(w.T, "word") }

func (w *writer) chance(percent int) bool {
	return rapid.IntRange(1, 100).Draw(w.T, "chance") <= percent
}

// block writes a sequence of steps.
func (w *writer) block(depth, nesting int, inside bool) {
	outer := w.named
	w.named = nil
	for i, n := 0, rapid.IntRange(1, 3).Draw(w.T, "steps"); i < n; i++ {
		w.step(depth, nesting, inside)
	}
	w.named = outer
}

func (w *writer) step(depth, nesting int, inside bool) {
	w.steps++
	id := fmt.Sprintf("s%d", w.steps)
	kind := "task"
	if nesting > 0 && w.steps < 25 {
		kind = w.one("task", "task", "task", "approve", "choose", "parallel", "each", "repeat", "do", "inform", "wait", "call")
	}
	cond := w.one("amount > 10", "amount > 500", "filled(note)", "rounds == 1", `name == "a"`)
	switch kind {
	case "task", "approve":
		if kind == "approve" && !inside {
			kind = "task"
		}
		w.line(depth, "- %s: T", kind)
		w.line(depth, "  id: %s", id)
		w.line(depth, "  who: %s", w.one("ann", "bob", "role clerk", "role judge", "role nobody", "boss", "[ann, dan]", "department law", "head of boss"))
		w.line(depth, "  pick: %s", w.one("any", "all", "2", "first", "least-loaded", "round-robin"))
		w.line(depth, "  due: %s", w.one("1wd", "4wh", "kind.term", "wanted", "by hand"))
		if w.chance(20) {
			w.line(depth, "  if: %s", cond)
		}
		if w.chance(20) {
			w.line(depth, "  controller: cat")
		}
		if w.chance(20) && inside {
			w.line(depth, "  lock: stamp")
		}
		if w.chance(20) {
			w.line(depth, "  fill: [note]")
		}
		if kind == "approve" {
			w.line(depth, "  outcomes: {approve: next, reject: leave}")
		}
		if kind == "task" && w.chance(50) {
			w.line(depth, "  outcomes:")
			w.line(depth, "    good: {next: true, do: {set: {rounds: 1}}}")
			if len(w.named) > 0 && w.chance(60) {
				w.line(depth, "    bad: {go: %s, comment: required, max: 2, else: {next: true}}", w.named[len(w.named)-1])
			} else if inside {
				w.line(depth, "    enough: leave")
			} else {
				w.line(depth, "    stop: end early")
			}
		}
		w.named = append(w.named, id)
	case "choose":
		w.line(depth, "- choose:")
		w.line(depth, "  branches:")
		w.line(depth, "  - if: %s", cond)
		w.line(depth, "    steps:")
		w.block(depth+2, nesting-1, inside)
		w.line(depth, "  - else: next")
	case "parallel":
		w.line(depth, "- parallel:")
		w.line(depth, "  id: %s", id)
		w.line(depth, "  join: %s", w.one("all", "any", "2", "none"))
		if w.chance(30) {
			w.line(depth, "  one_at_a_time: true")
		}
		if w.chance(20) {
			w.line(depth, "  on:")
			w.line(depth, "  - %s", w.one("when: "+cond, "changed: note"))
			w.line(depth, "    keep: %s", w.one("true", "false"))
			w.line(depth, "    steps:")
			w.block(depth+2, nesting-1, true)
		}
		w.line(depth, "  branches:")
		for i := 0; i < 2; i++ {
			if w.chance(20) {
				w.line(depth, "  - if: %s", cond)
				w.line(depth, "    steps:")
			} else {
				w.line(depth, "  - steps:")
			}
			w.block(depth+2, nesting-1, true)
		}
	case "each":
		w.line(depth, "- each: %s", w.one("[ann, bob]", "lines", "role judge"))
		w.line(depth, "  id: %s", id)
		w.line(depth, "  as: x%d", w.steps)
		w.line(depth, "  join: %s", w.one("all", "any", "2"))
		if w.chance(40) {
			w.line(depth, "  allow: add")
		}
		if w.chance(50) {
			w.line(depth, "  rest: cancel")
		}
		w.line(depth, "  steps:")
		w.block(depth+1, nesting-1, true)
	case "repeat":
		w.line(depth, "- repeat:")
		w.line(depth, "  until: %s", cond)
		w.line(depth, "  max: 2")
		w.line(depth, "  steps:")
		w.block(depth+1, nesting-1, inside)
	case "do":
		w.line(depth, "- do:")
		w.line(depth, "  - set: {note: name, amount: %d}", rapid.IntRange(0, 1000).Draw(w.T, "amount"))
	case "inform":
		w.line(depth, "- inform: News")
		w.line(depth, "  who: [ann, role judge]")
	case "wait":
		w.line(depth, "- wait: 1wd")
	case "call":
		w.line(depth, "- call: sub")
	}
}

var subRoute = "route: sub\nfor: papers\nstart: by route\nsteps:\n- {task: S, id: sub, who: bob}\n- end: well\n"

// TestRandomRoutesNeverGetStuck plays random routes with random answers, times
// and absences: as long as a route runs, something can be done about it, and
// it comes to an end.
func TestRandomRoutesNeverGetStuck(t *testing.T) {
	set := papers(t)
	sub, problems := route.ParseSource("sub.yaml", []byte(subRoute))
	fail(t, problems.Err())
	rapid.Check(t, func(rt *rapid.T) {
		w := &writer{T: rt}
		w.line(0, "route: r\nfor: papers\nstart: by hand\ncontroller: cat\nsteps:")
		w.block(0, 3, false)
		r, problems := route.ParseSource("r.yaml", []byte(w.b.String()))
		problems = append(problems, route.Check(r, route.ContextOf(set, nil, []*route.Route{r, sub}))...)
		for _, p := range problems {
			if p.Code != "R018" { // a join of two where an each has fewer
				rt.Fatalf("%s\n%s", p.Error(), w.b.String())
			}
		}
		s := newShop(t, set, r, sub)
		d := s.put("papers", "P", "amount", fmt.Sprint(rapid.IntRange(0, 1000).Draw(rt, "amount")), "name", w.one("a", "b"), "boss", w.one("ann", "dan"))
		var rows []document.Row
		for i, n := 0, rapid.IntRange(0, 3).Draw(rt, "rows"); i < n; i++ {
			rows = append(rows, document.Row{{Name: "item", Text: "x"}})
		}
		d.Card.Set("lines", &document.Value{Rows: rows})
		playRandomly(rt, s, w.b.String())
	})
}

func playRandomly(rt *rapid.T, s *shop, source string) {
	apply := func(actor string, e Event, refusable ...Reason) {
		in := s.input("P", actor, e)
		before := in.Document.Clone()
		res, err := Apply(in)
		again, err2 := Apply(in)
		if !reflect.DeepEqual(before, in.Document) {
			rt.Fatalf("the input was changed:\n%s", cmp.Diff(before, in.Document))
		}
		if fmt.Sprint(err) != fmt.Sprint(err2) {
			rt.Fatalf("two errors of one input: %v, %v", err, err2)
		}
		var refusal *Refusal
		if errors.As(err, &refusal) && slices.Contains(refusable, refusal.Reason) {
			return
		}
		if err != nil {
			rt.Fatalf("%T by %s: %v\n%s\n%+v", e, actor, err, source, s.docs["P"].Routes)
		}
		if !reflect.DeepEqual(res, again) {
			rt.Fatalf("two results of one input:\n%s", cmp.Diff(res, again, cmp.Comparer(func(a, b *route.Route) bool { return a == b })))
		}
		if a, b := encoded(rt, s.forms, res.Changed[0]), encoded(rt, s.forms, again.Changed[0]); a != b {
			rt.Fatalf("two texts of one input:\n%s\n%s", a, b)
		}
		kept(rt, before, res.Changed[0])
		s.docs["P"] = res.Changed[0]
	}
	apply("ann", Start{Route: "r"})
	for moves := 0; ; moves++ {
		d := s.docs["P"]
		running := false
		var open []document.Task
		var until time.Time
		for _, in := range d.Routes {
			if in.State != Running {
				if len(in.Open) > 0 {
					rt.Fatalf("route %d is %s and still open: %+v", in.ID, in.State, in.Open)
				}
				continue
			}
			running = true
			if def, err := s.Pinned(in.Definition); err != nil {
				rt.Fatal(err)
			} else if lost := Standing(def, &in); len(lost) > 0 {
				rt.Fatalf("%s\n%s\n%+v", lost[0].Message, source, in)
			}
			if len(in.Open) == 0 {
				rt.Fatalf("route %d runs and is open nowhere\n%s", in.ID, source)
			}
			for _, t := range in.Tasks {
				if Pending(t.State) {
					open = append(open, t)
				}
			}
			for _, p := range in.Open {
				if !p.Until.IsZero() && (until.IsZero() || p.Until.Before(until)) {
					until = p.Until
				}
			}
		}
		if !running {
			return
		}
		if moves > 1000 {
			rt.Fatalf("the route does not come to an end\n%s", source)
		}
		if len(open) == 0 {
			if until.IsZero() {
				rt.Fatalf("stuck at %+v\n%s", d.Routes, source)
			}
			s.now = until
			apply("tick", TimerDue{})
			continue
		}
		if moves%7 == 3 {
			s.now = s.now.Add(time.Duration(rapid.IntRange(1, 72).Draw(rt, "hours")) * time.Hour)
			apply("tick", TimerDue{})
			continue
		}
		t := rapid.SampledFrom(open).Draw(rt, "task")
		if moves > 60 { // the oldest: handlers may give new ones for ever, as long as their block is at work
			t = open[0]
		}
		if moves <= 60 && rapid.IntRange(1, 100).Draw(rt, "else") <= 15 {
			otherwise(rt, d, &t, apply)
			continue
		}
		if parts := partsOf(d, t.ID); len(parts) > 0 { // the task awaits them
			t = parts[0]
		}
		in, _ := d.Task(t.ID)
		def, err := s.Pinned(in.Definition)
		if err != nil {
			rt.Fatal(err)
		}
		choices := Outcomes(def, &t, "en")
		choice := rapid.SampledFrom(choices).Draw(rt, "outcome")
		if moves > 60 { // come to an end
			choice = choices[0]
		}
		if t.Kind == KindExtension && !t.Until.After(s.now) { // granting it comes too late, and is refused
			choice.Name = deny
		}
		advance := Advance{Task: t.ID, Outcome: choice.Name, Comment: "c"}
		if moves <= 60 || d.Card.Text("note") == "" { // who listens for changes may listen for ever
			advance.Fields = []Field{{"note", "n"}}
		}
		apply("eve", advance)
	}
}

// partsOf lists the open parts of a task, the innermost first.
func partsOf(d *document.Document, id int) []document.Task {
	var out []document.Task
	for _, in := range d.Routes {
		for _, t := range in.Tasks {
			if t.Of == id && t.Kind == KindPart && Pending(t.State) {
				out = append(append(partsOf(d, t.ID), t), out...)
			}
		}
	}
	return out
}

// otherwise does something about a task beside answering it: a part is given
// away, another deadline asked for, somebody else gets it, it is refused or
// withdrawn, or an item is added to an each at work. What is not possible just
// then has to be refused.
func otherwise(rt *rapid.T, d *document.Document, t *document.Task, apply func(string, Event, ...Reason)) {
	user := rapid.SampledFrom([]string{"ann", "bob", "cat", "dan", "eve"}).Draw(rt, "user")
	owner := rapid.SampledFrom(append([]string{"eve"}, Awaited(t)...)).Draw(rt, "owner")
	switch rapid.SampledFrom([]string{"part", "extend", "reassign", "refuse", "withdraw", "accept", "add"}).Draw(rt, "act") {
	case "part":
		apply(owner, Part{Task: t.ID, To: user, Text: "a part"}, NotYours, TaskClosed, BadRequest, Endless)
	case "extend":
		apply(owner, Extend{Task: t.ID, Due: "3wd", Comment: "c"}, NotYours, TaskClosed, BadRequest, AlreadyRunning, UnknownUser)
	case "reassign":
		apply(owner, Reassign{Task: t.ID, To: user}, NotYours, TaskClosed, BadRequest)
	case "refuse":
		apply(owner, Refuse{Task: t.ID, Comment: "c"}, NotYours, TaskClosed, UnknownUser)
	case "withdraw":
		apply("eve", Withdraw{Task: t.ID}, OutcomeNeeded)
	case "accept":
		apply(owner, Accept{Task: t.ID}, NotYours, TaskClosed)
	case "add":
		step := ""
		for _, in := range d.Routes {
			for _, p := range in.Open {
				if len(p.Started) > 0 && p.State == "" {
					step = p.At
				}
			}
		}
		apply("eve", Add{Step: step, Item: user}, NotRunning, BadRequest, Ambiguous)
	}
}

// kept proves that no task was lost and no closed one changed.
func kept(rt *rapid.T, before, after *document.Document) {
	for _, in := range before.Routes {
		for _, t := range in.Tasks {
			_, now := after.Task(t.ID)
			if now == nil {
				rt.Fatalf("task %d was lost", t.ID)
			}
			if !Pending(t.State) && t.State != TaskInform {
				if !reflect.DeepEqual(t, *now) {
					rt.Fatalf("a closed task was changed:\n%s", cmp.Diff(t, *now))
				}
			}
		}
	}
	for _, in := range after.Routes {
		for i, p := range in.Open {
			for _, q := range in.Open[:i] {
				if p.At == q.At && p.Item == q.Item {
					rt.Fatalf("step %s is open twice", p.At)
				}
			}
		}
	}
}

func encoded(rt *rapid.T, set *form.Set, d *document.Document) string {
	out, err := d.Encode(set.Form(d.Form).Order())
	if err != nil {
		rt.Fatal(err)
	}
	back, err := document.Read(out)
	if err != nil {
		rt.Fatal(err)
	}
	again, err := back.Encode(set.Form(d.Form).Order())
	if err != nil {
		rt.Fatal(err)
	}
	if !bytes.Equal(out, again) {
		rt.Fatalf("written and read again:\n%s", cmp.Diff(string(out), string(again)))
	}
	return string(out)
}
