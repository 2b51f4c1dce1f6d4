package office

import (
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/route"
)

// Approvals gives the sheet of approval of a document. For what was decided in
// the last cycle of a route the history says which fields of the card were
// changed afterwards: who approved has not seen them.
func Approvals(r *repo.Repo, d *document.Document) ([]engine.Approval, error) {
	sheet := engine.Approvals(d, func(id string) *route.Route {
		def, err := r.Definitions().Pinned(id)
		if err != nil {
			return nil
		}
		return def
	}, r.Language())
	last := map[int]int{}
	for _, a := range sheet {
		last[a.Instance] = max(last[a.Instance], a.Cycle)
	}
	decided := func(a engine.Approval) bool {
		return a.Cycle == last[a.Instance] && a.State == engine.TaskDone && a.Outcome != ""
	}
	if !slices.ContainsFunc(sheet, decided) {
		return sheet, nil
	}
	log, err := Log(r, d.Number, 0)
	if err != nil {
		return nil, err
	}
	slices.Reverse(log) // the oldest first
	for i := range sheet {
		if decided(sheet[i]) {
			sheet[i].Changed = changedAfter(log, sheet[i].Task)
		}
	}
	return sheet, nil
}

// changedAfter names the fields of the card that were changed in commits after
// the one that closed a task.
func changedAfter(log []LogEntry, task int) []string {
	closed := "tasks." + strconv.Itoa(task) + ".state"
	after := false
	var fields []string
	for _, e := range log {
		if after {
			for _, c := range e.Changes {
				name, ok := strings.CutPrefix(c.Path, "card.")
				if !ok {
					continue
				}
				name, _, _ = strings.Cut(name, ".")
				if !slices.Contains(fields, name) {
					fields = append(fields, name)
				}
			}
			continue
		}
		after = slices.ContainsFunc(e.Changes, func(c document.Change) bool { return c.Path == closed && c.New == engine.TaskDone })
	}
	return fields
}
