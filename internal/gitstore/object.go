package gitstore

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/objfile"
)

// objectStore reads objects: packs, loose files, alternates. After a miss it
// looks for packs again, since somebody's `git gc` may have made new ones.
type objectStore struct {
	dir    string
	disk   *disk
	kept   *kept            // nil: none
	absent func(Hash) error // what to say of an object that is nowhere

	mu    sync.Mutex
	dirs  []string // own and alternates; nil until first used
	packs []*pack
	seen  map[string]bool // paths of packs known or refused
	reads int             // objects read from packs and loose files
	last  *pack           // where the last object was found
}

func newObjectStore(dir string, d *disk) *objectStore {
	return &objectStore{dir: dir, disk: d}
}

func (s *objectStore) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.packs {
		p.close()
	}
	s.dirs, s.packs, s.seen, s.last = nil, nil, nil, nil
}

// load finds the packs not known yet. They are opened when first needed.
func (s *objectStore) load() error {
	if s.dirs == nil {
		s.seen = map[string]bool{}
		s.dirs = []string{s.dir}
		if err := s.alternates(s.dir, 0); err != nil {
			return err
		}
	}
	for _, dir := range s.dirs {
		names, err := os.ReadDir(filepath.Join(dir, "pack"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, d := range names {
			name, isIdx := strings.CutSuffix(d.Name(), ".idx")
			if path := filepath.Join(dir, "pack", name); isIdx && !s.seen[path] {
				s.seen[path] = true
				s.packs = append(s.packs, newPack(path))
			}
		}
	}
	return nil
}

// alternates adds the object folders named in info/alternates.
func (s *objectStore) alternates(dir string, depth int) error {
	f, err := os.Open(filepath.Join(dir, "info", "alternates"))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for in.Scan() {
		line := strings.TrimSpace(in.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if !filepath.IsAbs(line) {
			line = filepath.Join(dir, line)
		}
		if slices.Contains(s.dirs, line) || depth > 5 {
			continue
		}
		s.dirs = append(s.dirs, line)
		if err := s.alternates(line, depth+1); err != nil {
			return err
		}
	}
	return in.Err()
}

// inPacks looks an object up in the known packs.
func (s *objectStore) inPacks(h Hash) (*pack, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	if s.dirs == nil {
		if err := s.load(); err != nil {
			return nil, 0, err
		}
	}
	if s.last != nil {
		if off, ok, err := s.inPack(s.last, h); err != nil || ok {
			return s.last, off, err
		}
	}
	for _, p := range slices.Clone(s.packs) {
		if p == s.last {
			continue
		}
		off, ok, err := s.inPack(p, h)
		if err != nil {
			return nil, 0, err
		}
		s.bound()
		if ok {
			s.last = p
			return p, off, nil
		}
	}
	return nil, 0, nil
}

// inPack looks an object up in one pack. A pack that is gone, because somebody
// has repacked, or damaged is dropped: its objects may lie elsewhere.
func (s *objectStore) inPack(p *pack, h Hash) (int64, bool, error) {
	err := p.open()
	if err == nil {
		return p.find(h)
	}
	var bad *CorruptError
	switch {
	case errors.As(err, &bad):
		s.drop(p)
	case errors.Is(err, fs.ErrNotExist):
		s.drop(p)
		delete(s.seen, p.path)
	default:
		return 0, false, err
	}
	return 0, false, nil
}

// maxOpen is how many files of packs are open at once: a process may be allowed
// few, and git makes as many packs as it likes.
const maxOpen = 32

// bound closes files of packs that were looked at longest ago.
func (s *objectStore) bound() {
	if 2*len(s.packs) <= maxOpen {
		return
	}
	open := 0
	for _, p := range s.packs {
		open += p.descriptors()
	}
	for _, p := range s.packs {
		if open <= maxOpen {
			return
		}
		if p != s.last {
			open -= p.rest()
		}
	}
}

func (s *objectStore) get(h Hash) (object, error) {
	if o, ok := s.kept.get(h); ok {
		return o, nil
	}
	for range 2 {
		p, off, err := s.inPacks(h)
		if err != nil {
			return object{}, err
		}
		if p != nil {
			o, err := p.get(off, s.get)
			if !errors.Is(err, fs.ErrNotExist) {
				return o, err
			}
			s.forget(p) // its packfile is gone: repacked
		}
		o, err := s.loose(h)
		if !errors.Is(err, fs.ErrNotExist) {
			return o, err
		}
		s.mu.Lock()
		err = s.load()
		s.mu.Unlock()
		if err != nil {
			return object{}, err
		}
	}
	return object{}, s.absent(h)
}

// forget drops a pack whose files are gone; it may come back under its name.
func (s *objectStore) forget(p *pack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(p)
	delete(s.seen, p.path)
}

func (s *objectStore) drop(p *pack) {
	s.packs = slices.DeleteFunc(s.packs, func(q *pack) bool { return p == q })
	if s.last == p {
		s.last = nil
	}
	p.close()
}

// kinded reads an object of the given type.
func (s *objectStore) kinded(h Hash, kind plumbing.ObjectType) ([]byte, error) {
	o, err := s.get(h)
	if err != nil {
		return nil, err
	}
	if o.kind != kind {
		return nil, &CorruptError{What: fmt.Sprintf("object %s is a %s, not a %s", h, o.kind, kind), Hint: "git fsck"}
	}
	return o.data, nil
}

func loosePath(dir string, h Hash) string {
	name := h.String()
	return filepath.Join(dir, name[:2], name[2:])
}

func (s *objectStore) loose(h Hash) (object, error) {
	var err error
	for _, dir := range s.dirs {
		var o object
		o, err = readLoose(loosePath(dir, h))
		if !errors.Is(err, fs.ErrNotExist) {
			return o, err
		}
	}
	return object{}, err
}

func readLoose(path string) (object, error) {
	f, err := os.Open(path)
	if err != nil {
		return object{}, err
	}
	defer f.Close()
	bad := func(err error) error {
		return &CorruptError{What: fmt.Sprintf("the object %q is damaged: %v", path, err), Hint: "git fsck"}
	}
	r, err := objfile.NewReader(bufio.NewReaderSize(f, 4096))
	if err != nil {
		return object{}, bad(err)
	}
	defer r.Close()
	kind, size, err := r.Header()
	if err != nil {
		return object{}, bad(err)
	}
	data, err := readExactly(r, size)
	if err != nil {
		return object{}, bad(err)
	}
	return object{kind, data}, nil
}

// where says how an object is already stored: its loose file, or the pack.
// Nothing is found when both are empty. It does not look for new packs:
// storing an object twice does no harm.
func (s *objectStore) where(h Hash) (looseFile, packFile string, err error) {
	p, _, err := s.inPacks(h)
	if err != nil {
		return "", "", err
	}
	if p != nil {
		if _, err := os.Stat(p.path + ".pack"); err == nil {
			return "", p.path + ".pack", nil
		}
	}
	for _, dir := range s.dirs {
		path := loosePath(dir, h)
		if st, err := os.Lstat(path); err == nil && st.Size() > 0 {
			return path, "", nil
		}
	}
	return "", "", nil
}

// freshen renews the time of a stored object, as git does, so that a gc
// running now does not take it for garbage. It reports whether that worked.
func (s *objectStore) freshen(path string, now time.Time) bool {
	err := os.Chtimes(path, now, now)
	return err == nil || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EROFS)
}
