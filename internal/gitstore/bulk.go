package gitstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// BulkOptions are the circumstances of a bulk import.
type BulkOptions struct {
	BeginOptions
	// Progress is told from time to time how far a stage has come; total is 0
	// when it is not known. It may be nil.
	Progress func(stage string, done, total int)
}

// Bulk is a transaction of any number of commits and files. All objects go
// into one pack; contents are not held in memory, about 150 bytes are for each
// file. The branch moves once, in Finish, to the last commit; before that
// nothing has happened. The same calls make the same commits.
type Bulk struct {
	tx    *Tx
	opt   BulkOptions
	pack  *packWriter    // nil in a dry run
	known map[Hash]int64 // offsets of blobs and trees in the pack; -1 when in the repository
	root  *bulkDir
	tip   Hash
	tree  Hash
	files int // written since the last commit
	count int // commits
	last  Signature
	title string
	err   error
}

// NewBulk takes the locks and starts a bulk import on the current branch. In a
// dry run it takes none, writes nothing, and Finish ends with a zero commit.
func (r *Repo) NewBulk(ctx context.Context, opt BulkOptions) (*Bulk, error) {
	tx, err := r.Begin(ctx, opt.BeginOptions)
	if err != nil {
		return nil, err
	}
	b := &Bulk{tx: tx, opt: opt, known: map[Hash]int64{}, tip: tx.head.Commit, tree: tx.base}
	b.root = &bulkDir{id: tx.base, loaded: tx.base.IsZero(), dirty: tx.base.IsZero()}
	if opt.DryRun {
		return b, nil
	}
	if b.pack, err = newPackWriter(r.disk, r.odb.dir, 1); err != nil {
		tx.Rollback()
		return nil, Unwritable(err)
	}
	return b, nil
}

// Head returns HEAD as it was when the import began.
func (b *Bulk) Head() Head { return b.tx.head }

// Notes returns what recovery and Finish have to tell the user.
func (b *Bulk) Notes() []Note { return b.tx.notes }

// Put stores the content of a file for the next commit.
func (b *Bulk) Put(path string, data []byte) error {
	if err := b.usable(path); err != nil {
		return err
	}
	if !b.tx.sparse.has(path) {
		return b.tx.sparse.refuse(path)
	}
	conv, err := b.tx.attrs.of(path)
	if err != nil {
		return err
	}
	if conv.toLF && strings.Contains(string(data), "\r\n") {
		return &PathError{Path: path, Why: "has CR LF line ends, which git would change because of " + conv.why, Hint: "end lines with LF only"}
	}
	id, err := b.object(plumbing.BlobObject, data)
	if err == nil {
		err = b.set(path, id)
	}
	if err != nil {
		b.err = err
		return err
	}
	b.files++
	if b.files%1000 == 0 {
		b.progress("objects", b.files, 0)
		return b.tx.ctx.Err()
	}
	return nil
}

// Delete removes a file in the next commit. The error is ErrNotExist when it
// is not there.
func (b *Bulk) Delete(path string) error {
	if err := b.usable(path); err != nil {
		return err
	}
	dirs, name, err := b.enter(path, false)
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		return fmt.Errorf("%q: %w", path, ErrNotExist)
	}
	d := dirs[len(dirs)-1]
	i, ok := d.find(name, false)
	if !ok {
		return fmt.Errorf("%q: %w", path, ErrNotExist)
	}
	d.entries = slices.Delete(d.entries, i, i+1)
	for _, d := range dirs {
		d.dirty = true
	}
	return nil
}

func (b *Bulk) usable(path string) error {
	switch {
	case b.err != nil:
		return b.err
	case b.tx.done:
		return ErrRolledBack
	}
	return checkPath(path)
}

func (b *Bulk) progress(stage string, done, total int) {
	if b.opt.Progress != nil {
		b.opt.Progress(stage, done, total)
	}
}

// object stores an object once.
func (b *Bulk) object(kind plumbing.ObjectType, data []byte) (Hash, error) {
	id := plumbing.ComputeHash(kind, data)
	if _, ok := b.known[id]; ok || b.pack == nil {
		return id, nil
	}
	off, err := b.pack.add(id, kind, data)
	if err == nil {
		b.known[id] = off
	}
	return id, err
}

// Commit makes a commit of what was put since the last one. The error is
// ErrNothing when that changes nothing.
func (b *Bulk) Commit(msg Message, author, committer Signature) (Hash, error) {
	if err := b.usable("x"); err != nil {
		return Hash{}, err
	}
	tree, err := b.write(b.root, true)
	if err != nil {
		b.err = err
		return Hash{}, err
	}
	if tree == b.tree {
		return Hash{}, ErrNothing
	}
	var parents []Hash
	if !b.tip.IsZero() {
		parents = []Hash{b.tip}
	}
	if committer.When.IsZero() {
		committer.When = author.When
	}
	text := msg.String()
	raw, err := b.tx.sign(commitParts{tree, parents, author, committer, text})
	if err == nil {
		b.tip, err = b.object(plumbing.CommitObject, raw)
	}
	if err != nil {
		b.err = err
		return Hash{}, err
	}
	b.tree, b.last, b.files = tree, committer, 0
	b.count++
	b.title, _, _ = splitMessage(text)
	return b.tip, nil
}

// Abort gives up; nothing has happened. After Finish it does nothing.
func (b *Bulk) Abort() {
	if b.tx.done {
		return
	}
	if b.pack != nil {
		b.pack.abort()
	}
	b.tx.Rollback()
}

// Finish makes everything durable, moves the branch to the last commit, and
// brings work tree and git index to it.
func (b *Bulk) Finish(ctx context.Context) (Hash, error) {
	defer b.Abort()
	if err := b.usable("x"); err != nil {
		return Hash{}, err
	}
	if b.count == 0 {
		return Hash{}, ErrNothing
	}
	r := b.tx.r
	b.known = nil
	x, err := b.tx.loadedIndex()
	if err != nil {
		return Hash{}, err
	}
	defer x.Close()
	if err := b.checkFree(x); err != nil || b.pack == nil {
		return Hash{}, err
	}
	// Making it ready took its time; the wait for the ref begins now.
	b.tx.ctx, b.tx.deadline = ctx, time.Now().Add(b.opt.Wait)
	return b.tx.land(landing{
		to: b.tip, who: b.last, subject: b.title, journal: journal{Whole: true},
		prepare: func(j journal) error {
			b.progress("pack", 0, 0)
			if _, err := b.pack.finish(); err != nil {
				return err
			}
			return r.writeJournal(j)
		},
		follow: func() error { return b.materialise(ctx, x) },
	})
}
