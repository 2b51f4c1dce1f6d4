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
var notChecked = Code{"L002", "not-checked", "a definition with errors on which others depend; what may only follow from these is left out there until it is repaired"}

// shaky finds what must not be relied on: forms, directories, people and
// settings with errors. What is said about the very names with a fault, in
// other definitions or in the form itself, may only follow from it and is left
// out; everything else is said.
type shaky struct {
	forms map[string]*doubt            // by form: its own faults and those of its directories
	refs  map[string]map[string]string // form → field that refers to a form → that form
	org   doubt
	// settings and calendars tell which files with errors are behind constants
	// and working time.
	settings, calendars []string
	missed              map[string]map[string]bool // file with the fault → files of which something was left out
	unread              bool                       // anything is in doubt
	partly              map[string]bool            // files with parts that are not YAML
}

// doubt is what of a definition is in doubt, with the files that are the reason.
type doubt struct {
	all   []string            // the files because of which everything is
	names map[string][]string // and those of single names
}

func (d *doubt) add(file string, names []string, all bool) {
	if all && !slices.Contains(d.all, file) {
		d.all = append(d.all, file)
	}
	for _, n := range names {
		if d.names == nil {
			d.names = map[string][]string{}
		}
		if !slices.Contains(d.names[n], file) {
			d.names[n] = append(d.names[n], file)
		}
	}
}

// behind gives the files with the faults behind what a text says.
func (d *doubt) behind(text string) []string {
	out := slices.Clone(d.all)
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		if route.HasWord(text, name) {
			out = append(out, d.names[name]...)
		}
	}
	return out
}

func (l *linter) findShaky(set *form.Set, own diag.List) {
	s := &shaky{forms: map[string]*doubt{}, refs: map[string]map[string]string{}, missed: map[string]map[string]bool{}, partly: map[string]bool{}}
	l.shaky = s
	byFile := map[string]diag.List{}
	for _, p := range own {
		if p.Severity == diag.Error {
			byFile[p.At.File] = append(byFile[p.At.File], p)
		}
	}
	if problems := byFile[settings.FileName]; problems != nil {
		s.settings = []string{settings.FileName}
	}
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		if f, _, err := l.defs.Parse(file); err == nil && len(f.Unread) > 0 {
			s.partly[file] = true
		}
		if path.Dir(file) == definition.CalendarsDir {
			s.calendars = append(s.calendars, file)
		}
	}
	if problems := slices.DeleteFunc(byFile[org.FileName], func(p diag.Problem) bool { return !losesPeople(p.Code) }); problems != nil {
		names, all := l.faulty(org.FileName, problems)
		s.org.add(org.FileName, names, all)
	}
	for _, f := range set.Forms() {
		d := &doubt{}
		s.forms[f.Name], s.refs[f.Name] = d, map[string]string{}
		file := definition.FormsDir + "/" + f.Name + definition.Ext
		if problems := byFile[file]; problems != nil {
			names, all := l.faulty(file, problems)
			d.add(file, names, all)
		}
		for _, field := range withColumns(f) {
			if field.Form != "" {
				s.refs[f.Name][field.Name] = field.Form
			}
			dir := definition.DirectoriesDir + "/" + field.Directory + definition.Ext
			if problems := byFile[dir]; field.Directory != "" && problems != nil {
				names, all := l.faulty(dir, problems)
				if all {
					names = append(names, field.Name, field.Directory)
				}
				d.add(dir, names, false)
			}
		}
		s.unread = s.unread || len(d.all)+len(d.names) > 0
	}
	s.unread = s.unread || len(s.org.all)+len(s.org.names)+len(s.settings) > 0
}

// withColumns are the fields of a form and the columns of its tables.
func withColumns(f *form.Form) []*form.Field {
	fields := slices.Clone(f.Fields())
	for _, field := range f.Fields() {
		fields = append(fields, field.Columns...)
	}
	return fields
}

// losesPeople tells whether a problem of org.yaml keeps a user, role or
// department out of the organisation.
func losesPeople(code string) bool {
	return code[0] == 'Y' || slices.Contains([]string{"O001", "O002", "O003", "O008"}, code)
}

// relies takes out of what was found in a file that relies on forms all that
// may follow from faults elsewhere.
func (s *shaky) relies(file string, src []byte, forms []string, found diag.List) diag.List {
	for _, f := range forms {
		if d := s.forms[f]; d != nil {
			s.miss(file, d.all)
		}
	}
	s.miss(file, s.org.all)
	lines := strings.Split(string(src), "\n")
	return slices.DeleteFunc(slices.Clone(found), func(p diag.Problem) bool {
		causes := s.causes(lines, forms, p)
		if own := p.At.File; !followsFromOwn(p.Code) && !s.partly[own] {
			causes = slices.DeleteFunc(causes, func(c string) bool { return c == own })
		}
		s.miss(file, causes)
		return len(causes) > 0
	})
}

// followsFromOwn tells whether a problem of a form may follow from another one
// in the same file: it is about expressions, not about what is written itself.
func followsFromOwn(code string) bool {
	return slices.Contains([]string{"F006", "F010", "F014"}, code) || strings.HasPrefix(code, "F03")
}

// miss notes that something about a file was left out because of files with
// faults.
func (s *shaky) miss(file string, causes []string) {
	for _, c := range causes {
		if c == file {
			continue
		}
		if s.missed[c] == nil {
			s.missed[c] = map[string]bool{}
		}
		s.missed[c][file] = true
	}
}

// causes gives the files with the faults from which a problem may follow.
func (s *shaky) causes(lines, forms []string, p diag.Problem) []string {
	first, last := p.At.Start.Line, max(p.At.Start.Line, p.At.End.Line)
	text := p.Message
	if i := strings.Index(text, `"`); strings.HasPrefix(text, "unknown ") && i > 0 {
		text = text[i:] // the words of the sentence are no names
	}
	if first >= 1 && last <= len(lines) {
		text += "\n" + strings.Join(lines[first-1:last], "\n")
	}
	var out []string
	for _, r := range p.Related { // "unknown field … of clients"
		for _, f := range slices.Sorted(maps.Keys(s.forms)) {
			if aboutForm(p) && route.HasWord(r.Message, f) {
				out = append(out, s.forms[f].behind(r.Message)...)
			}
		}
	}
	if aboutForm(p) {
		for _, f := range forms {
			out = append(out, s.through(f, text, 3)...)
		}
		if strings.Contains(text, "settings.") || strings.HasPrefix(p.Message, "unknown setting") {
			out = append(out, s.settings...)
		}
	}
	if aboutPeople(p) {
		out = append(out, s.org.behind(text)...)
	}
	if strings.HasSuffix(p.Code, "064") || strings.HasSuffix(p.Code, "013") {
		out = append(out, s.settings...)
	}
	if strings.HasSuffix(p.Code, "064") {
		out = append(out, s.calendars...)
	}
	return out
}

// through gives the faults behind what a text says of the documents of a form,
// and of those that it reads through references.
func (s *shaky) through(form, text string, deep int) []string {
	d := s.forms[form]
	if d == nil || deep == 0 {
		return nil
	}
	out := d.behind(text)
	for _, field := range slices.Sorted(maps.Keys(s.refs[form])) {
		if strings.Contains(text, field+".") {
			out = append(out, s.through(s.refs[form][field], text, deep-1)...)
		}
	}
	return out
}

// doubts tells whether what a path of a form's documents may hold is in doubt.
func (s *shaky) doubts(form, path string) bool {
	return len(s.through(form, path+".", 3)) > 0
}

// formsOf are the forms that a route relies on.
func formsOf(r *route.Route) []string { return r.Forms() }

// formsIn are the forms that actions name.
func formsIn(actions []*route.Action) []string {
	var out []string
	for _, a := range actions {
		if a.Form.Text != "" {
			out = append(out, a.Form.Text)
		}
	}
	return out
}

// notes says for each file with faults how much was left aside because of it.
func (s *shaky) notes() diag.List {
	var out diag.List
	for cause, files := range s.missed {
		what := "1 definition that relies on it is held against it"
		if len(files) > 1 {
			what = fmt.Sprintf("%d definitions that rely on it are held against it", len(files))
		}
		out.Add(diag.Problem{Code: notChecked.Code, Slug: notChecked.Slug, Severity: diag.Note, At: diag.Span{
			File: cause, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1},
		}, Message: what + " only as far as its errors do not matter", Help: "repair it and run e1 lint again"})
	}
	out.Sort()
	return out
}

// nameOf is the name of a definition's file.
func nameOf(file string) string { return strings.TrimSuffix(path.Base(file), definition.Ext) }
