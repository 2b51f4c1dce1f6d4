package office

import (
	"context"
	"fmt"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/repo"
)

// Reassignment hands documents from one employee to another: the user fields
// of their cards and the open tasks.
type Reassignment struct {
	Form     string
	From, To string
	// Numbers are the documents meant, full numbers.
	Numbers []string
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
		moved := 0
		for _, number := range req.Numbers {
			d, err := tx.Document(number)
			if err != nil {
				return err
			}
			if d.Form != f.Name {
				continue
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
