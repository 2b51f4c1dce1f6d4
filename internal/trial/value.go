package trial

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// fill gives a document the values of a test, as a person would type them.
// Problems have their places in the test file.
func (w *world) fill(src *yamlsrc.File, d *document.Document, pairs []yamlsrc.Pair, author string) diag.List {
	f := w.forms.Form(d.Form)
	var problems diag.List
	for _, pair := range pairs {
		name, value := pair.Key.Value, pair.Value
		if name == "status" && f.Field("status") == nil {
			problems = append(problems, w.status(f, d, Word{Text: value.Value, At: src.Span(value)})...)
			continue
		}
		field := f.Field(name)
		if field == nil {
			problems.Errorf(unknownField.Code, unknownField.Slug, src.Span(pair.Key), "%s: %s", f.Name, diag.Unknown("field", name, f.FieldNames()))
			continue
		}
		if value.Kind == yamlsrc.Sequence && field.Type == expr.Table {
			problems = append(problems, w.rows(src, f, d, name, value, author)...)
			continue
		}
		if value.Kind != yamlsrc.Scalar {
			problems.Errorf(wrongType.Code, wrongType.Slug, src.Span(value), "%s is %s; a text is needed", name, value.Kind)
			continue
		}
		text := value.Value
		if value.IsNull() {
			text = ""
		}
		if p := w.forms.SetText(f, d, name, text, w.context(author)); p != nil {
			problems = append(problems, unfit(src.Span(value), *p))
		}
	}
	return problems
}

func unfit(at diag.Span, p form.Problem) diag.Problem {
	return diag.Problem{Code: unfitValue.Code, Slug: unfitValue.Slug, At: at, Message: p.Message, Help: p.Hint}
}

// rows replaces a table.
func (w *world) rows(src *yamlsrc.File, f *form.Form, d *document.Document, table string, list *yamlsrc.Node, author string) diag.List {
	var problems diag.List
	table = f.Field(table).Name
	d.Card.Delete(table)
	for _, item := range list.Items {
		if item.Kind != yamlsrc.Mapping {
			problems.Errorf(wrongType.Code, wrongType.Slug, src.Span(item), "a row of %s is %s; a mapping of columns is needed", table, item.Kind)
			continue
		}
		var cells []form.RowInput
		for _, cell := range item.Pairs {
			cells = append(cells, form.RowInput{Column: cell.Key.Value, Text: cell.Value.Value})
		}
		_, found := w.forms.AddRow(f, d, table, cells, w.context(author))
		for _, p := range found {
			at := src.Span(item)
			if cell := item.Get(p.Column); cell != nil {
				at = src.Span(cell)
			}
			problems = append(problems, unfit(at, p))
		}
	}
	return problems
}

func (w *world) status(f *form.Form, d *document.Document, status Word) diag.List {
	if status.Text == "" {
		return nil
	}
	if _, ok := f.Status(status.Text); !ok {
		var problems diag.List
		problems.Errorf(unknownField.Code, unknownField.Slug, status.At, "%s: %s", f.Name, diag.Unknown("status", status.Text, f.StatusIDs()))
		return problems
	}
	d.Status = status.Text
	return nil
}

// put adds a document that is there from the beginning.
func (w *world) put(src *yamlsrc.File, g *Given, author string) diag.List {
	f := w.forms.Form(g.Form.Text)
	if g.Form.Text == "" {
		return nil // which is reported
	}
	if f == nil {
		var problems diag.List
		problems.Errorf(unknownField.Code, unknownField.Slug, g.Form.At, "%s", diag.Unknown("form", g.Form.Text, w.forms.FormNames()))
		return problems
	}
	d := &document.Document{Form: f.Name, Number: g.Number.Text, Registered: w.now, By: author, Status: f.Initial()}
	problems := w.status(f, d, g.Status)
	if g.Card != nil {
		problems = append(problems, w.fill(src, d, g.Card.Pairs, author)...)
	}
	w.add(d)
	return problems
}

// reach follows a dotted name from a document over references to the field
// that is meant, by its present name, "status" included. The document is nil
// when a reference on the way is empty.
func (w *world) reach(d *document.Document, path string) (*document.Document, string) {
	for d != nil {
		name, rest, far := strings.Cut(path, ".")
		if field := w.forms.Form(d.Form).Field(name); field != nil {
			name = field.Name
		}
		if !far {
			return d, name
		}
		path, d = rest, w.docs[d.Card.Text(name)]
	}
	return nil, path
}

// got gives what a document has in a field, as text.
func (w *world) got(d *document.Document, name string) string {
	if name == "status" {
		return d.Status
	}
	f := w.forms.Form(d.Form)
	field := f.Field(name)
	if field == nil || field.Type == expr.Table {
		return ""
	}
	if field.Computed {
		v, err := w.forms.Scope(f, d, w.context("")).Value(name)
		if err != nil {
			return err.Error()
		}
		return expr.FormatValue(v)
	}
	v := f.Stored(d, field)
	if v == nil {
		return ""
	}
	if len(v.List) > 0 {
		return strings.Join(v.List, ", ")
	}
	return v.Text
}

// wanted gives an expected text as the field would hold it; a text that the
// field cannot hold stays as it is and so never equals.
func (w *world) wanted(d *document.Document, name string, value *yamlsrc.Node) string {
	if value.IsNull() {
		return ""
	}
	f := w.forms.Form(d.Form)
	field := f.Field(name)
	if field == nil {
		return value.Value
	}
	if field.Computed {
		if v, err := expr.ParseValue(expr.Type{Kind: field.Type, Name: field.Form}, value.Value); err == nil {
			return expr.FormatValue(v)
		}
		return value.Value
	}
	scratch := &document.Document{Form: d.Form}
	if w.forms.SetText(f, scratch, name, value.Value, w.context("")) != nil {
		return value.Value
	}
	return scratch.Card.Text(name)
}

// moment reads a time of a test: RFC 3339, a date with a time, or a date alone
// at its midnight, in the repository's time zone.
func moment(text string, zone *time.Location) (at time.Time, dateOnly bool, err error) {
	if at, err = time.Parse(time.RFC3339, text); err == nil {
		return at.In(zone), false, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if at, err = time.ParseInLocation(layout, text, zone); err == nil {
			return at, false, nil
		}
	}
	if at, err = time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return at, true, nil
	}
	return time.Time{}, false, fmt.Errorf("%q is no time; write it like 2026-11-23 10:00", text)
}

// Beginning is when tests and simulations begin that say nothing else: a
// Monday morning an hour after opening, without a holiday near.
func Beginning(zone *time.Location) time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, zone) }

// described is how a rows-less value is shown in a message.
func described(text string) string {
	if text == "" {
		return "nothing"
	}
	return fmt.Sprintf("%q", text)
}

// listed shows names in a message.
func listed(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

func sorted(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return out
}
