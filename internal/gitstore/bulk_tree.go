package gitstore

import (
	"errors"
	"fmt"
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
