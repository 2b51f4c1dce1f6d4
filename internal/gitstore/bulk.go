package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
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
	pack  *packWriter
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

// bulkDir is a folder in memory; its entries are read when first needed.
type bulkDir struct {
	id      Hash // stored tree, as long as not dirty
	loaded  bool
	dirty   bool
	entries []bulkEntry // in git's order
}

type bulkEntry struct {
	TreeEntry
	dir *bulkDir // of a folder, once it was entered
}

// NewBulk takes the locks and starts a bulk import on the current branch.
func (r *Repo) NewBulk(ctx context.Context, opt BulkOptions) (*Bulk, error) {
	tx, err := r.Begin(ctx, opt.BeginOptions)
	if err != nil {
		return nil, err
	}
	b := &Bulk{tx: tx, opt: opt, known: map[Hash]int64{}, tip: tx.head.Commit, tree: tx.base}
	b.root = &bulkDir{id: tx.base, loaded: tx.base.IsZero(), dirty: tx.base.IsZero()}
	if b.pack, err = newPackWriter(r.disk, r.odb.dir, 1); err != nil {
		tx.Rollback()
		return nil, unwritable(r.commonDir, err)
	}
	return b, nil
}

// Head returns HEAD as it was when the import began.
func (b *Bulk) Head() Head { return b.tx.head }

// Notes returns what recovery and Finish have to tell the user.
func (b *Bulk) Notes() []Note { return b.tx.notes }

// AfterCommit registers a function as Tx.AfterCommit does.
func (b *Bulk) AfterCommit(fn func(Hash) error) { b.tx.AfterCommit(fn) }

// Put stores the content of a file for the next commit.
func (b *Bulk) Put(path string, data []byte) error {
	if err := b.usable(path); err != nil {
		return err
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
	if _, ok := b.known[id]; ok {
		return id, nil
	}
	off, err := b.pack.add(id, kind, data)
	if err == nil {
		b.known[id] = off
	}
	return id, err
}

func (d *bulkDir) find(name string, isDir bool) (int, bool) {
	return slices.BinarySearchFunc(d.entries, name, func(e bulkEntry, name string) int {
		return compareTreeNames(e.Name, e.IsDir(), name, isDir)
	})
}

func (b *Bulk) load(d *bulkDir) error {
	if d.loaded {
		return nil
	}
	entries, err := b.tx.r.Tree(d.id)
	if err != nil {
		return err
	}
	d.entries = make([]bulkEntry, len(entries))
	for i, e := range entries {
		d.entries[i].TreeEntry = e
	}
	d.loaded = true
	return nil
}

// enter returns the folders above path, outermost first, and its last name.
// Folders are made when create is set; else none are returned when one is
// missing.
func (b *Bulk) enter(path string, create bool) ([]*bulkDir, string, error) {
	d := b.root
	dirs := []*bulkDir{d}
	for {
		if err := b.load(d); err != nil {
			return nil, "", err
		}
		name, rest, more := strings.Cut(path, "/")
		if !more {
			return dirs, name, nil
		}
		i, ok := d.find(name, true)
		if !ok {
			if !create {
				return nil, "", nil
			}
			if _, file := d.find(name, false); file {
				return nil, "", &PathError{Path: path, Why: "needs a folder where there is a file " + name, Hint: "delete that file first"}
			}
			fresh := &bulkDir{loaded: true, dirty: true}
			d.entries = slices.Insert(d.entries, i, bulkEntry{TreeEntry{Name: strings.Clone(name), Mode: ModeDir}, fresh})
		}
		e := &d.entries[i]
		if e.dir == nil {
			e.dir = &bulkDir{id: e.ID}
		}
		d, path = e.dir, rest
		dirs = append(dirs, d)
	}
}

func (b *Bulk) set(path string, id Hash) error {
	dirs, name, err := b.enter(path, true)
	if err != nil {
		return err
	}
	d := dirs[len(dirs)-1]
	if _, isDir := d.find(name, true); isDir {
		return &PathError{Path: path, Why: "is a folder in the repository", Hint: "delete what it holds first"}
	}
	i, ok := d.find(name, false)
	if ok {
		if d.entries[i].ID == id {
			return nil
		}
		d.entries[i].ID = id
	} else {
		d.entries = slices.Insert(d.entries, i, bulkEntry{TreeEntry: TreeEntry{Name: strings.Clone(name), Mode: ModeFile, ID: id}})
	}
	for _, d := range dirs {
		d.dirty = true
	}
	return nil
}

// write stores the changed trees at and below a folder. An empty folder has
// the zero Hash.
func (b *Bulk) write(d *bulkDir, top bool) (Hash, error) {
	if !d.dirty {
		return d.id, nil
	}
	kept := d.entries[:0]
	for _, e := range d.entries {
		if e.dir != nil && e.dir.dirty {
			id, err := b.write(e.dir, false)
			if err != nil {
				return Hash{}, err
			}
			e.ID = id
			if id.IsZero() {
				continue
			}
		}
		kept = append(kept, e)
	}
	d.entries = kept
	d.dirty = false
	if len(kept) == 0 && !top {
		d.id = Hash{}
		return d.id, nil
	}
	list := make([]TreeEntry, len(kept))
	for i, e := range kept {
		list[i] = e.TreeEntry
	}
	var err error
	d.id, err = b.object(plumbing.TreeObject, encodeTree(list))
	return d.id, err
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
	raw, err := b.tx.r.signedCommit(b.tx.ctx, tree, parents, author, committer, text)
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
	if !b.tx.done {
		b.pack.abort()
		b.tx.Rollback()
	}
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
	loaded := <-b.tx.index
	b.tx.index = nil
	if loaded.err != nil {
		return Hash{}, indexError(loaded.err)
	}
	defer loaded.x.Close()
	if err := b.checkFree(loaded.x); err != nil {
		return Hash{}, err
	}
	b.progress("pack", 0, 0)
	if _, err := b.pack.finish(); err != nil {
		return Hash{}, unwritable(r.commonDir, err)
	}
	j := journal{Version: journalVersion, Ref: b.tx.head.Ref, Old: hexOrEmpty(b.tx.head.Commit), New: b.tip.String(), Command: b.opt.Command, Whole: true}
	if err := r.writeJournal(j); err != nil {
		return Hash{}, err
	}
	moved, err := r.moveRef(ctx, refMove{
		head: b.tx.head, to: b.tip, who: b.last, message: "commit: " + b.title,
		deadline: time.Now().Add(max(b.opt.Wait, time.Second)), command: b.opt.Command,
	})
	if !moved {
		return Hash{}, errors.Join(err, r.removeJournal())
	}
	if err == nil {
		err = b.materialise(ctx, loaded.x)
	}
	if err == nil {
		err = r.removeJournal()
	}
	if err != nil {
		b.tx.abandon()
		return b.tip, &UnfinishedError{b.tip, err}
	}
	b.tx.Rollback()
	r.runPostCommit(ctx)
	return b.tip, nil
}

// checkFree refuses to import over anything that is edited or staged.
func (b *Bulk) checkFree(x *gitindex.Index) error {
	if path := x.Unmerged(); path != "" {
		return &StateError{What: fmt.Sprintf("%q has a merge conflict", path), Hint: "resolve it and git add it"}
	}
	var edited []string
	gone := map[string]bool{} // folders that are not in the work tree
	err := b.eachChange(func(ch Change) error {
		if ch.Old.ID.IsZero() && b.dirMissing(gone, ch.Path) {
			return nil
		}
		f := &stagedFile{path: ch.Path, old: ch.Old, id: ch.New.ID, mode: ch.New.Mode}
		if err := b.tx.checkHandEdit(f); err != nil {
			edited = append(edited, ch.Path)
			return nil
		}
		e, ok, err := x.Get(ch.Path)
		if err == nil && (ok != !ch.Old.ID.IsZero() || ok && Hash(e.ID) != ch.Old.ID) {
			edited = append(edited, ch.Path)
		}
		return err
	})
	if err == nil && len(edited) > 0 {
		err = &HandEditError{Paths: edited}
	}
	return err
}

// dirMissing reports that a file cannot be in the way, since its folder is not
// there.
func (b *Bulk) dirMissing(known map[string]bool, path string) bool {
	dir := filepath.Dir(filepath.Join(b.tx.r.root, filepath.FromSlash(path)))
	missing, ok := known[dir]
	if !ok {
		_, err := os.Lstat(dir)
		missing = errors.Is(err, os.ErrNotExist)
		known[dir] = missing
	}
	return missing
}

// eachChange walks what differs between the base and the last commit, with
// the trees in memory.
func (b *Bulk) eachChange(fn func(Change) error) error { return b.diff("", b.tx.base, b.root, fn) }

func (b *Bulk) diff(dir string, old Hash, d *bulkDir, fn func(Change) error) error {
	if d != nil && !d.loaded {
		if d.id == old {
			return nil
		}
		return b.tx.r.diff(dir, old, d.id, fn)
	}
	was, err := b.tx.r.Tree(old)
	if err != nil {
		return err
	}
	var is []bulkEntry
	if d != nil {
		is = d.entries
	}
	for len(was) > 0 || len(is) > 0 {
		c := 0
		switch {
		case len(was) == 0:
			c = 1
		case len(is) == 0:
			c = -1
		default:
			c = compareTreeNames(was[0].Name, was[0].IsDir(), is[0].Name, is[0].IsDir())
		}
		var x TreeEntry
		var y bulkEntry
		if c <= 0 {
			x, was = was[0], was[1:]
		}
		if c >= 0 {
			y, is = is[0], is[1:]
		}
		path := joinPath(dir, x.Name)
		if c > 0 {
			path = joinPath(dir, y.Name)
		}
		switch {
		case x.ID == y.ID && x.Mode == y.Mode:
		case !x.IsDir() && !y.IsDir():
			err = fn(Change{Path: path, Old: x, New: y.TreeEntry})
		case y.dir != nil:
			err = b.diff(path, x.ID, y.dir, fn)
		default:
			err = b.tx.r.diff(path, x.ID, y.ID, fn)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
