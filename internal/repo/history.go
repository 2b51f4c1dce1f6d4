package repo

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

// Trailers of the commits that e1 makes.
const (
	TrailerOp     = "E1-Op"
	TrailerDoc    = "E1-Doc"
	TrailerActor  = "E1-Actor"
	TrailerFor    = "E1-For"
	TrailerUndoes = "E1-Undoes"
)

// History returns the index with the history up to HEAD in it: which commit
// touched which document. It is filled in when somebody first asks, so that
// commands that do not ask never walk the history. What cannot be written now,
// because another process changes the index or something is laid over it, is
// answered from memory.
func (r *Repo) History() (*index.DB, error) {
	db, err := r.Index()
	if err != nil {
		return nil, err
	}
	if done, err := r.historyKnown(db); done || err != nil {
		return db, err
	}
	if db.Writable() {
		if err := r.recordHistory(db); err != nil {
			return nil, err
		}
		if done, err := r.historyKnown(db); done || err != nil {
			return db, err
		}
	}
	change, err := r.historyChange(db, r.head.Commit)
	if err != nil {
		return nil, err
	}
	return db, db.LayHistory(change)
}

// historyKnown reports whether db answers for the history of HEAD.
func (r *Repo) historyKnown(db *index.DB) (bool, error) {
	head, edge, err := db.HistoryHead()
	if err != nil || head != r.head.Commit.String() {
		return false, err
	}
	now, err := r.git.ShallowEdge()
	return edge == now, err
}

// recordHistory writes the history of HEAD, unless another process keeps the
// index locked. Afterwards db describes HEAD as before.
func (r *Repo) recordHistory(db *index.DB) error {
	err := r.writeIndex(db, func(w *index.Writer) error {
		change, err := r.historyChange(db, r.head.Commit)
		if err != nil {
			return err
		}
		return w.ChangeHistory(change)
	})
	return errors.Join(err, r.hold(db))
}

// Versions are what a commit made of a document.
type Versions struct {
	Number, Commit string
	index.Versions
}

// Remember keeps what was found out about commits, for the next who asks. That
// it cannot be kept now is no error: it is found again.
func (r *Repo) Remember(found []Versions) error {
	db := r.index
	if len(found) == 0 || db == nil || !db.Writable() {
		return nil
	}
	err := r.writeIndex(db, func(w *index.Writer) error {
		for _, v := range found {
			if err := w.PutVersions(v.Number, v.Commit, v.Versions); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, r.hold(db))
}

// record is what the index keeps of a commit: what the commit itself says, so
// that it is the same whenever it is recorded. The documents it touched are
// named by its trailers when e1 made it, else found by comparing trees.
func (r *Repo) record(c gitstore.Commit) (index.CommitRecord, error) {
	rec := index.CommitRecord{
		ID: c.ID.String(), Op: c.Trailer(TrailerOp), Actor: c.Trailer(TrailerActor), For: c.Trailer(TrailerFor),
		When: c.Author.When, Subject: c.Subject, Undoes: c.Trailer(TrailerUndoes),
	}
	for _, p := range c.Parents {
		rec.Parents = append(rec.Parents, p.String())
	}
	for _, t := range c.Trailers {
		if t.Key == TrailerDoc {
			rec.Docs = append(rec.Docs, t.Value)
		}
	}
	if rec.Actor == "" {
		rec.Actor = c.Author.Email
	}
	if len(rec.Docs) > 0 || len(c.Parents) == 0 || rec.Op == "demo" {
		// The first commit brings no document of its own worth naming, and demo
		// data a million.
		return rec, nil
	}
	trees := make([]gitstore.Hash, len(c.Parents))
	for i, p := range c.Parents {
		parent, err := r.git.Commit(p)
		if errors.Is(err, gitstore.ErrMissing) {
			return rec, nil // behind the edge of a shallow clone
		}
		if err != nil {
			return rec, err
		}
		trees[i] = parent.Tree
	}
	// Of one parent these are all changes; of several what the merge itself made.
	err := r.git.MergeChanges(c.Tree, trees, func(ch gitstore.Change) error {
		if number, ok := numberOfPath(ch.Path); ok && !slices.Contains(rec.Docs, number) {
			rec.Docs = append(rec.Docs, number)
		}
		return r.ctx.Err()
	})
	return rec, err
}

// ResolveCommit finds the commit that an abbreviated id means, or HEAD,
// HEAD^ and HEAD~N as git has them.
func (r *Repo) ResolveCommit(text string) (string, error) {
	if back, ok := backFromHead(text); ok && !r.head.Unborn {
		return r.ancestor(back, text)
	}
	if id, err := gitstore.ParseHash(text); err == nil {
		if _, err := r.git.Commit(id); err == nil {
			return text, nil
		}
	}
	db, err := r.History()
	if err != nil {
		return "", err
	}
	found, err := db.CommitsByPrefix(strings.ToLower(text), 3)
	if err != nil {
		return "", err
	}
	switch len(found) {
	case 1:
		return found[0].ID, nil
	case 0:
		return "", &UnknownError{What: "commit", Name: text, Try: "e1 log"}
	}
	ids := make([]string, len(found))
	for i, c := range found {
		ids[i] = c.ID[:12]
	}
	return "", &AmbiguousError{Text: text, Candidates: ids}
}

// backFromHead reads HEAD, HEAD^, HEAD^^, HEAD~, HEAD~3: how many commits
// back from HEAD that is.
func backFromHead(text string) (int, bool) {
	rest, ok := strings.CutPrefix(text, "HEAD")
	switch {
	case !ok:
		return 0, false
	case strings.Trim(rest, "^") == "":
		return len(rest), true
	case rest == "~":
		return 1, true
	}
	digits, ok := strings.CutPrefix(rest, "~")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n >= 0
}

// ancestor follows first parents from HEAD. A commit that a shallow clone has
// cut off is an error of its own.
func (r *Repo) ancestor(back int, text string) (string, error) {
	id := r.head.Commit
	for ; ; back-- {
		c, err := r.git.Commit(id)
		if err != nil || back == 0 {
			return id.String(), err
		}
		if len(c.Parents) == 0 {
			return "", &UnknownError{What: "commit", Name: text, Try: "e1 log"}
		}
		id = c.Parents[0]
	}
}
