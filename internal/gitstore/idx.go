package gitstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sort"
)

// Layout of a pack index, version 2: magic and version, 256 counts, the
// sorted names, a CRC for each, a 31-bit offset or a reference into the last
// table of 64-bit offsets, and two checksums.
const (
	idxMagic   = "\xfftOc\x00\x00\x00\x02"
	idxHeader  = 8 + 256*4
	idxTrailer = 2 * 20
	// idxChunk is how many names are read at once: in a million, a name lies
	// within twice as many of where it is expected.
	idxChunk = 128
)

// packIdx finds objects in one .idx. A small one is read as a whole and holds no
// file open; of a larger one the first lookup reads 1 kB and each further one a
// few names, however many objects it lists.
type packIdx struct {
	name   string
	r      io.ReaderAt
	f      *os.File // nil when it was read as a whole
	n      int64
	size   int64
	fanout [256]uint32
}

// smallIdx is the size up to which an index is read as a whole: two thousand
// objects.
const smallIdx = 64 << 10

func openIdx(path string) (*packIdx, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	x := &packIdx{name: path, r: f, f: f}
	err = x.readHeader()
	if err != nil || x.f == nil {
		f.Close()
	}
	if err != nil {
		return nil, err
	}
	return x, nil
}

func (x *packIdx) readHeader() error {
	st, err := x.f.Stat()
	if err != nil {
		return err
	}
	if x.size = st.Size(); x.size <= smallIdx {
		b := make([]byte, x.size)
		if _, err := io.ReadFull(x.f, b); err != nil {
			return err
		}
		x.r, x.f = bytes.NewReader(b), nil
	}
	var head [idxHeader]byte
	if _, err := x.r.ReadAt(head[:], 0); err != nil || string(head[:8]) != idxMagic {
		return &CorruptError{What: fmt.Sprintf("%q is not a pack index of version 2", x.name), Hint: "git index-pack"}
	}
	last := uint32(0)
	for i := range x.fanout {
		x.fanout[i] = binary.BigEndian.Uint32(head[8+4*i:])
		if x.fanout[i] < last {
			return &CorruptError{What: fmt.Sprintf("%q is damaged: its counts decrease", x.name), Hint: "git fsck"}
		}
		last = x.fanout[i]
	}
	x.n = int64(last)
	if x.size < idxHeader+x.n*28+idxTrailer {
		return &CorruptError{What: fmt.Sprintf("%q is cut short", x.name), Hint: "git fsck"}
	}
	return nil
}

// find returns the offset of an object in the pack. Names are spread evenly,
// so the place of one can be told from its value: nearly always the first or
// the second piece that is read has it.
func (x *packIdx) find(h Hash) (offset int64, ok bool, err error) {
	lo, hi := int64(0), int64(x.fanout[h[0]])
	if h[0] > 0 {
		lo = int64(x.fanout[h[0]-1])
	}
	// What the names from lo up to hi can begin with, after the first byte.
	low, high := uint64(0), uint64(1)<<56
	want := nameValue(h[:])
	var buf [idxChunk * 20]byte
	for tries := 0; lo < hi; tries++ {
		guess := lo + int64(float64(hi-lo)*(float64(want-low)/float64(high-low)))
		if tries > 3 { // not so even: halve
			guess = (lo + hi) / 2
		}
		from := max(lo, min(guess-idxChunk/2, hi-idxChunk))
		names := buf[:(min(from+idxChunk, hi)-from)*20]
		if _, err := x.r.ReadAt(names, idxHeader+from*20); err != nil {
			return 0, false, err
		}
		n := len(names) / 20
		i := sort.Search(n, func(i int) bool { return bytes.Compare(names[i*20:i*20+20], h[:]) >= 0 })
		switch {
		case i < n && bytes.Equal(names[i*20:i*20+20], h[:]):
			offset, err = x.offset(from + int64(i))
			return offset, err == nil, err
		case i == 0:
			hi, high = from, nameValue(names)
		case i == n:
			lo, low = from+int64(n), nameValue(names[(n-1)*20:])
		default:
			return 0, false, nil
		}
		if want < low || want > high || low == high {
			low, high = want, want+1 // a damaged index, or names that agree for seven bytes
		}
	}
	return 0, false, nil
}

// nameValue is a name as a number, without its first byte.
func nameValue(name []byte) uint64 { return binary.BigEndian.Uint64(name) &^ (0xff << 56) }

func (x *packIdx) offset(i int64) (int64, error) {
	var b [8]byte
	if _, err := x.r.ReadAt(b[:4], idxHeader+x.n*24+i*4); err != nil {
		return 0, err
	}
	v := binary.BigEndian.Uint32(b[:4])
	if v&(1<<31) == 0 {
		return int64(v), nil
	}
	at := idxHeader + x.n*28 + int64(v&^(1<<31))*8
	if at+8 > x.size-idxTrailer {
		return 0, &CorruptError{What: fmt.Sprintf("%q is damaged: offset out of range", x.name), Hint: "git fsck"}
	}
	if _, err := x.r.ReadAt(b[:], at); err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(b[:])), nil
}

// each calls fn for every object.
func (x *packIdx) each(fn func(id Hash, offset int64) error) error {
	var buf [idxChunk * 20]byte
	for from := int64(0); from < x.n; from += idxChunk {
		names := buf[:min(idxChunk, x.n-from)*20]
		if _, err := x.r.ReadAt(names, idxHeader+from*20); err != nil {
			return err
		}
		for i := range int64(len(names) / 20) {
			offset, err := x.offset(from + i)
			if err != nil {
				return err
			}
			if err := fn(Hash(names[i*20:i*20+20]), offset); err != nil {
				return err
			}
		}
	}
	return nil
}

// descriptors is how many files it holds open.
func (x *packIdx) descriptors() int {
	if x.f == nil {
		return 0
	}
	return 1
}

func (x *packIdx) close() {
	if x.f != nil {
		x.f.Close()
	}
}
