package office

import (
	"testing"

	"github.com/e1-dms/e1/internal/document"
)

func TestChangedSince(t *testing.T) {
	change := func(do func(*document.Document)) *document.Document {
		d := client()
		do(d)
		return d
	}
	for name, c := range map[string]struct {
		now  *document.Document
		want string
	}{
		"nothing":     {client(), ""},
		"a field":     {change(func(d *document.Document) { d.Card.SetText("phone", "2") }), "CLI-000001 was changed since you looked: phone"},
		"the status":  {change(func(d *document.Document) { d.Status = "lost" }), "CLI-000001 was changed since you looked: status"},
		"a comment":   {change(func(d *document.Document) { d.Comments = nil }), "CLI-000001 was changed since you looked: comments.1"},
		"many fields": {change(func(d *document.Document) { d.Card = nil; d.Status, d.By = "", "" }), "CLI-000001 was changed since you looked: by, status, name, phone"},
	} {
		err := changedSince(client(), c.now)
		if got := textOf(err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
