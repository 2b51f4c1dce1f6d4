package report

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Report is one report definition. Parse reads it, Link compiles it; only a
// linked report without errors can be run.
type Report struct {
	Name    string
	Title   yamlsrc.Label
	About   yamlsrc.Label // a line on what the report answers
	Form    string
	Params  []*Param
	Where   *Expression // nil: every document of the form
	Compute []*Computed // values of each document, usable like fields
	Grouped bool        // rows are groups; false: rows are documents
	Groups  []*Group
	Columns []*Column
	Sort    []Order
	// Subtotals adds a sum line after each group but the innermost.
	Subtotals bool
	Totals    bool
	Limit     int  // most rows shown; 0: all. Totals are over all
	Void      bool // documents in the status void count too
	File      *yamlsrc.File
	At        diag.Span

	forms  Forms
	env    *expr.Env
	linked bool
	broken bool // Parse found errors
	vague  bool // nobody knows whether it is grouped: a key is not understood
}

// Param is a parameter of a run.
type Param struct {
	Name     string
	Title    yamlsrc.Label
	Field    string // the parameter restricts this field; empty: used by name in expressions
	Is       Relation
	Required bool
	Default  *Expression
	Type     expr.Type

	typeNode *yamlsrc.Node
	field    *expr.Program // of Field
	node     *yamlsrc.Node
}

// Relation says how a parameter restricts its field.
type Relation string

// The relations.
const (
	Equal    Relation = "equal"
	From     Relation = "from"     // field is the parameter or later, larger
	To       Relation = "to"       // field is the parameter or earlier, smaller; a day is meant whole
	Contains Relation = "contains" // field's text contains the parameter, letter case ignored
)

// Computed is a value computed for each document.
type Computed struct {
	Name  string
	Value *Expression
}

// Group is one level of grouping.
type Group struct {
	Name  string // of the result's column
	Title yamlsrc.Label
	By    *Expression
	Per   Unit
	node  *yamlsrc.Node
}

// Column is one column of the result besides those of the groups.
type Column struct {
	Name  string
	Title yamlsrc.Label
	Value *Expression
	As    string // type of the result's column; empty: that of the value
	Total string // of a list: what the totals line holds, sum count min max avg or nothing
	// Aggregates are the calls cut out of Value; Value.Program reads their
	// results under the names of their placeholders.
	Aggregates []*Aggregate
	node       *yamlsrc.Node
}

// Order is one key of the order of rows.
type Order struct {
	Column string
	Desc   bool
	node   *yamlsrc.Node
}

// Aggregate is a function over the documents of a group: count, sum, avg, min,
// max, distinct.
type Aggregate struct {
	Func      string
	Arg, Cond *Expression // either may be nil
	name      string      // placeholder in the column's expression
	extra     bool        // more arguments than it takes
	at        span
}

// Expression is an expression with its place.
type Expression struct {
	Text    string
	Program *expr.Program // nil until linked, and where it has errors
	node    *yamlsrc.Node
	from    int // code points of the node's text before Text
}

// span is a stretch of code points of a text, to exclusive.
type span struct{ from, to int }

// Place is the scalar that holds an expression of the report, and the number of
// its code points before the expression.
func (e *Expression) Place() (n *yamlsrc.Node, from int) { return e.node, e.from }
