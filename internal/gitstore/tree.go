package gitstore

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// Blob returns the content of a file.
func (r *Repo) Blob(id Hash) ([]byte, error) { return r.odb.kinded(id, plumbing.BlobObject) }

// Tree returns the entries of a folder in git's order. The zero Hash is the
// empty folder.
func (r *Repo) Tree(id Hash) ([]TreeEntry, error) {
	if id.IsZero() {
		return nil, nil
	}
	b, err := r.odb.kinded(id, plumbing.TreeObject)
	if err != nil {
		return nil, err
	}
	entries, err := decodeTree(b)
	if err != nil {
		return nil, &CorruptError{What: fmt.Sprintf("tree %s is damaged: %v", id, err), Hint: "git fsck"}
	}
	return entries, nil
}

// decodeTree reads `mode name NUL hash` records.
func decodeTree(b []byte) ([]TreeEntry, error) {
	out := make([]TreeEntry, 0, len(b)/34+1)
	for len(b) > 0 {
		sp := bytes.IndexByte(b, ' ')
		nul := bytes.IndexByte(b, 0)
		if sp <= 0 || nul <= sp+1 || len(b) < nul+21 {
			return nil, fmt.Errorf("an entry is cut short")
		}
		var e TreeEntry
		for _, c := range b[:sp] {
			if c < '0' || c > '7' || sp > 6 {
				return nil, fmt.Errorf("an entry has a bad mode")
			}
			e.Mode = e.Mode<<3 | Mode(c-'0')
		}
		e.Name = string(b[sp+1 : nul])
		copy(e.ID[:], b[nul+1:])
		out = append(out, e)
		b = b[nul+21:]
	}
	return out, nil
}

// encodeTree writes entries that are in git's order.
func encodeTree(entries []TreeEntry) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&b, "%o %s\x00", uint32(e.Mode), e.Name)
		b.Write(e.ID[:])
	}
	return b.Bytes()
}

// Lookup finds a path below a tree. The error is ErrNotExist when it is not
// there. An empty path is the tree itself.
func (r *Repo) Lookup(tree Hash, path string) (TreeEntry, error) {
	at := TreeEntry{Mode: ModeDir, ID: tree}
	if path == "" {
		return at, nil
	}
	for name := range strings.SplitSeq(path, "/") {
		if !at.IsDir() {
			return TreeEntry{}, fmt.Errorf("%q: %w", path, ErrNotExist)
		}
		entries, err := r.lookupTree(at.ID)
		if err != nil {
			return TreeEntry{}, err
		}
		found := false
		for _, e := range entries {
			if e.Name == name {
				at, found = e, true
				break
			}
		}
		if !found {
			return TreeEntry{}, fmt.Errorf("%q: %w", path, ErrNotExist)
		}
	}
	return at, nil
}

// Walk calls fn for every file below a path of a tree, in the order of git's
// index (bytes of the path). Nothing happens when the path is not there.
func (r *Repo) Walk(tree Hash, prefix string, fn func(path string, e TreeEntry) error) error {
	at, err := r.Lookup(tree, prefix)
	if err != nil {
		return ignoreNotExist(err)
	}
	if !at.IsDir() {
		return fn(prefix, at)
	}
	return r.walk(at.ID, prefix, fn)
}

func (r *Repo) walk(tree Hash, dir string, fn func(string, TreeEntry) error) error {
	entries, err := r.Tree(tree)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := joinPath(dir, e.Name)
		if e.IsDir() {
			err = r.walk(e.ID, path, fn)
		} else {
			err = fn(path, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func joinPath(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// DiffTrees calls fn for each file that differs between two trees, in the
// order of paths; equal subtrees are not read. A zero Hash is an empty tree. A
// file that became a folder is reported as a deletion and additions.
func (r *Repo) DiffTrees(a, b Hash, fn func(Change) error) error {
	return (&treeDiff{r.Tree, fn}).folders("", a, b)
}

// MergeChanges calls fn for each file of a merge that is another one than in
// every parent, with what it was in the first: what the person who merged made
// of it. A file that one of the parents has the same way is none of these.
// Only folders that differ from those of all parents are read. A deletion
// counts when every parent had the file.
func (r *Repo) MergeChanges(tree Hash, parents []Hash, fn func(Change) error) error {
	return r.mergeChanges("", tree, parents, fn)
}

func (r *Repo) mergeChanges(dir string, tree Hash, parents []Hash, fn func(Change) error) error {
	if slices.Contains(parents, tree) {
		return nil
	}
	type name struct {
		text string
		dir  bool
	}
	sides := make([]map[name]TreeEntry, 1+len(parents))
	var names []name
	for i, id := range append([]Hash{tree}, parents...) {
		entries, err := r.Tree(id)
		if err != nil {
			return err
		}
		sides[i] = map[name]TreeEntry{}
		for _, e := range entries {
			n := name{e.Name, e.IsDir()}
			sides[i][n] = e
			names = append(names, n)
		}
	}
	slices.SortFunc(names, func(a, b name) int { return compareTreeNames(a.text, a.dir, b.text, b.dir) })
	for _, n := range slices.Compact(names) {
		now := sides[0][n]
		was := make([]TreeEntry, len(parents))
		ids := make([]Hash, len(parents))
		for i := range parents {
			was[i] = sides[i+1][n]
			ids[i] = was[i].ID
		}
		if slices.ContainsFunc(was, func(e TreeEntry) bool { return e.ID == now.ID && e.Mode == now.Mode }) {
			continue
		}
		path := joinPath(dir, n.text)
		var err error
		if n.dir {
			err = r.mergeChanges(path, now.ID, ids, fn)
		} else {
			err = fn(Change{Path: path, Old: was[0], New: now})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// treeDiff compares trees; read knows them all.
type treeDiff struct {
	read func(Hash) ([]TreeEntry, error)
	fn   func(Change) error
}

func (d *treeDiff) folders(dir string, a, b Hash) error {
	if a == b {
		return nil
	}
	as, err := d.read(a)
	if err != nil {
		return err
	}
	bs, err := d.read(b)
	if err != nil {
		return err
	}
	for len(as) > 0 || len(bs) > 0 {
		c := 0
		switch {
		case len(as) == 0:
			c = 1
		case len(bs) == 0:
			c = -1
		default:
			c = compareTreeNames(as[0].Name, as[0].IsDir(), bs[0].Name, bs[0].IsDir())
		}
		var x, y TreeEntry
		if c <= 0 {
			x, as = as[0], as[1:]
		}
		if c >= 0 {
			y, bs = bs[0], bs[1:]
		}
		if err := d.entries(dir, x, y); err != nil {
			return err
		}
	}
	return nil
}

// entries compares two entries of one name and one kind (file or folder),
// either of which may be absent.
func (d *treeDiff) entries(dir string, x, y TreeEntry) error {
	if x.ID == y.ID && x.Mode == y.Mode {
		return nil
	}
	path := joinPath(dir, cmp.Or(x.Name, y.Name))
	if x.IsDir() || y.IsDir() {
		return d.folders(path, x.ID, y.ID)
	}
	return d.fn(Change{Path: path, Old: x, New: y})
}
