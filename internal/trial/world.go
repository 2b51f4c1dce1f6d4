package trial

import (
	"fmt"
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// Definitions gives what documents travel by.
type Definitions interface {
	// Calendar gives a working calendar by name, the repository's for "".
	Calendar(name string) *worktime.Calendar
	// UsableRoute gives a route without errors, else all its problems.
	UsableRoute(name string) (*route.Route, error)
	// Written gives a route as far as it can be read; nil when it cannot.
	Written(name string) *route.Route
}

// Runnable is a route that can be run.
type Runnable = *route.Route

// The bounds of what an event may lead to.
const (
	maxCascade = 10   // routes that set each other off, as in office
	maxCalls   = 1000 // routes that call each other on other documents
	maxTimers  = 1000 // timers that go off while time passes
)

// world is a repository in memory with a clock of its own.
type world struct {
	base  *Base
	forms *form.Set
	docs  map[string]*document.Document
	order []string
	now   time.Time
	seq   map[string]int // last number by form
	// what has happened since somebody last asked
	effects    []engine.Effect
	registered []string
	letters    []letter
	notes      []string

	writes bool // files and letters are made
	calls  int  // since an event from outside
	visits []visit
	last   map[string]string // who got the last task of a step
	pinned map[string]*route.Route
}

// visit is something a transition went through, with the route's name.
type visit struct {
	engine.Visit
	route string
}

func newWorld(b *Base, forms *form.Set, now time.Time) *world {
	return &world{base: b, forms: forms, docs: map[string]*document.Document{}, now: now, seq: map[string]int{},
		last: map[string]string{}, pinned: map[string]*route.Route{}}
}

// Pinned implements engine.Definitions.
func (w *world) Pinned(id string) (*route.Route, error) {
	if r := w.pinned[id]; r != nil {
		return r, nil
	}
	for _, r := range w.base.Routes {
		if r.ID == id {
			return r, nil
		}
	}
	return nil, fmt.Errorf("there is no definition %s", id)
}

// Current implements engine.Definitions.
func (w *world) Current(name string) (*route.Route, error) { return w.base.UsableRoute(name) }

// Starting implements engine.Definitions.
func (w *world) Starting(name string, on route.StartKind) []*route.Route {
	var out []*route.Route
	for _, r := range w.base.Routes {
		if r.For.Text == name && startsOn(r, on) {
			out = append(out, r)
		}
	}
	return out
}

// Document implements form.Lookup.
func (w *world) Document(number string) (*document.Document, error) { return w.docs[number], nil }

// ByUnique implements form.Lookup.
func (w *world) ByUnique(name, field, value string) ([]string, error) {
	var out []string
	for _, number := range w.order {
		d := w.docs[number]
		if d.Form != name || d.Status == form.Void {
			continue
		}
		if slices.Contains(w.forms.Keys(w.forms.Form(name), d), form.Key{Field: field, Value: value}) {
			out = append(out, number)
		}
	}
	return out, nil
}

// WorkLoad implements engine.Lookup.
func (w *world) WorkLoad(users []string) ([]int, error) {
	out := make([]int, len(users))
	for _, number := range w.order {
		for _, in := range w.docs[number].Routes {
			for i := range in.Tasks {
				if t := &in.Tasks[i]; engine.Pending(t.State) {
					if at := slices.Index(users, t.Who); at >= 0 {
						out[at]++
					}
				}
			}
		}
	}
	return out, nil
}

// LastPerformer implements engine.Lookup.
func (w *world) LastPerformer(name, step string) (string, error) { return w.last[name+"/"+step], nil }

// context is what forms may ask for.
func (w *world) context(author string) form.Context {
	return form.Context{Lookup: w, Now: w.now, Author: author, Calendar: func() *worktime.Calendar { return w.base.Calendar("") }}
}

// add registers a document under the next number of its form, or under one of
// its own.
func (w *world) add(d *document.Document) {
	if d.Number == "" || d.Number[0] == '@' {
		f := w.forms.Form(d.Form)
		for {
			w.seq[d.Form]++
			d.Number = fmt.Sprintf("%s-%d", d.Form, w.seq[d.Form])
			if len(f.Numbers) > 0 {
				d.Number = f.Numbers[0].Format(w.now.Year(), w.seq[d.Form])
			}
			if w.docs[d.Number] == nil {
				break
			}
		}
	}
	d.UID = "trial-" + d.Number
	w.docs[d.Number] = d
	w.order = append(w.order, d.Number)
}

// apply carries out an event and everything that follows from it.
func (w *world) apply(number, actor string, event engine.Event) error {
	w.calls = 0
	return w.applyAt(number, actor, event, 0)
}

func (w *world) applyAt(number, actor string, event engine.Event, depth int) error {
	if depth > maxCascade { // as in office
		w.notes = append(w.notes, fmt.Sprintf("%s: routes set each other off more than %d times; what they were still to do was left out", number, maxCascade))
		return nil
	}
	res, err := engine.Apply(w.input(number, actor, event))
	if err != nil {
		return err
	}
	fresh, numbers := w.take(res)
	if err := w.papers(res, numbers); err != nil {
		return err
	}
	for i, d := range res.Changed {
		switch {
		case slices.Contains(fresh, d.Number):
			err = w.applyAt(d.Number, actor, engine.Registered{}, depth+1)
		case i < len(res.Fields) && len(res.Fields[i]) > 0:
			err = w.applyAt(d.Number, actor, engine.DocumentChanged{Fields: res.Fields[i], Noticed: i == 0}, depth+1)
		}
		if err != nil {
			return err
		}
	}
	for _, next := range res.Then {
		if n, fresh := numbers[next.Document]; fresh {
			next.Document = n
		}
		if w.docs[next.Document] == nil {
			return fmt.Errorf("there is no document %q to go on with", next.Document)
		}
		if w.calls++; w.calls > maxCalls {
			return fmt.Errorf("routes call each other without end, at last on %s", next.Document)
		}
		if err := w.applyAt(next.Document, actor, next.Event, depth); err != nil {
			return err
		}
	}
	return nil
}

// input is what the engine is told of an event.
func (w *world) input(number, actor string, event engine.Event) engine.Input {
	return engine.Input{Document: w.docs[number], Event: event, Actor: actor, Now: w.now,
		Definitions: w, Forms: w.forms, Calendar: w.base.Calendar, Lookup: w}
}

// take keeps what a transition led to, and gives the numbers of new documents,
// in order and by placeholder.
func (w *world) take(res engine.Result) (fresh []string, numbers map[string]string) {
	numbers = map[string]string{}
	for _, d := range res.Changed {
		if !slices.Contains(res.New, d.Number) {
			continue
		}
		placeholder := d.Number
		w.add(d)
		numbers[placeholder] = d.Number
		fresh = append(fresh, d.Number)
	}
	for _, d := range res.Changed {
		engine.PutNumbers(w.forms.Form(d.Form), d, numbers)
		w.docs[d.Number] = d
	}
	self := res.Changed[0]
	for _, v := range res.Trace {
		name := ""
		if in := self.Instance(v.Instance); in != nil {
			name = in.Route
		}
		w.visits = append(w.visits, visit{v, name})
	}
	for _, ref := range res.Opened {
		if in, t := self.Task(ref.Task); t != nil && t.Who != "" {
			w.last[in.Route+"/"+t.Step] = t.Who
		}
	}
	w.effects = append(w.effects, res.Effects...)
	w.notes = append(w.notes, res.Notes...)
	w.registered = append(w.registered, fresh...)
	return fresh, numbers
}

// passUntil lets time pass; every timer goes off at its moment.
func (w *world) passUntil(at time.Time) error {
	for range maxTimers {
		next := time.Time{}
		for _, number := range w.order {
			if t := engine.NextTimer(w.docs[number]); !t.IsZero() && !t.After(at) && (next.IsZero() || t.Before(next)) {
				next = t
			}
		}
		if next.IsZero() {
			break
		}
		if next.After(w.now) {
			w.now = next
		}
		before := len(w.order)
		for _, number := range w.order[:before] {
			if t := engine.NextTimer(w.docs[number]); !t.IsZero() && !t.After(w.now) {
				if err := w.apply(number, "tick", engine.TimerDue{}); err != nil {
					return err
				}
			}
		}
		if next.Equal(w.earliest()) {
			break // a timer that nothing answers to must not stop the clock
		}
	}
	if at.After(w.now) {
		w.now = at
	}
	return nil
}

// earliest gives the next timer of all documents.
func (w *world) earliest() time.Time {
	var next time.Time
	for _, number := range w.order {
		if t := engine.NextTimer(w.docs[number]); !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}
