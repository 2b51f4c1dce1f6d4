package gitstore

import (
	"bytes"
	"container/heap"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// refPlaces are where git looks for a short name, in its order.
var refPlaces = []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"}

// Revision finds the commit that a name means: HEAD, a branch, a tag, a
// remote-tracking branch, a full id, each with ~N or ^ behind it for
// ancestors along the first parent. What is not there is ErrNotExist, or
// ErrMissing where the history is cut off.
func (r *Repo) Revision(name string) (Hash, error) {
	base, back, err := cutAncestors(name)
	if err != nil {
		return Hash{}, err
	}
	id, err := r.named(base)
	if err != nil {
		return Hash{}, err
	}
	for ; ; back-- {
		c, err := r.Commit(id)
		if err != nil || back == 0 {
			return id, err
		}
		if len(c.Parents) == 0 {
			return Hash{}, fmt.Errorf("%q goes beyond the first commit: %w", name, ErrNotExist)
		}
		id = c.Parents[0]
	}
}

// cutAncestors takes ~N, ~ and ^ from the end of a name.
func cutAncestors(name string) (base string, back int, err error) {
	base = strings.TrimRight(name, "^~0123456789")
	rest := name[len(base):]
	if i := strings.IndexAny(rest, "^~"); i < 0 {
		return name, 0, nil // the digits belong to the name
	} else if i > 0 {
		base, rest = name[:len(base)+i], rest[i:]
	}
	for rest != "" {
		sign := rest[0]
		rest = rest[1:]
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n := 1
		if digits > 0 {
			if n, err = strconv.Atoi(rest[:digits]); err != nil || sign == '^' && n != 1 {
				return "", 0, fmt.Errorf("%q names no commit", name)
			}
		}
		rest, back = rest[digits:], back+n
	}
	return base, back, nil
}

// named finds the commit of a name without ancestors.
func (r *Repo) named(name string) (Hash, error) {
	if id, err := ParseHash(name); err == nil {
		return r.peel(id)
	}
	if name != "" && !strings.Contains(name, "..") && !filepath.IsAbs(name) && !strings.ContainsAny(name, "\x00\\: ") {
		for _, place := range refPlaces {
			id, next, err := r.readRef(fmt.Sprintf(place, name))
			for range maxSymref {
				if err == nil && next != "" {
					id, next, err = r.readRef(next)
				}
			}
			if err == nil && next == "" {
				return r.peel(id)
			}
			if err != nil && !errors.Is(err, ErrNotExist) && place != "%s" {
				return Hash{}, err
			}
		}
	}
	return Hash{}, fmt.Errorf("no branch, tag or commit %q: %w", name, ErrNotExist)
}

// peel follows annotated tags to what they name.
func (r *Repo) peel(id Hash) (Hash, error) {
	for range maxSymref {
		o, err := r.odb.get(id)
		if err != nil {
			return Hash{}, err
		}
		if o.kind != plumbing.TagObject {
			return id, nil
		}
		line, _, _ := bytes.Cut(o.data, []byte("\n"))
		if id, err = ParseHash(strings.TrimPrefix(string(line), "object ")); err != nil {
			return Hash{}, err
		}
	}
	return Hash{}, &CorruptError{What: "tags of tags without end"}
}

// Shallow tells whether the history of this clone is cut off somewhere.
func (r *Repo) Shallow() bool {
	st, err := os.Stat(filepath.Join(r.commonDir, "shallow"))
	return err == nil && st.Size() > 0
}

// ShallowEdge says where the history of a shallow clone is cut off, in a text
// that is another one when it is cut off elsewhere; "" when it is whole.
func (r *Repo) ShallowEdge() (string, error) {
	b, err := os.ReadFile(filepath.Join(r.commonDir, "shallow"))
	if err != nil || len(b) == 0 {
		return "", ignoreNotExist(err)
	}
	return HashBlob(b).String(), nil
}

// MergeBase gives the newest commit that both a and b descend from, zero when
// there is none, or none before the edge of a shallow clone. Only commits
// newer than it are read.
func (r *Repo) MergeBase(a, b Hash) (Hash, error) {
	const ofA, ofB = 1, 2
	sides := map[Hash]int{}
	queued := map[Hash]bool{}
	queue := &commitQueue{}
	reach := func(id Hash, side int, optional bool) error {
		sides[id] |= side
		if queued[id] {
			return nil
		}
		c, err := r.Commit(id)
		if optional && errors.Is(err, ErrMissing) && r.Shallow() {
			return nil // behind the edge of a shallow clone
		}
		if err != nil {
			return err
		}
		queued[id] = true
		heap.Push(queue, c)
		return nil
	}
	if err := errors.Join(reach(a, ofA, false), reach(b, ofB, false)); err != nil {
		return Hash{}, err
	}
	for queue.Len() > 0 {
		c := heap.Pop(queue).(Commit)
		side := sides[c.ID]
		if side == ofA|ofB {
			return c.ID, nil
		}
		// A commit met again from the other side after its parents were queued
		// carries the news on to them, since clocks of machines differ.
		delete(queued, c.ID)
		for _, p := range c.Parents {
			if sides[p]|side != sides[p] {
				if err := reach(p, side, true); err != nil {
					return Hash{}, err
				}
			}
		}
	}
	return Hash{}, nil
}
