package form

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// RowInput is what a person typed for one column.
type RowInput struct{ Column, Text string }

// maxRows bounds the rows of a table.
const maxRows = 10_000

// SetText reads what a person typed for a field, leniently, and stores the canonical text; blank text clears the
// field, also one that the form does not know. Entries, users and documents are found by id, title, name, number or unique value, also by an unambiguous
// beginning. A table is given as a YAML or JSON list of rows. The card is unchanged when a problem comes back.
func (s *Set) SetText(f *Form, d *document.Document, field, text string, ctx Context) *Problem {
	if known := f.byName[field]; text == "" && d.Card.Has(field) && (known == nil || known.Computed) {
		d.Card.Delete(field) // what does not belong there may go
		return nil
	}
	fl, p := f.settable(field)
	if p != nil {
		return p
	}
	if fl.Type == expr.Table {
		rows, p := s.typedRows(f, d, fl, text, ctx)
		if p != nil {
			return p
		}
		store(d, fl, &document.Value{Rows: rows})
		return nil
	}
	canonical, p := s.typed(fl, text, ctx)
	if p != nil {
		return p
	}
	store(d, fl, document.Text(canonical))
	return nil
}

// store puts a value under the field's present name; values under former names go.
func store(d *document.Document, f *Field, v *document.Value) {
	for _, was := range f.Was {
		d.Card.Delete(was)
	}
	d.Card.Set(f.Name, v)
}

// settable finds a field that can be given a value.
func (f *Form) settable(name string) (*Field, *Problem) {
	fl := f.byName[name]
	switch {
	case fl == nil && name == "status":
		return nil, &Problem{Field: name, Code: "unknown-field", Message: "the status is no field of the card", Hint: "e1 status NUMBER STATUS"}
	case fl == nil:
		return nil, &Problem{Field: name, Code: "unknown-field", Message: f.Name + ": " + diag.Unknown("field", name, f.FieldNames()),
			Hint: "e1 form show " + f.Name}
	case fl.Computed:
		return nil, &Problem{Field: name, Code: "computed", Message: fmt.Sprintf("field %q is computed from %s", name, fl.Value.Source)}
	}
	return fl, nil
}

// AppendText is SetText for `field+=text`: rows are added to a table, a line to a text of several lines.
func (s *Set) AppendText(f *Form, d *document.Document, field, text string, ctx Context) *Problem {
	fl, p := f.settable(field)
	if p != nil {
		return p
	}
	old := f.Stored(d, fl)
	switch fl.Type {
	case expr.Table:
		rows, p := s.typedRows(f, d, fl, text, ctx)
		if p != nil {
			return p
		}
		if old != nil {
			if old.Text != "" || old.List != nil || old.Node != nil {
				return &Problem{Field: field, Code: "type", Message: fmt.Sprintf("field %q holds no table to add rows to", field)}
			}
			rows = append(old.Clone().Rows, rows...)
		}
		if len(rows) > maxRows {
			return &Problem{Field: field, Code: "type", Message: fmt.Sprintf("a table has at most %d rows", maxRows)}
		}
		store(d, fl, &document.Value{Rows: rows})
		return nil
	case expr.Multiline:
		if old != nil && old.Text != "" {
			text = old.Text + "\n" + text
		}
		return s.SetText(f, d, field, text, ctx)
	}
	return &Problem{Field: field, Code: "type", Message: fmt.Sprintf("nothing can be added to field %q, it is a %s", field, fl.Type),
		Hint: "write " + field + "="}
}

// Typed reads what a person typed for a value of a type, as SetText does. A path
// from a form, over its references, says which field's value it is; with "" any
// value of the type is meant.
func (s *Set) Typed(form, path string, t expr.Type, text string, ctx Context) (string, *Problem) {
	f := s.formsByName[form]
	name, rest, more := strings.Cut(path, ".")
	for f != nil && more && f.byName[name] != nil {
		f = s.formsByName[f.byName[name].Form]
		name, rest, more = strings.Cut(rest, ".")
	}
	fl := &Field{Name: name, Type: t.Kind}
	switch {
	case f != nil && f.byName[name] != nil && f.byName[name].Type == t.Kind:
		fl = f.byName[name]
	case t.Kind == expr.Directory:
		fl.Directory = t.Name
	case t.Kind == expr.Document:
		fl.Form = t.Name
	case t.Kind == expr.Choice && f != nil && name == "status":
		for _, st := range f.Statuses {
			fl.Values = append(fl.Values, Choice{Value: st.ID, Title: st.Title})
		}
		fl.Values = append(fl.Values, Choice{Value: Void})
	case t.Kind == expr.Choice:
		for _, id := range t.Values {
			fl.Values = append(fl.Values, Choice{Value: id})
		}
	}
	return s.typed(fl, text, ctx)
}

// unreadable refuses a text that is not UTF-8.
func unreadable(f *Field, text string) *Problem {
	err := encoded(text)
	var encoding *EncodingError
	if !errors.As(err, &encoding) {
		return nil
	}
	return &Problem{Field: f.Name, Code: encoding.Code(), Message: err.Error(), Hint: encoding.Hint()}
}

// typed reads a text by a field's type.
func (s *Set) typed(f *Field, text string, ctx Context) (string, *Problem) {
	if p := unreadable(f, text); p != nil {
		return "", p
	}
	if strings.TrimSpace(clean(text, true)) == "" {
		return "", nil
	}
	var out string
	var err error
	switch f.Type {
	case expr.Text:
		out, err = typedLine(text)
	case expr.Multiline:
		out, err = typedLines(text)
	case expr.Email:
		out, err = typedEmail(text)
	case expr.Phone:
		out, err = typedPhone(text)
	case expr.INN, expr.KPP, expr.OGRN, expr.BIK, expr.Account:
		out, err = typedRequisite(f.Type, text)
	case expr.Bool:
		out, err = typedBool(text)
	case expr.Int:
		out, err = typedInt(text)
	case expr.Decimal:
		out, err = typedDecimal(text)
	case expr.Money:
		out, err = typedMoney(text)
	case expr.DateKind:
		var day expr.Date
		if day, err = typedDate(text, ctx.Now.In(s.settings.Zone)); err == nil {
			out = day.String()
		}
	case expr.DateTime:
		out, err = typedTime(text, ctx.Now, s.settings.Zone)
	case expr.DurationKind:
		out, err = typedDuration(text)
	case expr.Choice, expr.Directory:
		return s.typedEntry(f, text)
	case expr.UserKind:
		return s.typedUser(f, text)
	case expr.Document:
		return s.typedDocument(f, text, ctx)
	default:
		err = fmt.Errorf("a %s cannot be typed", f.Type)
	}
	if err != nil {
		return "", &Problem{Field: f.Name, Code: "type", Message: err.Error()}
	}
	return out, nil
}

// named is something that people call by id or title.
type namedValue struct {
	id     string
	titles yamlsrc.Label
	closed bool
}

// typedEntry finds a choice or directory entry by id, title in any language, or an unambiguous beginning of either.
func (s *Set) typedEntry(f *Field, text string) (string, *Problem) {
	var all []namedValue
	what := f.Name
	if f.Type == expr.Choice {
		for _, c := range f.Values {
			all = append(all, namedValue{id: c.Value, titles: c.Title})
		}
	} else {
		what = f.Directory
		d := s.dirsByName[f.Directory]
		if d == nil {
			return "", &Problem{Field: f.Name, Code: "unknown-value", Message: fmt.Sprintf("there is no directory %q", f.Directory)}
		}
		for _, e := range d.Entries {
			all = append(all, namedValue{id: e.ID, titles: e.Title, closed: e.Closed})
		}
	}
	found := matchNamed(all, text)
	if len(found) == 1 {
		return found[0], nil
	}
	p := &Problem{Field: f.Name, Code: "unknown-value"}
	if len(found) > 1 {
		p.Message = fmt.Sprintf("%q of %s may be %s", text, what, strings.Join(found, ", "))
		return "", p
	}
	ids := make([]string, len(all))
	titles := make([]string, 0, len(all))
	for i, v := range all {
		ids[i] = v.id
		titles = append(titles, v.titles.In(s.settings.Language))
	}
	p.Message = diag.Unknown("value", text, append(ids, titles...)) + " of " + what
	if diag.Nearest(text, append(ids, titles...)) == "" {
		p.Message = fmt.Sprintf("unknown value %q of %s", text, what)
		p.Hint = "known: " + strings.Join(ids, ", ")
	} else {
		p.Message = fmt.Sprintf("unknown value %q of %s; did you mean %q?", text, what, diag.Nearest(text, append(ids, titles...)))
	}
	return "", p
}

func fold(s string) string {
	s = strings.ReplaceAll(strings.ToLower(clean(s, false)), "ё", "е")
	return strings.Join(strings.Fields(s), " ")
}

// matchNamed finds ids: an exact id, else equal titles, else a unique beginning of ids and titles. Closed entries
// match by their id only.
func matchNamed(all []namedValue, text string) []string {
	want := fold(text)
	var equal, begins []string
	add := func(list *[]string, id string) {
		if !contains(*list, id) {
			*list = append(*list, id)
		}
	}
	for _, v := range all {
		if v.id == strings.TrimSpace(text) {
			return []string{v.id}
		}
		if v.closed {
			continue
		}
		if fold(v.id) == want {
			add(&equal, v.id)
		} else if strings.HasPrefix(fold(v.id), want) {
			add(&begins, v.id)
		}
		for _, lang := range v.titles.Languages() {
			if t := fold(v.titles[lang]); t == want {
				add(&equal, v.id)
			} else if strings.HasPrefix(t, want) {
				add(&begins, v.id)
			}
		}
	}
	if len(equal) > 0 {
		return equal
	}
	return begins
}

func (s *Set) typedUser(f *Field, text string) (string, *Problem) {
	found := s.org.Find(text)
	if len(found) > 1 {
		active := found[:0:0]
		for _, u := range found {
			if u.Active {
				active = append(active, u)
			}
		}
		if len(active) > 0 {
			found = active
		}
	}
	p := &Problem{Field: f.Name, Code: "unknown-value"}
	switch {
	case len(found) == 0:
		p.Message = diag.Unknown("user", text, s.org.UserIDs())
		p.Hint = "e1 user list"
		return "", p
	case len(found) > 1:
		ids := make([]string, len(found))
		for i, u := range found {
			ids[i] = u.ID
		}
		p.Message = fmt.Sprintf("%q may be %s", text, strings.Join(ids, ", "))
		return "", p
	case !found[0].Active && found[0].ID != strings.TrimSpace(text):
		p.Message = fmt.Sprintf("user %q is not active", found[0].ID)
		return "", p
	}
	return found[0].ID, nil
}

// typedDocument finds a document by number, short number, or the value of a unique field or a field by which
// duplicates are told.
func (s *Set) typedDocument(f *Field, text string, ctx Context) (string, *Problem) {
	text = strings.TrimSpace(text)
	target := s.formsByName[f.Form]
	numbers := s.Expand(text, ctx.Now.In(s.settings.Zone).Year(), target)
	if ctx.Lookup == nil {
		if len(numbers) == 1 {
			return numbers[0], nil
		}
		return "", &Problem{Field: f.Name, Code: "unknown-document", Message: fmt.Sprintf("%q is no full number", text)}
	}
	var found []string
	for _, n := range numbers {
		d, err := ctx.Lookup.Document(n)
		if err != nil {
			return "", &Problem{Field: f.Name, Code: "reference", Message: fmt.Sprintf("document %q cannot be read: %s", n, err)}
		}
		if d != nil && (f.Form == "" || d.Form == f.Form) && !contains(found, d.Number) {
			found = append(found, d.Number)
		}
	}
	if len(found) == 0 && target != nil {
		var p *Problem
		if found, p = s.byValue(f, target, text, ctx); p != nil {
			return "", p
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		what, hint := "document", ""
		if target != nil {
			what, hint = "document of "+target.Name, "e1 list "+target.Name
		}
		return "", &Problem{Field: f.Name, Code: "unknown-document", Hint: hint, Message: fmt.Sprintf("there is no %s %q", what, text)}
	}
	sort.Strings(found)
	return "", &Problem{Field: f.Name, Code: "unknown-document", Documents: found, Hint: "e1 show " + found[0],
		Message: fmt.Sprintf("%q may be %s", text, strings.Join(first(found, 5), ", "))}
}

func first(list []string, n int) []string {
	if len(list) > n {
		return append(list[:n:n], fmt.Sprintf("and %d more", len(list)-n))
	}
	return list
}

// byValue finds documents of a form by a unique value, then by a normalised value of its duplicate fields. The first
// field with a hit decides.
func (s *Set) byValue(f *Field, target *Form, text string, ctx Context) ([]string, *Problem) {
	try := func(field *Field, value string) ([]string, *Problem) {
		found, err := ctx.Lookup.ByUnique(target.Name, field.Name, value)
		if err != nil {
			return nil, &Problem{Field: f.Name, Code: "reference", Message: fmt.Sprintf("%s cannot be searched: %s", target.Name, err)}
		}
		return found, nil
	}
	for _, field := range target.fields {
		if !field.Unique || field.Type == expr.Document {
			continue
		}
		value, p := s.typed(field, text, ctx)
		if p != nil || value == "" {
			continue
		}
		if found, p := try(field, value); p != nil || len(found) > 0 {
			return found, p
		}
	}
	for _, name := range target.Duplicates {
		field := target.byName[name]
		value, p := s.typed(field, text, ctx)
		if p != nil || value == "" {
			continue
		}
		if found, p := try(field, field.Normal(value)); p != nil || len(found) > 0 {
			return found, p
		}
	}
	return nil, nil
}

// SetValue stores a value of an expression in a field; nil clears it. Values that do not fit the field are refused.
func (s *Set) SetValue(f *Form, d *document.Document, field string, v expr.Value) *Problem {
	fl, p := f.settable(field)
	if p != nil {
		return p
	}
	if fl.Type == expr.Table {
		rows, ok := v.([]expr.Row)
		if v != nil && !ok {
			return &Problem{Field: field, Code: "type", Message: fmt.Sprintf("field %q is a table", field)}
		}
		out := make([]document.Row, 0, len(rows))
		for i, r := range rows {
			var row document.Row
			for _, c := range fl.Columns {
				if text := c.exprType(nil).Format(r[c.Name]); text != "" && !c.Computed {
					if p := s.storable(c, text); p != nil {
						p.Field, p.Row, p.Column = field, i+1, c.Name
						return p
					}
					row.Set(c.Name, text)
				}
			}
			out = append(out, row)
		}
		store(d, fl, &document.Value{Rows: out})
		return nil
	}
	text := fl.exprType(nil).Format(v)
	if fl.Type == expr.Money {
		text = fl.exprType(nil).Format(roundMoney(v))
	}
	if text != "" {
		if p := s.storable(fl, text); p != nil {
			return p
		}
	}
	store(d, fl, document.Text(text))
	return nil
}

// storable tells what is wrong with a text as the stored value of a field.
func (s *Set) storable(f *Field, text string) *Problem {
	if err := f.wellFormed(text); err != nil {
		return &Problem{Field: f.Name, Code: "type", Message: err.Error()}
	}
	if ids := s.ids(f); ids != nil && !contains(ids, text) {
		what := f.Name
		if f.Directory != "" {
			what = f.Directory
		}
		p := &Problem{Field: f.Name, Code: "unknown-value", Message: fmt.Sprintf("unknown value %q of %s", text, what)}
		if near := diag.Nearest(text, ids); near != "" {
			p.Message += fmt.Sprintf("; did you mean %q?", near)
		}
		return p
	}
	return nil
}
