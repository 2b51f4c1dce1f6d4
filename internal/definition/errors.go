package definition

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// UnknownError names something that is not there: a document, a form, a user.
type UnknownError struct {
	What  string // document, form, route, …
	Name  string
	Known []string // candidates for the nearest name
	Try   string   // a command that shows what there is
	Why   string   // why it cannot be known; "": there is none
}

func (e *UnknownError) Error() string {
	if e.Why != "" {
		return fmt.Sprintf("%s %q cannot be looked up: %s", e.What, e.Name, e.Why)
	}
	return diag.Unknown(e.What, e.Name, e.Known)
}

// Hint is a command that shows what there is.
func (e *UnknownError) Hint() string { return e.Try }

// Code is the error's stable word.
func (e *UnknownError) Code() string { return "unknown_" + strings.ReplaceAll(e.What, " ", "_") }
