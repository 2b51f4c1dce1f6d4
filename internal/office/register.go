package office

import (
	"context"
	"fmt"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/repo"
)

// Assignment is one FIELD=VALUE as a person typed it.
type Assignment struct {
	Field string
	Text  string
	// Append adds rows to a table: FIELD+=VALUE.
	Append bool
}

// Attachment is a file to be stored beside a document: bytes, or a file to
// read them from.
type Attachment struct {
	Name   string
	Data   []byte
	Source string
}

// LinkTo is a link to make.
type LinkTo struct {
	Kind string
	To   string // full number
	// NewKind says that a kind nobody has named yet is meant.
	NewKind bool
}

// Registration is a request to register a document.
type Registration struct {
	Form        string
	Values      []Assignment
	Status      string // empty: the form's first
	Like        string // number whose card is taken over
	For         string // number that client, contract and the like are taken from
	Links       []LinkTo
	Attachments []Attachment
	Comment     string
	// Doubles registers what seems to be there already.
	Doubles bool
	once    bool // refuse it
	// Due gives deadlines to steps of the routes that start, by step id, that
	// are due by hand.
	Due map[string]engine.Deadline
	// Message is the letter the document comes from, byte for byte, and its
	// identity.
	Message   []byte
	MessageID string
}

// DoubleError says that a document which a person registers seems to be there
// already. Machines are not stopped by that: they only leave the warning.
type DoubleError struct{ repo.UnfitError }

// Hint shows the other one, and how it is registered all the same.
func (e *DoubleError) Hint() string { return e.UnfitError.Hint() + "\n-y registers it all the same" }

// Code is the error's stable word.
func (e *DoubleError) Code() string { return "duplicate" }

// Register registers one document and starts the routes that its form starts.
// It refuses, with a DoubleError, what seems to be there already, unless told
// to go on.
func (o *Office) Register(ctx context.Context, req Registration) (*Done, error) {
	return o.update(ctx, "register", func(tx *repo.Tx, done *Done) error {
		req.once = !req.Doubles
		d, err := o.register(tx, done, req)
		if err != nil {
			return err
		}
		tx.Subject("register %s", o.title(tx, d))
		return nil
	})
}

// register does it inside a transaction, which may register several.
func (o *Office) register(tx *repo.Tx, done *Done, req Registration) (*document.Document, error) {
	f, err := tx.Definitions().Form(req.Form)
	if err != nil {
		return nil, err
	}
	if err := o.may(f, "register", f.May.Register); err != nil {
		return nil, err
	}
	d, err := o.draft(tx, f, req)
	if err != nil {
		return nil, err
	}
	if err := tx.Add(d); err != nil {
		return nil, err
	}
	for _, a := range req.Attachments {
		if _, err := tx.Attach(d, a.Name, a.Data, a.Source, o.actor.ID); err != nil {
			return nil, err
		}
	}
	if req.Message != nil {
		tx.KeepMessage(d, req.Message)
	}
	set, err := tx.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	// What does not fit is said before a route looks at it.
	if err := refuseUnfit(f, d, set.Check(f, d, tx.Context())); err != nil {
		return nil, err
	}
	warnings, err := set.FindDuplicates(f, d, tx.Context())
	if err != nil {
		return nil, err
	}
	if len(warnings) > 0 && req.once {
		return nil, &DoubleError{repo.UnfitError{Number: d.Number, Form: d.Form, Problems: warnings}}
	}
	done.Warnings = append(done.Warnings, warnings...)
	if err := o.apply(tx, done, d, engine.Registered{Due: req.Due}); err != nil {
		return nil, err
	}
	now, err := tx.Document(d.Number)
	if err != nil {
		return nil, err
	}
	done.Document = now
	return now, nil
}

// draft fills the card: taken over, then given, then defaults.
func (o *Office) draft(tx *repo.Tx, f *form.Form, req Registration) (*document.Document, error) {
	set, err := tx.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	d := &document.Document{Form: f.Name, Registered: tx.Now(), By: o.actor.ID, Status: f.Initial(), Message: req.MessageID}
	if req.Status != "" {
		if d.Status, err = statusID(f, req.Status); err != nil {
			return nil, err
		}
	}
	if req.Like != "" {
		if err := o.takeOver(tx, f, d, req.Like); err != nil {
			return nil, err
		}
	}
	if req.For != "" {
		if err := o.takeFrom(tx, f, d, req.For); err != nil {
			return nil, err
		}
	}
	if err := o.assign(tx, set, f, d, req.Values); err != nil {
		return nil, err
	}
	if err := refuseUnfit(f, d, set.Defaults(f, d, tx.Context())); err != nil {
		return nil, err
	}
	for _, l := range req.Links {
		if err := o.link(tx, d, l); err != nil {
			return nil, err
		}
	}
	o.comment(tx, d, req.Comment)
	return d, nil
}

// takeOver copies the card of another document of the form.
func (o *Office) takeOver(tx *repo.Tx, f *form.Form, d *document.Document, number string) error {
	like, err := tx.Repo().ReadHead(number)
	if err != nil {
		return err
	}
	if like.Form != f.Name {
		return fmt.Errorf("%s is a document of %q, not of %q", number, like.Form, f.Name)
	}
	for _, field := range f.Fields() {
		v := like.Card.Get(field.Name)
		if v == nil || field.Unique || field.Computed {
			continue
		}
		c := v.Clone()
		d.Card.Set(field.Name, &c)
	}
	return nil
}

// takeFrom fills the fields that point to the form of another document, and
// those that both forms have with the same type: client and contract of a
// work made from a contract card.
func (o *Office) takeFrom(tx *repo.Tx, f *form.Form, d *document.Document, number string) error {
	from, err := tx.Repo().ReadHead(number)
	if err != nil {
		return err
	}
	other, err := tx.Definitions().Form(from.Form)
	if err != nil {
		return err
	}
	taken := false
	for _, field := range f.Fields() {
		if field.Computed || field.Unique {
			continue
		}
		if field.Type == formDocument && field.Form == from.Form {
			d.Card.SetText(field.Name, from.Number)
			taken = true
			continue
		}
		same := other.Field(field.Name)
		if same == nil || same.Type != field.Type || same.Computed || same.Form != field.Form || same.Directory != field.Directory {
			continue
		}
		// Reference fields always carry over; of the rest only people do:
		// amounts, texts and dates of the other card are its own.
		if field.Type != formDocument && field.Type != formUser {
			continue
		}
		if v := from.Card.Get(field.Name); v != nil {
			c := v.Clone()
			d.Card.Set(field.Name, &c)
			taken = true
		}
	}
	if !taken {
		return fmt.Errorf("%s: no field points to a document of %q, so nothing can be taken from %s", f.Name, from.Form, number)
	}
	return nil
}

// assign stores what a person typed, collecting everything that is wrong.
func (o *Office) assign(tx *repo.Tx, set *form.Set, f *form.Form, d *document.Document, values []Assignment) error {
	var problems []form.Problem
	for _, v := range values {
		var p *form.Problem
		if v.Append {
			p = set.AppendText(f, d, v.Field, v.Text, tx.Context())
		} else {
			p = set.SetText(f, d, v.Field, v.Text, tx.Context())
		}
		if p != nil {
			problems = append(problems, *p)
		}
	}
	return refuseUnfit(f, d, problems)
}

// refuseUnfit is the error for problems that refuse a write, nil when there
// are none.
func refuseUnfit(f *form.Form, d *document.Document, problems []form.Problem) error {
	var errs []form.Problem
	for _, p := range problems {
		if p.Severity == diag.Error {
			errs = append(errs, p)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return &repo.UnfitError{Number: d.Number, Form: f.Name, Problems: errs}
}
