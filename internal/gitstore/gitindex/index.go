package gitindex

import (
	"errors"
	"slices"
	"sort"
	"strings"
	"time"
)

// ErrFormat says that an index has a shape this package does not patch.
var ErrFormat = errors.New("git's index has a shape that cannot be patched")

// Index is an index in memory. Of a split index only the small part is
// loaded.
type Index struct {
	version  uint32
	entries  []Entry // whole index, or what a split one adds; sorted
	tree     *cacheTree
	reuc     []byte
	sparse   bool // has folder entries
	zeroSum  bool // its checksum is left zero (index.skipHash)
	modified time.Time
	size     int64

	base     *Base // nil when not split
	deleted  []uint32
	replaced []replacement // sorted by position
}

// replacement stands for the entry of the shared part at pos.
type replacement struct {
	pos uint32
	e   Entry
}

// New returns an empty index.
func New() *Index { return &Index{version: 2} }

// Close closes the shared part.
func (x *Index) Close() {
	if x.base != nil {
		x.base.f.Close()
	}
}

// Split reports whether the index has a shared part.
func (x *Index) Split() bool { return x.base != nil }

// SharedID names the shared part; zero when there is none.
func (x *Index) SharedID() ID {
	if x.base == nil {
		return ID{}
	}
	return x.base.id
}

// Size returns the size of the file `index` when it was loaded.
func (x *Index) Size() int64 { return x.size }

// Sparse reports that the index has entries for whole folders.
func (x *Index) Sparse() bool { return x.sparse }

// Unmerged returns the first path with a merge conflict, or "".
func (x *Index) Unmerged() string {
	for i := range x.entries {
		if x.entries[i].Stage() != 0 {
			return x.entries[i].Path
		}
	}
	if x.base != nil {
		return x.base.unmerged
	}
	return ""
}

// AddedTwice returns the paths that both sides of a merge have added, each its
// own way.
func (x *Index) AddedTwice() []string {
	var out []string
	for i := 1; i < len(x.entries); i++ {
		a, b := &x.entries[i-1], &x.entries[i]
		if a.Path == b.Path && a.Stage() == 2 && b.Stage() == 3 && (i < 2 || x.entries[i-2].Path != a.Path) {
			out = append(out, a.Path)
		}
	}
	return out
}

// find returns the position of the first entry not before path.
func (x *Index) find(path string) (int, bool) {
	i := sort.Search(len(x.entries), func(i int) bool { return x.entries[i].Path >= path })
	return i, i < len(x.entries) && x.entries[i].Path == path
}

func (x *Index) isDeleted(pos uint32) (int, bool) { return slices.BinarySearch(x.deleted, pos) }

func (x *Index) findReplaced(pos uint32) (int, bool) {
	return slices.BinarySearchFunc(x.replaced, pos, func(r replacement, pos uint32) int {
		return int(int64(r.pos) - int64(pos))
	})
}

// Get returns the entry of a path.
func (x *Index) Get(path string) (Entry, bool, error) {
	if i, ok := x.find(path); ok {
		return x.entries[i], true, nil
	}
	if x.base == nil {
		return Entry{}, false, nil
	}
	pos, e, ok, err := x.base.find(path)
	if err != nil || !ok {
		return Entry{}, false, err
	}
	if _, gone := x.isDeleted(pos); gone {
		return Entry{}, false, nil
	}
	if i, ok := x.findReplaced(pos); ok {
		e = x.replaced[i].e
		e.Path = path
	}
	return e, true, nil
}

// Under reports whether there is an entry below a folder.
func (x *Index) Under(dir string) (bool, error) {
	prefix := dir + "/"
	if dir == "" {
		prefix = ""
	}
	if i, _ := x.find(prefix); i < len(x.entries) && strings.HasPrefix(x.entries[i].Path, prefix) {
		return true, nil
	}
	if x.base == nil {
		return false, nil
	}
	found := false
	err := x.base.from(prefix, func(pos uint32, e *Entry, name []byte) bool {
		if !strings.HasPrefix(string(name), prefix) {
			return false
		}
		_, gone := x.isDeleted(pos)
		found = !gone
		return gone
	})
	return found, err
}

// SparseParent returns the folder entry that covers a path, or "".
func (x *Index) SparseParent(path string) (string, error) {
	if !x.sparse {
		return "", nil
	}
	for i, c := range path {
		if c != '/' {
			continue
		}
		if _, ok, err := x.Get(path[:i+1]); err != nil || ok {
			return path[:i+1], err
		}
	}
	return "", nil
}

// Set adds or replaces the entry of e.Path.
func (x *Index) Set(e Entry) error {
	i, ok := x.find(e.Path)
	if ok {
		x.entries[i] = e
		return nil
	}
	if x.base != nil {
		pos, _, ok, err := x.base.find(e.Path)
		if err != nil {
			return err
		}
		if ok {
			if j, gone := x.isDeleted(pos); gone {
				x.deleted = slices.Delete(x.deleted, j, j+1)
			}
			x.replace(pos, e)
			return nil
		}
	}
	x.entries = slices.Insert(x.entries, i, e)
	return nil
}

func (x *Index) replace(pos uint32, e Entry) {
	e.Path = ""
	j, ok := x.findReplaced(pos)
	if ok {
		x.replaced[j].e = e
		return
	}
	x.replaced = slices.Insert(x.replaced, j, replacement{pos, e})
}

// SetAll is Set for many entries, which must be sorted by path and be new or
// in the small part.
func (x *Index) SetAll(list []Entry) error {
	var fresh []Entry
	for _, e := range list {
		_, here := x.find(e.Path)
		if !here && x.base != nil {
			_, _, inBase, err := x.base.find(e.Path)
			if err != nil {
				return err
			}
			here = inBase
		}
		if !here {
			fresh = append(fresh, e)
			continue
		}
		if err := x.Set(e); err != nil {
			return err
		}
	}
	if len(fresh) < 16 {
		for _, e := range fresh {
			i, _ := x.find(e.Path)
			x.entries = slices.Insert(x.entries, i, e)
		}
		return nil
	}
	x.entries = append(x.entries, fresh...)
	slices.SortStableFunc(x.entries, func(a, b Entry) int { return compareKey(a.Path, a.Stage(), b.Path, b.Stage()) })
	return nil
}

// Remove drops the entry of a path, if there is one.
func (x *Index) Remove(path string) error {
	if i, ok := x.find(path); ok {
		x.entries = slices.Delete(x.entries, i, i+1)
	}
	if x.base == nil {
		return nil
	}
	pos, _, ok, err := x.base.find(path)
	if err != nil || !ok {
		return err
	}
	if j, ok := x.findReplaced(pos); ok {
		x.replaced = slices.Delete(x.replaced, j, j+1)
	}
	if j, gone := x.isDeleted(pos); !gone {
		x.deleted = slices.Insert(x.deleted, j, pos)
	}
	return nil
}

// Modified returns when the index was written; the zero time when it was not
// there.
func (x *Index) Modified() time.Time { return x.modified }
