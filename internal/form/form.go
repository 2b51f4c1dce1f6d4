// Package form describes cards: which fields a document of a form has, of which type, in which groups, what
// must hold between them, how its number is built, and the directories (reference books) its values come from.
//
// In go parsed definitions (forms/*.yaml, directories/*.yaml) and cards; out come linked definitions ([Set]),
// values, texts in canonical form, and every problem at once, those of definitions as [diag.Problem] with
// F-codes ([Codes]), those of a card as [Problem] with field, row and hint. Texts typed by people are read
// leniently by [Set.SetText]; what is stored is read strictly. Nothing is repaired silently: what a card holds
// against its form is kept and reported. The package does no input or output and knows no clock; other
// documents are asked for through [Lookup].
//
// Invariant: SetText stores only text that Check accepts as well-formed for the field's type, and storing that
// text again changes nothing.
package form

import (
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Void is the status every form has besides its own: the document was registered by mistake. It keeps its
// number, and nothing is expected of it any more.
const Void = "void"

// Form is one card form, and thereby one flow of documents.
type Form struct {
	Name       string
	Title, One yamlsrc.Label // of the flow and of a single document
	// Numbers are the number templates, the current one first, then former ones.
	Numbers []Template
	Caption *Expression // gives a document's title in lists; nil: the first text field
	// Statuses in file order without Void; the first one is initial. Empty when the form has none.
	Statuses   []Status
	May        May
	Calendar   *CalendarMap // nil: documents of the form do not show in calendars
	Duplicates []string     // fields whose normalised equality with another document is warned about
	// Brief are the fields, and attributes, by which a document is described where another one shows it.
	Brief  []string
	Groups []Group
	File   *yamlsrc.File
	At     diag.Span

	fields []*Field
	byName map[string]*Field
}

// Group is a part of a card with a heading.
type Group struct {
	Name   string
	Title  yamlsrc.Label
	Fields []*Field
	At     diag.Span
}

// Status is one status of a form.
type Status struct {
	ID    string
	Title yamlsrc.Label
	// Closed says that nothing is expected of a document in this status.
	Closed bool
	At     diag.Span
}

// May says which roles may do what; an empty list means everybody, admins may everything.
type May struct {
	Register, Set, Status, Reassign []string
}

// CalendarMap says how documents of a form show in calendars.
type CalendarMap struct {
	// Start is a date or datetime field, Length a duration, Who a user, Client a reference; all but Start may be
	// empty.
	Start, Length, Who, Client string
	Title                      *Expression // nil: the document's caption
	Done                       *Expression // nil: never done
	At                         diag.Span
	node                       *yamlsrc.Node
}

// Field is one field of a card or one column of a table.
type Field struct {
	Name  string
	Group string // name of its group; the table for a column
	// Type is the kind of the value. For a computed field it is the kind of the result.
	Type     expr.Kind
	Computed bool
	Label    yamlsrc.Label
	Hint     yamlsrc.Label // a line of help
	Was      []string      // former names

	Directory string        // of type directory
	Form      string        // of type document; empty: any form
	Back      yamlsrc.Label // heading on the other side of a reference
	Bik       string        // of type account: the field with the bank's BIK
	Values    []Choice      // of type choice
	Columns   []*Field      // of type table

	RequiredAlways bool
	Required       *Expression // when RequiredAlways is false: the condition, nil for never
	Unique         bool
	Default        *Expression
	ShownIf        *Expression
	Check          *Expression
	Message        yamlsrc.Label // said when Check fails
	Value          *Expression   // of a computed field

	Min, Max string // optional bounds of numbers and dates, canonical text
	At       diag.Span
	node     *yamlsrc.Node
}

// Choice is one value of a field of type choice.
type Choice struct {
	Value string
	Title yamlsrc.Label
	At    diag.Span
}

// Directory is a reference book.
type Directory struct {
	Name    string
	Title   yamlsrc.Label
	Fields  []*Field
	Entries []Entry
	File    *yamlsrc.File
	At      diag.Span

	byID map[string]int
}

// Entry is one entry of a directory.
type Entry struct {
	ID    string
	Title yamlsrc.Label
	// Values holds the texts of the directory's own fields by name.
	Values map[string]string
	// Closed says that the entry is kept for old documents and not offered any more.
	Closed bool
	At     diag.Span
}

// Problem is something wrong with a card. Severity Error refuses the write, Warning is shown.
type Problem struct {
	Field string // empty when the document as a whole is meant
	Row   int    // 1-based row of a table, 0 when the field itself is meant
	// Column is the column of the row, empty when the row itself is meant.
	Column   string
	Code     string // stable word: required, type, unknown-entry, not-unique, duplicate, check, …
	Severity diag.Severity
	Message  string
	Hint     string
	// Documents are the numbers the problem is about: the other owner of a unique value, duplicates.
	Documents []string
}

// Lookup gives access to other documents. Its methods return nil without error for what does not exist.
type Lookup interface {
	Document(number string) (*document.Document, error)
	// ByUnique lists the numbers of the documents of a form whose field has a value. The value is the field's
	// canonical text, or its normal form for the fields of Form.Duplicates (see [Field.Normal]).
	ByUnique(form, field, value string) ([]string, error)
}

// Context is what defaults and conditions may ask for besides the card.
type Context struct {
	Lookup Lookup // nil: other documents are treated as absent
	Now    time.Time
	Author string // acting user
	// Calendar gives the working calendar that expressions such as today + 5wd count on, asked for when one needs
	// it; without one they fail.
	Calendar func() *worktime.Calendar
}
