package office

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/repo"
)

// RefusedError is a request that makes no sense for a document as it is.
type RefusedError struct {
	Message string
	hint    string
}

func (e *RefusedError) Error() string { return e.Message }

// Hint says what would make sense.
func (e *RefusedError) Hint() string { return e.hint }

// Code is the error's stable word.
func (e *RefusedError) Code() string { return "refused" }

func refusef(hint, format string, args ...any) error {
	return &RefusedError{Message: fmt.Sprintf(format, args...), hint: hint}
}

// change runs an operation on one document that its form lets the actor
// change. What decide did is told to the routes that wait for it.
func (o *Office) change(ctx context.Context, op, number string, may func(*form.Form) (string, []string), decide func(*repo.Tx, *Done, *form.Form, *document.Document) error) (*Done, error) {
	return o.update(ctx, op, func(tx *repo.Tx, done *Done) error {
		d, err := tx.Document(number)
		if err != nil {
			return err
		}
		f, err := tx.Definitions().Form(d.Form)
		if err != nil {
			return err
		}
		if may != nil {
			what, roles := may(f)
			if err := o.may(f, what, roles); err != nil {
				return err
			}
		}
		if d.Status == form.Void {
			return o.refuseVoid(number)
		}
		if err := o.unchanged(tx, d); err != nil {
			return err
		}
		if err := decide(tx, done, f, d); err != nil {
			return err
		}
		done.Document, err = tx.Document(number)
		return err
	})
}

// Set changes fields of a card.
func (o *Office) Set(ctx context.Context, number string, values []Assignment) (*Done, error) {
	return o.change(ctx, "set", number, maySet, func(tx *repo.Tx, done *Done, f *form.Form, d *document.Document) error {
		set, err := tx.Definitions().Forms()
		if err != nil {
			return err
		}
		if err := o.assign(tx, set, f, d, values); err != nil {
			return err
		}
		return o.changed(tx, done, f, d, "set")
	})
}

// changed finishes an operation on a card: duplicates are warned about, routes
// that wait for fields are told, the commit gets its subject.
func (o *Office) changed(tx *repo.Tx, done *Done, f *form.Form, d *document.Document, verb string) error {
	fields := changedFields(tx.Before(d.Number), d)
	if len(fields) == 0 {
		tx.Subject("%s %s", verb, d.Number)
		return nil
	}
	tx.Subject("%s %s: %s", verb, d.Number, strings.Join(fields, ", "))
	set, err := tx.Definitions().Forms()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(fields, func(name string) bool { return slices.Contains(f.Duplicates, name) }) {
		warnings, err := set.FindDuplicates(f, d, tx.Context(), fields...)
		if err != nil {
			return err
		}
		done.Warnings = append(done.Warnings, warnings...)
	}
	return o.apply(tx, done, d, engine.DocumentChanged{Fields: fields})
}

// changedFields names the fields, and "status", in which two versions differ.
func changedFields(was, now *document.Document) []string {
	var names []string
	if was == nil {
		return nil
	}
	seen := map[string]bool{}
	for _, c := range document.Diff(was, now) {
		name := c.Path
		if rest, ok := strings.CutPrefix(name, "card."); ok {
			name, _, _ = strings.Cut(rest, ".")
			name, _, _ = strings.Cut(name, "[")
		} else if name != "status" {
			continue
		}
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// RowEdit is one change of a table.
type RowEdit struct {
	Table string
	Verb  string // add, set, rm
	Row   int    // from 1; not used by add
	Cells []Assignment
}

// Row changes one row of a table.
func (o *Office) Row(ctx context.Context, number string, edit RowEdit) (*Done, error) {
	return o.change(ctx, "row", number, maySet, func(tx *repo.Tx, done *Done, f *form.Form, d *document.Document) error {
		set, err := tx.Definitions().Forms()
		if err != nil {
			return err
		}
		cells := make([]form.RowInput, len(edit.Cells))
		for i, c := range edit.Cells {
			cells[i] = form.RowInput{Column: c.Field, Text: c.Text}
		}
		var problems []form.Problem
		switch edit.Verb {
		case "add":
			_, problems = set.AddRow(f, d, edit.Table, cells, tx.Context())
		case "set":
			problems = set.SetRow(f, d, edit.Table, edit.Row, cells, tx.Context())
		case "rm":
			if p := set.RemoveRow(f, d, edit.Table, edit.Row); p != nil {
				problems = append(problems, *p)
			}
		}
		if err := refuseUnfit(f, d, problems); err != nil {
			return err
		}
		return o.changed(tx, done, f, d, "row "+edit.Verb)
	})
}

// Status changes the status.
func (o *Office) Status(ctx context.Context, number, status string) (*Done, error) {
	return o.change(ctx, "status", number, mayStatus, func(tx *repo.Tx, done *Done, f *form.Form, d *document.Document) error {
		if status == form.Void {
			return o.refuseVoiding(number)
		}
		id, err := statusID(f, status)
		if err != nil {
			return err
		}
		d.Status = id
		tx.Subject("status %s: %s", number, id)
		return o.apply(tx, done, d, engine.DocumentChanged{Fields: []string{"status"}})
	})
}

// statusID finds a status of the form by its id or title.
func statusID(f *form.Form, text string) (string, error) {
	if text != form.Void {
		if _, ok := f.Status(text); ok {
			return text, nil
		}
	}
	var ids []string
	for _, s := range f.Statuses {
		for _, lang := range s.Title.Languages() {
			if strings.EqualFold(s.Title.In(lang), text) {
				return s.ID, nil
			}
		}
		ids = append(ids, s.ID)
	}
	message := diag.Unknown("status", text, ids)
	return "", refusef("e1 form show "+f.Name, "%s: %s", f.Name, message)
}

// Link makes a link. It is stored on the side that points; the other side
// shows it too.
func (o *Office) Link(ctx context.Context, number string, l LinkTo) (*Done, error) {
	return o.change(ctx, "link", number, maySet, func(tx *repo.Tx, done *Done, _ *form.Form, d *document.Document) error {
		tx.Subject("link %s %s %s", number, l.Kind, l.To)
		had := len(d.Links)
		if err := o.link(tx, d, l); err != nil || len(d.Links) == had {
			return err
		}
		return o.linked(tx, done, reference{d.Form, d.Number, l.To}, &chain{all: new(int)})
	})
}

func (o *Office) link(tx *repo.Tx, d *document.Document, l LinkTo) error {
	if err := o.linkKind(tx, d, l); err != nil {
		return err
	}
	if l.To == d.Number {
		return refusef("", "%s cannot be linked with itself", l.To)
	}
	other, err := tx.Lookup().Document(l.To)
	if err != nil {
		return err
	}
	if other == nil {
		_, err := tx.Repo().Read(l.To)
		if err == nil {
			err = &repo.NotCommittedError{Number: l.To}
		}
		return err
	}
	for _, have := range d.Links {
		if have.Kind == l.Kind && have.To == l.To {
			return nil
		}
	}
	d.Links = append(d.Links, document.Link{Kind: l.Kind, To: l.To})
	return nil
}

// linkKind refuses a kind of link that nobody has named: a slip of the pen would
// else be a kind of its own.
func (o *Office) linkKind(tx *repo.Tx, d *document.Document, l LinkTo) error {
	set, err := tx.Definitions().Forms()
	if err != nil {
		return err
	}
	known := set.Settings().LinkKinds()
	switch {
	case slices.Contains(known, l.Kind), slices.ContainsFunc(d.Links, func(have document.Link) bool { return have.Kind == l.Kind }):
		return nil
	case !org.ValidID(l.Kind):
		return refusef("for instance "+strings.Join(known, ", "), "%q is no kind of link; use small letters, digits and _", l.Kind)
	case l.NewKind:
		return nil
	}
	return refusef("-y makes it a new kind; links: in e1.yaml lists those there are", "%s", diag.Unknown("kind of link", l.Kind, known))
}

// Unlink removes a link, from whichever side holds it.
func (o *Office) Unlink(ctx context.Context, number string, l LinkTo) (*Done, error) {
	return o.change(ctx, "unlink", number, maySet, func(tx *repo.Tx, _ *Done, f *form.Form, d *document.Document) error {
		tx.Subject("unlink %s %s %s", number, l.Kind, l.To)
		if removeLink(d, l.Kind, l.To) {
			return nil
		}
		other, err := tx.Document(l.To)
		if err == nil && removeLink(other, l.Kind, number) {
			return nil
		}
		if field := f.Field(l.Kind); field != nil && d.Card.Text(field.Name) == l.To {
			return refusef(fmt.Sprintf("e1 set %s %s=", number, field.Name), "%s is the value of the field %q", l.To, field.Name)
		}
		return refusef("e1 show "+number, "%s has no link %q to %s%s", number, l.Kind, l.To, otherLinks(d, other, l))
	})
}

// otherLinks names the kinds of the links that there are between two documents.
func otherLinks(d, other *document.Document, l LinkTo) string {
	var kinds []string
	for _, have := range d.Links {
		if have.To == l.To {
			kinds = append(kinds, strconv.Quote(have.Kind))
		}
	}
	if other != nil {
		for _, have := range other.Links {
			if have.To == d.Number {
				kinds = append(kinds, strconv.Quote(have.Kind))
			}
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	return "; they are linked as " + strings.Join(kinds, ", ")
}

func removeLink(d *document.Document, kind, to string) bool {
	n := len(d.Links)
	d.Links = slices.DeleteFunc(d.Links, func(l document.Link) bool { return l.Kind == kind && l.To == to })
	return len(d.Links) < n
}

// Comment adds a remark.
func (o *Office) Comment(ctx context.Context, number, text string) (*Done, error) {
	return o.change(ctx, "comment", number, nil, func(tx *repo.Tx, _ *Done, _ *form.Form, d *document.Document) error {
		text, err := form.Lines(text)
		if err != nil {
			return err
		}
		if text == "" {
			return refusef("", "the comment is empty")
		}
		tx.Subject("comment %s", number)
		o.comment(tx, d, text)
		return nil
	})
}

// comment adds a remark, if there is anything to be said.
func (o *Office) comment(tx *repo.Tx, d *document.Document, text string) {
	text, err := form.Lines(strings.ToValidUTF8(text, "\uFFFD"))
	if err != nil {
		text = "…" // too long for anybody to read
	}
	if text != "" {
		d.Comments = append(d.Comments, document.Comment{ID: ulid.Make().String(), At: tx.Now(), By: o.actor.ID, Text: text})
	}
}

// Attach stores files beside a document.
func (o *Office) Attach(ctx context.Context, number string, files []Attachment) (*Done, error) {
	return o.change(ctx, "attach", number, maySet, func(tx *repo.Tx, done *Done, _ *form.Form, d *document.Document) error {
		var names []string
		for _, a := range files {
			f, fresh, err := tx.AttachVersion(d, a.Name, a.Data, a.Source, o.actor.ID)
			if err != nil {
				return err
			}
			of, n := d.Version(f)
			switch {
			case !fresh:
				done.Notes = append(done.Notes, fmt.Sprintf("%s is there already as it is", of))
			case n > 1:
				names = append(names, fmt.Sprintf("%s (version %d)", of, n))
			default:
				names = append(names, f.Name)
			}
		}
		tx.Subject("attach %s: %s", number, strings.Join(names, ", "))
		return nil
	})
}

// Edit replaces a document by what a person wrote in an editor, who began with
// seen: what others have changed meanwhile is not overwritten.
func (o *Office) Edit(ctx context.Context, number string, seen *document.Document, src []byte) (*Done, error) {
	return o.change(ctx, "edit", number, maySet, func(tx *repo.Tx, done *Done, f *form.Form, d *document.Document) error {
		edited, problems := tx.Repo().ReadDocument(number+".yaml", src)
		if err := problems.Err(); err != nil {
			return err
		}
		if edited.Number != d.Number || edited.UID != d.UID || edited.Form != d.Form {
			return refusef("e1 renumber gives another number", "form, number and uid of %s cannot be edited", number)
		}
		if err := changedSince(seen, tx.Before(number)); err != nil {
			return err
		}
		if err := joinDenied(o.mayWrite(f, d, edited)); err != nil {
			return err
		}
		if isVoid(edited) && !isVoid(d) {
			return o.refuseVoiding(number)
		}
		set, err := tx.Definitions().Forms()
		if err != nil {
			return err
		}
		if err := refuseUnfit(f, edited, set.NewlyUnknown(f, d, edited)); err != nil {
			return err
		}
		if err := tx.Replace(edited); err != nil {
			return err
		}
		return o.changed(tx, done, f, edited, "edit")
	})
}
