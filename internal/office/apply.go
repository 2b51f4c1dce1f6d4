package office

import (
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/repo"
)

const (
	formDocument = expr.Document
	formUser     = expr.UserKind
)

// apply lets the engine decide what an event leads to and makes it part of
// the transaction.
func (o *Office) apply(tx *repo.Tx, done *Done, d *document.Document, event engine.Event) error {
	set, err := tx.Definitions().Forms()
	if err != nil {
		return err
	}
	people, _, err := tx.Definitions().Org()
	if err != nil {
		return err
	}
	constants, err := tx.Repo().Constants()
	if err != nil {
		return err
	}
	result, err := engine.Apply(engine.Input{
		Document:    d,
		Event:       event,
		Actor:       o.actor.ID,
		Now:         tx.Now(),
		Definitions: tx.Repo().Routes(),
		Forms:       set,
		Org:         people,
		Calendar:    tx.Definitions().Calendar,
		Lookup:      tx.Lookup(),
		Settings:    constants,
		Language:    tx.Repo().Language(),
	})
	if err != nil {
		return err
	}
	return o.take(tx, done, result)
}

// take puts a transition's documents into the transaction. New documents get
// their numbers, and every place that named them by placeholder gets it too.
func (o *Office) take(tx *repo.Tx, done *Done, result engine.Result) error {
	for _, def := range result.Pin {
		name := repo.PinnedPath(def.ID)
		there, err := tx.Exists(name)
		if err != nil {
			return err
		}
		if !there {
			tx.PutFile(name, def.Source)
		}
	}
	numbers := map[string]string{}
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
			return err
		}
		numbers[placeholder] = d.Number
	}
	for i, d := range result.Changed {
		replaceNumbers(d, numbers)
		if err := tx.Replace(d); err != nil {
			return err
		}
		if i > 0 {
			done.Others = append(done.Others, d)
		}
	}
	for _, t := range result.Opened {
		if n, ok := numbers[t.Document]; ok {
			t.Document = n
		}
		done.Opened = append(done.Opened, t)
	}
	done.Notes = append(done.Notes, result.Notes...)
	return nil
}

// replaceNumbers puts real numbers in the place of placeholders. Placeholders
// begin with @, which no number does, so whole values are compared.
func replaceNumbers(d *document.Document, numbers map[string]string) {
	if len(numbers) == 0 {
		return
	}
	for i := range d.Card {
		v := &d.Card[i].Value
		if n, ok := numbers[v.Text]; ok {
			v.Text = n
		}
		for j := range v.List {
			if n, ok := numbers[v.List[j]]; ok {
				v.List[j] = n
			}
		}
		for j := range v.Rows {
			for k := range v.Rows[j] {
				if n, ok := numbers[v.Rows[j][k].Text]; ok {
					v.Rows[j][k].Text = n
				}
			}
		}
	}
	for i := range d.Links {
		if n, ok := numbers[d.Links[i].To]; ok {
			d.Links[i].To = n
		}
	}
	for i := range d.Routes {
		for j := range d.Routes[i].Vars {
			v := &d.Routes[i].Vars[j].Value
			if n, ok := numbers[v.Text]; ok {
				v.Text = n
			}
		}
	}
	if strings.HasPrefix(d.Number, "@") {
		d.Number = numbers[d.Number]
	}
}
