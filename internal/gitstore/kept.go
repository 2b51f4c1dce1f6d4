package gitstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

// keptName is the file, in e1's own folder, of the objects that every command
// reads: opening and inflating thirty small objects costs more than everything
// else a small command does. It is disposable. What it says an object holds is
// believed only when the hash is right.
const (
	keptName   = "kept"
	keptHeader = "e1 kept objects 1\n"
	keptLimit  = 1 << 20 // bytes of content
)

// kept reads that file when the first object is asked for.
type kept struct {
	path string

	once    sync.Once
	objects map[Hash]object
	mu      sync.Mutex
	checked map[Hash]bool
}

// load takes the file apart; one that is damaged holds nothing from there on.
func (k *kept) load() {
	b, err := os.ReadFile(k.path)
	if err != nil || !bytes.HasPrefix(b, []byte(keptHeader)) {
		return
	}
	b = b[len(keptHeader):]
	k.objects, k.checked = map[Hash]object{}, map[Hash]bool{}
	const fixed = len(Hash{}) + 1 + 4
	for len(b) >= fixed {
		id, kind := Hash(b[:len(Hash{})]), plumbing.ObjectType(b[len(Hash{})])
		size := int64(binary.BigEndian.Uint32(b[fixed-4:]))
		if size > int64(len(b)-fixed) || kind != plumbing.BlobObject && kind != plumbing.TreeObject {
			return
		}
		k.objects[id] = object{kind, b[fixed : fixed+int(size) : fixed+int(size)]}
		b = b[fixed+int(size):]
	}
}

// get gives an object that is kept. Callers do not change its bytes.
func (k *kept) get(h Hash) (object, bool) {
	if k == nil {
		return object{}, false
	}
	k.once.Do(k.load)
	o, ok := k.objects[h]
	if !ok {
		return object{}, false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	right, known := k.checked[h]
	if !known {
		right = plumbing.ComputeHash(o.kind, o.data) == h
		k.checked[h] = right
	}
	return o, right
}

// Kept reports whether an object is among those kept for reading fast.
func (r *Repo) Kept(id Hash) bool {
	_, ok := r.odb.kept.get(id)
	return ok
}

// ObjectsRead counts the objects looked for in packs and loose files so far:
// what a command costs that should cost little.
func (r *Repo) ObjectsRead() int {
	r.odb.mu.Lock()
	defer r.odb.mu.Unlock()
	return r.odb.reads
}

// Keep replaces the objects kept for reading fast by files and folders, the
// first ones as far as there is room. Failing does no harm. Where e1 has no
// folder of its own yet, as in a clone that only checks, none is made.
func (r *Repo) Keep(ids []Hash) error {
	if _, err := os.Stat(r.Dir()); err != nil {
		return err
	}
	b := bytes.NewBufferString(keptHeader)
	for _, id := range ids {
		o, err := r.odb.get(id)
		if err != nil {
			return err
		}
		if b.Len()+len(o.data) > keptLimit {
			continue
		}
		b.Write(id[:])
		b.WriteByte(byte(o.kind))
		_ = binary.Write(b, binary.BigEndian, uint32(len(o.data)))
		b.Write(o.data)
	}
	return r.WriteOwn(keptName, b.Bytes())
}

// WriteOwn replaces a file of e1's own folder that is derived and may be lost;
// one that holds the same bytes is left alone.
func (r *Repo) WriteOwn(name string, data []byte) error {
	at := filepath.Join(r.Dir(), name)
	if old, err := os.ReadFile(at); err == nil && bytes.Equal(old, data) {
		return nil
	}
	tmp := filepath.Join(r.Dir(), "tmp", fmt.Sprintf("%s-%d", name, os.Getpid()))
	if _, err := r.disk.mkdirAll(filepath.Dir(tmp)); err != nil {
		return err
	}
	if err := r.disk.writeFile(tmp, data, 0o666, false); err != nil {
		return err
	}
	if err := r.disk.rename(tmp, at); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	return nil
}

// treeMemo remembers the folders that paths were looked up in: the top ones
// are looked through for every path.
type treeMemo struct {
	mu    sync.Mutex
	trees map[Hash][]TreeEntry
}

// maxMemo is how many folders are remembered.
const maxMemo = 64

// lookupTree is Tree for looking a name up; the entries belong to the memo.
func (r *Repo) lookupTree(id Hash) ([]TreeEntry, error) {
	r.memo.mu.Lock()
	entries, ok := r.memo.trees[id]
	r.memo.mu.Unlock()
	if ok {
		return entries, nil
	}
	entries, err := r.Tree(id)
	if err != nil {
		return nil, err
	}
	r.memo.mu.Lock()
	defer r.memo.mu.Unlock()
	if r.memo.trees == nil || len(r.memo.trees) >= maxMemo {
		r.memo.trees = map[Hash][]TreeEntry{}
	}
	r.memo.trees[id] = slices.Clip(entries)
	return entries, nil
}
