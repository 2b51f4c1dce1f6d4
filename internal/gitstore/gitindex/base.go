package gitindex

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sort"
)

// Base is the shared part of a split index: a whole index file that is never
// changed. A side table of the offset of every 64th entry, kept beside e1's
// other derived files, finds an entry with one read.
type Base struct {
	f        *os.File
	id       ID
	version  uint32
	count    uint32
	unmerged string    // a path with a conflict
	suspects []suspect // entries not older than the file itself, by position
	samples  []sample
	end      int64 // of the entries
}

// suspect is an entry whose stat data may not show a change.
type suspect struct{ pos, mtime uint32 }

// sample is where a block of entries starts and the name it starts with.
type sample struct {
	offset int64
	name   string
}

// blockEntries is the number of entries between two samples.
const blockEntries = 64

// BasePath returns the file of a shared part.
func BasePath(gitDir string, id ID) string {
	return filepath.Join(gitDir, "sharedindex."+hex.EncodeToString(id[:]))
}

func tablePath(tableDir string, id ID) string {
	return filepath.Join(tableDir, "sharedindex."+hex.EncodeToString(id[:])+".table")
}

// openBase opens a shared part with its side table, which is made when it is
// missing or damaged.
func openBase(gitDir, tableDir string, id ID) (*Base, error) {
	f, err := os.Open(BasePath(gitDir, id))
	if err != nil {
		return nil, err
	}
	b := &Base{f: f, id: id}
	st, err := f.Stat()
	if err == nil {
		var table []byte
		table, err = os.ReadFile(tablePath(tableDir, id))
		if err != nil || b.decodeTable(table, st.Size()) != nil {
			if err = b.scan(st.ModTime().Unix(), st.Size()); err == nil {
				// The table saves time only; it may fail to be written.
				_ = writeTable(tableDir, b, st.Size())
			}
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%q: %w", f.Name(), err)
	}
	return b, nil
}

// scan reads all entries to build the table.
func (b *Base) scan(mtime, size int64) error {
	var head [headerSize]byte
	if _, err := b.f.ReadAt(head[:], 0); err != nil || string(head[:4]) != signature {
		return errors.New("it is no git index")
	}
	b.version = binary.BigEndian.Uint32(head[4:])
	b.count = binary.BigEndian.Uint32(head[8:])
	if b.version < 2 || b.version > 4 || int64(b.count) > size/fixedSize {
		return errors.New("it is damaged")
	}
	b.samples, b.suspects, b.unmerged = nil, nil, ""
	r := newEntryReader(io.NewSectionReader(b.f, headerSize, size-headerSize), b.version, headerSize)
	var e Entry
	for pos := range b.count {
		start := r.offset
		if err := r.next(&e); err != nil {
			return err
		}
		if pos%blockEntries == 0 {
			b.samples = append(b.samples, sample{start, string(r.name)})
		}
		if int64(e.Stat.MTimeSec) >= mtime {
			b.suspects = append(b.suspects, suspect{pos, e.Stat.MTimeSec})
		}
		if e.Stage() != 0 && b.unmerged == "" {
			b.unmerged = string(r.name)
		}
	}
	b.end = r.offset
	return nil
}

// block calls fn for the entries of the block that starts with a sample.
func (b *Base) block(i int, fn func(pos uint32, e *Entry, name []byte) bool) error {
	end := b.end
	if i+1 < len(b.samples) {
		end = b.samples[i+1].offset
	}
	start := b.samples[i].offset
	if end < start || end-start > blockEntries*(maxPath+128) {
		return errors.New("the table of git's shared index is damaged")
	}
	buf := make([]byte, end-start+fixedSize+2) // the reader looks ahead
	n, err := b.f.ReadAt(buf, start)
	if err != nil && err != io.EOF {
		return err
	}
	first := b.samples[i].name
	r := newBlockReader(buf[:n], b.version, start)
	var e Entry
	for pos := uint32(i) * blockEntries; r.offset < end && pos < b.count; pos++ {
		if err := r.next(&e); err != nil {
			return err
		}
		if first != "" {
			// In version 4 the first name continues one we did not read.
			r.name = append(r.name[:0], first...)
			first = ""
		}
		if !fn(pos, &e, r.name) {
			return nil
		}
	}
	return nil
}

// newBlockReader reads from the middle of a file. So that the first name of
// version 4 can drop as much as it likes, the name before it is made long
// enough.
func newBlockReader(b []byte, version uint32, offset int64) *entryReader {
	r := newEntryReader(bytes.NewReader(b), version, offset)
	if version == 4 {
		r.name = make([]byte, maxPath/2)
	}
	return r
}

// find returns position and entry of a path.
func (b *Base) find(path string) (pos uint32, e Entry, ok bool, err error) {
	i := sort.Search(len(b.samples), func(i int) bool { return b.samples[i].name > path }) - 1
	if i < 0 {
		return 0, e, false, nil
	}
	err = b.block(i, func(p uint32, at *Entry, name []byte) bool {
		if string(name) < path {
			return true
		}
		if string(name) == path {
			pos, e, ok = p, *at, true
			e.Path = path
		}
		return false
	})
	return pos, e, ok, err
}

// at returns the entry at a position.
func (b *Base) at(pos uint32) (e Entry, path string, err error) {
	if pos >= b.count {
		return e, "", errBitmap
	}
	found := false
	err = b.block(int(pos/blockEntries), func(p uint32, at *Entry, name []byte) bool {
		if p == pos {
			e, path, found = *at, string(name), true
			e.Path = path
		}
		return p < pos
	})
	if err == nil && !found {
		err = errShort
	}
	return e, path, err
}

// from calls fn for entries from the first not before path on.
func (b *Base) from(path string, fn func(pos uint32, e *Entry, name []byte) bool) error {
	i := max(0, sort.Search(len(b.samples), func(i int) bool { return b.samples[i].name > path })-1)
	for more := true; more && i < len(b.samples); i++ {
		if err := b.block(i, func(pos uint32, e *Entry, name []byte) bool {
			if string(name) >= path {
				more = fn(pos, e, name)
			}
			return more
		}); err != nil {
			return err
		}
	}
	return nil
}

// The side table: magic, shared part's id and size, version, counts, the
// path of a conflict, suspects, samples, CRC-32C over everything before.
const tableMagic = "e1 index table 1\n"

func (b *Base) encodeTable(size int64) []byte {
	out := append([]byte(tableMagic), b.id[:]...)
	u32 := func(v uint32) { out = binary.BigEndian.AppendUint32(out, v) }
	u64 := func(v int64) { out = binary.BigEndian.AppendUint64(out, uint64(v)) }
	text := func(s string) {
		u32(uint32(len(s)))
		out = append(out, s...)
	}
	u64(size)
	u64(b.end)
	u32(b.version)
	u32(b.count)
	text(b.unmerged)
	u32(uint32(len(b.suspects)))
	for _, s := range b.suspects {
		u32(s.pos)
		u32(s.mtime)
	}
	u32(uint32(len(b.samples)))
	for _, s := range b.samples {
		u64(s.offset)
		text(s.name)
	}
	return binary.BigEndian.AppendUint32(out, crc32.Checksum(out, crc32.MakeTable(crc32.Castagnoli)))
}

func (b *Base) decodeTable(t []byte, size int64) error {
	bad := errors.New("damaged table")
	n := len(t) - 4
	if n < len(tableMagic)+20 || string(t[:len(tableMagic)]) != tableMagic ||
		binary.BigEndian.Uint32(t[n:]) != crc32.Checksum(t[:n], crc32.MakeTable(crc32.Castagnoli)) ||
		!bytes.Equal(t[len(tableMagic):len(tableMagic)+20], b.id[:]) {
		return bad
	}
	s := string(t[len(tableMagic)+20 : n])
	at := 0
	take := func(k int) string {
		if k < 0 || at+k > len(s) {
			at = len(s) + 1
			return zeros
		}
		at += k
		return s[at-k : at]
	}
	u32 := func() uint32 { return binary.BigEndian.Uint32([]byte(take(4))) }
	u64 := func() int64 { return int64(binary.BigEndian.Uint64([]byte(take(8)))) }
	wantSize := u64()
	b.end, b.version, b.count = u64(), u32(), u32()
	b.unmerged = take(int(u32()))
	b.suspects = make([]suspect, min(int(u32()), len(s)/8))
	for i := range b.suspects {
		b.suspects[i] = suspect{u32(), u32()}
	}
	b.samples = make([]sample, min(int(u32()), len(s)/12))
	for i := range b.samples {
		off := u64()
		b.samples[i] = sample{off, take(int(u32()))}
	}
	if at != len(s) || wantSize != size || len(b.samples) != int(b.count+blockEntries-1)/blockEntries {
		return bad
	}
	return nil
}

// writeTable keeps the table, readable for whom the shared part is.
func writeTable(dir string, b *Base, size int64) error {
	st, err := b.f.Stat()
	if err != nil {
		return err
	}
	name := filepath.Join(dir, fmt.Sprintf("table-%d", os.Getpid()))
	tmp, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = tmp.Write(b.encodeTable(size))
	if err == nil {
		err = tmp.Chmod(st.Mode().Perm())
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(name, tablePath(dir, b.id))
	}
	if err != nil {
		os.Remove(name)
	}
	return err
}

// PruneTables removes side tables of shared parts that are no longer there.
func PruneTables(gitDir, tableDir string) error {
	tables, err := filepath.Glob(filepath.Join(tableDir, "sharedindex.*.table"))
	if err != nil {
		return err
	}
	for _, t := range tables {
		name := filepath.Base(t)
		if _, err := os.Stat(filepath.Join(gitDir, name[:len(name)-len(".table")])); errors.Is(err, os.ErrNotExist) {
			if err := os.Remove(t); err != nil {
				return err
			}
		}
	}
	return nil
}
