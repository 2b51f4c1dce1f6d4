package engine

import "github.com/e1-dms/e1/internal/route"

// Visit is one thing that a transition went through. Tests of routes, their
// coverage and simulations are made of visits; nothing is decided by them.
type Visit struct {
	Document string // number or placeholder
	Instance int
	Step     string // id; empty for the route itself
	Item     string // of which row or person of an `each`
	What     VisitKind
	// Name is the branch, outcome, handler or end.
	Name string
}

// VisitKind is the kind of a Visit.
type VisitKind string

// The kinds of visits.
const (
	VisitEntered   VisitKind = "entered"   // the step began
	VisitSkipped   VisitKind = "skipped"   // its `if` did not hold
	VisitBranch    VisitKind = "branch"    // the branch Name was taken
	VisitOmitted   VisitKind = "omitted"   // the branch Name of a parallel was not begun, its `if` did not hold
	VisitOutcome   VisitKind = "outcome"   // the step, or the block, was decided as Name
	VisitExhausted VisitKind = "exhausted" // the limit `max` of the outcome Name, or of a repeat, was reached
	VisitDone      VisitKind = "done"      // the condition `until` of a repeat held
	VisitHandler   VisitKind = "handler"   // the event handler Name began
	VisitEnded     VisitKind = "ended"     // the route reached the end Name
)

func (r *run) visit(s *route.Step, item string, what VisitKind, name string) {
	v := Visit{Document: r.self.Number, Instance: r.id, Item: item, What: what, Name: name}
	if s != nil {
		v.Step = s.ID
	}
	r.res.Trace = append(r.res.Trace, v)
}
