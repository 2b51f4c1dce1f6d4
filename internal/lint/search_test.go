package lint

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
	"pgregory.net/rapid"
)

// world is what the engine asks for.
type world struct {
	forms  *form.Set
	r, sub *route.Route
	cal    *worktime.Calendar
}

func calledRoute(t testing.TB, source string) *route.Route {
	t.Helper()
	r, problems := route.ParseSource("routes/sub.yaml", []byte(source))
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
// hold meanwhile, what comes from outside, and time.
type search struct {
	entered, twice, held map[string]bool
	whole                bool // nothing was left out
	stuck                string
	endless              int // circles that nobody acts in
}

type found struct {
	doc *document.Document
	now time.Time
	how string
}

// explore searches up to a number of states; free are the conditions, dates,
// fields and people that are as they like before each event. No more than two
// letters are kept for later at a time.
func (w *world) explore(t rapid.TB, free []variable, most int) *search {
	s := &search{entered: map[string]bool{}, twice: map[string]bool{}, held: map[string]bool{}}
	seen := map[string]bool{}
	var queue []found
	take := func(from found, now time.Time, how string, e engine.Event) {
		res, err := w.apply(from.doc, now, e)
		var refusal *engine.Refusal
		if errors.As(err, &refusal) && refusal.Reason == engine.Endless {
			s.endless++ // as the conditions happen to be
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
			} else if id, ok := quotedWord(n, " waited for what can no longer come"); ok {
				s.held[id] = true
			} else if strings.Contains(n, "go on: ") { // a circle, in what an event sets off
				s.endless++
				return
			}
		}
		d := res.Changed[0]
		for i := range d.Routes { // the past weighs the search down
			d.Routes[i].Tasks = slices.DeleteFunc(d.Routes[i].Tasks, func(t document.Task) bool { return t.State != engine.TaskOpen })
		}
		key := keyOf(d)
		if !seen[key] {
			seen[key] = true
			queue = append(queue, found{d, now, from.how + " > " + how})
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
	assigned(free, fresh, func(fields []engine.Field, how string) {
		take(found{doc: with(fresh, fields)}, monday, "start "+how, engine.Start{Route: "r"})
	})
	for i := 0; i < len(queue); i++ {
		if i >= most || s.endless > 2 { // each of which takes 20,000 steps
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
		moves := len(waitsOutside(w.r, in))
		for _, task := range openTasks(n.doc) {
			for _, c := range engine.Outcomes(w.named(task.route), &task.Task, "en") {
				assigned(free, n.doc, func(fields []engine.Field, how string) {
					moves++
					take(n, n.now, fmt.Sprintf("%s %s %s", task.Step, c.Name, how), engine.Advance{Task: task.ID, Outcome: c.Name, Comment: "c", Fields: fields})
				})
			}
		}
		assigned(free, n.doc, func(fields []engine.Field, how string) {
			d := with(n.doc, fields)
			take(found{d, n.now, n.how}, n.now, "changed "+how, engine.DocumentChanged{Fields: changedFields(n.doc, d)})
			if len(keptLetters(in)) < 2 && strings.Contains(string(w.r.File.Src), "message: ") {
				take(found{d, n.now, n.how}, n.now, "message "+how, engine.MessageReceived{})
				take(found{d, n.now, n.how}, n.now, "reply "+how, engine.MessageReceived{Reply: true})
			}
			if next := engine.NextTimer(d); !next.IsZero() && next.Year() < far {
				moves++
				take(found{d, n.now, n.how}, next, "time "+how, engine.TimerDue{})
			}
			for _, p := range in.Open {
				if e := w.r.Step(p.At); e.Verb == route.Each && e.Allow.Text != "" && p.State == "" {
					for _, who := range []string{"ann", "bob"} {
						if !slices.Contains(p.Started, who) {
							take(found{d, n.now, n.how}, n.now, "add "+how, engine.Add{Step: p.At, Item: who})
						}
					}
				}
			}
		})
		if moves == 0 {
			s.stuck = n.how
			return s
		}
	}
	s.whole = true
	return s
}

// far is the year of a date that has not come.
const far = 2100

// assigned visits every assignment of some variables, as what is entered into
// a card.
func assigned(free []variable, d *document.Document, visit func(fields []engine.Field, how string)) {
	for n := range assignments(free) {
		var fields []engine.Field
		how := ""
		for _, v := range free {
			value := n % kinds[v.kind]
			n /= kinds[v.kind]
			how += fmt.Sprint(value)
			name := fmt.Sprintf("%s%d", v.kind, v.number)
			switch v.kind {
			case "b":
				fields = append(fields, engine.Field{Name: name, Text: []string{"no", "yes"}[value]})
			case "d":
				fields = append(fields, engine.Field{Name: name, Text: []string{fmt.Sprintf("%d-01-01", far), "2026-01-01"}[value]})
			case "c":
				text := "x"
				if d.Card.Text(name) == "x" {
					text = "y"
				}
				if value == 1 {
					fields = append(fields, engine.Field{Name: name, Text: text})
				}
			case "p":
				fields = append(fields, engine.Field{Name: name, Text: []string{"", "ann", "ann"}[value]},
					engine.Field{Name: strings.Replace(name, "p", "q", 1), Text: []string{"", "", "bob"}[value]})
			case "k":
				fields = append(fields, engine.Field{Name: "k", Text: fmt.Sprint(value)})
			}
		}
		visit(fields, how)
	}
}

// changedFields gives the fields of a card that differ from another one's.
func changedFields(a, b *document.Document) []string {
	var out []string
	for _, e := range b.Card {
		if a.Card.Text(e.Name) != e.Value.Text {
			out = append(out, e.Name)
		}
	}
	for _, e := range a.Card {
		if b.Card.Get(e.Name) == nil {
			out = append(out, e.Name)
		}
	}
	return out
}

// waitsOutside gives the open steps that wait for what a search lets happen at
// any time.
func waitsOutside(r *route.Route, in *document.Instance) []string {
	var out []string
	for _, p := range in.Open {
		if s := r.Step(p.At); p.State == "" && (s.Verb == route.Wait || s.Verb == route.Call) {
			out = append(out, s.ID)
		}
	}
	return out
}

func keptLetters(in *document.Instance) []string {
	if v := in.Vars.Get("came"); v != nil {
		return v.List
	}
	return nil
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
		var parts []string
		for _, p := range in.Open { // in their order
			timed := !p.Until.IsZero() && p.Until.Year() < far
			parts = append(parts, fmt.Sprint(p.At, p.Item, p.State, p.Started, p.Arrived, slices.Sorted(maps.Keys(setOf(p.Answers))), p.Count, timed))
		}
		var vars []string
		for _, v := range in.Vars {
			list := v.Value.List
			if v.Name != "came" {
				list = slices.Sorted(slices.Values(list))
			}
			vars = append(vars, fmt.Sprint(v.Name, v.Value.Text, list))
		}
		slices.Sort(vars)
		b.WriteString(strings.Join(append(parts, vars...), ";"))
	}
	return b.String()
}

func setOf(words []string) map[string]bool {
	out := map[string]bool{}
	for _, w := range words {
		out[w] = true
	}
	return out
}
