package office

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/schema"
	"github.com/e1-dms/e1/internal/wholefile"
)

// refreshSchemas puts the schemas that a transaction makes stale into the same
// commit. Most transactions change no definition and end here; a repository
// without schemas gets none.
func refreshSchemas(tx *repo.Tx) error {
	if !slices.ContainsFunc(tx.Files(), schema.Describes) {
		return nil
	}
	if there, err := tx.HasFolder(schema.Dir); err != nil || !there {
		return err
	}
	all, err := schema.All(definition.New(tx.After()))
	if err != nil {
		return err
	}
	for _, f := range all {
		was, err := tx.After().Read(f.Path())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if bytes.Equal(was, f.Data) {
			continue
		}
		switch {
		case tx.DryRun():
			tx.PutFile(f.Path(), f.Data)
		case slices.Contains(tx.Files(), f.Path()):
			// `e1 commit` takes what lies in the work tree, and that is stale. It is
			// made anew there: a command that fails after this leaves a schema that
			// describes the edits it was to commit.
			if err := wholefile.Write(filepath.Join(tx.Repo().Root(), filepath.FromSlash(f.Path())), f.Data); err != nil {
				return err
			}
		case !edited(tx.Repo(), f.Path(), was):
			tx.PutFile(f.Path(), f.Data)
		}
		// Else somebody is at work on definitions: their `e1 commit` brings it.
	}
	return nil
}

// edited tells whether a file of the work tree differs from what is committed.
func edited(r *repo.Repo, name string, committed []byte) bool {
	now, err := os.ReadFile(filepath.Join(r.Root(), filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return committed != nil
	}
	return err != nil || !bytes.Equal(now, committed)
}

// WriteSchemas writes the schemas of the work tree's definitions into it and
// gives the paths of those that changed. It commits nothing: that is for the
// next `e1 commit`.
func WriteSchemas(r *repo.Repo, dryRun bool) ([]string, error) {
	all, err := schema.All(r.WorkDefinitions())
	if err != nil {
		return nil, err
	}
	changed := []string{}
	for _, f := range all {
		name := filepath.Join(r.Root(), filepath.FromSlash(f.Path()))
		if was, err := os.ReadFile(name); err == nil && bytes.Equal(was, f.Data) {
			continue
		}
		changed = append(changed, f.Path())
		if dryRun {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return nil, err
		}
		if err := wholefile.Write(name, f.Data); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// addSchemas describes the definitions among a new repository's files.
func addSchemas(files map[string][]byte) error {
	all, err := schema.All(definition.New(fileSet(files)))
	for _, f := range all {
		files[f.Path()] = f.Data
	}
	return err
}

// fileSet is a source of definitions in memory.
type fileSet map[string][]byte

func (s fileSet) Read(name string) ([]byte, error) {
	if data, ok := s[name]; ok {
		return data, nil
	}
	return nil, fs.ErrNotExist
}

func (s fileSet) List(dir, suffix string) ([]string, error) {
	var out []string
	for _, name := range names(s) {
		if path.Dir(name) == dir && strings.HasSuffix(name, suffix) {
			out = append(out, name)
		}
	}
	return out, nil
}
