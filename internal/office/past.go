package office

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/repo"
)

// past reads the history of one document, under whatever number it had: a
// number may have belonged to another document before, a document does not
// become another one.
type past struct {
	r     *repo.Repo
	db    *index.DB
	uid   string // of the document; empty while nobody knows it
	read  map[gitstore.Hash]*document.Document
	found []repo.Versions // which were not known to the index yet
}

// version is what one commit made of the document.
type version struct {
	rec index.CommitRecord
	// before is what it was in the commit's parents, one each, nil where it was
	// not there or cannot be read.
	before []*document.Document
	after  *document.Document
	// isNew says that no parent had the document under the number.
	isNew bool
	// number is the one that the commit knows it by.
	number string
}

// was is what the document was before the commit, nil when it was not.
func (v version) was() *document.Document {
	for _, d := range v.before {
		if d != nil {
			return d
		}
	}
	return nil
}

// gone is 1 where the commit took the number away: of a renumbering that is the
// half that says less.
func (v version) gone() int {
	if v.after == nil {
		return 1
	}
	return 0
}

// brings reports whether the commit brought the document under its number.
func (v version) brings() bool { return v.isNew && v.after != nil }

// pastOf opens the history of the document that has a number at HEAD.
func pastOf(r *repo.Repo, number string) (*past, error) {
	db, err := r.History()
	if err != nil {
		return nil, err
	}
	p := &past{r: r, db: db, read: map[gitstore.Hash]*document.Document{}}
	if d, err := r.ReadHead(number); err == nil {
		p.uid = d.UID
	}
	return p, nil
}

// versions gives the latest commits that touched the document, at most limit
// of them, the latest first; 0 gives all.
func (p *past) versions(number string, limit int) ([]version, error) {
	var out []version
	numbers := []string{number}
	for i := 0; i < len(numbers); i++ {
		some, err := p.under(numbers[i], limit)
		if err != nil {
			return nil, err
		}
		for j, v := range some {
			if !v.brings() {
				continue
			}
			former, doc, err := p.former(v)
			if err != nil {
				return nil, err
			}
			if former != "" {
				some[j].before = []*document.Document{doc}
				if !slices.Contains(numbers, former) {
					numbers = append(numbers, former)
				}
			}
		}
		out = append(out, some...)
	}
	if len(numbers) > 1 {
		slices.SortStableFunc(out, func(a, b version) int {
			return cmp.Or(cmp.Compare(b.rec.Place, a.rec.Place), strings.Compare(b.rec.ID, a.rec.ID), a.gone()-b.gone())
		})
		out = slices.CompactFunc(out, func(a, b version) bool { return a.rec.ID == b.rec.ID })
	}
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}

// under gives the commits that touched the document while it had a number.
func (p *past) under(number string, limit int) ([]version, error) {
	path, err := p.r.Path(number)
	if err != nil {
		return nil, err
	}
	var out []version
	brought := false
	err = p.db.CommitsOf(number, func(rec index.CommitRecord) error {
		v, ours, err := p.version(rec, number, path)
		if err != nil || !ours {
			return err
		}
		out, brought = append(out, v), brought || v.brings()
		if len(out) == limit {
			return index.ErrEnough
		}
		return nil
	})
	if err != nil || brought || limit > 0 && len(out) >= limit {
		return out, err
	}
	// Huge commits, such as a bulk import, do not name what they brought.
	big, err := p.db.BigCommits()
	if err != nil {
		return nil, err
	}
	for _, rec := range big {
		v, ours, err := p.version(rec, number, path)
		if err != nil {
			return nil, err
		}
		if ours && v.brings() {
			return append(out, v), nil
		}
	}
	return out, nil
}

// version reads what a commit made of the document. It is not ours when the
// number was another document's then.
func (p *past) version(rec index.CommitRecord, number, path string) (v version, ours bool, err error) {
	v = version{rec: rec, number: number}
	before, after, err := p.blobs(rec, number, path)
	if err != nil {
		return v, false, err
	}
	if v.after, ours, err = p.mine(after); err != nil {
		return v, false, err
	}
	v.isNew = true
	for _, id := range before {
		d, mine, err := p.mine(id)
		if err != nil {
			return v, false, err
		}
		v.before = append(v.before, d)
		v.isNew = v.isNew && !mine
		ours = ours || mine
	}
	return v, ours, nil
}

// mine reads a version of a file, nil when it is absent, cannot be read, or is
// another document; what cannot be read counts as ours.
func (p *past) mine(blob gitstore.Hash) (*document.Document, bool, error) {
	if blob.IsZero() {
		return nil, false, nil
	}
	d, ok := p.read[blob]
	if !ok {
		var err error
		if d, err = documentAt(p.r, blob); err != nil {
			return nil, false, err
		}
		p.read[blob] = d // what one commit made is what the next one found
	}
	switch {
	case d == nil:
		return nil, true, nil
	case p.uid == "":
		p.uid = d.UID
	case p.uid != d.UID:
		return nil, false, nil
	}
	return d, true, nil
}

// blobs finds the versions of a file in the parents of a commit and in itself;
// zero where it is absent. Which ones a commit with one parent made is found in
// the trees once: the index remembers it.
func (p *past) blobs(rec index.CommitRecord, number, path string) (before []gitstore.Hash, after gitstore.Hash, err error) {
	if v := rec.Versions; v != nil {
		return []gitstore.Hash{v.Before}, v.After, nil
	}
	if after, err = blobAt(p.r.Git(), rec.ID, path); err != nil {
		return nil, after, err
	}
	for _, parent := range rec.Parents {
		id, err := blobAt(p.r.Git(), parent, path)
		if err != nil {
			return nil, after, err
		}
		before = append(before, id)
	}
	if len(before) == 1 {
		p.found = append(p.found, repo.Versions{Number: number, Commit: rec.ID, Versions: index.Versions{Before: before[0], After: after}})
	}
	return before, after, nil
}

// documentAt reads a version of a document; nil for none, and for one that
// cannot be read any more.
func documentAt(r *repo.Repo, blob gitstore.Hash) (*document.Document, error) {
	if blob.IsZero() {
		return nil, nil
	}
	src, err := r.Git().Blob(blob)
	if err != nil {
		return nil, err
	}
	d, err := document.Read(src)
	if err != nil {
		return nil, nil
	}
	r.Present(d)
	return d, nil
}

// blobAt is the version of a file at a commit; zero where it is absent, and
// where the commit is, behind the edge of a shallow clone.
func blobAt(git *gitstore.Repo, commit, path string) (gitstore.Hash, error) {
	id, err := gitstore.ParseHash(commit)
	if err != nil {
		return gitstore.Hash{}, err
	}
	c, err := git.Commit(id)
	if err == nil {
		var e gitstore.TreeEntry
		if e, err = git.Lookup(c.Tree, path); err == nil {
			return e.ID, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return gitstore.Hash{}, err
}

// former finds under which number a commit found the document that it brings
// under another one; "" when it is new.
func (p *past) former(v version) (number string, d *document.Document, err error) {
	switch v.rec.Op {
	case "", "renumber", "undo":
	default:
		return "", nil, nil // these register
	}
	git := p.r.Git()
	id, err := gitstore.ParseHash(v.rec.ID)
	if err != nil {
		return "", nil, err
	}
	c, err := git.Commit(id)
	if err != nil {
		return "", nil, err
	}
	for _, parent := range c.Parents {
		was, err := git.Commit(parent)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", nil, err
		}
		err = git.DiffTrees(was.Tree, c.Tree, func(ch gitstore.Change) error {
			name, ok := repo.NumberOfPath(ch.Path)
			if !ok || !ch.New.ID.IsZero() {
				return nil
			}
			doc, mine, err := p.mine(ch.Old.ID)
			if mine && doc != nil {
				number, d = name, doc
			}
			return err
		})
		if err != nil || number != "" {
			return number, d, err
		}
	}
	return "", nil, nil
}

// changes are the differences that a commit made in the document. Those of a
// merge are what is another thing than in all of its parents that have the
// document: the rest was done by the commits that are merged.
func (v version) changes() []document.Change {
	var out []document.Change
	first := true
	for _, b := range v.before {
		if b == nil && (len(v.before) > 1 || v.after == nil) {
			continue
		}
		diff := document.Diff(b, v.after)
		if first {
			out, first = diff, false
			continue
		}
		out = slices.DeleteFunc(out, func(c document.Change) bool {
			return !slices.ContainsFunc(diff, func(d document.Change) bool { return d.Path == c.Path && d.New == c.New })
		})
	}
	if first && v.after != nil {
		return document.Diff(nil, v.after)
	}
	return out
}
