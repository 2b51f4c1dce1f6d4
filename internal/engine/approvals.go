package engine

import (
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// Approval is one line of a document's sheet of approval: what was decided in
// one task of an `approve` step, or is still awaited.
type Approval struct {
	Instance int
	Route    string // its title
	// Cycle counts the rounds of the route: a new one begins when somebody is
	// asked a second time, after rework.
	Cycle int
	Task  int
	Step  string
	Title string
	Who   string // who was asked
	// Candidates were asked together, when nobody has taken the task yet.
	Candidates []string
	By         string // who decided; empty while nobody has
	For        string // for whom a substitute decided
	State      string
	Outcome    string
	Answer     string // the outcome as people read it
	Comment    string
	Assigned   time.Time
	Due        time.Time
	Done       time.Time
	// Changed lists what was changed in the card after this approval, for the
	// caller to fill in: it is not in the document.
	Changed []string
}

// Approvals gives the sheet of approval of a document, in the order in which
// people were asked. The definition of an instance may be missing; then every
// task with an outcome but "done" counts.
func Approvals(d *document.Document, definition func(id string) *route.Route, language string) []Approval {
	var out []Approval
	for i := range d.Routes {
		in := &d.Routes[i]
		def := definition(in.Definition)
		title := in.Title
		if title == "" && def != nil {
			title = def.Title.In(language)
		}
		if title == "" {
			title = in.Route
		}
		tasks := slices.Clone(in.Tasks)
		slices.SortStableFunc(tasks, func(a, b document.Task) int { return a.ID - b.ID })
		cycle, seen := 1, map[string]int{}
		for _, t := range tasks {
			if !approves(def, &t) {
				continue
			}
			key := passedKey(t.Step, t.Item)
			if last, asked := seen[key]; asked && t.Cycle > last {
				cycle++
				clear(seen)
			}
			seen[key] = t.Cycle
			out = append(out, approval(in, def, t, title, cycle, language))
		}
	}
	return out
}

// approves tells whether a task asked for a decision.
func approves(def *route.Route, t *document.Task) bool {
	if t.Kind != "" {
		return false
	}
	if def != nil {
		s := def.Step(t.Step)
		return s != nil && s.Verb == route.Approve
	}
	return t.Outcome != "" && t.Outcome != finished && t.Outcome != read
}

func approval(in *document.Instance, def *route.Route, t document.Task, title string, cycle int, language string) Approval {
	a := Approval{Instance: in.ID, Route: title, Cycle: cycle, Task: t.ID, Step: t.Step, Title: t.Title, Who: t.Who,
		Candidates: t.Candidates, For: t.For, State: t.State, Outcome: t.Outcome, Answer: t.Outcome, Comment: t.Comment,
		Assigned: t.Assigned, Due: t.Due, Done: t.Done}
	if t.Outcome != "" || t.State == TaskRefused {
		if a.By = t.By; a.By == "" {
			a.By = t.Who
		}
	}
	if a.For == a.By { // the absent person answered after all
		a.For = ""
	}
	if def == nil || t.Outcome == "" {
		return a
	}
	if s := def.Step(t.Step); s != nil {
		if o := s.Outcome(t.Outcome); o != nil {
			a.Answer = o.Label(language)
		}
	}
	return a
}
