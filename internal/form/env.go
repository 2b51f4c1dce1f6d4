package form

import (
	"regexp"
	"slices"
	"sync"

	"github.com/e1-dms/e1/internal/expr"
)

// constantValue reads a constant of the settings: a truth value, number, date or duration where the text is one,
// else a text.
func constantValue(text string) (expr.Type, expr.Value) {
	for _, k := range []expr.Kind{expr.Bool, expr.Int, expr.Decimal, expr.DateKind, expr.DurationKind} {
		t := expr.Type{Kind: k}
		if v, err := expr.ParseValue(t, text); err == nil && v != nil {
			return t, v
		}
	}
	return expr.Type{Kind: expr.Text}, text
}

// exprType is the type of a field in expressions. The set gives the ids of entries and users; nil leaves them out.
func (f *Field) exprType(s *Set) expr.Type {
	t := expr.Type{Kind: f.Type, Nullable: !f.RequiredAlways}
	switch f.Type {
	case expr.Choice:
		t.Name = f.Group + "." + f.Name
		for _, c := range f.Values {
			t.Values = append(t.Values, c.Value)
		}
	case expr.Directory:
		t.Name = f.Directory
		if s != nil && s.dirsByName[f.Directory] != nil {
			t.Values = s.dirsByName[f.Directory].IDs()
		}
	case expr.Document:
		t.Name = f.Form
	case expr.UserKind:
		if s != nil {
			t.Values = s.userIDs()
		}
	case expr.Table:
		t.Fields = s.recordOf(f.Columns)
	}
	return t
}

func (s *Set) userIDs() []string {
	if len(s.org.Users) == 0 {
		return nil
	}
	return s.org.UserIDs()
}

func (s *Set) recordOf(fields []*Field) *expr.Env {
	var vars []expr.Var
	for _, f := range fields {
		vars = append(vars, f.vars(s, readsClock(f, fields, nil))...)
	}
	return expr.NewRecord(vars, s.resolver())
}

// vars are the names of a field in expressions: its own and its former ones.
func (f *Field) vars(s *Set, clock bool) []expr.Var {
	v := expr.Var{Name: f.Name, Type: f.exprType(s), Clock: clock}
	vars := []expr.Var{v}
	for _, was := range f.Was {
		v.Name, v.Now = was, f.Name
		vars = append(vars, v)
	}
	return vars
}

// clockWords finds the names in an expression; texts in quotes are passed.
var clockWords = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"[^"]*"|'[^']*'|[\p{L}_][\p{L}\p{N}_]*`) })

// readsClock tells whether a computed field depends on when it is asked, by
// itself or by another computed field.
func readsClock(f *Field, fields []*Field, asked []*Field) bool {
	if !f.Computed || f.Value == nil || slices.Contains(asked, f) {
		return false
	}
	for _, word := range clockWords().FindAllString(f.Value.Source, -1) {
		if word == "today" || word == "now" {
			return true
		}
		for _, other := range fields {
			if other.Name == word && readsClock(other, fields, append(asked, f)) {
				return true
			}
		}
	}
	return false
}

func (s *Set) resolver() expr.Resolver {
	if s == nil {
		return nil
	}
	return s.resolve
}

func (s *Set) resolve(kind, name string) *expr.Env {
	if kind == "form" {
		return s.Env(name)
	}
	d := s.dirsByName[name]
	if d == nil {
		return nil
	}
	return s.cachedEnv("directory/"+name, func() *expr.Env {
		vars := []expr.Var{{Name: "id", Type: expr.Type{Kind: expr.Text}}, {Name: "title", Type: expr.Type{Kind: expr.Text}}}
		for _, f := range d.Fields {
			vars = append(vars, expr.Var{Name: f.Name, Type: f.exprType(s)})
		}
		return expr.NewRecord(vars, s.resolve)
	})
}

func (s *Set) cachedEnv(key string, make func() *expr.Env) *expr.Env {
	s.mu.Lock()
	e := s.envs[key]
	s.mu.Unlock()
	if e != nil {
		return e
	}
	e = make()
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.envs[key]; old != nil {
		return old
	}
	s.envs[key] = e
	return e
}

// StatusType is the type of the status of a form's documents.
func (f *Form) StatusType() expr.Type {
	return expr.Type{Kind: expr.Choice, Name: f.Name + ".status", Values: f.StatusIDs()}
}

// Env is the environment of a form's documents: its fields, the attributes number, uid, form, status, registered,
// by, title, the acting user as author, the constants as settings.x, and card.x for fields whatever their name.
// It is nil for an unknown form.
func (s *Set) Env(name string) *expr.Env {
	f := s.formsByName[name]
	if f == nil {
		return nil
	}
	return s.cachedEnv("form/"+name, func() *expr.Env {
		text := expr.Type{Kind: expr.Text}
		vars := []expr.Var{
			{Name: "number", Type: text}, {Name: "uid", Type: text}, {Name: "form", Type: text},
			{Name: "status", Type: f.StatusType()}, {Name: "registered", Type: expr.Type{Kind: expr.DateTime}},
			{Name: "by", Type: text}, {Name: "title", Type: text},
			{Name: "author", Type: expr.Type{Kind: expr.UserKind, Nullable: true, Values: s.userIDs()}},
			{Name: "settings", Type: expr.Type{Kind: expr.Record, Fields: s.settingsEnv()}},
		}
		for _, field := range f.fields {
			if !slices.Contains(attributes, field.Name) && !slices.Contains(taken, field.Name) {
				vars = append(vars, field.vars(s, readsClock(field, f.fields, nil))...)
			}
		}
		vars = append(vars, expr.Var{Name: "card", Type: expr.Type{Kind: expr.Record, Fields: s.recordOf(f.fields)}})
		return expr.NewEnv(vars, s.resolve)
	})
}

func (s *Set) settingsEnv() *expr.Env {
	vars := make([]expr.Var, len(s.settings.Constants))
	for i, c := range s.settings.Constants {
		t, _ := constantValue(c.Text)
		vars[i] = expr.Var{Name: c.Name, Type: t}
	}
	return expr.NewRecord(vars, nil)
}

// columnEnv is the environment of the expressions of a table's columns: the columns first, then the document.
func (s *Set) columnEnv(f *Form, table *Field) *expr.Env {
	return s.cachedEnv("column/"+f.Name+"/"+table.Name, func() *expr.Env {
		var vars []expr.Var
		for _, c := range table.Columns {
			vars = append(vars, c.vars(s, false)...)
		}
		return s.Env(f.Name).With(vars...)
	})
}
