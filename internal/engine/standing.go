package engine

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// Lost is a place at which a running instance cannot stand: only a hand that
// edited the document has put it there.
type Lost struct {
	Open    int // index of the position, -1 where a task is meant
	Task    int // id of the task
	Message string
}

// Standing compares where a running instance stands with its definition:
// positions at steps that are not there, steps of people for whom no task is
// open, and open tasks whose step is not.
func Standing(r *route.Route, in *document.Instance) []Lost {
	var out []Lost
	for i, p := range in.Open {
		s := r.Step(p.At)
		switch {
		case s == nil:
			out = append(out, Lost{Open: i, Message: fmt.Sprintf("route %q (%d) stands at %q, a step that its definition does not have", in.Route, in.ID, p.At)})
		case p.State == "" && (s.Verb == route.Task || s.Verb == route.Approve) &&
			!slices.ContainsFunc(in.Tasks, func(t document.Task) bool { return Pending(t.State) && belongs(&t, s, p.Item) }):
			out = append(out, Lost{Open: i, Message: fmt.Sprintf("route %q (%d) waits at %q for a task that is not open", in.Route, in.ID, place(p.At, p.Item))})
		}
	}
	for _, t := range in.Tasks {
		s := r.Step(t.Step)
		if Pending(t.State) && t.Kind == "" && (s == nil || !slices.ContainsFunc(in.Open, func(p document.Position) bool { return p.At == t.Step && p.Item == t.Item })) {
			out = append(out, Lost{Open: -1, Task: t.ID, Message: fmt.Sprintf("task %d is open, but route %q (%d) does not stand at %q", t.ID, in.Route, in.ID, place(t.Step, t.Item))})
		}
	}
	return out
}
