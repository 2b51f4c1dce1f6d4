package office

import (
	"context"
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/repo"
)

// Renumber gives a document that was not published yet another number. Links
// to it are rewritten.
func (o *Office) Renumber(ctx context.Context, number string) (*Done, error) {
	return o.update(ctx, "renumber", func(tx *repo.Tx, done *Done) error {
		d, err := tx.Document(number)
		if err != nil {
			return err
		}
		f, err := tx.Definitions().Form(d.Form)
		if err != nil {
			return err
		}
		if err := o.may(f, "register", f.May.Register); err != nil {
			return err
		}
		moved, err := o.renumber(tx, done, d, "")
		if err != nil {
			return err
		}
		tx.Subject("renumber %s to %s", number, moved.Number)
		done.Document = moved
		return nil
	})
}

// renumber moves a document that was not published to another number, the
// next free one when none is given, and rewrites what points to it.
func (o *Office) renumber(tx *repo.Tx, done *Done, d *document.Document, to string) (*document.Document, error) {
	number := d.Number
	if how, err := o.published(tx, d); err != nil {
		return nil, err
	} else if how != "" {
		return nil, refusef("", "%s %s; its number stays for ever", number, how)
	}
	db, err := tx.Repo().Index()
	if err != nil {
		return nil, err
	}
	edges, err := db.RefsTo(number, 0)
	if err != nil {
		return nil, err
	}
	moved, err := tx.Renumber(d, to)
	if err != nil {
		return nil, err
	}
	numbers := map[string]string{number: moved.Number}
	for _, e := range edges {
		other, err := tx.Document(e.From)
		if err != nil {
			return nil, err
		}
		of, err := tx.Definitions().Form(other.Form)
		if err != nil {
			return nil, err
		}
		engine.PutNumbers(of, other, numbers)
	}
	retell(done, moved)
	return moved, nil
}

// retell withdraws the letters about tasks of a renumbered document that have
// not gone, and lets them be written anew.
func retell(done *Done, d *document.Document) {
	for i := range d.Letters {
		l := &d.Letters[i]
		if l.Task == 0 || l.State != document.LetterQueued {
			continue
		}
		l.State = document.LetterWithdrawn
		if _, t := d.Task(l.Task); t != nil {
			done.Effects = append(done.Effects, engine.Effect{Kind: engine.EffectKind(l.About), Document: d.Number, Task: t.ID, To: engine.Awaited(t)})
		}
	}
}

// published says how somebody outside may have come to know the number: it was
// pushed, mailed, or generated into a file; "" when nobody can. What colleagues were told does not
// count: else two clones that took the same number could not be told apart.
func (o *Office) published(tx *repo.Tx, d *document.Document) (how string, err error) {
	for _, l := range d.Letters {
		if l.State != document.LetterWithdrawn && l.Task == 0 {
			return fmt.Sprintf("stands in the letter %q", l.Subject), nil // which may be on its way already
		}
	}
	for _, f := range d.Files {
		if f.Template != "" {
			return fmt.Sprintf("stands in the file %q", f.Name), nil
		}
	}
	p, err := pastOf(tx.Repo(), d.Number)
	if err != nil {
		return "", err
	}
	versions, err := p.under(d.Number, 0)
	if err != nil {
		return "", err
	}
	// The first commit that has the number is what counts: whatever had it
	// before was another document.
	for _, v := range slices.Backward(versions) {
		if v.brings() {
			id, err := gitstore.ParseHash(v.rec.ID)
			if err != nil {
				return "", err
			}
			if there, err := tx.Repo().Git().Published(id); err != nil || !there {
				return "", err
			}
			return "was published", nil
		}
	}
	return "", nil
}
