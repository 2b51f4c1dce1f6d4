package gitindex

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// cacheTree is a node of the TREE extension: a folder whose part of the index
// is known to be exactly the tree id. An invalid node has count -1.
type cacheTree struct {
	name  string
	count int
	id    ID
	subs  []*cacheTree // ordered by length of name, then name
}

// FolderChange says how the tree of one folder changes by a commit. The zero
// ID is a folder that is not there.
type FolderChange struct {
	Path     string // without final slash; empty for the root
	Old, New ID
	Delta    int // files more (or fewer) below it
}

const maxTreeDepth = 512

func decodeCacheTree(b []byte) (*cacheTree, error) {
	s := string(b) // names are parts of one string
	root, rest, err := decodeCacheNode(s, 0)
	if err == nil && rest != "" {
		err = errors.New("the TREE extension has bytes left over")
	}
	return root, err
}

func decodeCacheNode(s string, depth int) (*cacheTree, string, error) {
	bad := errors.New("the TREE extension is damaged")
	nul := strings.IndexByte(s, 0)
	if nul < 0 || depth > maxTreeDepth {
		return nil, "", bad
	}
	n := &cacheTree{name: s[:nul]}
	s = s[nul+1:]
	nl := strings.IndexByte(s, '\n')
	if nl < 0 {
		return nil, "", bad
	}
	countText, subsText, ok := strings.Cut(s[:nl], " ")
	count, err1 := strconv.Atoi(countText)
	subs, err2 := strconv.Atoi(subsText)
	s = s[nl+1:]
	if !ok || err1 != nil || err2 != nil || subs < 0 || subs > len(s) {
		return nil, "", bad
	}
	if n.count = count; count >= 0 {
		if len(s) < len(n.id) {
			return nil, "", bad
		}
		copy(n.id[:], s)
		s = s[len(n.id):]
	} else {
		n.count = -1
	}
	n.subs = make([]*cacheTree, 0, subs)
	for range subs {
		var sub *cacheTree
		var err error
		if sub, s, err = decodeCacheNode(s, depth+1); err != nil {
			return nil, "", err
		}
		n.subs = append(n.subs, sub)
	}
	return n, s, nil
}

func (n *cacheTree) encode(b *bytes.Buffer) {
	b.WriteString(n.name)
	b.WriteByte(0)
	b.Write(strconv.AppendInt(b.AvailableBuffer(), int64(n.count), 10))
	b.WriteByte(' ')
	b.Write(strconv.AppendInt(b.AvailableBuffer(), int64(len(n.subs)), 10))
	b.WriteByte('\n')
	if n.count >= 0 {
		b.Write(n.id[:])
	}
	for _, sub := range n.subs {
		sub.encode(b)
	}
}

// compareSubs is git's order of subtrees.
func compareSubs(n *cacheTree, name string) int {
	if len(n.name) != len(name) {
		return len(n.name) - len(name)
	}
	return strings.Compare(n.name, name)
}

func (n *cacheTree) sub(name string) (int, bool) {
	return slices.BinarySearchFunc(n.subs, name, compareSubs)
}

// update carries changed folders into the cache; they must be sorted by path,
// so that parents come first. occupied reports whether the index had files
// below a folder that the old commit did not have.
func (n *cacheTree) update(changes []FolderChange, occupied func(dir string) bool) {
	for _, ch := range changes {
		n.updateOne(ch, occupied)
	}
	// A valid node needs valid nodes for all folders below it.
	for _, ch := range changes {
		if ch.New != (ID{}) && !n.valid(ch.Path) {
			n.invalidate(ch.Path)
		}
	}
}

func (n *cacheTree) updateOne(ch FolderChange, occupied func(string) bool) {
	parent, at := (*cacheTree)(nil), n
	pos, name := 0, ""
	if ch.Path != "" {
		for part := range strings.SplitSeq(ch.Path, "/") {
			if at == nil {
				return // the parent is not cached
			}
			parent, name = at, part
			var ok bool
			if pos, ok = parent.sub(part); ok {
				at = parent.subs[pos]
			} else {
				at = nil
			}
		}
	}
	switch {
	case at != nil && ch.New == ID{} && parent != nil:
		if at.count >= 0 && at.id == ch.Old {
			parent.subs = slices.Delete(parent.subs, pos, pos+1)
		} else {
			at.count = -1
		}
	case at != nil && at.count >= 0 && at.id == ch.Old:
		at.id, at.count = ch.New, at.count+ch.Delta
	case at != nil:
		at.count = -1
	case ch.Old == ID{} && ch.New != ID{} && !occupied(ch.Path):
		parent.subs = slices.Insert(parent.subs, pos, &cacheTree{name: name, count: ch.Delta, id: ch.New})
	}
}

// valid reports whether the node of a folder is there and valid.
func (n *cacheTree) valid(path string) bool {
	at := n
	if path != "" {
		for part := range strings.SplitSeq(path, "/") {
			pos, ok := at.sub(part)
			if !ok {
				return false
			}
			at = at.subs[pos]
		}
	}
	return at.count >= 0
}

// invalidate marks a folder and those above it as unknown.
func (n *cacheTree) invalidate(path string) {
	n.count = -1
	if path == "" {
		return
	}
	at := n
	for part := range strings.SplitSeq(path, "/") {
		pos, ok := at.sub(part)
		if !ok {
			return
		}
		at = at.subs[pos]
		at.count = -1
	}
}
