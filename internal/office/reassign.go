package office

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/repo"
)

// Reassignment hands documents from one employee to another: the user fields
// of their cards and the open tasks.
type Reassignment struct {
	Form     string
	From, To string
	// Where restricts the documents; empty means all.
	Where string
}

// reassignBatch is how many documents one transaction hands over.
const reassignBatch = 200

// Reassign hands documents over, in bounded batches: each is a transaction of
// its own, and those that were done stay done when a later one fails. Without
// anything to hand over there is one transaction, which changes nothing.
func (o *Office) Reassign(ctx context.Context, req Reassignment) ([]*Done, error) {
	f, err := o.repo.Definitions().Form(req.Form)
	if err != nil {
		return nil, err
	}
	if err := o.may(f, "reassign documents", f.May.Reassign); err != nil {
		return nil, err
	}
	people, _, err := o.repo.Definitions().Org()
	if err != nil {
		return nil, err
	}
	to := people.User(req.To)
	if to == nil || !to.Active {
		return nil, unknownUser(people, "--to", req.To)
	}
	numbers, err := handedOver(o.repo, f, req)
	if err != nil {
		return nil, err
	}
	if len(numbers) == 0 && people.User(req.From) == nil {
		// Somebody who left the organisation may still have documents, so an
		// unknown name is wrong only when there are none.
		return nil, unknownUser(people, "--from", req.From)
	}
	var out []*Done
	for len(out) == 0 || len(numbers) > 0 {
		batch := numbers[:min(reassignBatch, len(numbers))]
		numbers = numbers[len(batch):]
		done, err := o.update(ctx, "reassign", func(tx *repo.Tx, done *Done) error {
			return o.reassign(tx, done, req, batch)
		})
		if err != nil {
			return out, err
		}
		out = append(out, done)
	}
	return out, nil
}

// reassign hands over the documents of one batch. What has become of them since
// they were chosen is looked at again.
func (o *Office) reassign(tx *repo.Tx, done *Done, req Reassignment, numbers []string) error {
	f, err := tx.Definitions().Form(req.Form)
	if err != nil {
		return err
	}
	if err := o.may(f, "reassign documents", f.May.Reassign); err != nil {
		return err // by the definitions of the commit it acts on
	}
	moved := 0
	for _, number := range numbers {
		d, err := tx.Document(number)
		if err != nil {
			return err
		}
		if d.Status == form.Void {
			continue
		}
		fields := handOver(f, d, req)
		if len(fields) > 0 {
			// Routes and rules that wait for these fields are told.
			if err := o.apply(tx, done, d, engine.DocumentChanged{Fields: fields}); err != nil {
				return fmt.Errorf("%s: %w", number, err)
			}
			if d, err = tx.Document(number); err != nil {
				return err
			}
		}
		tasks := openTasksOf(d, req.From)
		for _, id := range tasks {
			if err := o.apply(tx, done, d, engine.Reassign{Task: id, To: req.To}); err != nil {
				return fmt.Errorf("%s/%d: %w", number, id, err)
			}
			if d, err = tx.Document(number); err != nil {
				return err
			}
		}
		if len(fields)+len(tasks) > 0 {
			moved++
		}
	}
	tx.Subject("reassign %s from %s to %s: %s", f.Name, req.From, req.To, plural(moved, "document"))
	return nil
}

// handOver puts the new user into the fields that name the former one, and
// names these.
func handOver(f *form.Form, d *document.Document, req Reassignment) []string {
	var fields []string
	for _, field := range userFields(f) {
		if d.Card.Text(field) == req.From {
			d.Card.SetText(field, req.To)
			fields = append(fields, field)
		}
	}
	return fields
}

// userFields names the fields of a card that hold a user and are filled by
// people.
func userFields(f *form.Form) []string {
	var names []string
	for _, field := range f.Fields() {
		if field.Type == expr.UserKind && !field.Computed {
			names = append(names, field.Name)
		}
	}
	return names
}

// handedOver finds the documents that name an employee in a user field or
// have an open task of theirs, in the order of their numbers.
func handedOver(r *repo.Repo, f *form.Form, req Reassignment) ([]string, error) {
	db, err := r.Index()
	if err != nil {
		return nil, err
	}
	theirs := map[string]bool{}
	choose := func(cond index.Cond) error {
		found, err := r.Select(repo.Selection{Form: f.Name, Where: req.Where, Having: []index.Cond{cond}})
		for _, row := range found.Rows {
			theirs[row.Number] = true
		}
		return err
	}
	var fields index.Or
	for _, name := range userFields(f) {
		fields = append(fields, index.Compare{Column: "card." + name, Op: index.Eq, Value: req.From})
	}
	if len(fields) > 0 {
		if err := choose(fields); err != nil {
			return nil, err
		}
	}
	var working []any // the documents with a task of theirs
	err = db.StreamTasks(index.TaskQuery{Users: []string{req.From}, Open: true, Form: f.Name}, func(t index.TaskRow) error {
		if t.Who == req.From && !theirs[t.Number] && !slices.Contains(working[max(0, len(working)-1):], any(t.Number)) {
			working = append(working, t.Number)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(working, reassignBatch) {
		if err := choose(index.In{Column: "number", Values: part}); err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(theirs)), nil
}

func openTasksOf(d *document.Document, user string) []int {
	var ids []int
	for _, in := range d.Routes {
		for _, t := range in.Tasks {
			if t.Who == user && t.State == engine.TaskOpen {
				ids = append(ids, t.ID)
			}
		}
	}
	return ids
}
