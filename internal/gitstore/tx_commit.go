package gitstore

import (
	"cmp"
	"compress/zlib"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
	"github.com/go-git/go-git/v5/plumbing"
)

// Commit makes the transaction happen and releases the locks. An error other
// than *UnfinishedError means that nothing changed; ErrNothing that there was
// nothing to commit. Times of the signatures are kept to the second; a zero
// committer time is taken from the author. In a dry run everything is asked,
// nothing happens, and the commit is zero.
func (tx *Tx) Commit(msg Message, author, committer Signature) (Hash, error) {
	if tx.done {
		return Hash{}, ErrRolledBack
	}
	defer tx.Rollback()
	if len(tx.files) == 0 {
		return Hash{}, ErrNothing
	}
	if committer.When.IsZero() {
		committer.When = author.When
	}
	p, err := tx.plan(msg, author, committer)
	if err != nil {
		return Hash{}, Unwritable(err)
	}
	defer p.index.Close()
	if tx.opt.DryRun {
		return Hash{}, nil
	}
	j := journal{}
	for _, f := range p.files {
		j.Files = append(j.Files, journalFile{Path: f.path, Old: hexOrEmpty(f.old.ID), New: hexOrEmpty(f.id)})
	}
	return tx.land(landing{
		to: p.id, who: committer, subject: p.subject, journal: j,
		prepare: func(j journal) error { return tx.prepare(p, j) },
		follow:  func() error { return tx.follow(p) },
	})
}

// commitPlan is a transaction with everything decided.
type commitPlan struct {
	files   []*stagedFile
	objects *objectSet
	folders []gitindex.FolderChange
	index   *gitindex.Index
	id      Hash
	subject string
}

// plan checks that all may be written, builds trees and commit; nothing is
// written yet.
func (tx *Tx) plan(msg Message, author, committer Signature) (_ *commitPlan, err error) {
	p := &commitPlan{files: tx.sorted(), objects: newObjectSet()}
	if p.index, err = tx.loadedIndex(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.index.Close()
		}
	}()
	if err := tx.checkStaged(p.index, p.files); err != nil {
		return nil, err
	}
	b := &treeBuild{tx: tx, objects: p.objects}
	tree, _, err := b.build("", tx.base, p.files)
	if err == nil && tree == tx.base {
		err = ErrNothing
	}
	if err == nil {
		err = tx.r.checkWritable(tx.head.Ref, p.files)
	}
	if err != nil {
		return nil, err
	}
	p.folders = b.folders
	var parents []Hash
	if !tx.head.Unborn {
		parents = []Hash{tx.head.Commit}
	}
	text := msg.String()
	raw, err := tx.sign(commitParts{tree, parents, author, committer, text})
	if err != nil {
		return nil, err
	}
	p.id = p.objects.add(plumbing.CommitObject, raw)
	p.subject, _, _ = splitMessage(text)
	return p, nil
}

// loadedIndex waits for git's index.
func (tx *Tx) loadedIndex() (*gitindex.Index, error) {
	loaded := <-tx.index
	tx.index = nil
	if loaded.err != nil {
		return nil, indexError(loaded.err)
	}
	if path := loaded.x.Unmerged(); path != "" {
		loaded.x.Close()
		return nil, &StateError{What: fmt.Sprintf("%q has a merge conflict", path), Hint: "resolve it and git add it"}
	}
	return loaded.x, nil
}

func indexError(err error) error {
	if errors.Is(err, gitindex.ErrFormat) {
		return &UnsupportedError{What: err.Error(), Hint: "git update-index --really-refresh, or git read-tree HEAD"}
	}
	var pe *fs.PathError
	if errors.As(err, &pe) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return &CorruptError{What: fmt.Sprintf("git's index cannot be read: %v", err), Hint: "git read-tree HEAD makes it anew; staged changes are lost"}
}

// checkStaged refuses paths at which the index differs from HEAD: the user has
// staged something there.
func (tx *Tx) checkStaged(x *gitindex.Index, files []*stagedFile) error {
	var staged []string
	for _, f := range files {
		is, err := tx.staged(x, f)
		if err != nil {
			return err
		}
		if is {
			staged = append(staged, f.path)
		}
	}
	if len(staged) > 0 {
		return &HandEditError{Paths: staged, Why: "staged in git's index and not committed"}
	}
	return nil
}

func (tx *Tx) staged(x *gitindex.Index, f *stagedFile) (bool, error) {
	if dir, err := x.SparseParent(f.path); err != nil || dir != "" {
		return false, cmp.Or(err, tx.sparse.refuse(f.path))
	}
	e, ok, err := x.Get(f.path)
	if err != nil {
		return false, indexError(err)
	}
	if ok && e.SkipWorktree() {
		return false, tx.sparse.refuse(f.path)
	}
	same := func(at TreeEntry) bool {
		if !ok {
			return at.ID.IsZero()
		}
		return !e.IntentToAdd() && Hash(e.ID) == at.ID && Mode(e.Mode) == at.Mode
	}
	if f.adopt {
		return false, nil
	}
	for try := 0; !same(f.old) && tx.opt.DryRun && try < dryTries; try++ {
		if ours, err := tx.excused(f.path, func(was TreeEntry) (bool, error) { return same(was), nil }); err != nil || ours {
			return false, err
		}
		if e, ok, err = tx.r.indexed(f.path); err != nil {
			return false, err
		}
	}
	return !same(f.old), nil
}

// prepare makes everything durable that the commit needs.
func (tx *Tx) prepare(p *commitPlan, j journal) error {
	var temps []string
	for i, f := range p.files {
		if f.deleted() || f.adopt {
			continue
		}
		tmp, err := tx.r.prepareFile(i, f)
		if err != nil {
			return err
		}
		f.tmp = tmp
		temps = append(temps, tmp)
	}
	tmp, err := tx.r.prepareJournal(j)
	if err != nil {
		return err
	}
	// A journal whose ref did not move is discarded, so it may become durable
	// together with the objects.
	if err := tx.r.odb.store(p.objects, tx.r.compression(), temps, func() (string, error) { return tx.r.placeJournal(tmp) }); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	for _, fn := range tx.beforeRef {
		if err := fn(); err != nil {
			return err
		}
	}
	return nil
}

// defaultLevel is git's own for loose objects.
const defaultLevel = zlib.BestSpeed

// compression is the level for loose objects, as git chooses it.
func (r *Repo) compression() int {
	for _, key := range []string{"loosecompression", "compression"} {
		if n, err := strconv.Atoi(r.cfg.value("core", key)); err == nil && n >= -1 && n <= 9 {
			return n
		}
	}
	return defaultLevel
}

// follow brings work tree and git index to the new commit.
func (tx *Tx) follow(p *commitPlan) error {
	dirs, err := tx.placeFiles(p.files)
	if err != nil {
		return err
	}
	return tx.r.patchIndex(p.index, p.folders, p.files, tx.opt.Split, dirs)
}

// placeFiles writes the work tree, deletions first. Each file is compared
// once more; one that was edited by hand since is kept and noted.
func (tx *Tx) placeFiles(files []*stagedFile) (dirs []string, err error) {
	for _, deletions := range []bool{true, false} {
		for _, f := range files {
			if f.deleted() != deletions || f.adopt {
				continue
			}
			changed, err := tx.placeFile(f)
			if err != nil {
				return nil, err
			}
			dirs = append(dirs, changed...)
		}
	}
	return dirs, nil
}

func (tx *Tx) placeFile(f *stagedFile) ([]string, error) {
	may, err := tx.r.mayReplace(f)
	if err != nil {
		return nil, err
	}
	if !may {
		f.unsure = true
		tx.notes = append(tx.notes, keptEdit(f.path))
		if f.tmp != "" {
			_ = os.Remove(f.tmp)
		}
		return nil, nil
	}
	if f.deleted() {
		return tx.r.removeFile(f.path)
	}
	return tx.r.place(f.tmp, f.path)
}
