package gitstore

import (
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
)

// bulkIndex writes a whole new index while the files are written: what the
// old one holds, merged with the changes.
type bulkIndex struct {
	b       *Bulk
	x       *gitindex.Index
	tmp     string
	f       *os.File
	builder *gitindex.Builder
	shared  bool

	next    func() (gitindex.Entry, error, bool)
	stop    func()
	pending gitindex.Entry
	has     bool
}

func (b *Bulk) newBulkIndex(x *gitindex.Index, grow int) (*bulkIndex, error) {
	r := b.tx.r
	s := &bulkIndex{b: b, x: x, tmp: r.tmpPath("bulkindex")}
	n := grow
	if err := x.Each(func(*gitindex.Entry) error { n++; return nil }); err != nil {
		return nil, err
	}
	_ = os.Remove(s.tmp)
	var err error
	if s.f, err = r.disk.create(s.tmp, 0o666); err != nil {
		return nil, err
	}
	mode := r.splitMode(b.opt.Split)
	s.shared = mode == SplitAlways || mode != SplitNever && int64(n)*110 > splitFrom
	s.builder = gitindex.NewBuilder(r.disk.writer(s.f), 3, n, time.Now().Unix()-2)
	s.next, s.stop = iter.Pull2(func(yield func(gitindex.Entry, error) bool) {
		err := x.Each(func(e *gitindex.Entry) error {
			if !yield(*e, nil) {
				return ErrStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrStop) {
			yield(gitindex.Entry{}, err)
		}
	})
	return s, s.advance()
}

func (s *bulkIndex) advance() (err error) {
	s.pending, err, s.has = s.next()
	return err
}

// add takes the change of one path; paths come in order.
func (s *bulkIndex) add(f *stagedFile) error {
	for s.has && s.pending.Path <= f.path {
		if s.pending.Path < f.path {
			if err := s.builder.Add(&s.pending); err != nil {
				return err
			}
		}
		if err := s.advance(); err != nil {
			return err
		}
	}
	if f.deleted() {
		return nil
	}
	e := gitindex.Entry{Path: f.path, Mode: uint32(f.mode), ID: gitindex.ID(f.id)}
	if !f.unsure {
		st, err := os.Lstat(filepath.Join(s.b.tx.r.root, filepath.FromSlash(f.path)))
		if err != nil {
			return err
		}
		e.Stat = statOf(st)
	}
	return s.builder.Add(&e)
}

func (s *bulkIndex) close() {
	s.stop()
	s.f.Close()
	_ = os.Remove(s.tmp)
}

// finish gives the index its tree cache and its place.
func (s *bulkIndex) finish() error {
	r := s.b.tx.r
	for s.has {
		if err := s.builder.Add(&s.pending); err != nil {
			return err
		}
		if err := s.advance(); err != nil {
			return err
		}
	}
	var folders []gitindex.FolderChange
	if s.x.Matches(gitindex.ID(s.b.tx.base)) {
		if _, err := s.b.folders("", s.b.root, &folders); err != nil {
			return err
		}
		slices.SortFunc(folders, func(a, b gitindex.FolderChange) int { return strings.Compare(a.Path, b.Path) })
		if !s.shared {
			s.builder.SetTree(folders)
		}
	}
	if _, err := s.builder.Finish(); err != nil {
		return err
	}
	if err := r.disk.sync(s.f); err != nil {
		return err
	}
	if !s.shared {
		if err := r.disk.rename(s.tmp, filepath.Join(r.gitDir, "index")); err != nil {
			return err
		}
		return r.disk.syncDir(r.gitDir)
	}
	s.builder.Since(time.Now().Unix() - 2)
	if err := r.adoptShared(s.x, s.builder, s.tmp); err != nil {
		return err
	}
	s.x.ReplaceTree(folders)
	if err := r.writeIndex(s.x.Encode(), time.Now(), nil); err != nil {
		return err
	}
	r.pruneShared(s.builder.ID())
	return nil
}

// folders lists all folders with the number of files below each, parents
// first, in the order of paths.
func (b *Bulk) folders(dir string, d *bulkDir, out *[]gitindex.FolderChange) (int, error) {
	if err := b.load(d); err != nil {
		return 0, err
	}
	at := len(*out)
	*out = append(*out, gitindex.FolderChange{Path: dir, New: gitindex.ID(d.id)})
	n := 0
	for i := range d.entries {
		e := &d.entries[i]
		if !e.IsDir() {
			n++
			continue
		}
		sub := e.dir
		if sub == nil {
			sub = &bulkDir{id: e.ID}
		}
		k, err := b.folders(joinPath(dir, e.Name), sub, out)
		if err != nil {
			return 0, err
		}
		n += k
	}
	(*out)[at].Delta = n
	return n, nil
}
