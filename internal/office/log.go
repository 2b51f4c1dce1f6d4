package office

import (
	"errors"
	"io/fs"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
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
	// Changes are the differences in the document asked for.
	Changes []document.Change
	// Registered says that the commit brought the document.
	Registered bool
}

// Log gives the latest commits, newest first. With a number it gives those
// that touched the document, with what each changed in it.
func Log(r *repo.Repo, number string, limit int) ([]LogEntry, error) {
	db, err := r.History()
	if err != nil {
		return nil, err
	}
	var records []index.CommitRecord
	if number == "" {
		records, err = db.Recent(limit, "")
	} else {
		records, err = db.CommitsOf(number, limit)
	}
	if err != nil {
		return nil, err
	}
	path := ""
	if number != "" {
		if path, err = r.Path(number); err != nil {
			return nil, err
		}
		if limit == 0 || len(records) < limit {
			if records, err = withRegistration(r, db, number, path, records); err != nil {
				return nil, err
			}
		}
	}
	out := make([]LogEntry, 0, len(records))
	for _, rec := range records {
		e := LogEntry{
			Commit: rec.ID, When: rec.When, Op: rec.Op, Actor: rec.Actor, For: rec.For, Subject: rec.Subject,
			Documents: rec.Docs,
		}
		if path != "" {
			if err := e.compare(r.Git(), path); err != nil {
				return nil, err
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// withRegistration adds the commit that brought the document when it is not
// recorded: huge commits, such as a bulk import, do not name what they brought.
func withRegistration(r *repo.Repo, db *index.DB, number, path string, records []index.CommitRecord) ([]index.CommitRecord, error) {
	if n := len(records); n > 0 && records[n-1].Parent == "" {
		return records, nil
	}
	big, err := db.BigCommits()
	if err != nil {
		return nil, err
	}
	for _, c := range big {
		id, err := gitstore.ParseHash(c.ID)
		if err != nil {
			return nil, err
		}
		before, after, err := versions(r.Git(), id, path)
		if err != nil {
			return nil, err
		}
		if before.IsZero() && !after.IsZero() {
			return append(records, c), nil
		}
	}
	return records, nil
}

// compare fills in what the commit changed in the file at path.
func (e *LogEntry) compare(git *gitstore.Repo, path string) error {
	id, err := gitstore.ParseHash(e.Commit)
	if err != nil {
		return err
	}
	c, err := git.Commit(id)
	if err != nil {
		return err
	}
	e.Undoes = c.Trailer(repo.TrailerUndoes)
	old, now, err := versions(git, id, path)
	if err != nil {
		return err
	}
	before, err := documentAt(git, old)
	if err != nil {
		return err
	}
	after, err := documentAt(git, now)
	if err != nil {
		return err
	}
	e.Registered = before == nil && after != nil
	if before != nil || after != nil {
		e.Changes = document.Diff(before, after)
	}
	return nil
}

// versions gives the blob of a path before and after a commit; zero where it
// is absent.
func versions(git *gitstore.Repo, id gitstore.Hash, path string) (before, after gitstore.Hash, err error) {
	c, err := git.Commit(id)
	if err != nil {
		return before, after, err
	}
	at := func(tree gitstore.Hash) (gitstore.Hash, error) {
		e, err := git.Lookup(tree, path)
		if errors.Is(err, fs.ErrNotExist) {
			return gitstore.Hash{}, nil
		}
		return e.ID, err
	}
	if after, err = at(c.Tree); err != nil || len(c.Parents) == 0 {
		return before, after, err
	}
	parent, err := git.Commit(c.Parents[0])
	if err != nil {
		return before, after, err
	}
	before, err = at(parent.Tree)
	return before, after, err
}

// documentAt reads a version of a document; nil for none, and for one that
// cannot be read any more.
func documentAt(git *gitstore.Repo, blob gitstore.Hash) (*document.Document, error) {
	if blob.IsZero() {
		return nil, nil
	}
	src, err := git.Blob(blob)
	if err != nil {
		return nil, err
	}
	d, err := document.Read(src)
	if err != nil {
		return nil, nil
	}
	return d, nil
}
