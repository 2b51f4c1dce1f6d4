package demo

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// world is the standard configuration with its sample organisation.
type world struct {
	forms    *form.Set
	routes   []*route.Route
	calendar *worktime.Calendar
	now      time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	file := func(fsys fs.FS, name string) *yamlsrc.File {
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		f, problems := yamlsrc.Parse(name, src)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		return f
	}
	each := func(fsys fs.FS, pattern string, fn func(*yamlsrc.File)) {
		names, err := fs.Glob(fsys, pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, n := range names {
			fn(file(fsys, n))
		}
	}
	w := &world{}
	var forms []*form.Form
	var dirs []*form.Directory
	each(e1.Forms, "forms/*.yaml", func(f *yamlsrc.File) {
		parsed, problems := form.Parse(f)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		forms = append(forms, parsed)
	})
	each(e1.Template, "repo-template/directories/*.yaml", func(f *yamlsrc.File) {
		parsed, problems := form.ParseDirectory(f)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, parsed)
	})
	people, problems := org.Parse(file(e1.Template, "repo-template/sample/org.yaml"))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	conf, problems := settings.Parse(file(e1.Template, "repo-template/e1.yaml"))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	w.forms, problems = form.Link(forms, dirs, people, conf)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	each(e1.Routes, "routes/*.yaml", func(f *yamlsrc.File) {
		parsed, problems := route.Parse(f)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		w.routes = append(w.routes, parsed)
	})
	w.calendar, problems = worktime.Parse(file(e1.Template, "repo-template/calendars/ru.yaml"))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	w.now = time.Date(2026, 11, 23, 15, 4, 5, 0, conf.Zone)
	return w
}

func (w *world) options(documents int) Options {
	return Options{Documents: documents, Seed: 1, Now: w.now, Routes: w.routes, Calendar: func(name string) *worktime.Calendar {
		if name == "" || name == "ru" {
			return w.calendar
		}
		return nil
	}}
}

// library holds made documents and answers questions about them.
type library struct {
	docs   map[string]*document.Document
	paths  map[string]string
	order  []string
	unique map[string][]string
}

func newLibrary() *library {
	return &library{docs: map[string]*document.Document{}, paths: map[string]string{}, unique: map[string][]string{}}
}

func (l *library) add(t testing.TB, forms *form.Set, p string, data []byte) *document.Document {
	t.Helper()
	d, err := document.Read(data)
	if err != nil {
		t.Fatalf("%s: %v\n%s", p, err, data)
	}
	if l.docs[d.Number] != nil || d.Number != strings.TrimSuffix(path.Base(p), ".yaml") {
		t.Fatalf("%s: number %s is there twice or in the wrong file", p, d.Number)
	}
	l.docs[d.Number], l.paths[d.Number] = d, p
	l.order = append(l.order, d.Number)
	for _, k := range forms.Keys(forms.Form(d.Form), d) {
		key := d.Form + "/" + k.Field + "/" + k.Value
		l.unique[key] = append(l.unique[key], d.Number)
	}
	return d
}

func (l *library) Document(number string) (*document.Document, error) { return l.docs[number], nil }

func (l *library) ByUnique(name, field, value string) ([]string, error) {
	return l.unique[name+"/"+field+"/"+value], nil
}

func (l *library) WorkLoad(users []string) ([]int, error)       { return make([]int, len(users)), nil }
func (l *library) LastPerformer(string, string) (string, error) { return "", nil }
