package diagram

import (
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/document"
)

// Progress tells how far an instance has come, step by step. A step that was
// done several times shows its last task, and how many rounds there were. name
// puts a user's id into words.
func Progress(in *document.Instance, now time.Time, o Options, name func(id string) string) map[string]State {
	out := map[string]State{}
	open := map[string]bool{}
	for _, p := range in.Open {
		open[p.At] = true
		if out[p.At].Phase == Untouched {
			out[p.At] = State{Phase: Open}
		}
	}
	for i := range in.Tasks {
		t := &in.Tasks[i]
		s := State{Note: name(t.Who)}
		switch {
		case t.State == "cancelled":
			s.Phase = Withdrawn
		case t.State == "inform":
			s.Phase = Done
		case !t.Done.IsZero() && t.State != "review":
			s.Phase = Done
			s.Note += ", " + t.Done.Format("02.01.2006")
			if t.Outcome != "" && t.Outcome != "done" {
				s.Note += ": " + t.Outcome
			}
		case !t.Due.IsZero() && t.Due.Before(now):
			s.Phase = Overdue
			s.Note += ", " + o.word("due", "срок") + " " + t.Due.Format("02.01.2006 15:04")
		default:
			s.Phase = Open
			if !t.Due.IsZero() {
				s.Note += ", " + o.word("due", "до") + " " + t.Due.Format("02.01.2006 15:04")
			}
		}
		if t.Cycle > 1 {
			s.Note += " (" + o.word("round", "круг") + " " + decimal(t.Cycle) + ")"
		}
		s.Note = strings.TrimPrefix(s.Note, ", ")
		// Of several people at one step the most urgent counts, of several
		// rounds the last one.
		if before := out[t.Step]; before.Phase > s.Phase && open[t.Step] && before.Note != "" {
			continue
		}
		out[t.Step] = s
	}
	return out
}
