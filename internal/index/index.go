// Package index keeps the derived SQLite index of a repository: what lists,
// tasks, searches, reports, completion and numbering ask about a million
// documents without reading them.
//
// In go plain entries, one per document, and the commit they were read at; out
// come rows, tasks, groups and candidates, as plain data again. The package
// refuses to know where documents come from: it opens no repository, reads no
// YAML, decides nothing about freshness. It is the sole owner of SQLite.
//
// Invariant: the commit an index names and the entries it holds are written in
// one SQLite transaction, so an index never claims a commit that it does not
// hold completely. Everything in it can be built again; losing it loses
// nothing, which is why damage is a state ([State.NeedsRebuild]) and not an
// error.
//
// A DB is used by one goroutine at a time; queries may be nested in the
// callbacks of others. Nothing runs in the background.
package index

import "time"

// ColumnType says how a card field is compared, ordered and summed.
type ColumnType uint8

// The types a column can have. A value that does not read as its column's type
// is kept and given back as it was written, and counts as empty in conditions,
// orders and sums.
const (
	Text     ColumnType = iota // compared byte by byte
	Int                        // 64 bit
	Decimal                    // exact, of any size
	Date                       // 2006-01-02
	DateTime                   // RFC 3339, compared as moments
	Bool                       // true or false
	Duration                   // 4wh 2wd 36h 3d, compared as minutes, a working day counting eight hours
)

// Column is one field of a form's card.
type Column struct {
	Name    string
	Type    ColumnType
	Indexed bool // worth an index of its own: choices, users, references
	// Scale is the number of digits after the point that a Decimal usually
	// has (2 for money); it only makes such values smaller in the index.
	Scale int
	// Ref names the form whose numbers the column holds, so that conditions
	// and groups can reach through it: "client.industry".
	Ref string
}

// FormSchema describes the columns of one form.
type FormSchema struct {
	Name    string
	Columns []Column
	// Fingerprint stands for everything else that decides what an entry holds
	// (caption, calendar, duplicate keys); a form whose fingerprint changed has
	// to be read again.
	Fingerprint string
}

// Schema describes all forms of a repository.
type Schema struct{ Forms []FormSchema }

// Entry is everything the index holds about one document.
type Entry struct {
	Number, Form, UID, Status, Title, By string
	Path                                 string // may be empty where it follows from the number
	Registered                           time.Time
	Closed                               bool
	Blob                                 [20]byte // object id of the document's file
	// Prefix, Year and Seq are the number as its form's template reads it
	// ("INQ", 2026, 42). With Prefix empty the index reads them itself: letters
	// before the first digit, a group of four digits before the last group,
	// the last group.
	Prefix    string
	Year, Seq int

	Fields  []Field  // card values by column; empty values may be left out
	Unknown []string // card keys that are no column of the form

	Refs     []Ref
	Tasks    []Task
	Timers   []Timer
	Events   []Event
	Keys     []Key
	Messages []string // identities of the letters the document came from
	Aliases  []string // former published numbers
	Text     []string // full text: card values, comments, attachments; the title is searched anyway
	Comments int
	Files    int

	// Aside says that the file at Path is where a document of that number and
	// form belongs but cannot be used as one. It is remembered, so that answers
	// can say what they leave out; nothing else of such an entry counts.
	Aside bool
}

// Aside is a file that cannot be used as a document.
type Aside struct{ Path, Number, Form string }

// Field is the value of one card field: nil, string, int64 or bool. Decimals,
// dates, times and durations are given as their canonical text.
type Field struct {
	Name  string
	Value any
}

// Ref is an edge from a document to another one, stored on the side that
// points.
type Ref struct {
	Kind  string // kind of the link; the field's name for a reference field
	Field string // card field it comes from, empty for a link
	To    string // number of the other document
	Link  bool
}

// Edge is a Ref together with the document at its other end.
type Edge struct {
	Ref
	From string // number of the pointing document
	Row  Row    // the document at the far end; its Number is empty when there is none
}

// Task is one task of a document, open or finished.
type Task struct {
	ID, Instance       int
	Step, Title, Route string
	Who                string   // performer; empty while candidates share the task
	Candidates         []string // may take it while Who is empty
	Controller, Giver  string
	State              string
	Open               bool // somebody still has to do something
	Unread             bool // somebody still has to read it; not open
	Outcome, Comment   string
	For                string // for whom it was done, when a substitute acted
	Cycle              int
	Assigned, Due      time.Time
	Accepted, Done     time.Time
	Outcomes           []string // answers it accepts
	// Kind tells parts of tasks and requests from tasks of steps; Of is the task
	// these belong to, Text what is asked, Until the deadline asked for.
	Kind, Text          string
	Of                  int
	Until               time.Time
	Reminded, Escalated time.Time
	Chosen              string // whose turn it was, where people take turns
}

// TaskRow is a task together with its document.
type TaskRow struct {
	Task
	Number, Form, DocumentTitle, Status string
}

// Timer is something the engine wants to do at a moment.
type Timer struct {
	At             time.Time
	Kind           string
	Instance, Task int
	Key            string // tells timers of one kind and task apart
}

// TimerRow is a timer together with its document.
type TimerRow struct {
	Timer
	Number, Form string
}

// Event is an entry of the calendar.
type Event struct {
	Kind       string
	Start, End time.Time // End excluded; zero: a moment
	AllDay     bool
	Who        string
	Client     string
	Title      string
	Done       bool
	Task       int // the task whose deadline it is, 0 for the document itself
}

// EventRow is an event together with its document.
type EventRow struct {
	Event
	Number, Form string
}

// Key is a normalised value that tells documents apart or makes them
// duplicates: an INN, a phone, an e-mail, a name.
type Key struct {
	Kind, Value string
}

// Row is a document as lists show it.
type Row struct {
	ID                                         int64 // orders documents by registration
	Number, Form, UID, Status, Title, By, Path string
	Registered                                 time.Time
	Closed                                     bool
	Blob                                       [20]byte
	Comments, Files                            int
	Fields                                     []Field // the columns asked for, in that order
}

// Value gives the value of one of the columns asked for; nil when empty.
func (r Row) Value(name string) any {
	for _, f := range r.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return nil
}

// Result is one page of rows and how many there are in all.
type Result struct {
	Rows  []Row
	Total int
	// Estimated says that counting stopped: there are at least Total.
	Estimated bool
}

// CommitRecord is one commit of the repository's history.
type CommitRecord struct {
	ID         string
	Parents    []string
	Place      Place // its place in the order of the history, see PlaceAfter
	Op         string
	Actor, For string
	When       time.Time
	Subject    string
	Docs       []string // numbers of the documents it touched
	Undoes     string   // the commit that it takes back
	// Versions are set by CommitsOf where they are known.
	Versions *Versions
}

// Versions are the object ids of a document's file before and after a commit,
// zero where there was none.
type Versions struct{ Before, After [20]byte }

// Brings tells whether the commit brought the document.
func (v Versions) Brings() bool { return v.Before == [20]byte{} && v.After != [20]byte{} }

// State says what an index is good for.
type State struct {
	Commit       string // the commit it describes; empty when it describes none
	NeedsRebuild bool   // it holds nothing of use: missing, damaged, of another version
	Reason       string // why, in words for a person
	// Changes tells in what the forms asked for differ from those stored;
	// Writer.SetSchema applies them.
	Changes  []FormChange
	ReadOnly bool // it cannot be written here
	Memory   bool // it lives in memory only, nothing could be opened or created
	// Network says that the file lies on a network file system, where WAL does
	// not work; the index belongs into a local folder then.
	Network bool
}
