package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
	"github.com/go-git/go-git/v5/plumbing"
)

// UnfinishedError says that a commit happened but that work tree or git index
// could not be brought to it; the next writing command completes them.
type UnfinishedError struct {
	Commit Hash
	Err    error
}

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("commit %s was made, but the work tree is not complete yet: %v", e.Commit.String()[:10], e.Err)
}

func (e *UnfinishedError) Unwrap() error { return e.Err }
func (e *UnfinishedError) hint() string {
	return "remove the cause; the next e1 command that writes completes it"
}

// Commit makes the transaction happen and releases the locks. An error other
// than *UnfinishedError means that nothing changed; ErrNothing that there was
// nothing to commit. Times of the signatures are kept to the second; a zero
// committer time is taken from the author.
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
	plan, err := tx.plan(msg, author, committer)
	if err != nil {
		return Hash{}, unwritable(tx.r.root, err)
	}
	defer plan.index.Close()
	if err := tx.beforeMove(plan); err != nil {
		return Hash{}, errors.Join(unwritable(tx.r.root, err), tx.r.removeJournal())
	}
	moved, err := tx.r.moveRef(tx.ctx, plan.move)
	if !moved {
		return Hash{}, errors.Join(unwritable(tx.r.root, err), tx.r.removeJournal())
	}
	id := plan.move.to
	if err == nil {
		err = tx.finish(plan)
	}
	if err != nil {
		tx.abandon() // as if killed: journal and index lock stay
		return id, &UnfinishedError{id, err}
	}
	if err := tx.r.removeJournal(); err != nil {
		tx.abandon()
		return id, &UnfinishedError{id, err}
	}
	tx.Rollback() // the locks
	tx.r.runPostCommit(tx.ctx)
	return id, nil
}

// commitPlan is a transaction with everything decided.
type commitPlan struct {
	files   []*stagedFile
	objects *objectSet
	folders []gitindex.FolderChange
	index   *gitindex.Index
	move    refMove
}

// plan checks the index, builds trees and commit; nothing is written yet.
func (tx *Tx) plan(msg Message, author, committer Signature) (*commitPlan, error) {
	loaded := <-tx.index
	tx.index = nil
	if loaded.err != nil {
		return nil, indexError(loaded.err)
	}
	p := &commitPlan{files: tx.sorted(), objects: newObjectSet(), index: loaded.x}
	if err := tx.checkStaged(p); err != nil {
		p.index.Close()
		return nil, err
	}
	b := &treeBuild{tx: tx, objects: p.objects}
	tree, _, err := b.build("", tx.base, p.files)
	if err == nil && tree == tx.base {
		err = ErrNothing
	}
	if err != nil {
		p.index.Close()
		return nil, err
	}
	p.folders = b.folders
	var parents []Hash
	reflog := "commit: "
	if tx.head.Unborn {
		reflog = "commit (initial): "
	} else {
		parents = []Hash{tx.head.Commit}
	}
	text := msg.String()
	raw, err := tx.r.signedCommit(tx.ctx, tree, parents, author, committer, text)
	if err != nil {
		p.index.Close()
		return nil, err
	}
	id := p.objects.add(plumbing.CommitObject, raw)
	subject, _, _ := splitMessage(text)
	p.move = refMove{
		head: tx.head, to: id, who: committer, message: reflog + subject,
		deadline: tx.deadline, command: tx.opt.Command,
	}
	if min := time.Now().Add(time.Second); p.move.deadline.Before(min) {
		p.move.deadline = min
	}
	return p, nil
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

// checkStaged refuses conflicts, and paths at which the index differs from
// HEAD: the user has staged something there.
func (tx *Tx) checkStaged(p *commitPlan) error {
	if path := p.index.Unmerged(); path != "" {
		return &StateError{What: fmt.Sprintf("%q has a merge conflict", path), Hint: "resolve it and git add it"}
	}
	var staged []string
	for _, f := range p.files {
		if dir, err := p.index.SparseParent(f.path); err != nil || dir != "" {
			return errors.Join(err, &UnsupportedError{What: fmt.Sprintf("writing below %q, which is outside the sparse checkout,", dir), Hint: "git sparse-checkout add the folder"})
		}
		e, ok, err := p.index.Get(f.path)
		if err != nil {
			return indexError(err)
		}
		switch {
		case ok && e.SkipWorktree():
			return &UnsupportedError{What: fmt.Sprintf("writing %q, which is outside the sparse checkout,", f.path), Hint: "git sparse-checkout add the folder"}
		case f.adopt:
		case ok && (e.IntentToAdd() || Hash(e.ID) != f.old.ID || Mode(e.Mode) != f.old.Mode), !ok && !f.old.ID.IsZero():
			staged = append(staged, f.path)
		}
	}
	if len(staged) > 0 {
		return &HandEditError{Paths: staged, Why: "staged in git's index and not committed"}
	}
	return nil
}

// beforeMove makes everything durable that the commit needs.
func (tx *Tx) beforeMove(p *commitPlan) error {
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
	j := journal{Version: journalVersion, Ref: tx.head.Ref, Old: hexOrEmpty(tx.head.Commit), New: p.move.to.String(), Command: tx.opt.Command}
	for _, f := range p.files {
		j.Files = append(j.Files, journalFile{Path: f.path, Old: hexOrEmpty(f.old.ID), New: hexOrEmpty(f.id)})
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

// compression is the level for loose objects, as git chooses it.
func (r *Repo) compression() int {
	for _, key := range []string{"loosecompression", "compression"} {
		if n, err := strconv.Atoi(r.cfg.value("core", key)); err == nil && n >= -1 && n <= 9 {
			return n
		}
	}
	return 1
}

// finish brings work tree, git index and derived data to the new commit.
func (tx *Tx) finish(p *commitPlan) error {
	derived := tx.derive(p.move.to)
	dirs, err := tx.placeFiles(p.files)
	if err == nil {
		err = tx.r.patchIndex(p.index, p.folders, p.files, tx.opt.Split, dirs)
	}
	tx.notes = append(tx.notes, derived()...)
	return err
}

// derive runs the functions of AfterCommit. What they bring up to date follows
// from the commit alone, so the work tree is written meanwhile.
func (tx *Tx) derive(id Hash) (wait func() []Note) {
	var notes []Note
	done := tx.r.disk.beside(func() {
		for _, fn := range tx.afterCommit {
			if err := fn(id); err != nil {
				notes = append(notes, Note{Text: fmt.Sprintf("derived data could not be brought up to date: %v", err)})
			}
		}
	})
	return func() []Note { done(); return notes }
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
	state, err := tx.r.compare(f.path, f.old, f.conv)
	if err != nil {
		return nil, err
	}
	same := state == stateSame
	if state == stateForeign && !f.deleted() {
		id, _, err := hashFile(filepath.Join(tx.r.root, filepath.FromSlash(f.path)))
		same = err == nil && id == f.id
	}
	if !same {
		f.unsure = true
		tx.notes = append(tx.notes, Note{Path: f.path, Text: "was edited by hand meanwhile; the edit is kept and not committed"})
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

// abandon drops the locks that die with a process and keeps those that a
// killed process leaves.
func (tx *Tx) abandon() {
	tx.done = true
	tx.lock.Release()
}
