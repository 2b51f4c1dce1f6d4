package office

import (
	"context"
	"fmt"

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

// Reassign hands documents over in one transaction.
func (o *Office) Reassign(ctx context.Context, req Reassignment) (*Done, error) {
	return o.update(ctx, "reassign", func(tx *repo.Tx, done *Done) error {
		f, err := tx.Definitions().Form(req.Form)
		if err != nil {
			return err
		}
		if err := o.may(f, "reassign documents", f.May.Reassign); err != nil {
			return err
		}
		people, _, err := tx.Definitions().Org()
		if err != nil {
			return err
		}
		to := people.User(req.To)
		if to == nil || !to.Active {
			return unknownUser(people, "--to", req.To)
		}
		numbers, err := handedOver(tx.Repo(), f, req)
		if err != nil {
			return err
		}
		if len(numbers) == 0 && people.User(req.From) == nil {
			// Somebody who left the organisation may still have documents, so an
			// unknown name is wrong only when there are none.
			return unknownUser(people, "--from", req.From)
		}
		moved := 0
		for _, number := range numbers {
			d, err := tx.Document(number)
			if err != nil {
				return err
			}
			touched := false
			for _, field := range f.Fields() {
				if field.Type == expr.UserKind && !field.Computed && d.Card.Text(field.Name) == req.From {
					d.Card.SetText(field.Name, req.To)
					touched = true
				}
			}
			for _, id := range openTasksOf(d, req.From) {
				if err := o.apply(tx, done, d, engine.Reassign{Task: id, To: req.To}); err != nil {
					return fmt.Errorf("%s/%d: %w", number, id, err)
				}
				if d, err = tx.Document(number); err != nil {
					return err
				}
				touched = true
			}
			if touched {
				moved++
			}
		}
		tx.Subject("reassign %s from %s to %s: %d documents", f.Name, req.From, req.To, moved)
		return nil
	})
}

// handedOver finds the documents that name an employee in a user field or
// have an open task of theirs.
func handedOver(r *repo.Repo, f *form.Form, req Reassignment) ([]string, error) {
	found, err := r.Select(repo.Selection{Form: f.Name, Where: req.Where})
	if err != nil {
		return nil, err
	}
	db, err := r.Index()
	if err != nil {
		return nil, err
	}
	tasks, _, err := db.Tasks(index.TaskQuery{Users: []string{req.From}, Open: true, Form: f.Name})
	if err != nil {
		return nil, err
	}
	theirs := map[string]bool{}
	for _, t := range tasks {
		theirs[t.Number] = true
	}
	var fields []index.Cond
	for _, field := range f.Fields() {
		if field.Type == expr.UserKind && !field.Computed {
			fields = append(fields, index.Compare{Column: field.Name, Op: index.Eq, Value: req.From})
		}
	}
	if len(fields) > 0 {
		err := db.Stream(index.Query{Form: f.Name, Where: []index.Cond{index.Or(fields)}}, func(row index.Row) error {
			theirs[row.Number] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var numbers []string
	for _, row := range found.Rows {
		if theirs[row.Number] {
			numbers = append(numbers, row.Number)
		}
	}
	return numbers, nil
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
