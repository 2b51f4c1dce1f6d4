package gitindex

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ID is the name of an object.
type ID = [20]byte

// Stat is what git keeps of lstat(2) to see that a file is unchanged, each
// field truncated to 32 bits.
type Stat struct {
	CTimeSec, CTimeNsec, MTimeSec, MTimeNsec uint32
	Dev, Ino, UID, GID, Size                 uint32
}

// Entry is one file of the index.
type Entry struct {
	Path  string
	Stat  Stat
	Mode  uint32
	ID    ID
	Flags uint16 // assume-valid, extended, stage; without the name's length
	Ext   uint16 // skip-worktree, intent-to-add
}

// Bits of Flags and Ext.
const (
	flagAssumeValid = 0x8000
	flagExtended    = 0x4000
	flagStage       = 0x3000
	flagNameMask    = 0x0fff
	extSkipWorktree = 0x4000
	extIntentToAdd  = 0x2000
)

// Stage is 0, or 1 to 3 for a path with a merge conflict.
func (e Entry) Stage() int { return int(e.Flags & flagStage >> 12) }

// SkipWorktree reports that the path lies outside a sparse checkout.
func (e Entry) SkipWorktree() bool { return e.Ext&extSkipWorktree != 0 }

// IntentToAdd reports that the entry stands for `git add -N`.
func (e Entry) IntentToAdd() bool { return e.Ext&extIntentToAdd != 0 }

// AssumeValid reports that git was told not to look at the file.
func (e Entry) AssumeValid() bool { return e.Flags&flagAssumeValid != 0 }

// IsDir reports that the entry is a folder of a sparse index.
func (e Entry) IsDir() bool { return e.Mode == 0o040000 }

const (
	headerSize  = 12
	fixedSize   = 62 // of an entry without extended flags
	trailerSize = 20
	signature   = "DIRC"
	maxPath     = 1 << 16
)

var errShort = errors.New("it is cut short")

// entryReader decodes a sequence of entries.
type entryReader struct {
	in      *bufio.Reader
	version uint32
	offset  int64  // of the next entry in the file
	name    []byte // of the entry read last
}

func newEntryReader(r io.Reader, version uint32, offset int64) *entryReader {
	return &entryReader{in: bufio.NewReaderSize(r, 1<<13), version: version, offset: offset}
}

// next decodes an entry; its path is r.name, valid until the next call, and
// not set in e.
func (r *entryReader) next(e *Entry) error {
	b, err := r.in.Peek(fixedSize + 2)
	if err != nil {
		return errShort
	}
	s := &e.Stat
	for i, p := range []*uint32{&s.CTimeSec, &s.CTimeNsec, &s.MTimeSec, &s.MTimeNsec, &s.Dev, &s.Ino, &e.Mode, &s.UID, &s.GID, &s.Size} {
		*p = binary.BigEndian.Uint32(b[4*i:])
	}
	copy(e.ID[:], b[40:60])
	flags := binary.BigEndian.Uint16(b[60:])
	e.Flags, e.Ext = flags&^(flagNameMask|flagExtended), 0
	n := fixedSize
	if flags&flagExtended != 0 {
		if r.version < 3 {
			return errors.New("an entry has extended flags in version 2")
		}
		e.Ext = binary.BigEndian.Uint16(b[62:])
		n += 2
	}
	if _, err := r.in.Discard(n); err != nil {
		return err
	}
	if r.version == 4 {
		m, err := r.prefixedName()
		r.offset += int64(n + m)
		return err
	}
	return r.paddedName(n, int(flags&flagNameMask))
}

// prefixedName reads a name of version 4: how much to drop of the name before,
// and what follows.
func (r *entryReader) prefixedName() (int, error) {
	c, err := r.in.ReadByte()
	if err != nil {
		return 0, errShort
	}
	n, strip := 1, int(c&0x7f)
	for c&0x80 != 0 {
		if c, err = r.in.ReadByte(); err != nil || n > 4 {
			return n, errShort
		}
		n++
		strip = (strip+1)<<7 | int(c&0x7f)
	}
	if strip > len(r.name) {
		return n, fmt.Errorf("a name after %q is malformed", r.name)
	}
	r.name = r.name[:len(r.name)-strip]
	tail, err := r.in.ReadSlice(0)
	if err != nil || len(tail)+len(r.name) > maxPath {
		return n, errShort
	}
	r.name = append(r.name, tail[:len(tail)-1]...)
	return n + len(tail), nil
}

// paddedName reads a name of version 2 or 3 and the 1 to 8 zeros that fill
// the entry up to a multiple of eight bytes. head is what was read before.
func (r *entryReader) paddedName(head, length int) error {
	r.name = r.name[:0]
	if length < flagNameMask {
		size := (head + length + 8) &^ 7
		b, err := r.in.Peek(size - head)
		if err != nil || b[length] != 0 {
			return errShort
		}
		r.name = append(r.name, b[:length]...)
		r.offset += int64(size)
		_, err = r.in.Discard(size - head)
		return err
	}
	b, err := r.in.ReadSlice(0)
	if err != nil || len(b) > maxPath {
		return errShort
	}
	r.name = append(r.name, b[:len(b)-1]...)
	size := (head + len(r.name) + 8) &^ 7
	r.offset += int64(size)
	_, err = r.in.Discard(size - head - len(b))
	return err
}

// entryWriter encodes entries one after the other.
type entryWriter struct {
	version uint32
	prev    []byte
	buf     []byte
}

// append encodes an entry. name may differ from e.Path: replaced entries of a
// split index have none.
func (w *entryWriter) append(e *Entry, name string) {
	start := len(w.buf)
	s := &e.Stat
	for _, v := range []uint32{s.CTimeSec, s.CTimeNsec, s.MTimeSec, s.MTimeNsec, s.Dev, s.Ino, e.Mode, s.UID, s.GID, s.Size} {
		w.buf = binary.BigEndian.AppendUint32(w.buf, v)
	}
	w.buf = append(w.buf, e.ID[:]...)
	flags := e.Flags&^(flagExtended|flagNameMask) | uint16(min(len(name), flagNameMask))
	if e.Ext != 0 {
		flags |= flagExtended
	}
	w.buf = binary.BigEndian.AppendUint16(w.buf, flags)
	if e.Ext != 0 {
		w.buf = binary.BigEndian.AppendUint16(w.buf, e.Ext)
	}
	if w.version == 4 {
		common := commonPrefix(w.prev, name)
		w.buf = appendVarint(w.buf, len(w.prev)-common)
		w.buf = append(w.buf, name[common:]...)
		w.buf = append(w.buf, 0)
		w.prev = append(w.prev[:common], name[common:]...)
		return
	}
	w.buf = append(w.buf, name...)
	size := (len(w.buf) - start + 8) &^ 7
	w.buf = append(w.buf, zeros[:size-(len(w.buf)-start)]...)
}

const zeros = "\x00\x00\x00\x00\x00\x00\x00\x00"

func commonPrefix(a []byte, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// appendVarint is git's encoding of offsets, in which each continuation adds
// one.
func appendVarint(b []byte, v int) []byte {
	var tmp [10]byte
	i := len(tmp) - 1
	tmp[i] = byte(v & 0x7f)
	for v >>= 7; v != 0; v >>= 7 {
		v--
		i--
		tmp[i] = 0x80 | byte(v&0x7f)
	}
	return append(b, tmp[i:]...)
}

// compareKey orders entries as the index does: bytes of the path, then stage.
func compareKey(a string, aStage int, b string, bStage int) int {
	if c := bytes.Compare([]byte(a), []byte(b)); c != 0 {
		return c
	}
	return aStage - bStage
}
