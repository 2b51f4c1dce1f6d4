package office

import (
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/rule"
)

// reference is a document that points to another one, by a field or a link.
type reference struct{ form, from, to string }

// references lists what a document points to, each once.
func references(set *form.Set, d *document.Document) []reference {
	var out []reference
	add := func(to string) {
		r := reference{d.Form, d.Number, to}
		if to != "" && to != d.Number && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	f := set.Form(d.Form)
	for _, e := range d.Card {
		field := f.Field(e.Name)
		if field == nil {
			continue
		}
		if field.Type == formDocument {
			add(e.Value.Text)
		}
		for _, row := range e.Value.Rows {
			for _, cell := range row {
				if c := field.Column(cell.Name); c != nil && c.Type == formDocument {
					add(cell.Text)
				}
			}
		}
	}
	for _, l := range d.Links {
		add(l.To)
	}
	return out
}

// newReferences lists what a document points to now and did not before.
func newReferences(set *form.Set, before, now *document.Document) []reference {
	if before == now {
		return nil
	}
	had := references(set, before)
	return slices.DeleteFunc(references(set, now), func(r reference) bool { return slices.Contains(had, r) })
}

// referred tells the routes of documents that another one has been registered
// or changed so that it points to them.
func (o *Office) referred(tx *repo.Tx, done *Done, number string, event engine.Event, t *taken, so *chain) error {
	set, err := tx.Definitions().Forms()
	if err != nil {
		return err
	}
	found := t.references
	switch e := event.(type) {
	case engine.Registered:
		d, err := tx.Document(number)
		if err != nil {
			return err
		}
		found = append(references(set, d), found...)
	case engine.DocumentChanged:
		// What a person has changed was in the transaction before the engine saw
		// it; only the change from the last commit tells it from what was there.
		d, err := tx.Document(number)
		if err != nil {
			return err
		}
		if before := tx.Before(number); so.cascades+so.calls == 0 && before != nil && pointing(set, d, e.Fields) {
			found = append(newReferences(set, before, d), found...)
		}
	}
	var told []reference
	for _, r := range found {
		if slices.Contains(told, r) {
			continue
		}
		told = append(told, r)
		if err := o.linked(tx, done, r, so); err != nil {
			return err
		}
	}
	return nil
}

// pointing tells whether one of the fields may hold references.
func pointing(set *form.Set, d *document.Document, fields []string) bool {
	f := set.Form(d.Form)
	return slices.ContainsFunc(fields, func(name string) bool {
		field := f.Field(name)
		return field != nil && (field.Type == formDocument || len(field.Columns) > 0)
	})
}

// linked tells one document that another points to it, if a route is running
// there that may wait for it.
func (o *Office) linked(tx *repo.Tx, done *Done, r reference, so *chain) error {
	other, err := tx.Lookup().Document(r.to)
	if err != nil || other == nil || isVoid(other) || !o.listening(tx, other) {
		return err
	}
	target, err := tx.Document(r.to)
	if err != nil {
		return err
	}
	return o.applyAt(tx, done, target, engine.DocumentLinked{Form: r.form, Number: r.from}, so.further(1, 0))
}

// listening tells whether anything on a document may wait for an event.
func (o *Office) listening(tx *repo.Tx, d *document.Document) bool {
	if rules, _, err := tx.Definitions().RulesFor(d.Form); err == nil && slices.ContainsFunc(rules, func(r *rule.Rule) bool {
		return slices.ContainsFunc(r.On, func(t *rule.Trigger) bool { return t.Kind == rule.Document })
	}) {
		return true
	}
	return slices.ContainsFunc(d.Routes, func(in document.Instance) bool { return in.State == engine.Running })
}
