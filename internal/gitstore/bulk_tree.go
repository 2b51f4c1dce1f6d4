package gitstore

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
	"github.com/go-git/go-git/v5/plumbing"
)

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

// checkFree refuses to import over anything that is edited or staged, and where
// it could not be finished.
func (b *Bulk) checkFree(x *gitindex.Index) error {
	if x.Sparse() {
		return &UnsupportedError{What: "a bulk import into a sparse index", Hint: "git sparse-checkout disable"}
	}
	if err := b.tx.r.checkWritable(b.tx.head.Ref, nil); err != nil {
		return err
	}
	var edited []string
	dirs := map[string]bool{} // folders of files, and whether they are there
	err := b.eachChange(func(ch Change) error {
		f := &stagedFile{path: ch.Path, old: ch.Old, id: ch.New.ID, mode: ch.New.Mode}
		dir := filepath.Dir(filepath.Join(b.tx.r.root, filepath.FromSlash(ch.Path)))
		there, known := dirs[dir]
		if !known {
			at := nearest(dir)
			if !mayChange(at) {
				return noPermission(at)
			}
			_, err := os.Lstat(dir)
			there = !errors.Is(err, os.ErrNotExist)
			dirs[dir] = there
		}
		is, err := b.tx.staged(x, f)
		if err == nil && !is && (there || !ch.Old.ID.IsZero()) {
			err = b.tx.checkHandEdit(f)
		}
		var hand *HandEditError
		if is || errors.As(err, &hand) {
			edited, err = append(edited, ch.Path), nil
		}
		return err
	})
	if err == nil && len(edited) > 0 {
		err = &HandEditError{Paths: edited}
	}
	return err
}

// eachChange walks what differs between the base and the last commit. The new
// trees are those in memory: the pack cannot be read before it is finished.
func (b *Bulk) eachChange(fn func(Change) error) error {
	made := map[Hash]*bulkDir{}
	var gather func(d *bulkDir)
	gather = func(d *bulkDir) {
		if d.loaded {
			made[d.id] = d
		}
		for _, e := range d.entries {
			if e.dir != nil {
				gather(e.dir)
			}
		}
	}
	gather(b.root)
	read := func(id Hash) ([]TreeEntry, error) {
		d := made[id]
		if d == nil || id.IsZero() {
			return b.tx.r.Tree(id)
		}
		out := make([]TreeEntry, len(d.entries))
		for i, e := range d.entries {
			out[i] = e.TreeEntry
		}
		return out, nil
	}
	return (&treeDiff{read, fn}).folders("", b.tx.base, b.tree)
}
