package office

import (
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/repo"
)

// LogEntry is one commit as a history shows it.
type LogEntry struct {
	Commit     string
	When       time.Time
	Op         string // empty for commits that e1 did not make
	Actor, For string
	Subject    string
	Documents  []string
	Undoes     string
	// Changes are the differences in the document asked for, between Before and
	// After; either may be nil, and both are when no document was asked for.
	Changes       []document.Change
	Before, After *document.Document
	// Registered says that the commit brought the document.
	Registered bool
}

// Log gives the latest commits, newest first. With a number it gives those
// that touched the document, with what each changed in it.
func Log(r *repo.Repo, number string, limit int) ([]LogEntry, error) {
	people, _, err := r.Definitions().Org()
	if err != nil {
		people = &org.Org{} // addresses will do
	}
	if number == "" {
		db, err := r.History()
		if err != nil {
			return nil, err
		}
		records, err := db.Recent(limit, "")
		if err != nil {
			return nil, err
		}
		out := make([]LogEntry, len(records))
		for i, rec := range records {
			out[i] = logEntry(rec, people)
		}
		return out, nil
	}
	p, err := pastOf(r, number)
	if err != nil {
		return nil, err
	}
	versions, err := p.versions(number, limit)
	if err != nil {
		return nil, err
	}
	out := make([]LogEntry, len(versions))
	for i, v := range versions {
		out[i] = logEntry(v.rec, people)
		out[i].Changes, out[i].Before, out[i].After = v.changes(), v.was(), v.after
		out[i].Registered = v.brings() && v.was() == nil
	}
	return out, r.Remember(p.found)
}

// logEntry shows a commit. Who made one that e1 did not make is known by their
// address, which the organisation may know.
func logEntry(rec index.CommitRecord, people *org.Org) LogEntry {
	e := LogEntry{
		Commit: rec.ID, When: rec.When, Op: rec.Op, Actor: rec.Actor, For: rec.For, Subject: rec.Subject,
		Documents: rec.Docs, Undoes: rec.Undoes,
	}
	if u := people.ByEmail(rec.Actor); u != nil {
		e.Actor = u.ID
	}
	return e
}
