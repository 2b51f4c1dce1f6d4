package gitstore

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
)

const (
	// maxDeltaDepth bounds chains of deltas; git itself makes at most 4095.
	maxDeltaDepth = 5000
	// deltaCacheBytes bounds the delta bases kept for the next object.
	deltaCacheBytes = 24 << 20
)

// pack reads objects of one packfile with positioned reads, so that several
// goroutines can share it. Its files are opened when needed, and may be closed
// and opened again between two reads.
type pack struct {
	path string // without extension

	mu    sync.Mutex
	idx   *packIdx         // nil: not open
	f     *os.File         // nil: not open
	users int              // reading from f at the moment
	gone  bool             // to be closed by the last of them
	bases map[int64]object // delta bases by offset
	held  int

	inflaters sync.Pool // of *inflater
}

// object is a decoded object.
type object struct {
	kind plumbing.ObjectType
	data []byte
}

func newPack(path string) *pack { return &pack{path: path, bases: map[int64]object{}} }

// open opens the index.
func (p *pack) open() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.openIdx()
}

func (p *pack) openIdx() (err error) {
	if p.idx == nil {
		p.idx, err = openIdx(p.path + ".idx")
	}
	return err
}

// find gives the offset of an object.
func (p *pack) find(h Hash) (offset int64, ok bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.openIdx(); err != nil {
		return 0, false, err
	}
	return p.idx.find(h)
}

// acquire gives the packfile, open until release.
func (p *pack) acquire() (*os.File, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.f == nil {
		f, err := os.Open(p.path + ".pack")
		if err != nil {
			return nil, err
		}
		p.f = f
	}
	p.users++
	return p.f, nil
}

func (p *pack) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users--
	if p.gone {
		p.shut()
	}
}

// close gives the pack up; who reads from it just now may go on to the end.
func (p *pack) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	p.shut()
}

// rest closes what nobody uses just now and says how many files that were.
func (p *pack) rest() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shut()
}

func (p *pack) shut() int {
	n := 0
	if p.idx != nil {
		n += p.idx.descriptors()
		p.idx.close()
		p.idx = nil
	}
	if p.f != nil && p.users == 0 {
		n++
		p.f.Close()
		p.f = nil
	}
	return n
}

// descriptors is how many files are open.
func (p *pack) descriptors() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	if p.idx != nil {
		n = p.idx.descriptors()
	}
	if p.f != nil {
		n++
	}
	return n
}

func (p *pack) cached(off int64) (object, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.bases[off]
	return o, ok
}

func (p *pack) keep(off int64, o object) {
	if len(o.data) > deltaCacheBytes/8 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held+len(o.data) > deltaCacheBytes {
		clear(p.bases)
		p.held = 0
	}
	if _, ok := p.bases[off]; !ok {
		p.bases[off] = o
		p.held += len(o.data)
	}
}

// packEntry is the head of an object in a pack.
type packEntry struct {
	kind    plumbing.ObjectType
	size    int64
	body    int64 // offset of the compressed bytes
	base    int64 // of an offset delta
	baseRef Hash  // of a reference delta
}

func (p *pack) damaged(off int64, err error) error {
	return &CorruptError{What: fmt.Sprintf("%q is damaged at offset %d: %v", p.path+".pack", off, err), Hint: "git fsck"}
}

// entry reads the head of the object at off.
func (p *pack) entry(f *os.File, off int64) (packEntry, error) {
	var buf [64]byte
	n, err := f.ReadAt(buf[:], off)
	if n < 2 {
		return packEntry{}, p.damaged(off, err)
	}
	b := buf[:n]
	e := packEntry{kind: plumbing.ObjectType(b[0] >> 4 & 7), size: int64(b[0] & 15)}
	i, shift := 1, 4
	for c := b[0]; c&0x80 != 0; i++ {
		if i >= len(b) || shift > 60 {
			return e, p.damaged(off, io.ErrUnexpectedEOF)
		}
		c = b[i]
		e.size |= int64(c&0x7f) << shift
		shift += 7
	}
	switch e.kind {
	case plumbing.OFSDeltaObject:
		rel := int64(0)
		for first := true; ; first = false {
			if i >= len(b) || rel > 1<<55 {
				return e, p.damaged(off, io.ErrUnexpectedEOF)
			}
			c := b[i]
			i++
			if !first {
				rel++
			}
			rel = rel<<7 | int64(c&0x7f)
			if c&0x80 == 0 {
				break
			}
		}
		e.base = off - rel
		if rel <= 0 || e.base < 12 {
			return e, p.damaged(off, fmt.Errorf("delta base out of range"))
		}
	case plumbing.REFDeltaObject:
		if i+20 > len(b) {
			return e, p.damaged(off, io.ErrUnexpectedEOF)
		}
		copy(e.baseRef[:], b[i:])
		i += 20
	case plumbing.CommitObject, plumbing.TreeObject, plumbing.BlobObject, plumbing.TagObject:
	default:
		return e, p.damaged(off, fmt.Errorf("unknown object type %d", e.kind))
	}
	e.body = off + int64(i)
	return e, nil
}

// get reads the object at off, undoing deltas. other finds bases outside this
// pack.
func (p *pack) get(off int64, other func(Hash) (object, error)) (object, error) {
	f, err := p.acquire()
	if err != nil {
		return object{}, err
	}
	defer p.release()
	type link struct {
		off   int64
		delta []byte
	}
	var chain []link
	var o object
	for {
		if len(chain) > 0 {
			if c, ok := p.cached(off); ok {
				o = c
				break
			}
		}
		e, err := p.entry(f, off)
		if err != nil {
			return object{}, err
		}
		data, err := p.inflate(f, e.body, e.size)
		if err != nil {
			return object{}, p.damaged(off, err)
		}
		if e.kind != plumbing.OFSDeltaObject && e.kind != plumbing.REFDeltaObject {
			o = object{e.kind, data}
			if len(chain) > 0 {
				p.keep(off, o)
			}
			break
		}
		if chain = append(chain, link{off, data}); len(chain) > maxDeltaDepth {
			return object{}, p.damaged(off, fmt.Errorf("chain of deltas too long"))
		}
		if e.kind == plumbing.OFSDeltaObject {
			off = e.base
			continue
		}
		base, ok, err := p.find(e.baseRef)
		if err != nil {
			return object{}, err
		}
		if !ok {
			if o, err = other(e.baseRef); err != nil {
				return object{}, err
			}
			break
		}
		off = base
	}
	for i := len(chain) - 1; i >= 0; i-- {
		data, err := packfile.PatchDelta(o.data, chain[i].delta)
		if err != nil {
			return object{}, p.damaged(chain[i].off, err)
		}
		o = object{o.kind, data}
		if i > 0 {
			p.keep(chain[i].off, o)
		}
	}
	return o, nil
}

// inflater is a decompressor with its buffer, 45 kB, worth recycling.
type inflater struct {
	in *bufio.Reader
	z  io.ReadCloser
}

// inflate decompresses the size bytes that start at off.
func (p *pack) inflate(f io.ReaderAt, off, size int64) ([]byte, error) {
	inf, ok := p.inflaters.Get().(*inflater)
	if !ok {
		inf = &inflater{in: bufio.NewReaderSize(nil, 4096)}
	}
	defer p.inflaters.Put(inf)
	inf.in.Reset(io.NewSectionReader(f, off, 1<<62-off))
	var err error
	if inf.z == nil {
		inf.z, err = zlib.NewReader(inf.in)
	} else {
		err = inf.z.(zlib.Resetter).Reset(inf.in, nil)
	}
	if err != nil {
		return nil, err
	}
	return readExactly(inf.z, size)
}

func readExactly(r io.Reader, size int64) ([]byte, error) {
	var buf bytes.Buffer
	if size < 1<<20 {
		b := make([]byte, size)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		var extra [1]byte
		if n, err := r.Read(extra[:]); n != 0 || err != io.EOF {
			return nil, fmt.Errorf("object longer than its header says")
		}
		return b, nil
	}
	// The size is not believed until the bytes are there.
	n, err := io.Copy(&buf, io.LimitReader(r, size+1))
	if err != nil {
		return nil, err
	}
	if n != size {
		return nil, fmt.Errorf("object has not the size its header says")
	}
	return buf.Bytes(), nil
}
