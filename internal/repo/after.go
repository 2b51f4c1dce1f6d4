package repo

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
)

// Files are the paths of the files beside the documents that the transaction
// writes, adopts or deletes, in order.
func (tx *Tx) Files() []string {
	out := make([]string, len(tx.files))
	for i, f := range tx.files {
		out[i] = f.path
	}
	return out
}

// HasFolder tells whether HEAD has a folder.
func (tx *Tx) HasFolder(name string) (bool, error) {
	e, err := tx.r.git.Lookup(tx.r.tree, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && e.IsDir(), err
}

// After are the definitions as they will be when the transaction is committed.
func (tx *Tx) After() definition.Source {
	return afterSource{head: treeSource{tx.r.git, tx.r.tree, nil}, work: workSource{tx.r.git.Root()}, files: tx.files}
}

// afterSource is HEAD with the files of a transaction over it.
type afterSource struct {
	head  treeSource
	work  workSource
	files []filePut
}

func (s afterSource) Read(name string) ([]byte, error) {
	for i := len(s.files) - 1; i >= 0; i-- {
		f := s.files[i]
		switch {
		case f.path != name:
		case f.remove:
			return nil, fs.ErrNotExist
		case f.adopt:
			return s.work.Read(name)
		default:
			return f.data, nil
		}
	}
	return s.head.Read(name)
}

func (s afterSource) List(dir, suffix string) ([]string, error) {
	names, err := s.head.List(dir, suffix)
	if err != nil {
		return nil, err
	}
	for _, f := range s.files {
		if path.Dir(f.path) != dir || !strings.HasSuffix(f.path, suffix) {
			continue
		}
		_, err := s.Read(f.path)
		gone := errors.Is(err, fs.ErrNotExist)
		if at := slices.Index(names, f.path); gone && at >= 0 {
			names = slices.Delete(names, at, at+1)
		} else if !gone && at < 0 {
			names = append(names, f.path)
		}
	}
	slices.Sort(names)
	return names, nil
}
