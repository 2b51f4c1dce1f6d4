package repo

import (
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

// Renumbered gives the number that a document has now which once had another
// one; "" when it was not renumbered, or is gone since. A uid tells it from others
// that had the number; with "" the last one that had it is meant.
func (r *Repo) Renumbered(number, uid string) (string, error) {
	db, err := r.History()
	if err != nil {
		return "", err
	}
	for seen := []string{number}; ; seen = append(seen, number) {
		if number, uid, err = r.renumbered(db, number, uid); err != nil || number == "" || slices.Contains(seen, number) {
			return "", err
		}
		if d, err := r.ReadHead(number); err == nil && d.UID == uid {
			return number, nil
		}
	}
}

// GivenUp is Renumbered for a number that nothing has: of one beyond the last of
// its series, a slip of the pen mostly, the history is not asked, which would take
// long where nobody has asked it yet.
func (r *Repo) GivenUp(number string) (now string, err error) {
	set, err := r.defs.Forms()
	if err != nil {
		return "", err
	}
	f := set.FormOf(number)
	if f == nil {
		return "", nil
	}
	for _, t := range f.Numbers {
		n, ok := t.Number(number)
		if !ok {
			continue
		}
		p, err := form.PathOf(f, t.Format(n.Year, 1))
		if err != nil {
			return "", err
		}
		top, err := r.git.Lookup(r.tree, path.Dir(path.Dir(path.Dir(p))))
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		if last, err := r.lastIn(top.ID, t, n.Year, 2); err != nil || n.Prefix == r.prefix() && n.Seq > last {
			return "", err
		}
		return r.Renumbered(number, "")
	}
	return "", nil
}

// renumbered finds the last commit that took a number from a document, and
// which one it gave instead.
func (r *Repo) renumbered(db *index.DB, number, uid string) (to, of string, err error) {
	err = db.CommitsOf(number, func(rec index.CommitRecord) error {
		switch rec.Op {
		case "", "renumber", "undo":
		default:
			return nil // these move nothing
		}
		for _, parent := range rec.Parents {
			if to, of, err = r.movedBy(rec.ID, parent, number, uid); err != nil {
				return err
			}
			if to != "" {
				return index.ErrEnough
			}
		}
		return nil
	})
	return to, of, err
}

// movedBy looks whether a commit, compared with a parent, has a document under
// another number. Behind the edge of a shallow clone nothing is known.
func (r *Repo) movedBy(commit, parent, number, uid string) (to, of string, err error) {
	var trees [2]gitstore.Hash
	for i, text := range []string{parent, commit} {
		id, err := gitstore.ParseHash(text)
		if err != nil {
			return "", "", err
		}
		c, err := r.git.Commit(id)
		if errors.Is(err, fs.ErrNotExist) {
			return "", "", nil
		}
		if err != nil {
			return "", "", err
		}
		trees[i] = c.Tree
	}
	var come []gitstore.Change
	err = r.git.DiffTrees(trees[0], trees[1], func(ch gitstore.Change) error {
		switch n, ok := numberOfPath(ch.Path); {
		case ok && n == number && ch.New.ID.IsZero():
			of, err = r.uidOf(ch.Old.ID)
			return err
		case ok && ch.Old.ID.IsZero():
			come = append(come, ch)
		}
		return nil
	})
	if err != nil || of == "" || uid != "" && of != uid {
		return "", "", err
	}
	for _, ch := range come {
		switch has, err := r.uidOf(ch.New.ID); {
		case err != nil:
			return "", "", err
		case has == of:
			to, _ = numberOfPath(ch.Path)
			return to, of, nil
		}
	}
	return "", "", nil
}

// uidOf is the uid in a version of a document; "" where it cannot be read.
func (r *Repo) uidOf(blob gitstore.Hash) (string, error) {
	src, err := r.git.Blob(blob)
	if err != nil {
		return "", err
	}
	d, err := document.Read(src)
	if err != nil {
		return "", nil
	}
	return d.UID, nil
}
