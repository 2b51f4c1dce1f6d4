package gitstore

import (
	"bufio"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

// packWriter writes many objects, undeltified, into one pack and its index.
type packWriter struct {
	d       *disk
	dir     string // objects/pack
	tmp     string // path without extension
	f       *os.File
	out     *bufio.Writer
	offset  int64
	z       *zlib.Writer
	entries []packedObject
}

// packedObject is what the index of a pack holds of an object.
type packedObject struct {
	id     Hash
	crc    uint32
	offset int64
}

// newPackWriter starts a pack in an object folder.
func newPackWriter(d *disk, objects string, level int) (*packWriter, error) {
	dir := filepath.Join(objects, "pack")
	if _, err := d.mkdirAll(dir); err != nil {
		return nil, err
	}
	// git removes left files of this name when it collects garbage.
	tmp := filepath.Join(dir, fmt.Sprintf("tmp_pack_e1_%d", os.Getpid()))
	_ = os.Remove(tmp + ".pack")
	_ = os.Remove(tmp + ".idx")
	f, err := d.create(tmp+".pack", 0o444)
	if err != nil {
		return nil, err
	}
	w := &packWriter{d: d, dir: dir, tmp: tmp, f: f}
	w.out = bufio.NewWriterSize(d.writer(f), 1<<18)
	if w.z, err = zlib.NewWriterLevel(io.Discard, level); err != nil {
		w.abort()
		return nil, err
	}
	// The number of objects is filled in at the end.
	if _, err := w.out.WriteString("PACK\x00\x00\x00\x02\x00\x00\x00\x00"); err != nil {
		w.abort()
		return nil, err
	}
	w.offset = 12
	return w, nil
}

// crcWriter counts and sums what goes through it.
type crcWriter struct {
	out *bufio.Writer
	crc hash.Hash32
	n   int64
}

func (w *crcWriter) Write(b []byte) (int, error) {
	w.crc.Write(b)
	w.n += int64(len(b))
	return w.out.Write(b)
}

// add appends an object and returns its offset.
func (w *packWriter) add(id Hash, kind plumbing.ObjectType, data []byte) (int64, error) {
	c := &crcWriter{out: w.out, crc: crc32.NewIEEE()}
	var head [16]byte
	n, size := 0, uint64(len(data))
	b := byte(kind)<<4 | byte(size&15)
	for size >>= 4; size != 0; size >>= 7 {
		head[n] = b | 0x80
		n++
		b = byte(size & 0x7f)
	}
	head[n] = b
	if _, err := c.Write(head[:n+1]); err != nil {
		return 0, err
	}
	w.z.Reset(c)
	if _, err := w.z.Write(data); err != nil {
		return 0, err
	}
	if err := w.z.Close(); err != nil {
		return 0, err
	}
	at := w.offset
	w.entries = append(w.entries, packedObject{id, c.crc.Sum32(), at})
	w.offset += c.n
	return at, nil
}

// finish writes the number of objects, checksum and index, makes all durable
// and gives the pack its name. It returns the path without extension.
func (w *packWriter) finish() (string, error) {
	path, err := w.finishFiles()
	if err != nil {
		w.abort()
	}
	return path, err
}

func (w *packWriter) finishFiles() (string, error) {
	if err := w.out.Flush(); err != nil {
		return "", err
	}
	var count [4]byte
	binary.BigEndian.PutUint32(count[:], uint32(len(w.entries)))
	if _, err := w.f.WriteAt(count[:], 8); err != nil {
		return "", err
	}
	sum := sha1.New()
	if _, err := io.Copy(sum, io.NewSectionReader(w.f, 0, w.offset)); err != nil {
		return "", err
	}
	packSum := sum.Sum(nil)
	if err := w.d.write(w.f, packSum); err != nil {
		return "", err
	}
	if err := w.writeIdx(packSum); err != nil {
		return "", err
	}
	if err := w.d.sync(w.f); err != nil {
		return "", err
	}
	if err := w.f.Close(); err != nil {
		return "", err
	}
	w.f = nil
	path := filepath.Join(w.dir, "pack-"+hex.EncodeToString(packSum))
	for _, ext := range []string{".pack", ".idx"} { // a reader looks for .idx
		if err := w.d.rename(w.tmp+ext, path+ext); err != nil {
			return "", err
		}
	}
	return path, w.d.syncDir(w.dir)
}

// writeIdx writes the index, version 2.
func (w *packWriter) writeIdx(packSum []byte) (err error) {
	slices.SortFunc(w.entries, func(a, b packedObject) int { return slices.Compare(a.id[:], b.id[:]) })
	f, err := w.d.create(w.tmp+".idx", 0o444)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	buf := bufio.NewWriterSize(w.d.writer(f), 1<<18)
	sum := sha1.New()
	out := io.MultiWriter(buf, sum)
	var b []byte
	put := func() error {
		_, err := out.Write(b)
		b = b[:0]
		return err
	}
	b = append(b, idxMagic...)
	at := 0
	for first := range 256 {
		for at < len(w.entries) && int(w.entries[at].id[0]) <= first {
			at++
		}
		b = binary.BigEndian.AppendUint32(b, uint32(at))
	}
	var large []int64
	tables := []func(packedObject){
		func(e packedObject) { b = append(b, e.id[:]...) },
		func(e packedObject) { b = binary.BigEndian.AppendUint32(b, e.crc) },
		func(e packedObject) {
			v := uint32(e.offset)
			if e.offset >= 1<<31 {
				v = 1<<31 | uint32(len(large))
				large = append(large, e.offset)
			}
			b = binary.BigEndian.AppendUint32(b, v)
		},
	}
	for _, table := range tables {
		for _, e := range w.entries {
			if table(e); len(b) > 1<<16 {
				if err := put(); err != nil {
					return err
				}
			}
		}
	}
	for _, off := range large {
		b = binary.BigEndian.AppendUint64(b, uint64(off))
	}
	b = append(b, packSum...)
	if err := put(); err != nil {
		return err
	}
	if _, err := buf.Write(sum.Sum(nil)); err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return err
	}
	return w.d.sync(f)
}

// abort removes the unfinished files.
func (w *packWriter) abort() {
	if w.f != nil {
		w.f.Close()
		w.f = nil
	}
	_ = os.Remove(w.tmp + ".pack")
	_ = os.Remove(w.tmp + ".idx")
}
