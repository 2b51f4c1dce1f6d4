package form

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
)

func (f *Field) wellFormed(text string) error { return nil }

// SetText reads what a person typed for a field, leniently, and stores the canonical text; blank text clears the
// field. The card is unchanged when a problem comes back.
func (s *Set) SetText(f *Form, d *document.Document, field, text string, ctx Context) *Problem { return nil }

// AppendText is SetText for `field+=text`: rows are added to a table, a line to a multiline text.
func (s *Set) AppendText(f *Form, d *document.Document, field, text string, ctx Context) *Problem { return nil }

// RowInput is what a person typed for one column.
type RowInput struct{ Column, Text string }

// AddRow adds a row to a table, with the defaults of the columns not given. It returns the number of the row, from 1.
func (s *Set) AddRow(f *Form, d *document.Document, table string, cells []RowInput, ctx Context) (int, []Problem) {
	return 0, nil
}

// SetRow changes columns of a row, counted from 1; blank text clears a column.
func (s *Set) SetRow(f *Form, d *document.Document, table string, row int, cells []RowInput, ctx Context) []Problem {
	return nil
}

// RemoveRow removes a row, counted from 1.
func (s *Set) RemoveRow(f *Form, d *document.Document, table string, row int) *Problem { return nil }

// SetValue stores a value of an expression in a field; nil clears it.
func (s *Set) SetValue(f *Form, d *document.Document, field string, v expr.Value) *Problem { return nil }

// Check tells everything that is wrong with a card, in form order: unknown status, texts that do not fit their
// types, missing required values, failed checks, values that must be unique. See NewProblems for changes of
// documents that did not fit before.
func (s *Set) Check(f *Form, d *document.Document, ctx Context) []Problem { return nil }

// Unknown reports, as warnings, what a card holds that its form does not know. Only the check of a whole repository
// says so.
func (s *Set) Unknown(f *Form, d *document.Document) []Problem { return nil }

// FindDuplicates warns of other documents with the same normalised values in the fields of f.Duplicates.
func (s *Set) FindDuplicates(f *Form, d *document.Document, ctx Context) ([]Problem, error) { return nil, nil }

// NewProblems are the problems that were not there before a change.
func NewProblems(before, after []Problem) []Problem { return after }

// Defaults fills the fields that are absent and have a default, and the initial status.
func (s *Set) Defaults(f *Form, d *document.Document, ctx Context) []Problem { return nil }

// Normal is the normal form of a stored text by which duplicates are found: digits of a phone, folded e-mail and
// name; other texts as they are.
func (f *Field) Normal(text string) string { return text }

// Key is a value by which a document can be found: a unique field or one by which duplicates are told.
type Key struct{ Field, Value string }

// Keys lists the keys of a document: the canonical texts of unique fields, the normal forms of duplicate fields.
func (s *Set) Keys(f *Form, d *document.Document) []Key { return nil }

// Column says how an index keeps a field.
type Column struct {
	Name    string
	Kind    expr.Kind
	Indexed bool   // lists filter and group by it: entries, users, references, unique fields
	Scale   int    // digits behind the point of money
	Ref     string // form whose numbers it holds, empty for any form
}

// Columns lists the fields an index keeps: all but tables, computed ones included.
func (f *Form) Columns() []Column { return nil }

// FieldValue is the value of a field as an index compares it: string (canonical text), int64 or bool.
type FieldValue struct {
	Name  string
	Value any
}

// Values lists the values of the fields of Columns that are not empty. What cannot be read is given as it is written.
func (s *Set) Values(f *Form, d *document.Document, ctx Context) []FieldValue { return nil }

// JSON is a value as commands print it: money and decimals as strings, whole numbers as numbers, truth values, dates
// and times as text, entries, users and references as their id, tables as lists of objects.
func JSON(t expr.Type, v expr.Value) any { return nil }

// FieldSpec describes a field to be added or changed in a form file.
type FieldSpec struct {
	Name string
	// Keys are the keys to set, in order, with their values as a person types them: type, label, required …
	Keys []RowInput
}

// AddField adds a field to a group of a form file, behind the field `after` or at the end of the group.
func AddField(src []byte, group, after string, spec FieldSpec) ([]byte, error) { return src, nil }

// SetField changes keys of a field; the key field renames it and writes the old name under was.
func SetField(src []byte, field string, spec FieldSpec) ([]byte, error) { return src, nil }

// MoveField moves a field behind another one, also into another group; `after` may be "" for the group's beginning.
func MoveField(src []byte, field, group, after string) ([]byte, error) { return src, nil }

// RemoveField removes a field.
func RemoveField(src []byte, field string) ([]byte, error) { return src, nil }

var _ diag.Severity
