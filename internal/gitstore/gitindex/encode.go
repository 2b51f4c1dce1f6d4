package gitindex

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
)

// Encode returns the file `index`.
func (x *Index) Encode() []byte {
	version := x.version
	if version < 4 {
		version = 2
		for i := range x.entries {
			if x.entries[i].Ext != 0 {
				version = 3
			}
		}
		for i := range x.replaced {
			if x.replaced[i].e.Ext != 0 {
				version = 3
			}
		}
	}
	n := len(x.entries) + len(x.replaced)
	w := entryWriter{version: version, buf: make([]byte, 0, 4096+n*120)}
	w.buf = appendHeader(w.buf, version, n)
	for i := range x.replaced {
		w.append(&x.replaced[i].e, "")
	}
	for i := range x.entries {
		w.append(&x.entries[i], x.entries[i].Path)
	}
	b := w.buf
	if x.base != nil {
		link := append([]byte(nil), x.base.id[:]...)
		positions := make([]uint32, len(x.replaced))
		for i, r := range x.replaced {
			positions[i] = r.pos
		}
		link = appendEWAH(appendEWAH(link, x.deleted), positions)
		b = appendExtension(b, "link", link)
	}
	if x.tree != nil {
		var t bytes.Buffer
		x.tree.encode(&t)
		b = appendExtension(b, "TREE", t.Bytes())
	}
	if x.reuc != nil {
		b = appendExtension(b, "REUC", x.reuc)
	}
	if x.sparse {
		b = appendExtension(b, "sdir", nil)
	}
	if x.zeroSum {
		return append(b, make([]byte, trailerSize)...)
	}
	sum := sha1.Sum(b)
	return append(b, sum[:]...)
}

func appendHeader(b []byte, version uint32, n int) []byte {
	b = append(b, signature...)
	b = binary.BigEndian.AppendUint32(b, version)
	return binary.BigEndian.AppendUint32(b, uint32(n))
}

func appendExtension(b []byte, name string, data []byte) []byte {
	b = append(b, name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}

// SmallSize estimates the size of the file `index` without its tree cache.
func (x *Index) SmallSize() int {
	n := 72 * len(x.replaced)
	for i := range x.entries {
		n += 72 + len(x.entries[i].Path)
	}
	return n
}

// Join gives up the split form: the index will be written whole.
func (x *Index) Join() error {
	var all []Entry
	if err := x.each(func(e *Entry) error {
		all = append(all, *e)
		return nil
	}); err != nil {
		return err
	}
	if x.base != nil {
		x.base.f.Close()
	}
	x.entries, x.base, x.deleted, x.replaced = all, nil, nil, nil
	return nil
}
