package gitstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
)

// Layout of a pack index, version 2: magic and version, 256 counts, the
// sorted names, a CRC for each, a 31-bit offset or a reference into the last
// table of 64-bit offsets, and two checksums.
const (
	idxMagic   = "\xfftOc\x00\x00\x00\x02"
	idxHeader  = 8 + 256*4
	idxTrailer = 2 * 20
	// idxChunk is how many names are read at once when the search has come
	// that close.
	idxChunk = 64
)

// packIdx finds objects in one .idx without loading it: the first lookup
// reads 1 kB, each further one a few names, however many objects it lists.
type packIdx struct {
	f      *os.File
	n      int64
	size   int64
	fanout [256]uint32
}

func openIdx(path string) (*packIdx, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	x := &packIdx{f: f}
	if err := x.readHeader(); err != nil {
		f.Close()
		return nil, err
	}
	return x, nil
}

func (x *packIdx) readHeader() error {
	st, err := x.f.Stat()
	if err != nil {
		return err
	}
	x.size = st.Size()
	var head [idxHeader]byte
	if _, err := x.f.ReadAt(head[:], 0); err != nil || string(head[:8]) != idxMagic {
		return &CorruptError{What: fmt.Sprintf("%q is not a pack index of version 2", x.f.Name()), Hint: "git index-pack"}
	}
	last := uint32(0)
	for i := range x.fanout {
		x.fanout[i] = binary.BigEndian.Uint32(head[8+4*i:])
		if x.fanout[i] < last {
			return &CorruptError{What: fmt.Sprintf("%q is damaged: its counts decrease", x.f.Name()), Hint: "git fsck"}
		}
		last = x.fanout[i]
	}
	x.n = int64(last)
	if x.size < idxHeader+x.n*28+idxTrailer {
		return &CorruptError{What: fmt.Sprintf("%q is cut short", x.f.Name()), Hint: "git fsck"}
	}
	return nil
}

// find returns the offset of an object in the pack.
func (x *packIdx) find(h Hash) (offset int64, ok bool, err error) {
	lo, hi := int64(0), int64(x.fanout[h[0]])
	if h[0] > 0 {
		lo = int64(x.fanout[h[0]-1])
	}
	var name [20]byte
	for hi-lo > idxChunk {
		mid := (lo + hi) / 2
		if _, err := x.f.ReadAt(name[:], idxHeader+mid*20); err != nil {
			return 0, false, err
		}
		switch c := bytes.Compare(h[:], name[:]); {
		case c == 0:
			offset, err = x.offset(mid)
			return offset, err == nil, err
		case c < 0:
			hi = mid
		default:
			lo = mid + 1
		}
	}
	if hi <= lo {
		return 0, false, nil
	}
	var chunk [idxChunk * 20]byte
	names := chunk[:(hi-lo)*20]
	if _, err := x.f.ReadAt(names, idxHeader+lo*20); err != nil {
		return 0, false, err
	}
	for i := int64(0); i < hi-lo; i++ {
		if bytes.Equal(names[i*20:i*20+20], h[:]) {
			offset, err = x.offset(lo + i)
			return offset, err == nil, err
		}
	}
	return 0, false, nil
}

func (x *packIdx) offset(i int64) (int64, error) {
	var b [8]byte
	if _, err := x.f.ReadAt(b[:4], idxHeader+x.n*24+i*4); err != nil {
		return 0, err
	}
	v := binary.BigEndian.Uint32(b[:4])
	if v&(1<<31) == 0 {
		return int64(v), nil
	}
	at := idxHeader + x.n*28 + int64(v&^(1<<31))*8
	if at+8 > x.size-idxTrailer {
		return 0, &CorruptError{What: fmt.Sprintf("%q is damaged: offset out of range", x.f.Name()), Hint: "git fsck"}
	}
	if _, err := x.f.ReadAt(b[:], at); err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(b[:])), nil
}

func (x *packIdx) close() { x.f.Close() }
