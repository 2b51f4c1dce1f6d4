// Package diagram draws a route: as a tree of lines for a terminal, as SVG, as
// Mermaid and as DOT.
//
// In go a route definition, the language, the forms whose fields it names, and
// optionally how far one document has come; out comes text. It refuses nothing
// that package route has parsed. It does not judge: a jump to nowhere is drawn
// as a label.
//
// What a picture says is for people: fields, statuses, roles, steps and ends
// have their titles, durations are words. A name that nothing gives a title to
// stands as it is written.
//
// Invariant: the same input gives the same bytes.
package diagram

import (
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// Options say how a route is drawn.
type Options struct {
	Language string // "ru" or "en"
	// Forms give fields, values and people their titles; nil: as they are written.
	Forms *form.Set
	// Route gives another route, whose title and ends are named; may be nil.
	Route func(name string) *route.Route
	// State tells how far a document has come, by step id; nil: the route as such.
	State map[string]State
	// Instance is a line that names the document; shown when State is.
	Instance string
}

// Phase is how far a step has come.
type Phase uint8

// The phases, from the least to the most urgent: of several people at one step
// the most urgent one counts.
const (
	Untouched Phase = iota
	Earlier         // done in an earlier round, not reached in this one
	Withdrawn
	Done
	Open
	Overdue
)

// State is how far a step of one document has come.
type State struct {
	Phase Phase
	Notes []string // who and when, in words; a line for each person or item
}

// mark is the sign of a phase where there is no color.
func (p Phase) mark() string { return [...]string{"", "○", "⊘", "✓", "●", "‼"}[p] }

// String names a phase as programs read it; nothing for an untouched step.
func (p Phase) String() string {
	return [...]string{"", "earlier", "withdrawn", "done", "open", "overdue"}[p]
}
