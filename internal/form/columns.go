package form

import (
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/shopspring/decimal"
)

// Column says how an index keeps a field.
type Column struct {
	Name    string
	Kind    expr.Kind
	Indexed bool   // lists filter and group by it: entries, users, references, unique fields
	Scale   int    // digits behind the point of money
	Ref     string // form whose numbers it holds, empty for any form and for other fields
	// Computed values come from Values, they are not in the card.
	Computed bool
}

// Columns lists the fields an index keeps: all but tables, computed ones included.
func (f *Form) Columns() []Column {
	out := make([]Column, 0, len(f.fields))
	for _, field := range f.fields {
		if field.Type == expr.Table {
			continue
		}
		c := Column{Name: field.Name, Kind: field.Type, Indexed: field.Type.IsNamed() || field.Unique, Computed: field.Computed}
		if field.Type == expr.Money {
			c.Scale = 2
		}
		if field.Type == expr.Document {
			c.Ref = field.Form
		}
		out = append(out, c)
	}
	return out
}

// FieldValue is the value of a field as an index compares it: string (canonical text), int64 or bool.
type FieldValue struct {
	Name  string
	Value any
}

// Values lists the values of the fields of Columns that are not empty, in form order. A stored text that cannot be
// read by its type is given as it is written; a computed value that cannot be computed is left out.
func (s *Set) Values(f *Form, d *document.Document, ctx Context) []FieldValue {
	out := make([]FieldValue, 0, len(d.Card))
	var scope *Scope
	for _, field := range f.fields {
		switch {
		case field.Type == expr.Table:
		case field.Computed:
			if scope == nil {
				scope = s.Scope(f, d, ctx)
			}
			v, err := scope.Value("card." + field.Name)
			if err != nil || v == nil {
				continue
			}
			out = append(out, FieldValue{field.Name, plain(field.exprType(nil), v)})
		default:
			v := f.Stored(d, field)
			if v == nil || v.Text == "" {
				continue
			}
			out = append(out, FieldValue{field.Name, stored(field, v.Text)})
		}
	}
	return out
}

// stored is a stored text as an index compares it.
func stored(f *Field, text string) any {
	switch f.Type {
	case expr.Int, expr.Bool, expr.Decimal, expr.Money:
		if v, err := expr.ParseValue(expr.Type{Kind: f.Type}, text); err == nil {
			return plain(expr.Type{Kind: f.Type}, v)
		}
	}
	return text
}

// plain is a value as string, int64 or bool.
func plain(t expr.Type, v expr.Value) any {
	switch v := v.(type) {
	case int64, bool:
		return v
	}
	return t.Format(v)
}

// JSON is a value as commands print it: money and decimals as strings, whole numbers as numbers, truth values, dates,
// times and durations as text, entries, users and references as their id, tables as lists of objects, empty as nil.
func JSON(t expr.Type, v expr.Value) any {
	switch v := v.(type) {
	case nil:
		return nil
	case bool, int64, string:
		return v
	case decimal.Decimal:
		return t.Format(v)
	case time.Time:
		return document.FormatTime(v)
	case []expr.Row:
		rows := make([]any, len(v))
		for i, r := range v {
			rows[i] = jsonRow(t, r)
		}
		return rows
	case expr.Row:
		return jsonRow(t, v)
	case []expr.Value:
		list := make([]any, len(v))
		elem := expr.Type{}
		if t.Elem != nil {
			elem = *t.Elem
		}
		for i, e := range v {
			list[i] = JSON(elem, e)
		}
		return list
	}
	return expr.FormatValue(v)
}

func jsonRow(t expr.Type, r expr.Row) map[string]any {
	out := make(map[string]any, len(r))
	for name, v := range r {
		column, _ := t.Fields.Lookup(name)
		out[name] = JSON(column.Type, v)
	}
	return out
}

// ExprType is the type of a field in expressions, with the ids it may take.
func (s *Set) ExprType(f *Field) expr.Type { return f.exprType(s) }

// CalendarEntry is how a document shows in calendars.
type CalendarEntry struct {
	Start time.Time
	// AllDay says that Start is a day without a time.
	AllDay bool
	Length expr.Duration
	Who    string // user id
	Client string // number
	Title  string
	Done   bool
}

// CalendarOf is the calendar entry of a document; ok is false when its form has none or the start is empty.
func (s *Set) CalendarOf(f *Form, d *document.Document, ctx Context) (e CalendarEntry, ok bool) {
	c := f.Calendar
	if c == nil {
		return e, false
	}
	scope := s.Scope(f, d, ctx)
	start, err := scope.Value(c.Start)
	if err != nil || start == nil {
		return e, false
	}
	switch v := start.(type) {
	case expr.Date:
		e.Start, e.AllDay = expr.Midnight(v, s.settings.Zone), true
	case time.Time:
		e.Start = v
	default:
		return e, false
	}
	if c.Length != "" {
		if v, err := scope.Value(c.Length); err == nil {
			e.Length, _ = v.(expr.Duration)
		}
	}
	if field := f.byName[c.Who]; field != nil {
		if v := f.Stored(d, field); v != nil {
			e.Who = v.Text
		}
	}
	if field := f.byName[c.Client]; field != nil {
		if v := f.Stored(d, field); v != nil {
			e.Client = v.Text
		}
	}
	if c.Title != nil {
		if v, err := c.Title.value(scope); err == nil {
			e.Title = expr.FormatValue(v)
		}
	}
	if e.Title == "" {
		e.Title = s.Caption(f, d, ctx)
	}
	e.Done, _ = c.Done.holds(scope)
	return e, true
}
