package office

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// what becomes of a part of a document when the operation that changed it is
// taken back.
type fate int

const (
	back      fate = iota // it is as it was before
	stays                 // it is as it is now
	withdraws             // letters that have not left are withdrawn
)

// parts gives every field of a document another value, and what an undo of
// that does. A new field needs a line here, and a decision.
var parts = map[string]struct {
	change func(*document.Document)
	fate   fate
}{
	"Form":       {func(d *document.Document) { d.Form = "works" }, stays},
	"Number":     {func(d *document.Document) { d.Number = "CLI-000002" }, stays},
	"UID":        {func(d *document.Document) { d.UID = "02" }, stays},
	"Aliases":    {func(d *document.Document) { d.Aliases = []string{"CLI-000009"} }, stays},
	"Registered": {func(d *document.Document) { d.Registered = d.Registered.Add(time.Hour) }, back},
	"By":         {func(d *document.Document) { d.By = "ivanova" }, back},
	"Status":     {func(d *document.Document) { d.Status = "lost" }, back},
	"Message":    {func(d *document.Document) { d.Message = "ab" }, back},
	"MessageID":  {func(d *document.Document) { d.MessageID = "<1@example.invalid>" }, back},
	"Card":       {func(d *document.Document) { d.Card.SetText("phone", "2") }, back},
	"Links":      {func(d *document.Document) { d.Links = []document.Link{{Kind: "related", To: "CLI-000003"}} }, back},
	"Files":      {func(d *document.Document) { d.Files = []document.File{{Name: "a.txt", SHA256: "cd"}} }, back},
	"Letters":    {func(d *document.Document) { d.Letters = []document.Letter{{ID: "<2@e>", State: document.LetterQueued}} }, withdraws},
	"Routes":     {func(d *document.Document) { d.Routes = []document.Instance{{ID: 1, Route: "r", State: "running"}} }, back},
	"Comments":   {func(d *document.Document) { d.Comments = append(d.Comments, document.Comment{ID: "2", Text: "more"}) }, back},
	"Reached": {func(d *document.Document) {
		d.Reached = []document.Reached{{Rule: "r", Field: "f", Date: "2026-11-23"}}
	}, stays},
	"Extra": {func(d *document.Document) { d.Extra = []yamlsrc.Pair{yamlsrc.P("later", yamlsrc.Text("x"))} }, back},
}

func TestRestoreOfEveryPart(t *testing.T) {
	for i := range reflect.TypeFor[document.Document]().NumField() {
		name := reflect.TypeFor[document.Document]().Field(i).Name
		part, ok := parts[name]
		if !ok {
			t.Errorf("nobody has decided what an undo makes of Document.%s", name)
			continue
		}
		for _, later := range []bool{false, true} {
			before := client()
			after := client()
			part.change(after)
			now := after.Clone()
			if later {
				now.Card.SetText("email", "a@example.invalid") // somebody has gone on
			}
			if len(document.Diff(before, after)) == 0 {
				t.Fatalf("%s: the change changes nothing", name)
			}
			got, err := restore(now, after, before, unsendable)
			if err != nil {
				t.Errorf("%s: %s", name, err)
				continue
			}
			want := map[fate]*document.Document{back: before, stays: now, withdraws: now.Clone()}[part.fate]
			if name == "Card" && later {
				want = want.Clone()
				want.Card.SetText("email", "a@example.invalid")
			}
			if part.fate == withdraws {
				want.Letters[0].State = document.LetterWithdrawn
			}
			if !cmp.Equal(reflect.ValueOf(want).Elem().Field(i).Interface(), reflect.ValueOf(got).Elem().Field(i).Interface()) && !(part.fate == stays && !later && fixed(name)) {
				t.Errorf("%s, changed later %v:\n%s", name, later, cmp.Diff(want, got))
			}
			if later && got.Card.Text("email") == "" {
				t.Errorf("%s: what came later is gone", name)
			}
		}
	}
}

// fixed are the parts that no operation changes in a document of one number.
func fixed(name string) bool { return name == "Form" || name == "Number" || name == "UID" }

func client() *document.Document {
	d := &document.Document{Form: "clients", Number: "CLI-000001", UID: "01", By: "petrova", Status: "new",
		Registered: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), Comments: []document.Comment{{ID: "1", Text: "one"}}}
	d.Card.SetText("name", "Alpha")
	d.Card.SetText("phone", "1")
	return d
}

func TestRestoreRefusesWhatWasChangedAgain(t *testing.T) {
	set := func(d *document.Document, field, text string) *document.Document {
		d = d.Clone()
		d.Card.SetText(field, text)
		return d
	}
	before := client()
	after := set(before, "phone", "2")
	for name, c := range map[string]struct {
		now  *document.Document
		want string
	}{
		"the same field":          {set(after, "phone", "3"), `CLI-000001: cannot be undone: field "phone" changed again later; undo that first`},
		"the field given up":      {set(after, "phone", ""), `CLI-000001: cannot be undone: field "phone" changed again later; undo that first`},
		"another field":           {set(after, "name", "Beta"), ""},
		"set back already":        {set(set(after, "name", "Beta"), "phone", "1"), `CLI-000001: cannot be undone: field "phone" changed again later; undo that first`},
		"nothing":                 {after, ""},
		"a letter sent meanwhile": {sent(after), ""},
	} {
		got, err := restore(c.now, after, before, unsendable)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %s", name, err)
		case c.want == "" && got.Card.Text("phone") != "1":
			t.Errorf("%s: phone is %q", name, got.Card.Text("phone"))
		case c.want != "" && (err == nil || err.Error() != c.want):
			t.Errorf("%s: %v", name, err)
		}
	}
	// An operation that took a comment away is not pulled apart from a later one.
	after = before.Clone()
	after.Comments = nil
	if _, err := restore(set(after, "name", "Beta"), after, before, unsendable); err == nil {
		t.Error("a comment that was taken away came back in the middle of other changes")
	}
}

func sent(d *document.Document) *document.Document {
	d = d.Clone()
	d.Letters = append(d.Letters, document.Letter{ID: "<3@e>", State: document.LetterSent, Sent: time.Now()})
	return d
}

// unsendable says of every letter that it is gone from the outbox.
func unsendable(string) bool { return false }
