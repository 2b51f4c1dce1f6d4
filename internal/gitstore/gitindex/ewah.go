package gitindex

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// A bitmap in EWAH compression is a sequence of 64-bit words. A marker word
// says how many words of equal bits (bit 0 the value, 32 bits the number)
// follow it in thought, and how many literal words (31 bits) in fact.
const (
	ewahRunBits = 32
	ewahRunMask = 1<<ewahRunBits - 1
	// ewahMaxBits bounds what a damaged bitmap can make us expand.
	ewahMaxBits = 1 << 31
)

var errBitmap = errors.New("a bitmap of the link extension is damaged")

// decodeEWAH returns the set positions in order and what follows the bitmap.
func decodeEWAH(b []byte) (set []uint32, rest []byte, err error) {
	if len(b) < 8 {
		return nil, nil, errBitmap
	}
	size := int64(binary.BigEndian.Uint32(b))
	n := int(binary.BigEndian.Uint32(b[4:]))
	b = b[8:]
	if size > ewahMaxBits || n < 0 || n > len(b)/8 || len(b) < n*8+4 {
		return nil, nil, errBitmap
	}
	word := func(i int) uint64 { return binary.BigEndian.Uint64(b[8*i:]) }
	at := int64(0) // position in bits
	for i := 0; i < n; {
		marker := word(i)
		i++
		run := int64(marker >> 1 & ewahRunMask)
		literals := int(marker >> (1 + ewahRunBits))
		if run*64 > ewahMaxBits || literals > n-i {
			return nil, nil, errBitmap
		}
		if marker&1 != 0 {
			if at+run*64 > size+63 {
				return nil, nil, errBitmap
			}
			for p := at; p < min(at+run*64, size); p++ {
				set = append(set, uint32(p))
			}
		}
		at += run * 64
		for ; literals > 0; literals-- {
			for w := word(i); w != 0; w &= w - 1 {
				p := at + int64(bits.TrailingZeros64(w))
				if p >= size {
					return nil, nil, errBitmap
				}
				set = append(set, uint32(p))
			}
			i++
			at += 64
		}
	}
	return set, b[n*8+4:], nil
}

// appendEWAH encodes positions that are in ascending order.
func appendEWAH(b []byte, set []uint32) []byte {
	words := []uint64{0}
	marker := 0 // index of the current marker word
	next := uint32(0)
	for i := 0; i < len(set); {
		w := set[i] / 64
		var literal uint64
		for ; i < len(set) && set[i]/64 == w; i++ {
			literal |= 1 << (set[i] % 64)
		}
		if gap := w - next; gap > 0 {
			if words[marker] != 0 {
				words = append(words, 0)
				marker = len(words) - 1
			}
			words[marker] = uint64(gap) << 1
		}
		words[marker] += 1 << (1 + ewahRunBits)
		words = append(words, literal)
		next = w + 1
	}
	size := uint32(0)
	if len(set) > 0 {
		size = set[len(set)-1] + 1
	}
	b = binary.BigEndian.AppendUint32(b, size)
	b = binary.BigEndian.AppendUint32(b, uint32(len(words)))
	for _, w := range words {
		b = binary.BigEndian.AppendUint64(b, w)
	}
	return binary.BigEndian.AppendUint32(b, uint32(marker))
}
