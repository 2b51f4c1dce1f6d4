package expr

import (
	"fmt"

	"github.com/e1-dms/e1/internal/diag"
)

// Limits of a source text.
const (
	// MaxSource is the greatest length of a source in code points.
	MaxSource = 8000
	// DefaultMaxNodes is the greatest number of nodes of a tree when Options does not say otherwise.
	DefaultMaxNodes = 500
	// MaxSteps is the greatest number of nodes one evaluation visits.
	MaxSteps = 2_000_000
)

// Options say what is wanted of an expression.
type Options struct {
	// Want is the type the expression must yield; kind Any accepts all. A bare word that is one of
	// Want.Values is that value.
	Want Type
	// NoClock refuses today, now and whatever else depends on when it is asked.
	NoClock bool
	// MaxNodes limits the size of the tree; 0 means DefaultMaxNodes.
	MaxNodes int
	// Row is the type of a row to which a leading dot refers (columns of a table), nil when there is none.
	Row *Env
}

// Issue is one thing wrong with a source text.
type Issue struct {
	// From and To are code points of the source, To exclusive.
	From, To int
	// Slug says what kind of issue it is: syntax, unknown, type, clock, cost, value, ambiguous.
	Slug string
	// Message says what is wrong, Help what to do; Help may be empty.
	Message, Help string
	// Meant is the known word that stands for the text, most likely; empty when
	// none is near.
	Meant string
	// Form is whose fields there are instead of an unknown one, where these are
	// another form's than the expression's.
	Form string
}

// Error makes an issue usable as an error.
func (i Issue) Error() string {
	if i.Help != "" {
		return fmt.Sprintf("%s; %s", i.Message, i.Help)
	}
	return i.Message
}

// Program is a compiled expression. It is immutable and may be evaluated concurrently.
type Program struct {
	src    string
	want   Type
	root   *Expr
	reads  []string
	former []Former
}

// Former is a name in a source that is a former one.
type Former struct {
	From, To int // code points of the source
	Was, Now string
}

// Scope gives an evaluation its values.
type Scope interface {
	// Value is the value of a name of the environment; nil when it is empty. Values must have the dynamic
	// type the environment promises (see [Value]).
	Value(name string) (Value, error)
	// Ref opens the document a reference points to, for the fields behind a dot. A nil Scope means that the
	// document does not exist; its fields are then empty.
	Ref(form, number string) (Scope, error)
}

// Calendared is a Scope that can count in working time: date ± 5wd. Without it such arithmetic fails.
type Calendared interface {
	AddDuration(from Value, d Duration, negative bool) (Value, error)
}

// MapScope is a Scope over a map, for tests and small cases. References open the MapScope found under
// "form/number" or under the number alone.
type MapScope map[string]Value

// Value implements Scope.
func (m MapScope) Value(name string) (Value, error) { return m[name], nil }

// Ref implements Scope.
func (m MapScope) Ref(form, number string) (Scope, error) {
	for _, key := range []string{form + "/" + number, number} {
		if s, ok := m[key].(MapScope); ok {
			return s, nil
		}
	}
	return nil, nil
}

// Source is the text the program was compiled from.
func (p *Program) Source() string { return p.src }

// Type is the type of the program's result.
func (p *Program) Type() Type { return p.root.Type }

// Tree is the typed tree, for push-down into SQL and for analysis. It must not be changed.
func (p *Program) Tree() *Expr { return p.root }

// Reads lists what the program reads, each once in the order of the text: "amount", "client.industry".
// Columns of rows appear behind their table: "lines.qty".
func (p *Program) Reads() []string { return p.reads }

// Former lists the former names that the source uses, in the order of the text.
func (p *Program) Former() []Former { return p.former }

// EvalKind says why an evaluation failed.
type EvalKind string

// The kinds of evaluation errors.
const (
	Division EvalKind = "division" // division or remainder by zero
	Overflow EvalKind = "overflow" // a number, date or text beyond the limits
	Cost     EvalKind = "cost"     // more than MaxSteps
	Reading  EvalKind = "reading"  // the scope could not give a value or a document
	Mismatch EvalKind = "mismatch" // the scope gave a value of another type than the environment says
	Calendar EvalKind = "calendar" // working time where no calendar is known
)

// EvalError is the error of every failed evaluation.
type EvalError struct {
	Kind     EvalKind
	From, To int // code points of the source
	Message  string
	Err      error // cause, may be nil
}

// Error says what failed.
func (e *EvalError) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap is the cause.
func (e *EvalError) Unwrap() error { return e.Err }

// nearest words a help text that names the nearest known word, empty when nothing is near.
func nearest(word string, known []string) string {
	if n := diag.Nearest(word, known); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return ""
}
