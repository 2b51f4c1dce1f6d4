package gitindex

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Load reads the index of a git directory. tableDir is where the side table
// of a shared part is kept; it may be rebuilt there. A missing index is an
// empty one.
func Load(gitDir, tableDir string) (*Index, error) {
	path := filepath.Join(gitDir, "index")
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return New(), nil
		}
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	data := make([]byte, st.Size())
	if _, err := f.ReadAt(data, 0); err != nil {
		return nil, err
	}
	x, link, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	x.modified, x.size = st.ModTime(), st.Size()
	if link != nil {
		if err := x.openBase(link, gitDir, tableDir); err != nil {
			return nil, fmt.Errorf("%q: %w", path, err)
		}
	}
	return x, nil
}

// decode reads an index; link is the content of its link extension.
func decode(data []byte) (x *Index, link []byte, err error) {
	if len(data) < headerSize+trailerSize || string(data[:4]) != signature {
		return nil, nil, fmt.Errorf("it is no git index")
	}
	x = &Index{version: binary.BigEndian.Uint32(data[4:])}
	if x.version < 2 || x.version > 4 {
		return nil, nil, fmt.Errorf("%w: version %d", ErrFormat, x.version)
	}
	body, sum := data[:len(data)-trailerSize], data[len(data)-trailerSize:]
	if bytes.Equal(sum, make([]byte, trailerSize)) {
		x.zeroSum = true
	} else if got := sha1.Sum(body); !bytes.Equal(got[:], sum) {
		return nil, nil, fmt.Errorf("its checksum is wrong")
	}
	n := int(binary.BigEndian.Uint32(data[8:]))
	if n > len(data)/fixedSize {
		return nil, nil, errShort
	}
	// The reader peeks beyond the last entry, hence data and not body.
	r := newEntryReader(bytes.NewReader(data[headerSize:]), x.version, headerSize)
	x.entries = make([]Entry, n, n+16) // the next ones find room
	for i := range x.entries {
		if err := r.next(&x.entries[i]); err != nil {
			return nil, nil, err
		}
		x.entries[i].Path = string(r.name)
	}
	link, err = x.extensions(body, int(r.offset))
	return x, link, err
}

// extensions reads what follows the entries. Caches that would be stale after
// a change (FSMN, UNTR) and positions (EOIE, IEOT) are dropped: git makes
// them anew.
func (x *Index) extensions(body []byte, at int) (link []byte, err error) {
	if at > len(body) {
		return nil, errShort
	}
	for b := body[at:]; len(b) > 0; {
		if len(b) < 8 {
			return nil, errShort
		}
		name, size := string(b[:4]), int(binary.BigEndian.Uint32(b[4:]))
		if size > len(b)-8 {
			return nil, errShort
		}
		data := b[8 : 8+size]
		b = b[8+size:]
		switch name {
		case "TREE":
			// Only a cache: a damaged one is dropped, as git does.
			x.tree, _ = decodeCacheTree(data)
		case "REUC":
			x.reuc = data
		case "link":
			link = data
		case "sdir":
			x.sparse = true
		default:
			if name[0] < 'A' || name[0] > 'Z' {
				return nil, fmt.Errorf("%w: extension %q", ErrFormat, name)
			}
		}
	}
	return link, nil
}

// openBase reads the link extension and opens the shared part.
func (x *Index) openBase(link []byte, gitDir, tableDir string) error {
	if len(link) < 20 {
		return errors.New("its link extension is cut short")
	}
	var id ID
	copy(id[:], link)
	link = link[20:]
	if id == (ID{}) {
		return nil // nothing is shared yet
	}
	var positions []uint32
	var err error
	if len(link) > 0 {
		if x.deleted, link, err = decodeEWAH(link); err != nil {
			return err
		}
		if positions, link, err = decodeEWAH(link); err != nil {
			return err
		}
		if len(link) > 0 {
			return errBitmap
		}
	}
	if len(positions) > len(x.entries) {
		return errors.New("its link extension replaces more entries than there are")
	}
	for i, pos := range positions {
		if x.entries[i].Path != "" {
			return errors.New("a replaced entry of its link extension has a name")
		}
		x.replaced = append(x.replaced, replacement{pos, x.entries[i]})
	}
	x.entries = slices.Clip(x.entries[len(positions):])
	if x.base, err = openBase(gitDir, tableDir, id); err != nil {
		return err
	}
	if n := len(x.deleted); n > 0 && x.deleted[n-1] >= x.base.count {
		return errBitmap
	}
	if n := len(x.replaced); n > 0 && x.replaced[n-1].pos >= x.base.count {
		return errBitmap
	}
	return nil
}
