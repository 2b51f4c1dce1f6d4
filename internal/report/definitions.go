package report

import (
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Definitions answers what reports ask about forms, directories and people
// from linked definitions. It is Forms and Names, and its Value decodes values
// with the fields of directory entries and users. It is not safe for concurrent
// use.
type Definitions struct {
	Set      *form.Set
	Language string
	// Document gives the title of a document; nil: documents are shown by number.
	Document func(number string) string

	entries map[string]expr.Row
}

// Env implements Forms.
func (d *Definitions) Env(name string) *expr.Env { return d.Set.Env(name) }

// FormNames implements Forms.
func (d *Definitions) FormNames() []string { return d.Set.FormNames() }

// FieldLabel implements Forms.
func (d *Definitions) FieldLabel(name, field string) yamlsrc.Label {
	f := d.Set.Form(name)
	if f == nil {
		return nil
	}
	if known := f.Field(field); known != nil {
		return known.Label
	}
	switch field {
	case "status":
		return yamlsrc.Label{"en": "Status", "ru": "Статус"}
	case "number":
		return yamlsrc.Label{"en": "Number", "ru": "Номер"}
	case "registered":
		return yamlsrc.Label{"en": "Registered", "ru": "Зарегистрирован"}
	case "title":
		return yamlsrc.Label{"en": "Title", "ru": "Название"}
	case "by":
		return yamlsrc.Label{"en": "Registered by", "ru": "Зарегистрировал"}
	}
	return nil
}

// Name implements Names.
func (d *Definitions) Name(formName, field string, t expr.Type, id string) string {
	switch t.Kind {
	case expr.UserKind:
		if u := d.Set.Org().User(id); u != nil {
			return u.Name
		}
	case expr.Directory:
		if dir := d.Set.Directory(t.Name); dir != nil {
			if e, ok := dir.Entry(id); ok {
				return e.Title.In(d.Language)
			}
		}
	case expr.Document:
		if d.Document != nil {
			return d.Document(id)
		}
	case expr.Choice:
		f := d.Set.Form(formName)
		if f == nil {
			return ""
		}
		if known := f.Field(field); known != nil {
			return known.Title(id, d.Language)
		}
		if s, ok := f.Status(id); ok && field == "status" {
			return s.Title.In(d.Language)
		}
	}
	return ""
}

// Value decodes a canonical text, for Run.Value.
func (d *Definitions) Value(t expr.Type, text string) (expr.Value, error) {
	v, err := expr.ParseValue(t, text)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case expr.User:
		return d.Set.Org().Value(v.ID), nil
	case expr.Entry:
		if v.Directory != "" {
			v.Fields = d.entry(v.Directory, v.ID)
			return v, nil
		}
	}
	return v, nil
}

// entry is a directory entry's title and fields.
func (d *Definitions) entry(directory, id string) expr.Row {
	key := directory + "/" + id
	if row, ok := d.entries[key]; ok {
		return row
	}
	if d.entries == nil {
		d.entries = map[string]expr.Row{}
	}
	var row expr.Row
	if dir := d.Set.Directory(directory); dir != nil {
		if e, ok := dir.Entry(id); ok {
			row = expr.Row{"id": id, "title": e.Title.In(d.Language)}
			for _, f := range dir.Fields {
				// The texts were checked when the directory was read.
				row[f.Name], _ = expr.ParseValue(expr.Type{Kind: f.Type, Name: f.Directory}, e.Values[f.Name])
			}
		}
	}
	d.entries[key] = row
	return row
}
