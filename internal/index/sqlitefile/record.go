package sqlitefile

import "encoding/binary"

// A key is a row's leading values in a form that orders as bytes the way SQLite
// orders them: NULL, integers, texts, blobs. No key is the beginning of another
// one with as many values.
const (
	keyNull = 0x05
	keyInt  = 0x10
	keyText = 0x20
	keyBlob = 0x30
	keyEnd  = 0x00 // ends a text; inside of one it is followed by keyEsc
	keyEsc  = 0xff
)

// AppendKey appends values to a key: nil, int, int64, bool, string or []byte.
// Other types are stored as NULL.
func AppendKey(dst []byte, values ...any) []byte {
	for _, v := range values {
		switch x := v.(type) {
		case int:
			dst = appendKeyInt(dst, int64(x))
		case int64:
			dst = appendKeyInt(dst, x)
		case bool:
			dst = appendKeyInt(dst, boolInt(x))
		case string:
			dst = append(dst, keyText)
			for i := range len(x) {
				if dst = append(dst, x[i]); x[i] == keyEnd {
					dst = append(dst, keyEsc)
				}
			}
			dst = append(dst, keyEnd, keyEnd)
		case []byte:
			dst = append(dst, keyBlob)
			for _, c := range x {
				if dst = append(dst, c); c == keyEnd {
					dst = append(dst, keyEsc)
				}
			}
			dst = append(dst, keyEnd, keyEnd)
		default:
			dst = append(dst, keyNull)
		}
	}
	return dst
}

func appendKeyInt(dst []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, keyInt), uint64(n)^1<<63)
}

// RowKey is the key of a row in a table with row ids.
func RowKey(dst []byte, rowid int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(rowid)^1<<63)
}

func rowidOf(key []byte) int64 { return int64(binary.BigEndian.Uint64(key) ^ 1<<63) }

// recorder gathers the two halves of a record: the types and the values.
type recorder struct{ head, body []byte }

func (r *recorder) reset() { r.head, r.body = r.head[:0], r.body[:0] }

func (r *recorder) null() { r.head = append(r.head, 0) }

func (r *recorder) int(n int64) {
	if n == 0 || n == 1 {
		r.head = append(r.head, byte(8+n))
		return
	}
	for i, bits := range [...]uint{8, 16, 24, 32, 48} {
		if n >= -1<<(bits-1) && n < 1<<(bits-1) {
			r.head = append(r.head, byte(i+1))
			for at := int(bits) - 8; at >= 0; at -= 8 {
				r.body = append(r.body, byte(n>>uint(at)))
			}
			return
		}
	}
	r.head = append(r.head, 6)
	r.body = binary.BigEndian.AppendUint64(r.body, uint64(n))
}

func (r *recorder) text(s string) {
	r.head = AppendVarint(r.head, uint64(len(s))*2+13)
	r.body = append(r.body, s...)
}

func (r *recorder) blob(b []byte) {
	r.head = AppendVarint(r.head, uint64(len(b))*2+12)
	r.body = append(r.body, b...)
}

// appendTo writes the record: the length of its header, itself included, the
// header, the values.
func (r *recorder) appendTo(dst []byte) []byte {
	n := len(r.head) + 1
	for n != len(r.head)+varintLen(uint64(n)) {
		n = len(r.head) + varintLen(uint64(n))
	}
	dst = AppendVarint(dst, uint64(n))
	return append(append(dst, r.head...), r.body...)
}

func (r *recorder) values(values []any) {
	for _, v := range values {
		switch x := v.(type) {
		case int:
			r.int(int64(x))
		case int64:
			r.int(x)
		case bool:
			r.int(boolInt(x))
		case string:
			r.text(x)
		case []byte:
			r.blob(x)
		default:
			r.null()
		}
	}
}

// ofKey reads a key back into the values it was made of.
func (r *recorder) ofKey(key []byte) {
	for len(key) > 0 {
		tag := key[0]
		key = key[1:]
		switch tag {
		case keyInt:
			r.int(int64(binary.BigEndian.Uint64(key) ^ 1<<63))
			key = key[8:]
		case keyText, keyBlob:
			start := len(r.body)
			i := 0
			for ; key[i] != keyEnd || key[i+1] == keyEsc; i++ {
				if r.body = append(r.body, key[i]); key[i] == keyEnd {
					i++
				}
			}
			key = key[i+2:]
			odd := uint64(0)
			if tag == keyText {
				odd = 1
			}
			r.head = AppendVarint(r.head, uint64(len(r.body)-start)*2+12+odd)
		default:
			r.null()
		}
	}
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// AppendVarint appends SQLite's variable length integer: seven bits a byte,
// the highest first; a ninth byte carries eight.
func AppendVarint(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	if v >= 1<<56 {
		for shift := 57; shift >= 8; shift -= 7 {
			dst = append(dst, byte(v>>uint(shift))|0x80)
		}
		return append(dst, byte(v))
	}
	n := varintLen(v)
	for i := n - 1; i > 0; i-- {
		dst = append(dst, byte(v>>uint(7*i))|0x80)
	}
	return append(dst, byte(v&0x7f))
}

func varintLen(v uint64) int {
	n := 1
	for v >= 0x80 && n < 9 {
		v >>= 7
		n++
	}
	return n
}

// KeyInt reads an integer at the end of a key.
func KeyInt(key []byte) int64 { return int64(binary.BigEndian.Uint64(key[len(key)-8:]) ^ 1<<63) }

// Varint reads what AppendVarint wrote, and how long it is.
func Varint(b []byte) (v uint64, n int) {
	for n = range 8 {
		v = v<<7 | uint64(b[n]&0x7f)
		if b[n] < 0x80 {
			return v, n + 1
		}
	}
	return v<<8 | uint64(b[8]), 9
}
