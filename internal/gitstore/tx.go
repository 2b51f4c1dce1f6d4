package gitstore

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/filelock"
	"github.com/e1-dms/e1/internal/gitstore/gitindex"
)

// BeginOptions are the circumstances of a transaction.
type BeginOptions struct {
	Wait    time.Duration // how long to wait for locks
	Command string        // told to those who wait for us, e.g. `e1 register`
	Split   SplitMode     // empty: SplitAuto
	Output  io.Writer     // what the post-commit hook says; nil: nowhere
	// DryRun asks all that a transaction asks and writes nothing: no lock is
	// taken, and Commit ends where it would begin to write.
	DryRun bool
}

// Tx is one transaction: paths to write and delete, then one commit. It holds
// e1's write lock and git's index lock until Commit or Rollback, but in a dry
// run. It is not for concurrent use.
type Tx struct {
	r        *Repo
	ctx      context.Context
	opt      BeginOptions
	deadline time.Time // for all locks
	head     Head
	base     Hash // tree of head
	notes    []Note

	lock      *filelock.Lock
	indexLock *lockFile
	index     chan loadedIndex

	attrs     *attributes
	sparse    *sparseCheckout
	trees     map[Hash][]TreeEntry
	files     map[string]*stagedFile
	folded    map[string]string // new names by their folded form
	beforeRef []func() error
	derived   []func(made func() (Hash, bool)) error
	done      bool
}

// stagedFile is one path of a transaction.
type stagedFile struct {
	path   string
	old    TreeEntry // at HEAD; zero when new
	id     Hash      // new content; zero when deleted
	mode   Mode
	data   []byte
	src    string // where the content is, when data is nil
	size   int64
	adopt  bool // the work tree has this content already, by hand
	conv   conversion
	tmp    string // prepared content
	unsure bool   // the file was edited by hand after the commit
}

func (f *stagedFile) deleted() bool { return f.id.IsZero() }

// perm is how the file is made, before umask.
func (f *stagedFile) perm() fs.FileMode {
	if f.mode == ModeExec {
		return 0o777
	}
	return 0o666
}

type loadedIndex struct {
	x   *gitindex.Index
	err error
}

// Begin takes the locks, completes what a killed command left, and reads
// HEAD.
func (r *Repo) Begin(ctx context.Context, opt BeginOptions) (*Tx, error) {
	tx := &Tx{r: r, ctx: ctx, opt: opt, deadline: time.Now().Add(opt.Wait), trees: map[Hash][]TreeEntry{}, files: map[string]*stagedFile{}, folded: map[string]string{}}
	tx.attrs = newAttributes(r)
	err := error(nil)
	if opt.DryRun {
		_, err = r.leftover() // whether that could be completed
	} else {
		err = tx.lockAll()
	}
	if err != nil {
		return nil, err
	}
	if err := tx.start(); err != nil {
		tx.Rollback()
		return nil, err
	}
	return tx, nil
}

// lockAll takes both locks and recovers.
func (tx *Tx) lockAll() error {
	r := tx.r
	if err := r.prepareDirs(); err != nil {
		return err
	}
	var err error
	if tx.lock, err = r.lockWrite(tx.ctx, tx.deadline, tx.opt.Command); err != nil {
		return Unwritable(err)
	}
	r.clearTmp()
	r.odb.clearPacks()
	indexLock := filepath.Join(r.gitDir, "index.lock")
	if r.ownLock(indexLock) {
		r.odb.clearTmp()
	}
	if tx.indexLock, err = r.takeLock(tx.ctx, indexLock, lockContent(tx.opt.Command), tx.deadline); err != nil {
		tx.Rollback()
		return Unwritable(err)
	}
	if tx.notes, err = r.recoverLocked(tx.opt); err != nil {
		if r.NeedsRecovery() {
			// The next `git commit -a` would take back what is not completed.
			tx.abandon()
		} else {
			tx.Rollback()
		}
		return Unwritable(err)
	}
	return nil
}

// start reads HEAD and begins to load the index.
func (tx *Tx) start() error {
	if err := tx.r.Idle(); err != nil {
		return err
	}
	var err error
	if tx.sparse, err = tx.r.sparseCheckout(); err != nil {
		return err
	}
	if tx.head, err = tx.r.Head(); err != nil {
		return err
	}
	if tx.head.Detached {
		return &StateError{What: "HEAD is detached: there is no branch to commit to", Hint: "git switch BRANCH, or git switch -c NEW-BRANCH"}
	}
	if !tx.head.Unborn {
		c, err := tx.r.Commit(tx.head.Commit)
		if err != nil {
			return err
		}
		tx.base = c.Tree
	}
	tx.index = make(chan loadedIndex, 1)
	go func() {
		x, err := gitindex.Load(tx.r.gitDir, tx.r.Dir())
		tx.index <- loadedIndex{x, err}
	}()
	return nil
}

// Idle refuses a repository in the middle of something, with a *StateError.
func (r *Repo) Idle() error {
	for _, s := range []struct{ file, what, command string }{
		{"MERGE_HEAD", "a merge is in progress", "git merge"},
		{"rebase-merge", "a rebase is in progress", "git rebase"},
		{"rebase-apply", "a rebase or git am is in progress", "git rebase"},
		{"CHERRY_PICK_HEAD", "a cherry-pick is in progress", "git cherry-pick"},
		{"REVERT_HEAD", "a revert is in progress", "git revert"},
	} {
		if _, err := os.Lstat(filepath.Join(r.gitDir, s.file)); err != nil {
			continue
		}
		state := &StateError{What: s.what, Abort: s.command + " --abort"}
		state.Hint = s.command + " --continue, or " + state.Abort
		if x, err := gitindex.Load(r.gitDir, r.Dir()); err == nil {
			state.AddedTwice = x.AddedTwice()
			if path := x.Unmerged(); path != "" { // git goes on only after git add
				state.What += fmt.Sprintf(" and %q has a conflict", path)
				state.Hint = "resolve what git status lists and git add it, then " + state.Hint
			}
			x.Close()
		}
		return state
	}
	return nil
}

// Head returns HEAD as it is for this transaction.
func (tx *Tx) Head() Head { return tx.head }

// Base returns the tree that the transaction starts from; zero on an unborn
// branch.
func (tx *Tx) Base() Hash { return tx.base }

// Notes returns what recovery and, later, the commit have to tell the user.
func (tx *Tx) Notes() []Note { return tx.notes }

// Repo returns the repository.
func (tx *Tx) Repo() *Repo { return tx.r }

// lookup is Repo.Lookup at the base, with each tree read once.
func (tx *Tx) lookup(path string) (TreeEntry, error) {
	at := TreeEntry{Mode: ModeDir, ID: tx.base}
	for name := range strings.SplitSeq(path, "/") {
		if !at.IsDir() {
			return TreeEntry{}, nil
		}
		entries, err := tx.tree(at.ID)
		if err != nil {
			return TreeEntry{}, err
		}
		i := slices.IndexFunc(entries, func(e TreeEntry) bool { return e.Name == name })
		if i < 0 {
			return TreeEntry{}, nil
		}
		at = entries[i]
	}
	return at, nil
}

func (tx *Tx) tree(id Hash) ([]TreeEntry, error) {
	if got, ok := tx.trees[id]; ok {
		return got, nil
	}
	got, err := tx.r.lookupTree(id)
	if err == nil {
		tx.trees[id] = got
	}
	return got, err
}

// Read returns a file as it will be after the transaction: what was put, else
// what HEAD has. The error is ErrNotExist when there is no such file.
func (tx *Tx) Read(path string) ([]byte, error) {
	if f := tx.files[path]; f != nil {
		switch {
		case f.deleted():
			return nil, fmt.Errorf("%q: %w", path, ErrNotExist)
		case f.src != "":
			return os.ReadFile(f.src)
		}
		return f.data, nil
	}
	e, err := tx.lookup(path)
	if err != nil {
		return nil, err
	}
	if !e.IsFile() {
		return nil, fmt.Errorf("%q: %w", path, ErrNotExist)
	}
	return tx.r.Blob(e.ID)
}

// sorted returns the staged files by path.
func (tx *Tx) sorted() []*stagedFile {
	out := make([]*stagedFile, 0, len(tx.files))
	for _, p := range slices.Sorted(maps.Keys(tx.files)) {
		out = append(out, tx.files[p])
	}
	return out
}

// Changes returns what the transaction would commit, by path.
func (tx *Tx) Changes() []Change {
	var out []Change
	for _, f := range tx.sorted() {
		c := Change{Path: f.path, Old: f.old}
		if !f.deleted() {
			c.New = TreeEntry{Name: filepath.Base(f.path), Mode: f.mode, ID: f.id}
		}
		out = append(out, c)
	}
	return out
}

// BeforeRef registers a function that Commit calls when all objects are
// durable and before the ref moves; an error stops the commit.
func (tx *Tx) BeforeRef(fn func() error) { tx.beforeRef = append(tx.beforeRef, fn) }

// Derive registers a function that brings derived data to the commit, inside
// the locks. It is called on another goroutine as soon as the commit is decided,
// to prepare what it can while disks are waited for; made then waits for the
// commit, and tells its name and whether it happened. An error becomes a note.
func (tx *Tx) Derive(fn func(made func() (Hash, bool)) error) { tx.derived = append(tx.derived, fn) }

// Rollback gives up and releases the locks; nothing was changed. After Commit
// it does nothing.
func (tx *Tx) Rollback() {
	if tx.done {
		return
	}
	tx.done = true
	if tx.index != nil {
		if got := <-tx.index; got.x != nil {
			got.x.Close()
		}
	}
	for _, f := range tx.files {
		if f.tmp != "" {
			_ = os.Remove(f.tmp)
		}
	}
	_ = tx.indexLock.release()
	tx.lock.Release()
}
