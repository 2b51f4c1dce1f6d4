package demo

import (
	"fmt"
	"time"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// The forms of which documents are made.
const (
	clients     = "clients"
	inquiries   = "inquiries"
	works       = "works"
	contracts   = "contracts"
	invoices    = "invoices"
	assignments = "assignments"
)

// Options say what is to be made.
type Options struct {
	// Documents is how many there are to be, at least 20.
	Documents int
	Seed      uint64
	// Now is the moment at which the repository is seen, in its time zone. The
	// last documents were registered shortly before.
	Now time.Time
	// Routes are the current definitions; may be empty.
	Routes []*route.Route
	// Calendar gives a working calendar by name, the repository's for ""; nil
	// for what does not exist.
	Calendar func(name string) *worktime.Calendar
	// Prefix is that of the clone's numbers, usually empty.
	Prefix string
}

// Summary says what was made.
type Summary struct {
	// Documents counts by form, in the order in which they were made.
	Documents []Count
	// Pinned are the definitions that route instances run on; they belong to
	// the files, under routes/pinned.
	Pinned []*route.Route
	// Tasks counts by state; "late" are open ones past their deadline.
	Tasks []Count
}

// Count is a number of something.
type Count struct {
	Name string
	N    int
}

// minDocuments is the least number with a document of every form.
const minDocuments = 20

// maxDocuments is what six digits of inquiries in a year leave room for.
const maxDocuments = 2_000_000

// UnfitError says that a repository's definitions are not those the documents
// are made for.
type UnfitError struct {
	Message string
	// Hint is a command that shows more, or empty.
	Hint string
}

func (e *UnfitError) Error() string { return e.Message }

func unfit(hint, format string, args ...any) error {
	return &UnfitError{Message: fmt.Sprintf(format, args...), Hint: hint}
}

// Generate makes the files of the documents and gives them to emit, form by
// form in the order of their numbers: paths within the repository and bytes in
// canonical form. The bytes may not be kept after emit has returned. An error
// of emit ends it and is returned.
func Generate(opt Options, forms *form.Set, emit func(path string, data []byte) error) (Summary, error) {
	g, err := newGenerator(opt, forms)
	if err != nil {
		return Summary{}, err
	}
	return g.run(emit)
}
