package office

import (
	"bytes"
	"context"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/repo"
)

// EditForm changes a form file line by line. The result has to be a form that
// links with the other definitions; what was wrong before stays allowed.
func (o *Office) EditForm(ctx context.Context, name, subject string, edit func(file string, src []byte) ([]byte, error)) (*Done, error) {
	if !o.actor.Admin() {
		return nil, &DeniedError{Message: "user \"" + o.actor.ID + "\" may not change definitions", hint: "that takes the role " + org.Admin}
	}
	return o.update(ctx, "form", func(tx *repo.Tx, _ *Done) error {
		if _, err := tx.Definitions().Forms(); err != nil {
			return err
		}
		file := definition.FormsDir + "/" + name + ".yaml"
		names, err := tx.Definitions().FormNames()
		if err != nil {
			return err
		}
		src, err := tx.Definitions().Read(file)
		if err != nil {
			_, err := tx.Definitions().Form(name)
			if err == nil {
				err = &repo.UnknownError{What: "form", Name: name, Known: names}
			}
			return err
		}
		after, err := edit(file, src)
		if err != nil {
			return err
		}
		if bytes.Equal(after, src) {
			return nil
		}
		before, err := formProblems(tx.Definitions(), file)
		if err != nil {
			return err
		}
		now, err := formProblems(tx.Definitions().With(file, after), file)
		if err != nil {
			return err
		}
		if err := newOnes(before, now).Err(); err != nil {
			return err
		}
		tx.PutFile(file, after)
		tx.Subject("%s", subject)
		return nil
	})
}

// formProblems are all errors that mention a form file, or that any form has
// because of it.
func formProblems(d *definition.Set, _ string) (diag.List, error) {
	set, err := d.Forms()
	if err != nil {
		return nil, err
	}
	problems := d.FormProblems()
	problems = append(problems, set.Verify()...)
	return problems, nil
}

func newOnes(before, now diag.List) diag.List {
	old := map[string]bool{}
	for _, p := range before {
		old[p.Code+p.At.File+p.Message] = true
	}
	var out diag.List
	for _, p := range now {
		if p.Severity == diag.Error && !old[p.Code+p.At.File+p.Message] {
			out.Add(p)
		}
	}
	out = out.Dedup()
	out.Sort()
	return out
}
