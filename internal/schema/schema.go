package schema

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Dir is where a repository keeps its schemas.
const Dir = ".e1/schema"

// File is one schema.
type File struct {
	Kind string // route, form, …
	Data []byte
}

// Path is where a repository keeps the schema.
func (f File) Path() string { return Dir + "/" + f.Kind + ".json" }

// kinds are the kinds of definitions with the function that describes each.
func kinds() []kind {
	return []kind{
		{"calendar", "A working calendar: calendars/*.yaml", (*source).calendar},
		{"directory", "A directory (reference book): directories/*.yaml", (*source).directory},
		{"form", "A card form: forms/*.yaml", (*source).form},
		{"import", "An auto-import: imports/*.yaml", (*source).imports},
		{"org", "The organisation: org.yaml", (*source).organisation},
		{"report", "A report: reports/*.yaml", (*source).report},
		{"route", "A route: routes/*.yaml", (*source).route},
		{"route-test", "Tests of a route: routes/tests/*.yaml", (*source).routeTest},
		{"rule", "A rule of auto-processing: rules/*.yaml", (*source).rule},
		{"settings", "The settings of the repository: e1.yaml", (*source).settingsFile},
	}
}

type kind struct {
	name, title string
	describe    func(*source) object
}

// Kinds lists the kinds of definitions that have a schema, sorted.
func Kinds() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, k.name)
	}
	return out
}

// Describes tells whether a file is one of those that schemas are made of, so
// that a change of it may change them.
func Describes(file string) bool {
	if file == settings.FileName || file == org.FileName {
		return true
	}
	for _, dir := range []string{definition.FormsDir, definition.DirectoriesDir, definition.RoutesDir, definition.CalendarsDir} {
		if rest, ok := strings.CutPrefix(file, dir+"/"); ok && !strings.Contains(rest, "/") && strings.HasSuffix(rest, definition.Ext) {
			return true
		}
	}
	return false
}

// Of makes the schema of one kind; an unknown one is an UnknownError.
func Of(defs *definition.Set, name string) (File, error) {
	for _, k := range kinds() {
		if k.name == name {
			s, err := newSource(defs)
			if err != nil {
				return File{}, err
			}
			return s.file(k), nil
		}
	}
	return File{}, &definition.UnknownError{What: "kind of definition", Name: name, Known: Kinds(), Try: "e1 schema"}
}

// All makes every schema, sorted by kind. What cannot be read of the definitions
// is missing in them.
func All(defs *definition.Set) ([]File, error) {
	s, err := newSource(defs)
	if err != nil {
		return nil, err
	}
	var out []File
	for _, k := range kinds() {
		out = append(out, s.file(k))
	}
	return out, nil
}

// source is what a repository has that definitions refer to.
type source struct {
	forms     *form.Set
	org       *org.Org
	calendars []string
	routes    []string
	steps     []string // ids of all steps of all routes
	links     []string // kinds of links: of the settings and of all routes
	lang      string
}

func newSource(defs *definition.Set) (*source, error) {
	s := &source{}
	var err error
	if s.forms, err = defs.Forms(); err != nil {
		return nil, err
	}
	s.org = s.forms.Org()
	conf, _, err := defs.Settings()
	if err != nil {
		return nil, err
	}
	s.lang = conf.Language
	files, err := defs.List(definition.CalendarsDir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		s.calendars = append(s.calendars, strings.TrimSuffix(strings.TrimPrefix(f, definition.CalendarsDir+"/"), definition.Ext))
	}
	if s.routes, err = defs.RouteNames(); err != nil {
		return nil, err
	}
	routes, err := defs.Routes()
	if err != nil {
		return nil, err
	}
	s.links = conf.LinkKinds()
	for _, r := range routes {
		s.links = append(s.links, r.LinkKinds()...)
		for _, step := range r.Steps() {
			if step.Named {
				s.steps = append(s.steps, step.ID)
			}
		}
	}
	s.steps, s.links = sortedUnique(s.steps), sortedUnique(s.links)
	return s, nil
}

// file encodes one schema.
func (s *source) file(k kind) File {
	root := k.describe(s)
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = k.title
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(root); err != nil {
		panic(fmt.Sprintf("schema: %s: %v", k.name, err)) // only strings, numbers, lists and maps are in it
	}
	return File{Kind: k.name, Data: []byte(b.String())}
}

func (s *source) label(l yamlsrc.Label) string { return l.In(s.lang) }
