package office

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
)

// DeniedError says that the actor may not do something.
type DeniedError struct {
	Message string
	hint    string
}

func (e *DeniedError) Error() string { return e.Message }

// Hint says who may.
func (e *DeniedError) Hint() string { return e.hint }

// Code is the error's stable word.
func (e *DeniedError) Code() string { return "denied" }

// Denied is the error for what only an admin may do.
func Denied(message string) error {
	return &DeniedError{Message: message, hint: adminHint}
}

const adminHint = "that takes the role " + org.Admin

func maySet(f *form.Form) (string, []string)    { return "change cards", f.May.Set }
func mayStatus(f *form.Form) (string, []string) { return "change the status", f.May.Status }

// may refuses what the actor's roles do not allow.
func (o *Office) may(f *form.Form, what string, roles []string) error {
	if o.actor.User == nil || o.actor.User.HasAny(roles) {
		return nil
	}
	return &DeniedError{
		Message: fmt.Sprintf("%s: user %q may not %s", f.Name, o.actor.ID, what),
		hint:    "the form allows it to: " + strings.Join(roles, ", "),
	}
}

// joinDenied makes one error of several, each once.
func joinDenied(denied []error) error {
	var first *DeniedError
	if len(denied) == 0 || !errors.As(denied[0], &first) {
		return nil
	}
	var lines []string
	for _, err := range denied {
		if !slices.Contains(lines, err.Error()) {
			lines = append(lines, err.Error())
		}
	}
	return &DeniedError{Message: strings.Join(lines, "\n"), hint: first.hint}
}

// mayWrite refuses what the actor's roles do not allow of a document that was
// written by hand, in a file or in an editor. Fields and links take what
// setting them takes, the status what changing it takes. All else is the
// record of who did what and when, which commands keep: only an admin writes
// it by hand. There is no former version of a new document.
func (o *Office) mayWrite(f *form.Form, was, now *document.Document) []error {
	var denied []error
	add := func(err error) {
		if err != nil {
			denied = append(denied, err)
		}
	}
	if was == nil {
		add(o.may(f, "register", f.May.Register))
		was = &document.Document{Form: now.Form, Number: now.Number, UID: now.UID, Registered: now.Registered, By: o.actor.ID, Status: now.Status, Card: now.Card, Links: now.Links}
	}
	for _, c := range document.Diff(was, now) {
		part, _, _ := strings.Cut(c.Path, ".")
		what, roles := maySet(f)
		switch {
		case part == "card", part == "links":
		case part == "status" && was.Status != form.Void && now.Status != form.Void:
			what, roles = mayStatus(f)
		case o.actor.Admin():
			continue
		default:
			add(Denied(fmt.Sprintf("%s: user %q may not change %q by hand", now.Number, o.actor.ID, part)))
			continue
		}
		add(o.may(f, what, roles))
	}
	return denied
}
