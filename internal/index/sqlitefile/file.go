// Package sqlitefile fills empty tables and indexes of a SQLite database with
// rows, by writing the pages of their b-trees in key order.
//
// In go the rows of many tables and indexes, in any order and from several
// goroutines; they are sorted, outside of memory when there are many. Out come
// pages in a database file whose schema SQLite has made. The package refuses
// databases that are in use, have pages of another kind than it knows, or hold
// rows in the trees it is to fill; it reads nothing but the file's header and
// its list of free pages. The format is https://www.sqlite.org/fileformat2.html.
//
// Invariant: what is written is what SQLite would have written for the same
// rows, but for the numbers of pages: PRAGMA integrity_check finds no fault,
// and the rows read back the same.
package sqlitefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
)

const (
	headerSize = 100
	// pendingByte lies on a page that SQLite locks and never uses.
	pendingByte = 0x40000000
	// extent is how many pages a tree takes at a time.
	extent = 16
)

// Places in the header of the file.
const (
	atPageSize  = 16
	atReserved  = 20
	atChange    = 24
	atPages     = 28
	atFreeTrunk = 32
	atFreeCount = 36
	atVacuum    = 52
	atEncoding  = 56
	atValidFor  = 92
)

// File is a database file that nobody has open.
type File struct {
	f    *os.File
	size int // of a page
	head [headerSize]byte

	mu   sync.Mutex
	next uint32   // the first page after the end
	free []uint32 // pages within the file that nobody uses
}

// Open opens the database at path to fill trees of it.
func Open(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	file := &File{f: f}
	if err := file.readHeader(); err != nil {
		return nil, errors.Join(fmt.Errorf("%q: %w", path, err), f.Close())
	}
	return file, nil
}

func (f *File) readHeader() error {
	if _, err := io.ReadFull(f.f, f.head[:]); err != nil {
		return err
	}
	h := f.head[:]
	f.size = int(binary.BigEndian.Uint16(h[atPageSize:]))
	if f.size == 1 {
		f.size = 65536
	}
	switch {
	case string(h[:16]) != "SQLite format 3\x00" || f.size < 512:
		return errors.New("not a SQLite database")
	case h[atReserved] != 0 || binary.BigEndian.Uint32(h[atVacuum:]) != 0 || binary.BigEndian.Uint32(h[atEncoding:]) != 1:
		return errors.New("pages with reserved space, automatic vacuum or another encoding than UTF-8 are not supported")
	}
	pages := binary.BigEndian.Uint32(h[atPages:])
	st, err := f.f.Stat()
	if err != nil {
		return err
	}
	if st.Size() != int64(pages)*int64(f.size) {
		return fmt.Errorf("%d bytes are not the %d pages that its header states", st.Size(), pages)
	}
	f.next = pages + 1
	return f.readFree()
}

// readFree reads the list of free pages, which are used first.
func (f *File) readFree() error {
	page := make([]byte, f.size)
	for trunk := binary.BigEndian.Uint32(f.head[atFreeTrunk:]); trunk != 0; {
		if trunk >= f.next || len(f.free) >= int(f.next) {
			return errors.New("its list of free pages is damaged")
		}
		if err := f.read(trunk, page); err != nil {
			return err
		}
		f.free = append(f.free, trunk)
		n := int(binary.BigEndian.Uint32(page[4:]))
		if n > f.size/4-2 {
			return errors.New("its list of free pages is damaged")
		}
		for i := range n {
			f.free = append(f.free, binary.BigEndian.Uint32(page[8+4*i:]))
		}
		trunk = binary.BigEndian.Uint32(page)
	}
	slices.Sort(f.free)
	slices.Reverse(f.free) // taken from the end
	return nil
}

func (f *File) offset(page uint32) int64 { return int64(page-1) * int64(f.size) }

func (f *File) read(page uint32, into []byte) error {
	_, err := f.f.ReadAt(into[:f.size], f.offset(page))
	return err
}

func (f *File) write(page uint32, data []byte) error {
	_, err := f.f.WriteAt(data[:f.size], f.offset(page))
	return err
}

// pages is one more than the last page there is.
func (f *File) pages() uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.next
}

// take gives some pages, in ascending order.
func (f *File) take(into []uint32) []uint32 {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(into) < extent {
		if n := len(f.free); n > 0 {
			into = append(into, f.free[n-1])
			f.free = f.free[:n-1]
			continue
		}
		if f.offset(f.next) == pendingByte/int64(f.size)*int64(f.size) {
			f.next++
		}
		into = append(into, f.next)
		f.next++
	}
	return into
}

func (f *File) giveBack(pages []uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free = append(f.free, pages...)
}

// Finish writes the list of free pages and the header and closes the file.
// What was written is not yet durable.
func (f *File) Finish() error {
	slices.Sort(f.free)
	for n := len(f.free); n > 0 && f.free[n-1] == f.next-1; n-- { // at the end they need not be
		f.free = f.free[:n-1]
		f.next--
	}
	if f.next > 1 && f.offset(f.next-1) == pendingByte/int64(f.size)*int64(f.size) {
		f.next--
	}
	err := f.writeFree()
	change := binary.BigEndian.Uint32(f.head[atChange:]) + 1
	binary.BigEndian.PutUint32(f.head[atChange:], change)
	binary.BigEndian.PutUint32(f.head[atValidFor:], change)
	binary.BigEndian.PutUint32(f.head[atPages:], f.next-1)
	if err == nil {
		err = f.f.Truncate(f.offset(f.next))
	}
	if err == nil {
		_, err = f.f.WriteAt(f.head[:], 0)
	}
	return errors.Join(err, f.f.Close())
}

// writeFree writes trunk pages, each with the numbers of others; SQLite leaves
// the last places of one unused, and so is it done here.
func (f *File) writeFree() error {
	free := f.free
	binary.BigEndian.PutUint32(f.head[atFreeCount:], uint32(len(free)))
	next := uint32(0)
	for len(free) > 0 {
		page := make([]byte, f.size)
		trunk := free[0]
		leaves := free[1:min(len(free), f.size/4-7)]
		binary.BigEndian.PutUint32(page, next)
		binary.BigEndian.PutUint32(page[4:], uint32(len(leaves)))
		for i, p := range leaves {
			binary.BigEndian.PutUint32(page[8+4*i:], p)
		}
		if err := f.write(trunk, page); err != nil {
			return err
		}
		next, free = trunk, free[1+len(leaves):]
	}
	binary.BigEndian.PutUint32(f.head[atFreeTrunk:], next)
	return nil
}

// Abandon closes the file as it is, which is of no use to anybody.
func (f *File) Abandon() { _ = f.f.Close() }
