package gitstore

import (
	"bytes"
	"encoding/binary"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// writeIdx writes a pack index with offsets that count from 100.
func writeIdx(t *testing.T, names []Hash) *packIdx {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(idxMagic)
	for first := range 256 {
		n := 0
		for n < len(names) && int(names[n][0]) <= first {
			n++
		}
		b.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
	}
	for _, h := range names {
		b.Write(h[:])
	}
	b.Write(make([]byte, 4*len(names)))
	for i := range names {
		b.Write(binary.BigEndian.AppendUint32(nil, uint32(100+i)))
	}
	b.Write(make([]byte, idxTrailer))
	path := filepath.Join(t.TempDir(), "pack.idx")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	x, err := openIdx(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.close)
	return x
}

// TestFindInIdx finds every name, and none that is not there, also where names
// are not spread evenly as SHA-1 spreads them.
func TestFindInIdx(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	draw := func(like ...byte) Hash {
		var h Hash
		for i := range h {
			h[i] = byte(r.Intn(256))
		}
		copy(h[:], like)
		return h
	}
	for _, n := range []int{0, 1, 2, 127, 129, 40000} {
		names := []Hash{{}, draw(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)}
		for i := range n {
			h := draw()
			switch {
			case i%5 == 0:
				h = draw(7)
			case i%7 == 0: // the same in all that is computed with
				h = draw(9, 9, 9, 9, 9, 9, 9, 9, 9)
			case i%11 == 0:
				h = draw(9, 9, 9, 9)
			}
			names = append(names, h)
		}
		slices.SortFunc(names, func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
		names = slices.Compact(names)
		x := writeIdx(t, names)
		for i, h := range names {
			if off, ok, err := x.find(h); err != nil || !ok || off != int64(100+i) {
				t.Fatalf("%d names: %s is at %d, not %d: %v %v", n, h, off, 100+i, ok, err)
			}
			h[19]++
			_, there := slices.BinarySearchFunc(names, h, func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
			if _, ok, err := x.find(h); err != nil || ok != there {
				t.Fatalf("%d names: %s is there: %v %v", n, h, ok, err)
			}
		}
	}
}
