// Package maildir lists, reads and marks what lies in the folders that letters
// and files arrive in: Maildirs (new/, cur/, tmp/) and spool folders of plain
// files.
//
// In go a folder; out come its items in a stable order, their bytes, and moves
// that mark an item as done. It refuses to create or delete anything unless
// asked: Create and Deliver make folders and letters, Done renames, and nothing
// here removes a letter.
//
// It is safe beside other readers and writers of the same folder: a letter that
// somebody else has moved meanwhile is found again by its name, or reported as
// gone (fs.ErrNotExist).
//
// Invariant: at every instant each item exists under exactly one name.
package maildir

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// MaxSize is the largest item that is read into memory, in bytes.
const MaxSize = 256 << 20

// Folder is a Maildir or a spool folder that exists.
type Folder struct {
	dir   string
	spool bool
	step  StepFunc
}

// StepFunc is asked before each write with what it is (create, write, rename)
// and the file; an error makes the write fail. For tests that break writes.
type StepFunc func(op, path string) error

// SetStep has fn asked before each write.
func (f *Folder) SetStep(fn StepFunc) { f.step = fn }

// before asks about a write.
func (f *Folder) before(op, path string) error {
	if f.step == nil {
		return nil
	}
	return f.step(op, path)
}

// Item is one letter or file.
type Item struct {
	Name  string // base name without flags: the same in new/ and cur/
	Path  string // where it was when it was listed
	Flags string // Maildir flags after ":2,", such as S for seen
	Size  int64  // bytes
}

// Open opens a Maildir. All three of its folders must be there.
func Open(dir string) (*Folder, error) {
	if err := mustBeFolder("maildir", dir); err != nil {
		return nil, err
	}
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := mustBeFolder("its folder", filepath.Join(dir, sub)); err != nil {
			return nil, fmt.Errorf("%q is no maildir: %w", dir, err)
		}
	}
	return &Folder{dir: dir}, nil
}

// OpenSpool opens a folder of plain files. Files whose names start with a dot or
// end in ~, .tmp, .part or .filepart are still being written and not listed.
func OpenSpool(dir string) (*Folder, error) {
	if err := mustBeFolder("spool folder", dir); err != nil {
		return nil, err
	}
	return &Folder{dir: dir, spool: true}, nil
}

// Create makes a Maildir, or the missing folders of one, and opens it.
func Create(dir string) (*Folder, error) {
	for _, sub := range []string{"tmp", "cur", "new"} {
		if err := makeDirs(filepath.Join(dir, sub)); err != nil {
			return nil, err
		}
	}
	return Open(dir)
}

// CreateSpool makes a spool folder and opens it.
func CreateSpool(dir string) (*Folder, error) {
	if err := makeDirs(dir); err != nil {
		return nil, err
	}
	return OpenSpool(dir)
}

// missingError says which folder is not there.
type missingError struct{ what, dir string }

func (e *missingError) Error() string { return fmt.Sprintf("%s %q does not exist", e.what, e.dir) }

func (e *missingError) Is(target error) bool { return target == fs.ErrNotExist }

func mustBeFolder(what, dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &missingError{what, dir}
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s %q is a file, not a folder", what, dir)
	}
	return nil
}

// Dir is the folder's path as it was opened.
func (f *Folder) Dir() string { return f.dir }

// Waiting lists what has not been dealt with: new/ of a Maildir, the files of a
// spool folder. The order is that of delivery as the names tell it, and the
// same every time.
func (f *Folder) Waiting() ([]Item, error) {
	if f.spool {
		return f.list("")
	}
	return f.list("new")
}

// Seen lists what has been dealt with: cur/ of a Maildir, done/ of a spool
// folder, in the same order.
func (f *Folder) Seen() ([]Item, error) {
	if !f.spool {
		return f.list("cur")
	}
	items, err := f.list("done")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return items, err
}

func (f *Folder) list(sub string) ([]Item, error) {
	dir := filepath.Join(f.dir, sub)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, e := range entries {
		// Only regular files: reading a pipe would wait for ever.
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") || f.spool && unfinished(e.Name()) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // moved by another reader since the folder was read
		}
		if err != nil {
			return nil, err
		}
		item := Item{Name: e.Name(), Path: filepath.Join(dir, e.Name()), Size: info.Size()}
		if !f.spool {
			item.Name, item.Flags = cutFlags(e.Name())
		}
		items = append(items, item)
	}
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(deliverySecond(a.Name), deliverySecond(b.Name)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path))
	})
	return items, nil
}

// deliverySecond is the time a Maildir name starts with; names of other shapes
// come first, in the order of their letters.
func deliverySecond(name string) int64 {
	digits, _, found := strings.Cut(name, ".")
	second, err := strconv.ParseInt(digits, 10, 64)
	if !found || err != nil {
		return 0
	}
	return second
}

func unfinished(name string) bool {
	for _, end := range []string{"~", ".tmp", ".part", ".filepart"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// cutFlags divides "name:2,FS" into its name and flags.
func cutFlags(name string) (string, string) {
	base, info, _ := strings.Cut(name, ":")
	flags, ok := strings.CutPrefix(info, "2,")
	if !ok {
		flags = ""
	}
	return base, flags
}

// Read gives the bytes of an item. A letter that another reader has moved or
// marked meanwhile is found by its name; one that is gone, or larger than
// MaxSize, is an error.
func (f *Folder) Read(item Item) ([]byte, error) {
	b, err := readFile(item.Path)
	if !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	moved, err := f.find(item)
	if err != nil {
		return nil, err
	}
	return readFile(moved.Path)
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxSize {
		return nil, fmt.Errorf("%q has %d bytes, more than the %d that are read; move it away by hand", path, info.Size(), MaxSize)
	}
	b := make([]byte, info.Size())
	n, err := io.ReadFull(file, b)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b[:n], nil
}

// find looks for an item under any flags.
func (f *Folder) find(item Item) (Item, error) {
	waiting, err := f.Waiting()
	if err != nil {
		return Item{}, err
	}
	seen, err := f.Seen()
	if err != nil {
		return Item{}, err
	}
	for _, i := range append(waiting, seen...) {
		if i.Name == item.Name {
			return i, nil
		}
	}
	return Item{}, fmt.Errorf("%q is gone: %w", item.Path, fs.ErrNotExist)
}

// Done marks an item as dealt with: a letter goes to cur/ with the flag S, a
// file to done/, created for the first one. It is done by one rename, never
// over another file. What somebody else has already moved counts as done; what
// is gone is fs.ErrNotExist.
func (f *Folder) Done(item Item) (Item, error) {
	done, err := f.rename(item)
	if !errors.Is(err, fs.ErrNotExist) {
		return done, err
	}
	moved, err := f.find(item)
	if err != nil {
		return Item{}, err
	}
	return f.rename(moved)
}

func (f *Folder) rename(item Item) (Item, error) {
	target := item
	dir := filepath.Join(f.dir, "cur")
	name := item.Name
	if f.spool {
		dir = filepath.Join(f.dir, "done")
		if err := makeDirs(dir); err != nil {
			return Item{}, err
		}
	} else {
		target.Flags = withFlag(item.Flags, 'S')
		name += ":2," + target.Flags
	}
	target.Path = filepath.Join(dir, name)
	if target.Path == item.Path {
		_, err := os.Lstat(item.Path)
		return target, err
	}
	for n := 2; ; n++ {
		_, err := os.Lstat(target.Path)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return Item{}, err
		}
		// The name is taken by another item; rename would destroy it.
		target.Name = item.Name + "-" + strconv.Itoa(n)
		name = target.Name
		if !f.spool {
			name += ":2," + target.Flags
		}
		target.Path = filepath.Join(dir, name)
	}
	if err := f.before("rename", target.Path); err != nil {
		return Item{}, err
	}
	if err := os.Rename(item.Path, target.Path); err != nil {
		return Item{}, err
	}
	return target, nil
}

// withFlag adds a flag; flags are kept in the order of their letters.
func withFlag(flags string, flag byte) string {
	if strings.IndexByte(flags, flag) >= 0 {
		return flags
	}
	b := append([]byte(flags), flag)
	slices.Sort(b)
	return string(b)
}
