package office

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/rule"
)

const (
	formDocument = expr.Document
	formUser     = expr.UserKind
)

// apply lets the engine decide what an event leads to and makes it part of
// the transaction.
func (o *Office) apply(tx *repo.Tx, done *Done, d *document.Document, event engine.Event) error {
	return o.applyAt(tx, done, d, event, &chain{all: new(int)})
}

// What lint could not see must not run for ever: how far routes and rules may
// set each other off within one operation, how far routes may call each other
// on other documents, and how much of it there may be in all.
const (
	maxCascade = 10
	maxCalls   = 100
	maxAll     = 1000
)

// chain is how one thing has led to another, from what a person or a machine
// did on.
type chain struct {
	cascades, calls int  // how deep this one is
	all             *int // what has been set off in all
}

// further is one more link.
func (c *chain) further(cascades, calls int) *chain {
	*c.all++
	return &chain{c.cascades + cascades, c.calls + calls, c.all}
}

// tooFar stops routes and rules that set each other off without end. What they
// were to notice is left out, which a comment says: it must not keep people
// from registering and correcting cards. A call cannot be left out, since
// somebody waits for it.
func (o *Office) tooFar(tx *repo.Tx, done *Done, d *document.Document, event engine.Event, c *chain) (bool, error) {
	switch event.(type) {
	case engine.Called, engine.Returned, engine.Uncalled:
		if c.calls > maxCalls || *c.all > 10*maxAll {
			return true, refusef("e1 show "+d.Number, "routes call each other without end, at last on %s", d.Number)
		}
		return false, nil
	}
	if c.cascades <= maxCascade && *c.all <= maxAll {
		return false, nil
	}
	*c.all = max(*c.all, maxAll+1) // the other branches end too
	text := fmt.Sprintf("routes and rules set each other off more than %d times; what they were still to do was left out", maxCascade)
	if n := len(d.Comments); n == 0 || d.Comments[n-1].Text != text {
		o.comment(tx, d, text)
	}
	done.note("%s: %s", d.Number, text)
	return true, nil
}

func (o *Office) applyAt(tx *repo.Tx, done *Done, d *document.Document, event engine.Event, so *chain) error {
	if far, err := o.tooFar(tx, done, d, event, so); far || err != nil {
		return err
	}
	set, err := tx.Definitions().Forms()
	if err != nil {
		return err
	}
	rules, err := o.rules(tx, done)
	if err != nil {
		return err
	}
	in := o.input(tx, done, set, d)
	in.Event, in.Rules = event, rules
	result, err := engine.Apply(in)
	if err != nil {
		return err
	}
	done.moved = append(done.moved, result.Moved...)
	taken, err := o.take(tx, done, result)
	if err != nil {
		return err
	}
	if err := o.papers(tx, done, result, taken.numbers); err != nil {
		return err
	}
	if err := o.cascade(tx, done, result, taken, so); err != nil {
		return err
	}
	if err := o.referred(tx, done, d.Number, event, taken, so); err != nil {
		return err
	}
	for _, next := range result.Then {
		if err := o.then(tx, done, next, taken.numbers, so); err != nil {
			return err
		}
	}
	return nil
}

// input is what the engine is told besides the event.
func (o *Office) input(tx *repo.Tx, done *Done, set *form.Set, d *document.Document) engine.Input {
	return engine.Input{
		Document:    d,
		Actor:       o.actor.ID,
		Now:         tx.Now(),
		Definitions: judged{tx.Definitions(), done, tx},
		Forms:       set,
		Calendar:    tx.Definitions().Calendar,
		Lookup:      tx.Lookup(),
	}
}

// keepRows refuses a transaction, whatever it is for, that would take rows from
// under a route that is at work on them.
func (o *Office) keepRows(tx *repo.Tx, done *Done) error {
	return tx.Each(func(was, now *document.Document) error { return o.rowsKept(tx, done, was, now) })
}

func (o *Office) rowsKept(tx *repo.Tx, done *Done, was, now *document.Document) error {
	atWork := func(in document.Instance) bool {
		return in.State == engine.Running && slices.ContainsFunc(in.Open, func(p document.Position) bool { return len(p.Started) > 0 })
	}
	if !slices.ContainsFunc(now.Routes, atWork) || reflect.DeepEqual(was.Card, now.Card) {
		return nil
	}
	set, err := tx.Definitions().Forms()
	if err != nil {
		return err
	}
	return engine.RowsKept(o.input(tx, done, set, now), was)
}

// rules gives the engine the rules of a form; one that has errors is not
// applied, which is noted.
func (o *Office) rules(tx *repo.Tx, done *Done) (func(string) []*rule.Rule, error) {
	all, err := tx.Definitions().Rules()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return func(form string) []*rule.Rule {
		usable, broken, _ := tx.Definitions().RulesFor(form)
		for _, name := range broken {
			note := "rule " + name + " has errors and is not applied; see e1 lint"
			if !slices.Contains(done.Notes, note) {
				done.Notes = append(done.Notes, note)
			}
		}
		return usable
	}, nil
}

// then lets a route of one document have its effect on another.
func (o *Office) then(tx *repo.Tx, done *Done, next engine.Next, numbers map[string]string, so *chain) error {
	if n, ok := numbers[next.Document]; ok {
		next.Document = n
	}
	other, err := tx.Document(next.Document)
	if err != nil {
		return err
	}
	if isVoid(other) {
		if _, ended := next.Event.(engine.Called); !ended {
			return nil // nobody is there to be told
		}
	}
	if err := o.applyAt(tx, done, other, next.Event, so.further(0, 1)); err != nil {
		return err
	}
	now, err := tx.Document(next.Document)
	if err == nil && done.Document != nil && done.Document.Number != now.Number {
		done.add(now)
	}
	return err
}

// cascade tells the routes of all documents concerned what happened to them:
// those that were registered start theirs, those that were changed may wait
// for it.
func (o *Office) cascade(tx *repo.Tx, done *Done, result engine.Result, taken *taken, so *chain) error {
	for i, changed := range result.Changed {
		var event engine.Event
		switch {
		case taken.registered[changed.Number]:
			event = engine.Registered{}
		case i < len(result.Fields) && len(result.Fields[i]) > 0:
			event = engine.DocumentChanged{Fields: result.Fields[i], Noticed: i == 0}
		default:
			continue
		}
		d, err := tx.Document(changed.Number)
		if err != nil {
			return err
		}
		if err := o.applyAt(tx, done, d, event, so.further(1, 0)); err != nil {
			return err
		}
	}
	return nil
}

// taken is what a transition has put into the transaction.
type taken struct {
	registered map[string]bool   // numbers of new documents
	numbers    map[string]string // their numbers by placeholder
	references []reference       // that documents have got
}

// take puts a transition's documents into the transaction. New documents get
// their numbers, and every place that named them by placeholder gets it too.
func (o *Office) take(tx *repo.Tx, done *Done, result engine.Result) (*taken, error) {
	set, err := tx.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	for _, def := range result.Pin {
		name := definition.PinnedPath(def.ID)
		there, err := tx.Exists(name)
		if err != nil {
			return nil, err
		}
		if !there {
			tx.PutFile(name, def.Source)
		}
	}
	out := &taken{registered: map[string]bool{}, numbers: map[string]string{}}
	numbers, registered := out.numbers, out.registered
	isNew := map[string]bool{}
	for _, placeholder := range result.New {
		isNew[placeholder] = true
	}
	for _, d := range result.Changed {
		if !isNew[d.Number] {
			continue
		}
		placeholder := d.Number
		if err := tx.Add(d); err != nil {
			return nil, err
		}
		numbers[placeholder] = d.Number
		registered[d.Number] = true
	}
	for i, d := range result.Changed {
		engine.PutNumbers(set.Form(d.Form), d, numbers)
		withdrawGone(d)
		if !registered[d.Number] {
			before, err := tx.Document(d.Number)
			if err != nil {
				return nil, err
			}
			out.references = append(out.references, newReferences(set, before, d)...)
		}
		if err := tx.Replace(d); err != nil {
			return nil, err
		}
		if registered[d.Number] {
			warnings, err := set.FindDuplicates(set.Form(d.Form), d, tx.Context())
			if err != nil {
				return nil, err
			}
			done.Warnings = append(done.Warnings, warnings...)
		}
		if i > 0 {
			done.add(d)
		}
	}
	for _, t := range result.Opened {
		if n, ok := numbers[t.Document]; ok {
			t.Document = n
		}
		done.Opened = append(done.Opened, t)
	}
	for _, e := range result.Effects {
		if n, ok := numbers[e.Document]; ok {
			e.Document = n
		}
		done.Effects = append(done.Effects, e)
	}
	done.Over = append(done.Over, result.Over...)
	done.Reached = append(done.Reached, result.Reached...)
	done.Notes = append(done.Notes, result.Notes...)
	return out, nil
}
