package gitindex

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
)

// Builder writes a whole index entry by entry, in bounded memory. The number
// of entries must be known beforehand and the entries come sorted.
type Builder struct {
	w      io.Writer
	sum    hash.Hash
	ew     entryWriter
	offset int64 // of what is in ew.buf
	since  int64
	want   uint32
	base   *Base
	tree   *cacheTree
}

// NewBuilder starts an index of n entries. Entries modified at or after the
// second since are remembered as suspects, should the file become the shared
// part of a split index. version is 2, 3 or 4.
func NewBuilder(w io.Writer, version uint32, n int, since int64) *Builder {
	b := &Builder{w: w, sum: sha1.New(), ew: entryWriter{version: version}, since: since, want: uint32(n)}
	b.base = &Base{version: version}
	b.ew.buf = appendHeader(make([]byte, 0, 1<<18), version, n)
	return b
}

// Add writes one entry.
func (b *Builder) Add(e *Entry) error {
	pos := b.base.count
	if pos%blockEntries == 0 {
		b.base.samples = append(b.base.samples, sample{b.offset + int64(len(b.ew.buf)), e.Path})
	}
	if int64(e.Stat.MTimeSec) >= b.since {
		b.base.suspects = append(b.base.suspects, suspect{pos, e.Stat.MTimeSec})
	}
	b.base.count++
	b.ew.append(e, e.Path)
	if len(b.ew.buf) < 1<<17 {
		return nil
	}
	return b.flush()
}

func (b *Builder) flush() error {
	b.sum.Write(b.ew.buf)
	b.offset += int64(len(b.ew.buf))
	_, err := b.w.Write(b.ew.buf)
	b.ew.buf = b.ew.buf[:0]
	return err
}

// SetTree gives the index a tree cache: folders sorted by path, parents
// before what they hold, Delta being the number of files below each.
func (b *Builder) SetTree(folders []FolderChange) {
	b.tree = &cacheTree{}
	b.tree.update(folders, func(string) bool { return false })
}

// Finish writes the end of the file and returns its checksum.
func (b *Builder) Finish() (ID, error) {
	if b.base.count != b.want {
		return ID{}, fmt.Errorf("the index got %d entries instead of %d", b.base.count, b.want)
	}
	b.base.end = b.offset + int64(len(b.ew.buf))
	if b.tree != nil {
		var t bytes.Buffer
		b.tree.encode(&t)
		b.ew.buf = appendExtension(b.ew.buf, "TREE", t.Bytes())
	}
	if err := b.flush(); err != nil {
		return ID{}, err
	}
	b.base.id = ID(b.sum.Sum(nil))
	b.offset += trailerSize
	_, err := b.w.Write(b.base.id[:])
	return b.base.id, err
}

// Rebase writes everything the index holds into w as a new shared part and
// leaves the small part empty. The caller makes w durable under the name
// BasePath(gitDir, id) and then calls Adopt. since is as for NewBuilder.
func (x *Index) Rebase(w io.Writer, since int64) (*Builder, error) {
	version := x.version
	if version < 4 {
		version = 3 // also holds entries without extended flags
	}
	n := 0
	if err := x.each(func(*Entry) error { n++; return nil }); err != nil {
		return nil, err
	}
	b := NewBuilder(w, version, n, since)
	if err := x.each(b.Add); err != nil {
		return nil, err
	}
	_, err := b.Finish()
	return b, err
}

// Adopt makes a finished shared part that of x. f is the file as it will be
// read.
func (x *Index) Adopt(b *Builder, f *os.File, tableDir string) error {
	if x.base != nil {
		x.base.f.Close()
	}
	b.base.f = f
	x.base = b.base
	x.entries, x.deleted, x.replaced = nil, nil, nil
	return writeTable(tableDir, b.base, b.offset)
}

// Since makes the second from which on entries are suspects a later one.
func (b *Builder) Since(since int64) {
	b.base.suspects = slices.DeleteFunc(b.base.suspects, func(s suspect) bool { return int64(s.mtime) < since })
}

// ID returns the checksum of a finished index.
func (b *Builder) ID() ID { return b.base.id }

// Each calls fn for every entry in order; e is valid during the call only.
func (x *Index) Each(fn func(e *Entry) error) error { return x.each(fn) }

func (x *Index) each(fn func(e *Entry) error) error {
	next := 0
	if x.base != nil {
		deleted, replaced := x.deleted, x.replaced
		r := newEntryReader(io.NewSectionReader(x.base.f, headerSize, 1<<62), x.base.version, headerSize)
		var e Entry
		for pos := range x.base.count {
			if err := r.next(&e); err != nil {
				return err
			}
			if len(deleted) > 0 && deleted[0] == pos {
				deleted = deleted[1:]
				continue
			}
			if len(replaced) > 0 && replaced[0].pos == pos {
				e = replaced[0].e
				replaced = replaced[1:]
			}
			e.Path = string(r.name)
			for next < len(x.entries) && compareKey(x.entries[next].Path, x.entries[next].Stage(), e.Path, e.Stage()) < 0 {
				if err := fn(&x.entries[next]); err != nil {
					return err
				}
				next++
			}
			// An added entry of the same key takes the place of the shared one.
			if next < len(x.entries) && x.entries[next].Path == e.Path && x.entries[next].Stage() == e.Stage() {
				continue
			}
			if err := fn(&e); err != nil {
				return err
			}
		}
	}
	for ; next < len(x.entries); next++ {
		if err := fn(&x.entries[next]); err != nil {
			return err
		}
	}
	return nil
}
