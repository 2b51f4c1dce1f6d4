package report

import (
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Forms is what a report has to know of the forms.
type Forms interface {
	// Env gives the names of a form, nil for an unknown form.
	Env(form string) *expr.Env
	// FormNames lists the forms.
	FormNames() []string
	// FieldLabel is what people call a field, nil where that is not known.
	FieldLabel(form, field string) yamlsrc.Label
}

// Query asks a source for documents of one form.
type Query struct {
	Form string
	// Columns are fields and attributes, also behind references:
	// "client.industry".
	Columns []string
	// Where are conditions that all hold. They hold no names but columns and
	// no clock; what an expression compares has the type of its other side.
	Where []*expr.Expr
}

// Source gives documents.
type Source interface {
	// Rows calls yield for each document with the values of the query's
	// columns, each nil, bool, int64 or the canonical text, or already a value
	// of package expr; a duration may be a number of minutes. The slice may be reused. A source may hand over documents
	// for which Where does not hold; they are tested again.
	Rows(q Query, yield func(values []any) error) error
}

// Aggregator is a source that can group by itself.
type Aggregator interface {
	Source
	// Aggregate gives one group for each combination of keys among the
	// documents for which Where holds. It gives ok false when it cannot do
	// exactly that; the rows are then asked for.
	Aggregate(q Query, by []Key, of []Agg) (groups []Bucket, ok bool, err error)
}

// Key is what an aggregating source groups by.
type Key struct {
	Column string
	Unit   Unit
}

// Agg is what an aggregating source computes: count (documents, or values that
// are not empty when a column is named), sum, min, max of a column.
type Agg struct{ Func, Column string }

// Bucket is one group: values of the keys and of the aggregates, nil where
// empty. Counts are int64, sums decimal texts (those of durations in minutes, a
// working day counting eight hours), all others as in Source.
type Bucket struct {
	Keys, Values []any
}

// Names gives the titles people read.
type Names interface {
	// Name is the title of a value of a field: of a choice, status, directory
	// entry, user or document; empty when there is none.
	Name(form, field string, t expr.Type, id string) string
}
