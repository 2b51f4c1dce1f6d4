package form

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/requisite"
)

// Normal is the normal form of a stored text by which duplicates are found: a phone without its extension, a folded
// e-mail address, a folded name; other texts as they are.
func (f *Field) Normal(text string) string {
	switch f.Type {
	case expr.Phone:
		number, _, _ := strings.Cut(text, " x")
		return number
	case expr.Email:
		return requisite.NormalEmail(text)
	case expr.Text, expr.Multiline:
		return requisite.NormalName(text)
	}
	return text
}

// Key is a value by which a document can be found: a unique field or one by which duplicates are told.
type Key struct{ Field, Value string }

// Keys lists the keys of a document: the canonical texts of unique fields and the normal forms of the fields of
// f.Duplicates, each once.
func (s *Set) Keys(f *Form, d *document.Document) []Key {
	var keys []Key
	add := func(k Key) {
		for _, old := range keys {
			if old == k {
				return
			}
		}
		keys = append(keys, k)
	}
	for _, field := range f.fields {
		if v := f.Stored(d, field); field.Unique && v != nil && v.Text != "" {
			add(Key{field.Name, v.Text})
		}
	}
	for _, name := range f.Duplicates {
		field := f.byName[name]
		if v := f.Stored(d, field); v != nil && v.Text != "" {
			add(Key{field.Name, field.Normal(v.Text)})
		}
	}
	return keys
}

// FindDuplicates warns of other documents with the same normal form in a field of f.Duplicates. Values that are
// unique too are left to Check. With fields, only those are looked at: what a change did not touch is no news.
func (s *Set) FindDuplicates(f *Form, d *document.Document, ctx Context, fields ...string) ([]Problem, error) {
	if ctx.Lookup == nil {
		return nil, nil
	}
	var out []Problem
	for _, name := range f.Duplicates {
		if len(fields) > 0 && !slices.Contains(fields, name) {
			continue
		}
		field := f.byName[name]
		v := f.Stored(d, field)
		if field.Unique || v == nil || v.Text == "" {
			continue
		}
		normal := field.Normal(v.Text)
		if normal == "" {
			continue
		}
		found, err := ctx.Lookup.ByUnique(f.Name, name, normal)
		if err != nil {
			return out, err
		}
		if found = s.others(found, d); len(found) > 0 {
			out = append(out, Problem{Field: name, Code: "duplicate", Severity: diag.Warning, Documents: found, Hint: "e1 show " + found[0],
				Message: fmt.Sprintf("%s %q is already that of %s", field.Label.In(s.settings.Language), v.Text, strings.Join(first(found, 5), ", "))})
		}
	}
	return out, nil
}

// Defaults fills the fields that are absent and have a default, in form order, so that a default may use those
// before it, and gives a document without a status the initial one. A default that cannot be evaluated is reported as
// a warning and leaves its field absent.
func (s *Set) Defaults(f *Form, d *document.Document, ctx Context) []Problem {
	if d.Status == "" {
		d.Status = f.Initial()
	}
	var problems []Problem
	for _, field := range f.fields {
		if field.Default == nil || !f.Stored(d, field).IsEmpty() {
			continue
		}
		v, err := field.Default.value(s.Scope(f, d, ctx))
		if err == nil && v != nil {
			if p := s.SetValue(f, d, field.Name, v); p != nil {
				p.Severity = diag.Warning
				p.Message = fmt.Sprintf("the default of field %q does not fit: %s", field.Name, p.Message)
				problems = append(problems, *p)
			}
		}
		if err != nil {
			problems = append(problems, Problem{Field: field.Name, Code: "expression", Severity: diag.Warning,
				Message: fmt.Sprintf("the default of field %q cannot be evaluated: %s", field.Name, firstLine(err))})
		}
	}
	return problems
}
