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
	var past *versionsOf
	if number != "" {
		path, err := r.Path(number)
		if err != nil {
			return nil, err
		}
		past = &versionsOf{git: r.Git(), path: path, read: map[gitstore.Hash]*document.Document{}}
		if limit == 0 || len(records) < limit {
			if records, err = past.withRegistration(db, records); err != nil {
				return nil, err
			}
		}
	}
	out := make([]LogEntry, 0, len(records))
	for _, rec := range records {
		e := LogEntry{
			Commit: rec.ID, When: rec.When, Op: rec.Op, Actor: rec.Actor, For: rec.For, Subject: rec.Subject,
			Documents: rec.Docs, Undoes: rec.Undoes,
		}
		if past != nil {
			if err := past.compare(&e, rec); err != nil {
				return nil, err
			}
		}
		out = append(out, e)
	}
	if past != nil {
		past.remember(db, number)
	}
	return out, nil
}

// versionsOf compares the versions of one document. Which ones a commit made
// is found in the trees, once: the index remembers it.
type versionsOf struct {
	git   *gitstore.Repo
	path  string
	read  map[gitstore.Hash]*document.Document
	found []foundVersions
}

type foundVersions struct {
	seq int64
	index.Versions
}

// versions gives what a commit made of the document.
func (p *versionsOf) versions(rec index.CommitRecord) (index.Versions, error) {
	if rec.Versions != nil {
		return *rec.Versions, nil
	}
	v, err := p.inTrees(rec)
	if err == nil {
		p.found = append(p.found, foundVersions{rec.Seq, v})
	}
	return v, err
}

func (p *versionsOf) inTrees(rec index.CommitRecord) (index.Versions, error) {
	id, err := gitstore.ParseHash(rec.ID)
	if err != nil {
		return index.Versions{}, err
	}
	before, after, err := versions(p.git, id, p.path)
	return index.Versions{Before: before, After: after}, err
}

// remember tells the index what was found. That it cannot be told is no error:
// it is found again.
func (p *versionsOf) remember(db *index.DB, number string) {
	if len(p.found) == 0 || !db.CanRemember() {
		return
	}
	_ = db.Update(func(w *index.Writer) error {
		for _, f := range p.found {
			if err := w.PutVersions(number, f.seq, f.Versions); err != nil {
				return err
			}
		}
		return nil
	})
}

// withRegistration adds the commit that brought the document when it is not
// recorded: huge commits, such as a bulk import, do not name what they brought.
func (p *versionsOf) withRegistration(db *index.DB, records []index.CommitRecord) ([]index.CommitRecord, error) {
	if n := len(records); n > 0 {
		first, err := p.versions(records[n-1])
		if err != nil || first.Brings() {
			return records, err
		}
		records[n-1].Versions = &first
	}
	big, err := db.BigCommits()
	if err != nil {
		return nil, err
	}
	for _, c := range big {
		v, err := p.inTrees(c)
		if err != nil {
			return nil, err
		}
		if v.Brings() {
			c.Versions = &v
			return append(records, c), nil
		}
	}
	return records, nil
}

// compare fills in what the commit changed in the document.
func (p *versionsOf) compare(e *LogEntry, rec index.CommitRecord) error {
	v, err := p.versions(rec)
	if err != nil {
		return err
	}
	before, err := p.document(v.Before)
	if err != nil {
		return err
	}
	after, err := p.document(v.After)
	if err != nil {
		return err
	}
	e.Registered = before == nil && after != nil
	if before != nil || after != nil {
		e.Changes = document.Diff(before, after)
	}
	return nil
}

// document reads a version, each once: what one commit made is what the next
// one found.
func (p *versionsOf) document(blob gitstore.Hash) (*document.Document, error) {
	if d, ok := p.read[blob]; ok {
		return d, nil
	}
	d, err := documentAt(p.git, blob)
	if err == nil {
		p.read[blob] = d
	}
	return d, err
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
