package gitindex

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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

// Load reads the index of a git directory. tableDir is where the side table
// of a shared part is kept; it may be rebuilt there. A missing index is an
// empty one.
func Load(gitDir, tableDir string) (*Index, error) {
	path := filepath.Join(gitDir, "index")
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return New(), nil
		}
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	data := make([]byte, st.Size())
	if _, err := f.ReadAt(data, 0); err != nil {
		return nil, err
	}
	x, link, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	x.modified, x.size = st.ModTime(), st.Size()
	if link != nil {
		if err := x.openBase(link, gitDir, tableDir); err != nil {
			return nil, fmt.Errorf("%q: %w", path, err)
		}
	}
	return x, nil
}

// decode reads an index; link is the content of its link extension.
func decode(data []byte) (x *Index, link []byte, err error) {
	if len(data) < headerSize+trailerSize || string(data[:4]) != signature {
		return nil, nil, fmt.Errorf("it is no git index")
	}
	x = &Index{version: binary.BigEndian.Uint32(data[4:])}
	if x.version < 2 || x.version > 4 {
		return nil, nil, fmt.Errorf("%w: version %d", ErrFormat, x.version)
	}
	body, sum := data[:len(data)-trailerSize], data[len(data)-trailerSize:]
	if bytes.Equal(sum, make([]byte, trailerSize)) {
		x.zeroSum = true
	} else if got := sha1.Sum(body); !bytes.Equal(got[:], sum) {
		return nil, nil, fmt.Errorf("its checksum is wrong")
	}
	n := int(binary.BigEndian.Uint32(data[8:]))
	if n > len(data)/fixedSize {
		return nil, nil, errShort
	}
	// The reader peeks beyond the last entry, hence data and not body.
	r := newEntryReader(bytes.NewReader(data[headerSize:]), x.version, headerSize)
	x.entries = make([]Entry, n)
	for i := range x.entries {
		if err := r.next(&x.entries[i]); err != nil {
			return nil, nil, err
		}
		x.entries[i].Path = string(r.name)
	}
	link, err = x.extensions(body, int(r.offset))
	return x, link, err
}

// extensions reads what follows the entries. Caches that would be stale after
// a change (FSMN, UNTR) and positions (EOIE, IEOT) are dropped: git makes
// them anew.
func (x *Index) extensions(body []byte, at int) (link []byte, err error) {
	if at > len(body) {
		return nil, errShort
	}
	for b := body[at:]; len(b) > 0; {
		if len(b) < 8 {
			return nil, errShort
		}
		name, size := string(b[:4]), int(binary.BigEndian.Uint32(b[4:]))
		if size > len(b)-8 {
			return nil, errShort
		}
		data := b[8 : 8+size]
		b = b[8+size:]
		switch name {
		case "TREE":
			// Only a cache: a damaged one is dropped, as git does.
			x.tree, _ = decodeCacheTree(data)
		case "REUC":
			x.reuc = data
		case "link":
			link = data
		case "sdir":
			x.sparse = true
		default:
			if name[0] < 'A' || name[0] > 'Z' {
				return nil, fmt.Errorf("%w: extension %q", ErrFormat, name)
			}
		}
	}
	return link, nil
}

// openBase reads the link extension and opens the shared part.
func (x *Index) openBase(link []byte, gitDir, tableDir string) error {
	if len(link) < 20 {
		return errors.New("its link extension is cut short")
	}
	var id ID
	copy(id[:], link)
	link = link[20:]
	if id == (ID{}) {
		return nil // nothing is shared yet
	}
	var positions []uint32
	var err error
	if len(link) > 0 {
		if x.deleted, link, err = decodeEWAH(link); err != nil {
			return err
		}
		if positions, link, err = decodeEWAH(link); err != nil {
			return err
		}
		if len(link) > 0 {
			return errBitmap
		}
	}
	if len(positions) > len(x.entries) {
		return errors.New("its link extension replaces more entries than there are")
	}
	for i, pos := range positions {
		if x.entries[i].Path != "" {
			return errors.New("a replaced entry of its link extension has a name")
		}
		x.replaced = append(x.replaced, replacement{pos, x.entries[i]})
	}
	x.entries = slices.Clip(x.entries[len(positions):])
	if x.base, err = openBase(gitDir, tableDir, id); err != nil {
		return err
	}
	if n := len(x.deleted); n > 0 && x.deleted[n-1] >= x.base.count {
		return errBitmap
	}
	if n := len(x.replaced); n > 0 && x.replaced[n-1].pos >= x.base.count {
		return errBitmap
	}
	return nil
}

// Close closes the shared part.
func (x *Index) Close() {
	if x.base != nil {
		x.base.f.Close()
	}
}

// Split reports whether the index has a shared part.
func (x *Index) Split() bool { return x.base != nil }

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

// UpdateTree carries changed folders into the tree cache. It must be called
// before Set and Remove. Folders are sorted by path.
func (x *Index) UpdateTree(changes []FolderChange) {
	if x.sparse {
		// The cache of a sparse index has nodes of its own kind.
		if x.tree != nil {
			for _, ch := range changes {
				x.tree.invalidate(ch.Path)
			}
		}
		return
	}
	occupied := func(dir string) bool {
		has, err := x.Under(dir)
		return has || err != nil
	}
	if x.tree == nil {
		if len(changes) == 0 || changes[0].Path != "" || changes[0].Old != (ID{}) || occupied("") {
			return
		}
		x.tree = &cacheTree{}
	}
	x.tree.update(changes, occupied)
}

// Smudge makes git compare the content of files whose stat data may not show
// a later change: those not older than the index was. changed is asked for
// each whether the file differs from its entry; if so the size is set to zero,
// which is what git does itself when it writes an index. written is when the
// index was written, to the nanosecond, for changed to spare reading files
// whose times prove that they are older.
func (x *Index) Smudge(differs func(path string, e Entry, written time.Time) (bool, error)) error {
	if x.modified.IsZero() {
		return nil
	}
	changed := func(path string, e Entry) (bool, error) { return differs(path, e, x.modified) }
	limit := x.modified.Unix()
	racy := func(e *Entry) bool {
		return int64(e.Stat.MTimeSec) >= limit && e.Stat.Size != 0 && e.Stage() == 0 && e.Mode&0o170000 != 0o160000
	}
	for i := range x.entries {
		if e := &x.entries[i]; racy(e) {
			yes, err := changed(e.Path, *e)
			if err != nil {
				return err
			}
			if yes {
				e.Stat.Size = 0
			}
		}
	}
	if x.base == nil {
		return nil
	}
	for i := range x.replaced {
		if r := &x.replaced[i]; racy(&r.e) {
			_, path, err := x.base.at(r.pos)
			if err != nil {
				return err
			}
			yes, err := changed(path, r.e)
			if err != nil {
				return err
			}
			if yes {
				r.e.Stat.Size = 0
			}
		}
	}
	return x.smudgeBase(limit, racy, changed)
}

// smudgeBase replaces racy entries of the shared part, which cannot be
// changed itself.
func (x *Index) smudgeBase(limit int64, racy func(*Entry) bool, changed func(string, Entry) (bool, error)) error {
	for _, s := range x.base.suspects {
		if int64(s.mtime) < limit {
			continue
		}
		if _, gone := x.isDeleted(s.pos); gone {
			continue
		}
		if _, ok := x.findReplaced(s.pos); ok {
			continue
		}
		e, path, err := x.base.at(s.pos)
		if err != nil {
			return err
		}
		if !racy(&e) {
			continue
		}
		yes, err := changed(path, e)
		if err != nil {
			return err
		}
		if yes {
			e.Stat.Size = 0
			x.replace(s.pos, e)
		}
	}
	return nil
}

// Encode returns the file `index`.
func (x *Index) Encode() []byte {
	version := x.version
	if version < 4 {
		version = 2
		for i := range x.entries {
			if x.entries[i].Ext != 0 {
				version = 3
			}
		}
		for i := range x.replaced {
			if x.replaced[i].e.Ext != 0 {
				version = 3
			}
		}
	}
	n := len(x.entries) + len(x.replaced)
	w := entryWriter{version: version, buf: make([]byte, 0, 4096+n*120)}
	w.buf = appendHeader(w.buf, version, n)
	for i := range x.replaced {
		w.append(&x.replaced[i].e, "")
	}
	for i := range x.entries {
		w.append(&x.entries[i], x.entries[i].Path)
	}
	b := w.buf
	if x.base != nil {
		link := append([]byte(nil), x.base.id[:]...)
		positions := make([]uint32, len(x.replaced))
		for i, r := range x.replaced {
			positions[i] = r.pos
		}
		link = appendEWAH(appendEWAH(link, x.deleted), positions)
		b = appendExtension(b, "link", link)
	}
	if x.tree != nil {
		var t bytes.Buffer
		x.tree.encode(&t)
		b = appendExtension(b, "TREE", t.Bytes())
	}
	if x.reuc != nil {
		b = appendExtension(b, "REUC", x.reuc)
	}
	if x.sparse {
		b = appendExtension(b, "sdir", nil)
	}
	if x.zeroSum {
		return append(b, make([]byte, trailerSize)...)
	}
	sum := sha1.Sum(b)
	return append(b, sum[:]...)
}

func appendHeader(b []byte, version uint32, n int) []byte {
	b = append(b, signature...)
	b = binary.BigEndian.AppendUint32(b, version)
	return binary.BigEndian.AppendUint32(b, uint32(n))
}

func appendExtension(b []byte, name string, data []byte) []byte {
	b = append(b, name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}

// Modified returns when the index was written; the zero time when it was not
// there.
func (x *Index) Modified() time.Time { return x.modified }

// SmallSize estimates the size of the file `index` without its tree cache.
func (x *Index) SmallSize() int {
	n := 72 * len(x.replaced)
	for i := range x.entries {
		n += 72 + len(x.entries[i].Path)
	}
	return n
}

// Join gives up the split form: the index will be written whole.
func (x *Index) Join() error {
	var all []Entry
	if err := x.each(func(e *Entry) error {
		all = append(all, *e)
		return nil
	}); err != nil {
		return err
	}
	if x.base != nil {
		x.base.f.Close()
	}
	x.entries, x.base, x.deleted, x.replaced = all, nil, nil, nil
	return nil
}

// Matches reports that the tree cache knows the whole index to be a tree. The
// zero ID is an index without entries.
func (x *Index) Matches(tree ID) bool {
	if tree == (ID{}) {
		has, err := x.Under("")
		return err == nil && !has
	}
	return x.tree != nil && x.tree.count >= 0 && x.tree.id == tree
}

// ReplaceTree makes the tree cache anew, as Builder.SetTree does; without
// folders there is none.
func (x *Index) ReplaceTree(folders []FolderChange) {
	x.tree = nil
	if len(folders) > 0 {
		x.tree = &cacheTree{}
		x.tree.update(folders, func(string) bool { return false })
	}
}
