package repo

import (
	"errors"
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
// commands that do not ask never walk the history.
func (r *Repo) History() (*index.DB, error) {
	db, err := r.Index()
	if err != nil {
		return nil, err
	}
	head := r.head.Commit.String()
	known, err := db.HistoryState()
	if err != nil || known == head {
		return db, err
	}
	last := gitstore.Hash{}
	if known != "" {
		if last, err = gitstore.ParseHash(known); err != nil {
			return nil, err
		}
		contained, err := r.git.IsAncestor(last, r.head.Commit)
		if err != nil && !errors.Is(err, gitstore.ErrNotExist) {
			return nil, err
		}
		if !contained { // history was rewritten: begin anew
			last = gitstore.Hash{}
		}
	}
	records, err := r.records(last)
	if err != nil {
		return nil, err
	}
	seq := int64(0)
	if !last.IsZero() {
		if seq, err = lastSeq(db); err != nil {
			return nil, err
		}
	}
	for i := range records {
		seq++
		records[i].Seq = seq
	}
	err = db.Update(func(w *index.Writer) error {
		if last.IsZero() {
			if err := w.ClearHistory(); err != nil {
				return err
			}
		}
		if err := w.PutCommits(records); err != nil {
			return err
		}
		return w.SetHistory(head)
	})
	return db, err
}

// lastSeq is the place of the newest recorded commit in the history.
func lastSeq(db *index.DB) (int64, error) {
	newest, err := db.Recent(1, "")
	if err != nil || len(newest) == 0 {
		return 0, err
	}
	return newest[0].Seq, nil
}

// records reads the commits from HEAD back to last, which is not among them,
// oldest first.
func (r *Repo) records(last gitstore.Hash) ([]index.CommitRecord, error) {
	bar := r.opt.progress("history", 0)
	defer bar.Done()
	var out []index.CommitRecord
	seen := 0
	err := r.git.Log(r.head.Commit, func(id gitstore.Hash) bool { return id == last }, func(c gitstore.Commit) error {
		rec, err := r.record(c)
		if err != nil {
			return err
		}
		out = append(out, rec)
		seen++
		if seen%1000 == 0 {
			bar.Set(seen)
		}
		return nil
	})
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, err
}

// record is what the index keeps of a commit. The documents it touched are
// named by its trailers when e1 made it, else found by comparing trees.
func (r *Repo) record(c gitstore.Commit) (index.CommitRecord, error) {
	rec := index.CommitRecord{
		ID: c.ID.String(), Op: c.Trailer(TrailerOp), Actor: c.Trailer(TrailerActor), For: c.Trailer(TrailerFor),
		When: c.Author.When, Subject: c.Subject, Undoes: c.Trailer(TrailerUndoes),
	}
	if len(c.Parents) > 0 {
		rec.Parent = c.Parents[0].String()
	}
	for _, t := range c.Trailers {
		if t.Key == TrailerDoc {
			rec.Docs = append(rec.Docs, t.Value)
		}
	}
	if rec.Actor == "" {
		rec.Actor = c.Author.Email
		if people, _, err := r.defs.Org(); err == nil {
			if u := people.ByEmail(c.Author.Email); u != nil {
				rec.Actor = u.ID
			}
		}
	}
	if len(rec.Docs) > 0 || len(c.Parents) != 1 || rec.Op == "demo" {
		// The first commit brings no document of its own worth naming, a
		// merge only what its parents already did, and demo data a million.
		return rec, nil
	}
	parent, err := r.git.Commit(c.Parents[0])
	if err != nil {
		return rec, err
	}
	err = r.git.DiffTrees(parent.Tree, c.Tree, func(ch gitstore.Change) error {
		if number, ok := numberOfPath(ch.Path); ok {
			rec.Docs = append(rec.Docs, number)
		}
		return nil
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

// ancestor follows first parents from HEAD.
func (r *Repo) ancestor(back int, text string) (string, error) {
	id := r.head.Commit
	for ; back > 0; back-- {
		c, err := r.git.Commit(id)
		if err != nil {
			return "", err
		}
		if len(c.Parents) == 0 {
			return "", &UnknownError{What: "commit", Name: text, Try: "e1 log"}
		}
		id = c.Parents[0]
	}
	return id.String(), nil
}
