package demo

import (
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// book answers the engine's questions about other documents.
type book struct {
	g      *generator
	k      kind
	docs   map[string]*document.Document
	client string
	fresh  []string
}

func newBook(g *generator, self *document.Document, k kind) book {
	b := book{g: g, k: k, docs: map[string]*document.Document{self.Number: self}}
	if f := g.forms.Form(clients); f != nil {
		c := &document.Document{Form: clients, Number: g.models[clients], Registered: self.Registered, By: k.person, Status: f.Initial()}
		c.Card.SetText("name", "ООО «Ромашка»")
		c.Card.SetText("manager", k.person)
		b.client = c.Number
		b.docs[c.Number] = c
	}
	return b
}

// keep remembers documents as they are now.
func (b *book) keep(docs []*document.Document) {
	for _, d := range docs {
		b.docs[d.Number] = d
	}
}

// name gives a new document a number in the place of its placeholder.
func (b *book) name(placeholder string, docs []*document.Document) {
	number := placeholder
	for _, d := range docs {
		if d.Number == placeholder {
			number = b.g.models[d.Form]
			d.Number = number
			b.fresh = append(b.fresh, number)
		}
	}
	for _, d := range docs {
		for i := range d.Card {
			if d.Card[i].Value.Text == placeholder {
				d.Card[i].Value.Text = number
			}
		}
		for i := range d.Links {
			if d.Links[i].To == placeholder {
				d.Links[i].To = number
			}
		}
	}
}

// made gives the document of a form that was registered on the way.
func (b *book) made(name string) *document.Document {
	for _, number := range b.fresh {
		if d := b.docs[number]; d != nil && d.Form == name {
			return d
		}
	}
	return nil
}

func (b *book) formOf(number string) string {
	if d := b.docs[number]; d != nil {
		return d.Form
	}
	return ""
}

// Document gives a document of the life.
func (b *book) Document(number string) (*document.Document, error) { return b.docs[number], nil }

// ByUnique finds the client whatever is asked for: routes then link the client
// there is instead of registering one.
func (b *book) ByUnique(name, field, value string) ([]string, error) {
	if name == clients && b.client != "" {
		return []string{b.client}, nil
	}
	return nil, nil
}

// WorkLoad makes the manager of the life the least loaded.
func (b *book) WorkLoad(users []string) ([]int, error) {
	loads := make([]int, len(users))
	for i, u := range users {
		if u != b.k.person {
			loads[i] = 1 + i
		}
	}
	return loads, nil
}

// LastPerformer has no rotation.
func (b *book) LastPerformer(string, string) (string, error) { return "", nil }

// definitions are the routes that lives are played on.
type definitions struct {
	routes []*route.Route
	pinned map[string]*route.Route
	used   map[string]bool
}

func newDefinitions(routes []*route.Route) *definitions {
	d := &definitions{routes: slices.Clone(routes), pinned: map[string]*route.Route{}, used: map[string]bool{}}
	slices.SortFunc(d.routes, func(a, b *route.Route) int {
		switch {
		case a.Name.Text < b.Name.Text:
			return -1
		case a.Name.Text > b.Name.Text:
			return 1
		}
		return 0
	})
	for _, r := range d.routes {
		d.pinned[r.ID] = r
	}
	return d
}

func (d *definitions) pin(id string) { d.used[id] = true }

// Pinned gives a definition by its id.
func (d *definitions) Pinned(id string) (*route.Route, error) {
	if r := d.pinned[id]; r != nil {
		return r, nil
	}
	return nil, unfit("e1 route list", "there is no route definition %q", id)
}

// Current gives a route by its name.
func (d *definitions) Current(name string) (*route.Route, error) {
	for _, r := range d.routes {
		if r.Name.Text == name {
			return r, nil
		}
	}
	return nil, unfit("e1 route list", "there is no route %q", name)
}

// Starting gives the routes of a form that an event may start.
func (d *definitions) Starting(name string, on route.StartKind) []*route.Route {
	var out []*route.Route
	for _, r := range d.routes {
		if r.For.Text != name {
			continue
		}
		for _, s := range r.Starts {
			if s.On == on {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

var _ form.Lookup = (*book)(nil)
