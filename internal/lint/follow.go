package lint

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/settings"
)

// notChecked is said where a fault keeps others from being found.
var notChecked = Code{"L002", "not-checked", "a definition with errors on which others depend; they are held against it once it is repaired"}

// shaky finds what must not be relied on: the forms with errors and those that
// use a directory with errors. What such a form is used for would only give
// errors that follow from the first. Of a form that refers to such a form, only
// what is read through that reference is in doubt: `client.industry`.
type shaky struct {
	forms  map[string][]string            // form → files with the faults behind it
	behind map[string]map[string][]string // form → field that refers to a form in doubt → files with the faults
	people bool                           // org.yaml has errors by which users or roles are missing
	// calendars tells that a calendar has errors.
	calendars bool
	all       []string // nothing can be relied on because of these files
	missed    map[string]map[string]bool
}

func (l *linter) findShaky(set *form.Set, own diag.List) {
	s := &shaky{forms: map[string][]string{}, behind: map[string]map[string][]string{}, missed: map[string]map[string]bool{}}
	l.shaky = s
	broken := map[string]bool{}
	for _, p := range own {
		if p.Severity == diag.Error {
			broken[p.At.File] = true
			s.people = s.people || p.At.File == org.FileName && losesPeople(p.Code)
			s.calendars = s.calendars || path.Dir(p.At.File) == definition.CalendarsDir
		}
	}
	for _, name := range []string{settings.FileName, org.FileName} {
		if f, _, err := l.defs.Parse(name); err == nil && f.Root == nil {
			s.all = append(s.all, name)
		}
	}
	for _, f := range set.Forms() {
		s.behind[f.Name] = map[string][]string{}
		if file := definition.FormsDir + "/" + f.Name + definition.Ext; broken[file] {
			s.forms[f.Name] = []string{file}
		}
		for _, field := range withColumns(f) {
			if dir := definition.DirectoriesDir + "/" + field.Directory + definition.Ext; field.Directory != "" && broken[dir] {
				s.forms[f.Name] = append(s.forms[f.Name], dir)
			}
		}
	}
	for grown := true; grown; {
		grown = false
		for _, f := range set.Forms() {
			for _, field := range withColumns(f) {
				if field.Form == "" {
					continue
				}
				for _, cause := range s.causes(field.Form) {
					if !slices.Contains(s.behind[f.Name][field.Name], cause) {
						s.behind[f.Name][field.Name] = append(s.behind[f.Name][field.Name], cause)
						grown = true
					}
				}
			}
		}
	}
}

// withColumns are the fields of a form and the columns of its tables.
func withColumns(f *form.Form) []*form.Field {
	fields := slices.Clone(f.Fields())
	for _, field := range f.Fields() {
		fields = append(fields, field.Columns...)
	}
	return fields
}

// causes are the faults behind a form and behind what it refers to.
func (s *shaky) causes(name string) []string {
	out := slices.Clone(s.forms[name])
	for _, field := range slices.Sorted(maps.Keys(s.behind[name])) {
		for _, cause := range s.behind[name][field] {
			if !slices.Contains(out, cause) {
				out = append(out, cause)
			}
		}
	}
	return out
}

// losesPeople tells whether a problem of org.yaml keeps a user, role or
// department out of the organisation.
func losesPeople(code string) bool {
	return code[0] == 'Y' || slices.Contains([]string{"O001", "O002", "O003", "O008"}, code)
}

// relies takes out of what was found in a file that relies on forms all that
// may follow from faults elsewhere.
func (s *shaky) relies(file string, src []byte, forms []string, found diag.List) diag.List {
	causes := slices.Clone(s.all)
	for _, f := range forms {
		causes = append(causes, s.forms[f]...)
	}
	causes = slices.DeleteFunc(causes, func(c string) bool { return c == file })
	if len(causes) > 0 {
		s.miss(file, causes)
		return nil
	}
	lines := strings.Split(string(src), "\n")
	return slices.DeleteFunc(slices.Clone(found), func(p diag.Problem) bool {
		if causes := s.through(lines, forms, p); len(causes) > 0 {
			s.miss(file, causes)
			return true
		}
		switch {
		case s.calendars && p.Code == "R064":
			return true
		case !s.people:
			return false
		}
		return p.Code == route.R007.Code || p.Code == "B008" || strings.HasPrefix(p.Code, "R05") || aboutRole(p)
	})
}

// miss notes that a file was not held against files with faults.
func (s *shaky) miss(file string, causes []string) {
	for _, c := range causes {
		if s.missed[c] == nil {
			s.missed[c] = map[string]bool{}
		}
		s.missed[c][file] = true
	}
}

// through gives the faults behind a reference that the lines of a problem
// read through.
func (s *shaky) through(lines []string, forms []string, p diag.Problem) []string {
	first, last := p.At.Start.Line, max(p.At.Start.Line, p.At.End.Line)
	if first < 1 || last > len(lines) {
		return nil
	}
	text := strings.Join(lines[first-1:last], "\n")
	var out []string
	for _, f := range forms {
		for _, field := range slices.Sorted(maps.Keys(s.behind[f])) {
			if strings.Contains(text, field+".") {
				out = append(out, s.behind[f][field]...)
			}
		}
	}
	return slices.DeleteFunc(out, func(c string) bool { return c == p.At.File })
}

// aboutRole tells whether a form names a role that is not there.
func aboutRole(p diag.Problem) bool { return p.Code == "F005" && strings.Contains(p.Message, "role") }

// formsOf are the forms that a route relies on.
func formsOf(r *route.Route) []string { return r.Forms() }

// notes says for each file with faults how much was left aside because of it.
func (s *shaky) notes() diag.List {
	var out diag.List
	for cause, files := range s.missed {
		what := "1 definition that relies on it was not held against it"
		if len(files) > 1 {
			what = fmt.Sprintf("%d definitions that rely on it were not held against it", len(files))
		}
		out.Add(diag.Problem{Code: notChecked.Code, Slug: notChecked.Slug, Severity: diag.Note, At: diag.Span{
			File: cause, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1},
		}, Message: what, Help: "repair it and run e1 lint again"})
	}
	out.Sort()
	return out
}

// nameOf is the name of a definition's file.
func nameOf(file string) string { return strings.TrimSuffix(path.Base(file), definition.Ext) }
