package office

import (
	"errors"
	"slices"
	"testing"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
)

func TestMayWrite(t *testing.T) {
	f := &form.Form{Name: "clients", May: form.May{Register: []string{"manager"}, Set: []string{"manager"}, Status: []string{"head"}}}
	user := func(id string, roles ...string) *Office {
		return &Office{actor: Actor{ID: id, User: &org.User{ID: id, Active: true, Roles: roles}}}
	}
	manager, head, admin, nobody := user("petrova", "manager"), user("sidorov", "head"), user("admin", org.Admin), user("volkov")
	change := func(do func(*document.Document)) *document.Document {
		d := client()
		do(d)
		return d
	}
	card := change(func(d *document.Document) { d.Card.SetText("phone", "2") })
	link := change(func(d *document.Document) { d.Links = []document.Link{{Kind: "related", To: "CLI-000002"}} })
	status := change(func(d *document.Document) { d.Status = "lost" })
	void := change(func(d *document.Document) { d.Status = form.Void })
	author := change(func(d *document.Document) { d.By = "sidorov" })
	comment := change(func(d *document.Document) { d.Comments[0].Text = "other" })
	tasks := change(func(d *document.Document) { d.Routes = []document.Instance{{ID: 1, Route: "r"}} })
	for name, c := range map[string]struct {
		now     *document.Document
		allowed []*Office
	}{
		"nothing":                {client(), []*Office{manager, head, admin, nobody}},
		"a field":                {card, []*Office{manager, admin}},
		"a link":                 {link, []*Office{manager, admin}},
		"the status":             {status, []*Office{head, admin}},
		"void":                   {void, []*Office{admin}},
		"who registered it":      {author, []*Office{admin}},
		"what somebody has said": {comment, []*Office{admin}},
		"tasks":                  {tasks, []*Office{admin}},
	} {
		for _, o := range []*Office{manager, head, admin, nobody} {
			err := joinDenied(o.mayWrite(f, client(), c.now))
			var denied *DeniedError
			if slices.Contains(c.allowed, o) != (err == nil) || err != nil && (!errors.As(err, &denied) || denied.Hint() == "") {
				t.Errorf("%s by %s: %v", name, o.actor.ID, err)
			}
		}
	}
	// A new document is registered by whoever commits it, and says no more than
	// a registration does.
	bare := change(func(d *document.Document) { d.Comments = nil }) // by petrova
	for name, c := range map[string]struct {
		o    *Office
		now  *document.Document
		want bool
	}{
		"the manager's own":        {manager, bare, true},
		"with somebody's comments": {manager, client(), false},
		"in another's name":        {head, bare, false},
		"by an admin":              {admin, client(), true},
	} {
		if err := joinDenied(c.o.mayWrite(f, nil, c.now)); (err == nil) != c.want {
			t.Errorf("a new document, %s: %v", name, err)
		}
	}
}
