package engine

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// shipped reads the project's own definitions with the sample organisation.
func shipped(t testing.TB) (*form.Set, []*route.Route) {
	t.Helper()
	root := filepath.Join("..", "..")
	var forms []*form.Form
	for _, f := range sources(t, filepath.Join(root, "forms")) {
		def, problems := form.Parse(f)
		fail(t, problems.Err())
		forms = append(forms, def)
	}
	var dirs []*form.Directory
	for _, f := range sources(t, filepath.Join(root, "repo-template", "directories")) {
		def, problems := form.ParseDirectory(f)
		fail(t, problems.Err())
		dirs = append(dirs, def)
	}
	people, problems := org.Parse(source(t, filepath.Join(root, "repo-template", "sample", "org.yaml")))
	fail(t, problems.Err())
	conf, problems := settings.Parse(source(t, filepath.Join(root, "repo-template", "e1.yaml")))
	fail(t, problems.Err())
	set, problems := form.Link(forms, dirs, people, conf)
	fail(t, problems.Err())
	var routes []*route.Route
	for _, f := range sources(t, filepath.Join(root, "routes")) {
		r, problems := route.Parse(f)
		fail(t, problems.Err())
		routes = append(routes, r)
	}
	return set, routes
}

func sources(t testing.TB, folder string) []*yamlsrc.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	fail(t, err)
	if len(names) == 0 {
		t.Fatalf("no definitions in %s", folder)
	}
	var out []*yamlsrc.File
	for _, name := range names {
		out = append(out, source(t, name))
	}
	return out
}

func source(t testing.TB, name string) *yamlsrc.File {
	t.Helper()
	src, err := os.ReadFile(name)
	fail(t, err)
	f, problems := yamlsrc.Parse(filepath.Base(name), src)
	fail(t, problems.Err())
	return f
}

func fail(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var moscow = time.FixedZone("MSK", 3*60*60)

// monday is a Monday morning an hour after opening.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, moscow)

// week is a plain working calendar: Monday to Friday, 9 to 18 with an hour of
// lunch.
func week(t testing.TB) *worktime.Calendar {
	t.Helper()
	day := []worktime.Hours{{From: 9 * 60, To: 13 * 60}, {From: 14 * 60, To: 18 * 60}}
	c, err := worktime.New(worktime.Definition{Name: "ru", Zone: moscow, Hours: day, Shorter: 60, Week: map[time.Weekday][]worktime.Hours{
		time.Monday: day, time.Tuesday: day, time.Wednesday: day, time.Thursday: day, time.Friday: day}})
	fail(t, err)
	return c
}

// shop is a repository in memory.
type shop struct {
	t      testing.TB
	forms  *form.Set
	routes []*route.Route
	cal    *worktime.Calendar
	docs   map[string]*document.Document
	order  []string
	now    time.Time
	loads  map[string]int
	last   map[string]string
	res    Result
}

func newShop(t testing.TB, forms *form.Set, routes ...*route.Route) *shop {
	return &shop{t: t, forms: forms, routes: routes, cal: week(t), docs: map[string]*document.Document{},
		now: monday, loads: map[string]int{}, last: map[string]string{}}
}

func (s *shop) Pinned(id string) (*route.Route, error) {
	for _, r := range s.routes {
		if r.ID == id {
			return r, nil
		}
	}
	return nil, os.ErrNotExist
}

func (s *shop) Current(name string) (*route.Route, error) {
	for _, r := range s.routes {
		if r.Name.Text == name {
			return r, nil
		}
	}
	return nil, os.ErrNotExist
}

func (s *shop) Starting(name string, on route.StartKind) []*route.Route {
	var out []*route.Route
	for _, r := range s.routes {
		for _, start := range r.Starts {
			if r.For.Text == name && start.On == on {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

func (s *shop) Document(number string) (*document.Document, error) { return s.docs[number], nil }

func (s *shop) ByUnique(name, field, value string) ([]string, error) {
	var out []string
	for _, number := range s.order {
		d := s.docs[number]
		if d.Form != name {
			continue
		}
		for _, k := range s.forms.Keys(s.forms.Form(name), d) {
			if k.Field == field && k.Value == value {
				out = append(out, number)
			}
		}
	}
	return out, nil
}

func (s *shop) WorkLoad(users []string) ([]int, error) {
	out := make([]int, len(users))
	for i, u := range users {
		out[i] = s.loads[u]
	}
	return out, nil
}

func (s *shop) LastPerformer(route, step string) (string, error) { return s.last[route+"/"+step], nil }

func (s *shop) input(number, actor string, e Event) Input {
	return Input{Document: s.docs[number], Event: e, Actor: actor, Now: s.now, Definitions: s, Forms: s.forms,
		Calendar: func(name string) *worktime.Calendar {
			if name == "" || name == "ru" {
				return s.cal
			}
			return nil
		}, Lookup: s}
}

// put adds a document with a card of alternating names and texts.
func (s *shop) put(name, number string, card ...string) *document.Document {
	s.t.Helper()
	f := s.forms.Form(name)
	d := &document.Document{Form: name, Number: number, UID: "uid-" + number, Registered: s.now, By: "kozlova", Status: f.Initial()}
	for i := 0; i < len(card); i += 2 {
		if card[i] == "status" {
			d.Status = card[i+1]
			continue
		}
		if p := s.forms.SetText(f, d, card[i], card[i+1], form.Context{Lookup: s, Now: s.now}); p != nil {
			s.t.Fatalf("%s: %s", card[i], p.Message)
		}
	}
	s.docs[number] = d
	s.order = append(s.order, number)
	return d
}

// try applies an event without keeping its result.
func (s *shop) try(number, actor string, e Event) (Result, error) {
	return Apply(s.input(number, actor, e))
}

// do applies an event and keeps what it changed; placeholders become numbers
// of the form NEW-1.
func (s *shop) do(number, actor string, e Event) Result {
	s.t.Helper()
	res, err := s.try(number, actor, e)
	if err != nil {
		s.t.Fatalf("%T by %s: %v", e, actor, err)
	}
	for i, d := range res.Changed {
		if d.Number[0] == '@' {
			s.t.Logf("registered %s as %s", d.Number, d.Form)
			renumber(res.Changed, d.Number, "NEW-"+d.Form)
			_ = i
		}
		if s.docs[d.Number] == nil {
			s.order = append(s.order, d.Number)
		}
		s.docs[d.Number] = d
		for i := range d.Routes {
			def, err := s.Pinned(d.Routes[i].Definition)
			if err != nil || d.Routes[i].State != Running {
				continue
			}
			for _, lost := range Standing(def, &d.Routes[i]) {
				s.t.Errorf("after %T: %s", e, lost.Message)
			}
		}
	}
	s.res = res
	return res
}

func renumber(docs []*document.Document, from, to string) {
	for _, d := range docs {
		if d.Number == from {
			d.Number = to
		}
		for i := range d.Links {
			if d.Links[i].To == from {
				d.Links[i].To = to
			}
		}
		for _, name := range d.Card.Names() {
			if d.Card.Text(name) == from {
				d.Card.SetText(name, to)
			}
		}
	}
}

// open describes the open tasks of a document: "1 contact petrova".
func (s *shop) open(number string) []string {
	out := []string{}
	for _, in := range s.docs[number].Routes {
		for _, t := range in.Tasks {
			if Pending(t.State) || t.State == TaskInform && t.Kind == "" {
				out = append(out, describeTask(t))
			}
		}
	}
	return out
}

func describeTask(t document.Task) string {
	who := t.Who
	for i, c := range t.Candidates {
		if i > 0 {
			who += "|"
		}
		who += c
	}
	text := t.Step
	if t.Item != "" {
		text += "@" + t.Item
	}
	text += " " + who
	if t.State != TaskOpen {
		text += " " + t.State
	}
	return text
}
