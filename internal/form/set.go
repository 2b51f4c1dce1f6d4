package form

import (
	"sync"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/settings"
)

// Set is everything needed to read and check cards: forms and directories linked with each other, the
// organisation and the settings. It is safe for concurrent use.
type Set struct {
	forms       []*Form
	directories []*Directory
	org         *org.Org
	settings    *settings.Settings
	constants   expr.Row

	formsByName map[string]*Form
	dirsByName  map[string]*Directory

	mu   sync.Mutex
	envs map[string]*expr.Env
	rows map[string]expr.Row // entries as expressions see them, by "directory/id"
}

// Link brings definitions together: references between them are checked, expressions get their environments and
// are compiled when they are first needed ([Set.Verify] compiles all). The organisation and the settings may be
// nil. The set is usable whatever is wrong; the forms and directories belong to it from now on.
func Link(forms []*Form, dirs []*Directory, people *org.Org, conf *settings.Settings) (*Set, diag.List) {
	if people == nil {
		people = &org.Org{}
	}
	if conf == nil {
		conf = settings.Default()
	}
	s := &Set{
		org: people, settings: conf, formsByName: map[string]*Form{}, dirsByName: map[string]*Directory{},
		envs: map[string]*expr.Env{}, rows: map[string]expr.Row{}, constants: expr.Row{},
	}
	for _, c := range conf.Constants {
		_, s.constants[c.Name] = constantValue(c.Text)
	}
	l := &linker{s: s}
	for _, d := range dirs {
		l.addDirectory(d)
	}
	for _, f := range forms {
		l.addForm(f)
	}
	for _, d := range s.directories {
		l.directory(d)
	}
	for _, f := range s.forms {
		l.form(f)
	}
	l.numbers()
	return s, l.problems
}

// Forms lists the forms in the order given to Link.
func (s *Set) Forms() []*Form { return s.forms }

// Directories lists the directories in the order given to Link.
func (s *Set) Directories() []*Directory { return s.directories }

// Form finds a form by name, nil when there is none.
func (s *Set) Form(name string) *Form { return s.formsByName[name] }

// Directory finds a directory by name, nil when there is none.
func (s *Set) Directory(name string) *Directory { return s.dirsByName[name] }

// Org is the organisation the set was linked with.
func (s *Set) Org() *org.Org { return s.org }

// Settings are the settings the set was linked with.
func (s *Set) Settings() *settings.Settings { return s.settings }

// FormNames lists the names of the forms.
func (s *Set) FormNames() []string {
	names := make([]string, len(s.forms))
	for i, f := range s.forms {
		names[i] = f.Name
	}
	return names
}

// DirectoryNames lists the names of the directories.
func (s *Set) DirectoryNames() []string {
	names := make([]string, len(s.directories))
	for i, d := range s.directories {
		names[i] = d.Name
	}
	return names
}

// Field finds a field by its name or a former name, nil when there is none.
func (f *Form) Field(name string) *Field { return f.byName[name] }

// Fields lists all fields in the order of the form.
func (f *Form) Fields() []*Field { return f.fields }

// Order lists the names of the stored fields in the order of the form, as documents are written.
func (f *Form) Order() []string {
	names := make([]string, 0, len(f.fields))
	for _, field := range f.fields {
		if !field.Computed {
			names = append(names, field.Name)
		}
	}
	return names
}

// FieldNames lists the names of all fields in the order of the form.
func (f *Form) FieldNames() []string {
	names := make([]string, len(f.fields))
	for i, field := range f.fields {
		names[i] = field.Name
	}
	return names
}

// Status finds a status by id, also Void; ok is false when the form has none of that id.
func (f *Form) Status(id string) (Status, bool) {
	for _, st := range f.Statuses {
		if st.ID == id {
			return st, true
		}
	}
	if id == Void {
		return Status{ID: Void, Title: map[string]string{"en": "Void", "ru": "Аннулировано"}, Closed: true, At: f.At}, true
	}
	return Status{}, false
}

// Initial is the status of a new document, "" when the form has no statuses.
func (f *Form) Initial() string {
	if len(f.Statuses) == 0 {
		return ""
	}
	return f.Statuses[0].ID
}

// StatusIDs lists the ids of the statuses in file order, Void last.
func (f *Form) StatusIDs() []string {
	return append(f.SettableStatuses(), Void)
}

// SettableStatuses are the ids of the statuses that people and routes can give,
// in file order: a document becomes void only by undoing its registration.
func (f *Form) SettableStatuses() []string {
	ids := make([]string, 0, len(f.Statuses)+1)
	for _, st := range f.Statuses {
		ids = append(ids, st.ID)
	}
	return ids
}

// Closed reports whether nothing is expected of a document in a status.
func (f *Form) Closed(status string) bool {
	st, ok := f.Status(status)
	return ok && st.Closed
}

// Column finds a column of a table by its name or a former name, nil when there is none.
func (f *Field) Column(name string) *Field {
	for _, c := range f.Columns {
		if c.Name == name {
			return c
		}
	}
	for _, c := range f.Columns {
		if contains(c.Was, name) {
			return c
		}
	}
	return nil
}

func (f *Field) columnNames() []string {
	names := make([]string, len(f.Columns))
	for i, c := range f.Columns {
		names[i] = c.Name
	}
	return names
}

// Title is the title of a value of a choice, "" when there is none.
func (f *Field) Title(value, lang string) string {
	for _, c := range f.Values {
		if c.Value == value {
			return c.Title.In(lang)
		}
	}
	return ""
}
