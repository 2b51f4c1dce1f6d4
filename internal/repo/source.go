package repo

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/e1-dms/e1/internal/gitstore"
)

// treeSource reads a commit's tree.
type treeSource struct {
	git  *gitstore.Repo
	tree gitstore.Hash
	used *usedObjects // nil: nobody asks
}

func (s treeSource) Read(name string) ([]byte, error) {
	e, err := s.git.Lookup(s.tree, name)
	if err != nil {
		return nil, err
	}
	if !e.IsFile() {
		return nil, fs.ErrNotExist
	}
	s.used.add(e.ID)
	if folder, err := s.git.Lookup(s.tree, strings.TrimSuffix(path.Dir(name), ".")); err == nil && folder.ID != s.tree {
		s.used.add(folder.ID)
	}
	return s.git.Blob(e.ID)
}

func (s treeSource) List(dir, suffix string) ([]string, error) {
	e, err := s.git.Lookup(s.tree, dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !e.IsDir() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.used.add(e.ID)
	entries, err := s.git.Tree(e.ID)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsFile() && strings.HasSuffix(e.Name, suffix) {
			names = append(names, path.Join(dir, e.Name))
		}
	}
	sort.Strings(names)
	return names, nil
}

// workSource reads the files of a folder.
type workSource struct{ root string }

func (s workSource) Read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.root, filepath.FromSlash(name)))
}

func (s workSource) List(dir, suffix string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.root, filepath.FromSlash(dir)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), suffix) {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return names, nil
}
