package sqlitefile

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Kinds of pages.
const (
	indexInterior = 0x02
	tableInterior = 0x05
	indexLeaf     = 0x0a
	tableLeaf     = 0x0d
)

// tree writes one b-tree from left to right. A page that is full is written
// and named in the page above; of each level one page is being filled.
type tree struct {
	file    *File
	root    uint32
	index   bool // an index or a table without row ids
	maximum int  // bytes of a payload that may lie on the page itself
	minimum int
	levels  []*level
	pages   []uint32 // taken and not yet used
	last    int64    // row id
	some    bool
	cell    []byte
	spill   []byte
}

// level is the page being filled at one height of the tree. One cell may wait:
// in an index the cell that does not fit becomes the border between two pages,
// which is known only when another one follows it.
type level struct {
	page    []byte
	header  int
	n, top  int
	length  int // of the latest cell
	waiting bool
	child   uint32 // left of the waiting cell, above the leaves
	cell    []byte
}

func (f *File) newTree(root uint32, index bool) (*tree, error) {
	t := &tree{file: f, root: root, index: index, maximum: f.size - 35, minimum: (f.size-12)*32/255 - 23}
	if index {
		t.maximum = (f.size-12)*64/255 - 23
	}
	page := make([]byte, f.size)
	if root < 2 || root >= f.pages() {
		return nil, fmt.Errorf("page %d cannot be a root", root)
	}
	if err := f.read(root, page); err != nil {
		return nil, err
	}
	want := byte(tableLeaf)
	if index {
		want = indexLeaf
	}
	if page[0] != want || page[3] != 0 || page[4] != 0 {
		return nil, fmt.Errorf("page %d is not the root of an empty tree of the kind asked for", root)
	}
	t.levels = []*level{t.newLevel(0)}
	return t, nil
}

func (t *tree) newLevel(height int) *level {
	l := &level{page: make([]byte, t.file.size), header: 8}
	if height > 0 {
		l.header = 12
	}
	l.top = len(l.page)
	return l
}

// add appends a row; keys ascend.
func (t *tree) add(rowid int64, payload []byte) error {
	t.cell = AppendVarint(t.cell[:0], uint64(len(payload)))
	if !t.index {
		if t.some && rowid <= t.last {
			return errors.New("row ids do not ascend")
		}
		t.cell = AppendVarint(t.cell, uint64(rowid))
	}
	local := t.local(len(payload))
	t.cell = append(t.cell, payload[:local]...)
	if local < len(payload) {
		first, err := t.overflow(payload[local:])
		if err != nil {
			return err
		}
		t.cell = binary.BigEndian.AppendUint32(t.cell, first)
	}
	for len(t.cell) < 4 {
		t.cell = append(t.cell, 0)
	}
	l := t.levels[0]
	switch {
	case l.waiting:
		if err := t.split(0, 0, l.cell); err != nil {
			return err
		}
		l.waiting = false
		l.put(t.cell)
	case l.fits(len(t.cell)):
		l.put(t.cell)
	case t.index:
		l.waiting, l.cell = true, append(l.cell[:0], t.cell...)
	default:
		if err := t.split(0, 0, AppendVarint(nil, uint64(t.last))); err != nil {
			return err
		}
		l.put(t.cell)
	}
	t.last, t.some = rowid, true
	return nil
}

// local is how much of a payload lies on the page itself.
func (t *tree) local(n int) int {
	if n <= t.maximum {
		return n
	}
	k := t.minimum + (n-t.minimum)%(t.file.size-4)
	if k <= t.maximum {
		return k
	}
	return t.minimum
}

// overflow writes the rest of a payload to pages of its own.
func (t *tree) overflow(rest []byte) (first uint32, err error) {
	if t.spill == nil {
		t.spill = make([]byte, t.file.size)
	}
	page := t.page()
	first = page
	for len(rest) > 0 {
		n := min(len(rest), t.file.size-4)
		next := uint32(0)
		if n < len(rest) {
			next = t.page()
		}
		binary.BigEndian.PutUint32(t.spill, next)
		clear(t.spill[4+copy(t.spill[4:], rest[:n]):])
		if err := t.file.write(page, t.spill); err != nil {
			return 0, err
		}
		rest, page = rest[n:], next
	}
	return first, nil
}

// page takes a page for the tree.
func (t *tree) page() uint32 {
	if len(t.pages) == 0 {
		t.pages = t.file.take(t.pages)
	}
	p := t.pages[0]
	t.pages = t.pages[1:]
	return p
}

// split closes the page at a height, right being its last child, names it
// above with the border that follows it, and begins another one.
func (t *tree) split(height int, right uint32, border []byte) error {
	page := t.page()
	if err := t.write(height, page, right); err != nil {
		return err
	}
	t.levels[height].reset()
	return t.up(height+1, page, border)
}

// up adds a child and the border right of it to an interior page.
func (t *tree) up(height int, child uint32, border []byte) error {
	if height == len(t.levels) {
		t.levels = append(t.levels, t.newLevel(height))
	}
	l := t.levels[height]
	if l.waiting {
		if err := t.split(height, l.child, l.cell); err != nil {
			return err
		}
		l.waiting = false
	} else if !l.fits(4 + len(border)) {
		l.waiting, l.child, l.cell = true, child, append(l.cell[:0], border...)
		return nil
	}
	l.putChild(child, border)
	return nil
}

// finish writes the pages that are being filled, the highest as the root.
func (t *tree) finish() error {
	right := uint32(0)
	for height := 0; height < len(t.levels); height++ {
		l := t.levels[height]
		if l.waiting {
			// Nothing follows the cell that waits: it goes into a page of its
			// own, and the one before it becomes the border.
			child, border := l.pop(height > 0)
			if err := t.split(height, child, border); err != nil {
				return err
			}
			l.waiting = false
			if height > 0 {
				l.putChild(l.child, l.cell)
			} else {
				l.put(l.cell)
			}
		}
		page := t.root
		if height+1 < len(t.levels) {
			page = t.page()
		}
		if err := t.write(height, page, right); err != nil {
			return err
		}
		right = page
	}
	t.file.giveBack(t.pages)
	t.pages = nil
	return nil
}

func (t *tree) write(height int, page, right uint32) error {
	l := t.levels[height]
	switch {
	case t.index && height > 0:
		l.page[0] = indexInterior
	case t.index:
		l.page[0] = indexLeaf
	case height > 0:
		l.page[0] = tableInterior
	default:
		l.page[0] = tableLeaf
	}
	binary.BigEndian.PutUint16(l.page[3:], uint16(l.n))
	binary.BigEndian.PutUint16(l.page[5:], uint16(l.top)) // 65536 is written as 0
	if height > 0 {
		binary.BigEndian.PutUint32(l.page[8:], right)
	}
	clear(l.page[l.header+2*l.n : l.top])
	return t.file.write(page, l.page)
}

func (l *level) reset() { l.n, l.top, l.length = 0, len(l.page), 0 }

func (l *level) fits(n int) bool { return l.top-n >= l.header+2*(l.n+1) }

func (l *level) put(cell []byte) {
	copy(l.room(len(cell)), cell)
}

func (l *level) putChild(child uint32, border []byte) {
	at := l.room(4 + len(border))
	binary.BigEndian.PutUint32(at, child)
	copy(at[4:], border)
}

func (l *level) room(n int) []byte {
	l.top -= n
	l.length = n
	binary.BigEndian.PutUint16(l.page[l.header+2*l.n:], uint16(l.top))
	l.n++
	return l.page[l.top : l.top+n]
}

// pop takes the latest cell off the page again.
func (l *level) pop(interior bool) (child uint32, border []byte) {
	border = append(border, l.page[l.top:l.top+l.length]...)
	l.top += l.length
	l.n--
	if interior {
		child, border = binary.BigEndian.Uint32(border), border[4:]
	}
	return child, border
}
