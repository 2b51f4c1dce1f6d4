package index

import "time"

// Op is a comparison.
type Op uint8

// The comparisons. Nothing is less or greater than an empty value; Eq and Ne
// treat it as a value of its own, equal to nil.
const (
	Eq Op = iota
	Ne
	Lt
	Le
	Gt
	Ge
)

// Cond is a condition over one document. Logic has two values: a comparison
// with an empty value is false, its Not is true. Columns are card fields and
// the attributes number, form, uid, status, title, registered, by, closed,
// comments, files, path; "card.status" reaches a field named like an
// attribute, "client.industry" the referenced document.
type Cond interface{ cond() }

// And holds when all its parts do; empty it holds always.
type And []Cond

// Or holds when one of its parts does; empty it never holds.
type Or []Cond

// Not holds when its part does not.
type Not struct{ Cond Cond }

// Compare compares a column with a constant: nil, string, int64, int, bool or
// time.Time; decimals as text.
type Compare struct {
	Column string
	Op     Op
	Value  any
}

// CompareColumns compares two columns of the same type.
type CompareColumns struct {
	Left  string
	Op    Op
	Right string
}

// In holds when the column equals one of the values.
type In struct {
	Column string
	Values []any
}

// IsNull holds when the column is empty.
type IsNull struct{ Column string }

// Contains holds when the column's text contains Text, letter case included.
type Contains struct{ Column, Text string }

// HasPrefix holds when the column's text begins with Text.
type HasPrefix struct{ Column, Text string }

func (And) cond()            {}
func (Or) cond()             {}
func (Not) cond()            {}
func (Compare) cond()        {}
func (CompareColumns) cond() {}
func (In) cond()             {}
func (IsNull) cond()         {}
func (Contains) cond()       {}
func (HasPrefix) cond()      {}

// Order is one key of an order. Empty values come first, last with Desc. Ties
// are broken by registration in the direction of the last key.
type Order struct {
	Column string
	Desc   bool
}

// Query asks for documents.
type Query struct {
	Form    string // empty: all forms, attributes only
	Where   []Cond // all of them hold
	OrderBy []Order
	Limit   int // 0: all
	Offset  int
	Columns []string // card fields to give back; "*" stands for all
	// MaxCount bounds the counting of all rows; 0 counts exactly, a negative
	// value does not count at all.
	MaxCount int
}

// Unit cuts dates and times into periods.
type Unit uint8

// The periods; their texts are 2026-11-23, 2026-W48, 2026-11, 2026-Q4, 2026.
const (
	Each Unit = iota // the value as it is
	Day
	Week
	Month
	Quarter
	Year
)

// GroupExpr is one key of a grouping.
type GroupExpr struct {
	Column string
	Unit   Unit
}

// AggFunc is what is computed over a group.
type AggFunc uint8

// The aggregates. Count without a column counts documents, with one its values
// that are not empty. Sum is exact; Avg is exact to six digits after the point.
const (
	Count AggFunc = iota
	Sum
	Min
	Max
	Avg
	CountDistinct
)

// Agg is one aggregate of one column.
type Agg struct {
	Func   AggFunc
	Column string
}

// Group is one group: its keys and its aggregates, each nil when empty.
// Counts are int64, sums and averages decimal text, Min and Max values of the
// column.
type Group struct {
	Keys   []any
	Values []any
}

// TaskQuery asks for tasks; fields left empty do not restrict.
type TaskQuery struct {
	Users      []string // performers, candidates of a shared task, controllers of one under review
	Controller string
	Open       bool // open ones only
	Awaited    bool // of tasks under review only those of which one of Users is the controller
	Closed     bool // closed ones only
	Unread     bool // only what is still to be read
	Overdue    time.Time
	DoneFrom   time.Time // closed at or after
	DoneTo     time.Time // closed before
	Form       string
	Document   string // number
	State      string
	Route      string
	Step       string
	Limit      int
	Offset     int
	Turns      bool // only those given in turn
	MaxCount   int  // as in Query
	Newest     bool // by assignment, newest first, instead of by deadline
}

// SearchQuery asks for documents by words.
type SearchQuery struct {
	Words  string // words, "phrases", prefix*; all must occur
	Form   string
	Limit  int
	Offset int
	// MaxCount bounds the counting of hits, 1000 by default.
	MaxCount int
}
