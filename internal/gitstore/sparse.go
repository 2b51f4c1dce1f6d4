package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// sparseCheckout tells which paths a sparse checkout has in its work tree; nil
// has all.
type sparseCheckout struct{ patterns []gitignore.Pattern }

// sparseCheckout reads the patterns, if there are any.
func (r *Repo) sparseCheckout() (*sparseCheckout, error) {
	if !r.cfg.bool("core", "sparsecheckout", false) {
		return nil, nil
	}
	b, err := os.ReadFile(filepath.Join(r.gitDir, "info", "sparse-checkout"))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil // as git takes it
		}
		return nil, err
	}
	return &sparseCheckout{parsePatterns(b, nil)}, nil
}

// has reports whether a path belongs into the work tree. Where no pattern
// speaks of it the folder above decides, as in git; folders in cone mode are
// patterns of the same kind.
func (s *sparseCheckout) has(path string) bool {
	if s == nil {
		return true
	}
	isDir := false
	for parts := strings.Split(path, "/"); len(parts) > 0; parts, isDir = parts[:len(parts)-1], true {
		for _, p := range slices.Backward(s.patterns) {
			match := p.Match(parts, isDir)
			if match == gitignore.NoMatch || len(parts) > 1 && p.Match(parts[:len(parts)-1], true) != gitignore.NoMatch {
				continue // it speaks of a folder above, if at all
			}
			return match == gitignore.Exclude // the library thinks of files to be ignored
		}
	}
	return false
}

// refuse says that a path is not to be written here.
func (s *sparseCheckout) refuse(path string) error {
	top, _, _ := strings.Cut(path, "/")
	return &UnsupportedError{What: fmt.Sprintf("writing %q, which is outside the sparse checkout,", path), Hint: "git sparse-checkout add " + top}
}

// InWorkTree reports whether a path belongs into the work tree: false outside
// of a sparse checkout.
func (r *Repo) InWorkTree(path string) bool {
	s, err := r.sparseCheckout()
	return err != nil || s.has(path)
}
