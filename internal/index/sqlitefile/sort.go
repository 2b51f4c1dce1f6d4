package sqlitefile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
)

// Sorter gathers rows of several trees. It belongs to one goroutine; the rows
// of several sorters come together when the trees are written.
type Sorter struct {
	trees []gathered
	bytes int
	limit int
	dir   string
	spill *os.File
	end   int64
	rec   recorder
	key   []byte
	out   []byte
}

// gathered are the rows of one tree: in memory, and where the sorted runs of
// it lie that did not fit.
type gathered struct {
	data    []byte // key, length of the payload, payload; of each row
	entries []entry
	runs    []run
	sorted  bool
}

// entry is one row: the eight bytes of its key that matter now, and where it
// lies.
type entry struct {
	prefix uint64
	at     uint32
	key    uint32 // length
}

type run struct{ at, end int64 }

// NewSorter makes a sorter that keeps about limit bytes in memory, and what is
// more in a file without a name in dir.
func NewSorter(trees, limit int, dir string) *Sorter {
	return &Sorter{trees: make([]gathered, trees), limit: limit, dir: dir}
}

// Close lets go of the file.
func (s *Sorter) Close() {
	if s.spill != nil {
		name := s.spill.Name()
		_ = s.spill.Close()
		_ = os.Remove(name)
		s.spill = nil
	}
}

// AddRow adds a row of a table with row ids; values leaves the id out, where
// SQLite stores NULL.
func (s *Sorter) AddRow(tree int, rowid int64, values []any) error {
	s.rec.reset()
	s.rec.null()
	s.rec.values(values)
	s.key = RowKey(s.key[:0], rowid)
	s.out = s.rec.appendTo(s.out[:0])
	return s.add(tree, s.key, s.out)
}

// AddClustered adds a row of a table without row ids whose first values are its
// primary key, so many of them.
func (s *Sorter) AddClustered(tree, key int, values []any) error {
	s.rec.reset()
	s.rec.values(values)
	s.key = AppendKey(s.key[:0], values[:key]...)
	s.out = s.rec.appendTo(s.out[:0])
	return s.add(tree, s.key, s.out)
}

// AddIndexed adds a row of an index: the indexed values and what leads to the
// row.
func (s *Sorter) AddIndexed(tree int, values ...any) error {
	s.key = AppendKey(s.key[:0], values...)
	return s.add(tree, s.key, nil)
}

// AddRaw adds a key, no other key being the beginning of it, and what belongs
// to it, for Merge. A key may occur several times.
func (s *Sorter) AddRaw(tree int, key, payload []byte) error { return s.add(tree, key, payload) }

func (s *Sorter) add(tree int, key, payload []byte) error {
	g := &s.trees[tree]
	g.sorted = false
	g.entries = append(g.entries, entry{at: uint32(len(g.data)), key: uint32(len(key))})
	before := len(g.data)
	g.data = append(g.data, key...)
	g.data = binary.AppendUvarint(g.data, uint64(len(payload)))
	g.data = append(g.data, payload...)
	s.bytes += len(g.data) - before + 16
	if s.bytes < s.limit {
		return nil
	}
	return s.flush()
}

// Sort sorts what is in memory, which otherwise waits until the trees are
// written: here every goroutine sorts its own.
func (s *Sorter) Sort() {
	for i := range s.trees {
		s.trees[i].sort()
	}
}

func (g *gathered) sort() {
	if !g.sorted {
		sortEntries(g.entries, g.data, 0)
		g.sorted = true
	}
}

func (g *gathered) row(e entry) (key, payload []byte) {
	end := e.at + e.key
	n, size := binary.Uvarint(g.data[end:])
	from := int(end) + size
	return g.data[e.at:end], g.data[from : from+int(n)]
}

// sortEntries sorts entries by their keys, which are the same up to depth:
// eight bytes at a time, and those that agree in them by the next eight.
func sortEntries(entries []entry, data []byte, depth uint32) {
	sorted := true
	for i := range entries {
		e := &entries[i]
		e.prefix = prefixAt(data[e.at:e.at+e.key], depth)
		sorted = sorted && (i == 0 || entries[i-1].prefix <= e.prefix)
	}
	if !sorted {
		slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.prefix, b.prefix) })
	}
	for i := 0; i < len(entries); {
		j := i + 1
		for j < len(entries) && entries[j].prefix == entries[i].prefix {
			j++
		}
		if j-i > 1 && entries[i].key > depth+8 {
			group := entries[i:j]
			if len(group) < 16 {
				slices.SortFunc(group, func(a, b entry) int {
					return bytes.Compare(data[a.at+depth:a.at+a.key], data[b.at+depth:b.at+b.key])
				})
			} else {
				sortEntries(group, data, depth+8)
			}
		}
		i = j
	}
}

func prefixAt(key []byte, depth uint32) uint64 {
	if len(key) >= int(depth)+8 {
		return binary.BigEndian.Uint64(key[depth:])
	}
	var b [8]byte
	if int(depth) < len(key) {
		copy(b[:], key[depth:])
	}
	return binary.BigEndian.Uint64(b[:])
}

// flush writes what is in memory to the file as sorted runs.
func (s *Sorter) flush() error {
	if s.spill == nil {
		f, err := os.CreateTemp(s.dir, ".sort-*")
		if err != nil {
			return err
		}
		s.spill = f
		_ = os.Remove(f.Name()) // where it can be, it goes with the process
	}
	buf := make([]byte, 0, 1<<18)
	for i := range s.trees {
		g := &s.trees[i]
		if len(g.entries) == 0 {
			continue
		}
		g.sort()
		start := s.end
		for _, e := range g.entries {
			key, payload := g.row(e)
			buf = binary.AppendUvarint(buf, uint64(len(key)))
			buf = append(buf, key...)
			buf = binary.AppendUvarint(buf, uint64(len(payload)))
			buf = append(buf, payload...)
			if len(buf) > 1<<17 {
				if err := s.writeOut(buf); err != nil {
					return err
				}
				buf = buf[:0]
			}
		}
		if err := s.writeOut(buf); err != nil {
			return err
		}
		buf = buf[:0]
		g.runs = append(g.runs, run{start, s.end})
		g.data, g.entries = nil, nil // the next rows may be of other tables
	}
	s.bytes = 0
	return nil
}

func (s *Sorter) writeOut(b []byte) error {
	n, err := s.spill.WriteAt(b, s.end)
	s.end += int64(n)
	return err
}

// source gives sorted rows one after the other.
type source struct {
	key, payload []byte
	prefix       uint64
	// in memory
	g    *gathered
	next int
	// in a file
	f       *os.File
	at, end int64
	buf     []byte
	pos     int
}

// advance goes to the next row; false at the end.
func (s *source) advance() (bool, error) {
	if s.g != nil {
		if s.next == len(s.g.entries) {
			return false, nil
		}
		s.key, s.payload = s.g.row(s.g.entries[s.next])
		s.next++
		s.prefix = prefixAt(s.key, 0)
		return true, nil
	}
	if s.pos == len(s.buf) && s.at == s.end {
		return false, nil
	}
	var err error
	if s.key, err = s.field(nil); err != nil {
		return false, err
	}
	if s.payload, err = s.field(&s.key); err != nil {
		return false, err
	}
	s.prefix = prefixAt(s.key, 0)
	return true, nil
}

// field reads a length and as many bytes. Bytes read before that are still
// needed are kept when the buffer is filled anew.
func (s *source) field(keep *[]byte) ([]byte, error) {
	for {
		n, size := binary.Uvarint(s.buf[s.pos:])
		if size > 0 && s.pos+size+int(n) <= len(s.buf) {
			s.pos += size + int(n)
			return s.buf[s.pos-int(n) : s.pos], nil
		}
		if s.at == s.end {
			return nil, io.ErrUnexpectedEOF
		}
		want := sourceBuffer
		if size > 0 {
			want = max(want, size+int(n))
		}
		if keep != nil {
			*keep = bytes.Clone(*keep)
		}
		rest := s.buf[s.pos:]
		buf := s.buf
		if keep != nil || cap(buf) < len(rest)+want {
			buf = make([]byte, 0, len(rest)+want)
		}
		buf = append(buf[:0], rest...)
		more := int(min(int64(want), s.end-s.at))
		got := buf[len(buf) : len(buf)+min(more, cap(buf)-len(buf))]
		if _, err := s.f.ReadAt(got, s.at); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		s.at += int64(len(got))
		s.buf, s.pos = buf[:len(buf)+len(got)], 0
	}
}

const sourceBuffer = 1 << 17

// Merge calls fn for the rows of one tree in all sorters, in order of keys; what
// it is given is valid during the call.
func Merge(sorters []*Sorter, tree int, fn func(key, payload []byte) error) error {
	var heap []*source
	add := func(s *source) error {
		ok, err := s.advance()
		if ok {
			heap = append(heap, s)
		}
		return err
	}
	for _, s := range sorters {
		g := &s.trees[tree]
		for _, r := range g.runs {
			if err := add(&source{f: s.spill, at: r.at, end: r.end}); err != nil {
				return err
			}
		}
		g.sort()
		if err := add(&source{g: g}); err != nil {
			return err
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(heap, i)
	}
	for len(heap) > 0 {
		top := heap[0]
		if err := fn(top.key, top.payload); err != nil {
			return err
		}
		ok, err := top.advance()
		if err != nil {
			return err
		}
		if !ok {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		}
		sink(heap, 0)
	}
	return nil
}

func (s *source) less(o *source) bool {
	if s.prefix != o.prefix {
		return s.prefix < o.prefix
	}
	return bytes.Compare(s.key, o.key) < 0
}

func sink(heap []*source, i int) {
	for {
		c := 2*i + 1
		if c >= len(heap) {
			return
		}
		if c+1 < len(heap) && heap[c+1].less(heap[c]) {
			c++
		}
		if !heap[c].less(heap[i]) {
			return
		}
		heap[i], heap[c] = heap[c], heap[i]
		i = c
	}
}

// Root is a tree to fill: where it begins and whether it is a table with row
// ids.
type Root struct {
	Page  uint32
	Table bool
}

// WriteTree fills one tree with the rows of all sorters. Trees may be written
// by several goroutines at once. each, where given, sees the keys in order.
func (f *File) WriteTree(root Root, sorters []*Sorter, tree int, each func(key []byte)) error {
	t, err := f.newTree(root.Page, !root.Table)
	if err != nil {
		return err
	}
	var rec recorder
	var record []byte
	err = Merge(sorters, tree, func(key, payload []byte) error {
		if each != nil {
			each(key)
		}
		if root.Table {
			return t.add(rowidOf(key), payload)
		}
		if len(payload) == 0 {
			rec.reset()
			rec.ofKey(key)
			record = rec.appendTo(record[:0])
			payload = record
		}
		return t.add(0, payload)
	})
	if err != nil {
		return err
	}
	Drop(sorters, tree)
	return t.finish()
}

// Drop forgets the rows of a tree that were in memory.
func Drop(sorters []*Sorter, tree int) {
	for _, s := range sorters {
		s.trees[tree] = gathered{}
	}
}
