package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/repo"
)

// EditForm changes a form file line by line.
func (o *Office) EditForm(ctx context.Context, name, subject string, edit func(file string, src []byte) ([]byte, error)) (*Done, error) {
	if !o.actor.Admin() {
		return nil, Denied(fmt.Sprintf("user %q may not change definitions", o.actor.ID))
	}
	return o.update(ctx, "form", func(tx *repo.Tx, _ *Done) error {
		file := definition.FormsDir + "/" + name + definition.Ext
		src, err := tx.Definitions().Read(file)
		if errors.Is(err, fs.ErrNotExist) {
			if _, err = tx.Definitions().Form(name); err == nil {
				err = &repo.UnknownError{What: "form", Name: name, Try: "e1 form list"}
			}
		}
		if err != nil {
			return err
		}
		after, err := edit(file, src)
		if err != nil || bytes.Equal(after, src) {
			return err
		}
		tx.PutFile(file, after)
		tx.Subject("%s", subject)
		return nil
	})
}

// BreaksError says what a change of definitions would make wrong, in the files
// it touches and everywhere else.
type BreaksError struct {
	problems *diag.ListError
	hint     string
}

func (e *BreaksError) Error() string { return e.problems.Error() }

// Unwrap gives the problems.
func (e *BreaksError) Unwrap() error { return e.problems }

// Hint says what to do instead.
func (e *BreaksError) Hint() string { return e.hint }

// Code is the error's stable word.
func (e *BreaksError) Code() string { return "breaks_definitions" }

// refuseBreaks refuses a transaction for what is wrong with the documents it
// takes over and for what it would make wrong in the definitions.
func refuseBreaks(tx *repo.Tx, done *Done) error {
	if !slices.ContainsFunc(tx.Files(), definition.Holds) {
		return done.problems.Err() // most transactions touch no definition
	}
	after := definition.New(tx.After())
	found, err := breaks(tx, after)
	if err != nil {
		return err
	}
	err = append(slices.Clone(done.problems), found...).Err()
	var list *diag.ListError
	if len(found) > 0 && errors.As(err, &list) {
		return &BreaksError{list, "nothing was changed; what belongs together is edited by hand and committed by one e1 commit"}
	}
	if err != nil {
		return err
	}
	return noteForgotten(tx, after, done)
}

// breaks finds the errors that a transaction would bring into the definitions,
// whichever file they show in. What was wrong before is no matter of the
// change, nor are warnings.
func breaks(tx *repo.Tx, after *definition.Set) (diag.List, error) {
	before, err := lint.Run(tx.Definitions())
	if err != nil {
		return nil, err
	}
	now, err := lint.Run(after)
	if err != nil {
		return nil, err
	}
	lost, err := lostNumbers(tx, after)
	return append(now.Problems.Since(before.Problems).Errors(), lost...), err
}

// noteForgotten says which fields a form no longer knows although documents
// hold them. That refuses nothing: they are kept, and the form may take them up
// again.
func noteForgotten(tx *repo.Tx, after *definition.Set, done *Done) error {
	was, err := tx.Definitions().Forms()
	if err != nil {
		return err
	}
	now, err := after.Forms()
	if err != nil {
		return err
	}
	for _, f := range was.Forms() {
		of := now.Form(f.Name)
		if of == nil || !slices.Contains(tx.Files(), definition.FormsDir+"/"+f.Name+definition.Ext) {
			continue
		}
		for _, field := range f.Fields() {
			if field.Computed || of.Field(field.Name) != nil {
				continue
			}
			held, err := tx.Repo().Select(repo.Selection{Form: f.Name, Where: "filled(card." + field.Name + ")", Limit: 1, Void: true, Exact: true})
			if err != nil {
				return err
			}
			if held.Total > 0 {
				done.Notes = append(done.Notes, fmt.Sprintf("%s: %s; the form no longer knows it, e1 check names them", f.Name, holding(held.Total, field.Name)))
			}
		}
	}
	return nil
}

func holding(n int, field string) string {
	if n == 1 {
		return fmt.Sprintf("1 document keeps a value of %q", field)
	}
	return fmt.Sprintf("%d documents keep values of %q", n, field)
}

// lostNumbers finds the forms whose documents would no longer be found under
// their numbers, for want of a former template or of the form itself.
func lostNumbers(tx *repo.Tx, after *definition.Set) (diag.List, error) {
	was, err := tx.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	now, err := after.Forms()
	if err != nil {
		return nil, err
	}
	var problems diag.List
	for _, f := range was.Forms() {
		file := definition.FormsDir + "/" + f.Name + definition.Ext
		of := now.Form(f.Name)
		if !slices.Contains(tx.Files(), file) || of != nil && len(of.Numbers) == 0 {
			continue // a form whose number cannot be read is reported as such
		}
		lost, err := tx.Repo().FirstDocument(f.Name, func(number, path string) bool {
			return liesAt(f, number, path) && (of == nil || !liesAt(of, number, path))
		})
		if err != nil {
			return nil, err
		}
		switch {
		case lost == "":
		case of == nil:
			problems.Add(diag.Problem{Code: lint.DataMisplaced.Code, Slug: lint.DataMisplaced.Slug, At: diag.At(file, 1, 1),
				Message: fmt.Sprintf("the form %q has documents, such as %s, and cannot be taken away", f.Name, lost)})
		default:
			template := f.Numbers[slices.IndexFunc(f.Numbers, func(t form.Template) bool { _, _, ok := t.Parse(lost); return ok })]
			problems.Add(diag.Problem{Code: lint.DataMisplaced.Code, Slug: lint.DataMisplaced.Slug, At: of.File.Span(of.File.Root.Get("number")),
				Message: fmt.Sprintf("documents such as %s would not be found any more: the template %q is gone", lost, template),
				Help:    fmt.Sprintf("keep it as a former one: was: ['%s']", template)})
		}
	}
	return problems, nil
}

func liesAt(f *form.Form, number, path string) bool {
	p, err := form.PathOf(f, number)
	return err == nil && p == path
}

// mayDefine refuses a change of definitions by somebody who is no admin.
func (o *Office) mayDefine(files []string) error {
	if o.actor.Admin() || !slices.ContainsFunc(files, definition.Holds) {
		return nil
	}
	at := slices.IndexFunc(files, definition.Holds)
	return &DeniedError{Message: fmt.Sprintf("user %q may not change definitions: %s", o.actor.ID, files[at]), hint: "that takes the role " + org.Admin}
}
