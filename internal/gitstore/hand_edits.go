package gitstore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// HandEdits lists the paths at or below the given prefixes (none: all) at
// which the work tree differs from HEAD: changed, new and deleted files,
// whether staged or not. As git does, a file is read only when its stat data
// differ from those in git's index; ignored files are left out. The result is
// sorted by path.
func (r *Repo) HandEdits(ctx context.Context, prefixes ...string) ([]Edit, error) {
	x, err := gitindex.Load(r.gitDir, r.Dir())
	if err != nil {
		return nil, indexError(err)
	}
	defer x.Close()
	s := &editScan{r: r, x: x, ctx: ctx, prefixes: prefixes, attrs: newAttributes(r), tracked: map[string]bool{}}
	if err := s.readHead(); err != nil {
		return nil, err
	}
	if err := s.scanTracked(); err != nil {
		return nil, err
	}
	if err := s.scanNew(); err != nil {
		return nil, err
	}
	slices.SortFunc(s.edits, func(a, b Edit) int { return strings.Compare(a.Path, b.Path) })
	return s.edits, nil
}

// editScan compares index, HEAD and work tree.
type editScan struct {
	r        *Repo
	x        *gitindex.Index
	ctx      context.Context
	prefixes []string
	attrs    *attributes
	tree     Hash
	matches  bool            // the index is just the tree of HEAD
	tracked  map[string]bool // folders with tracked files
	edits    []Edit
}

func (s *editScan) readHead() error {
	head, err := s.r.Head()
	if err != nil || head.Commit.IsZero() {
		return err
	}
	c, err := s.r.Commit(head.Commit)
	s.tree = c.Tree
	return err
}

// wanted reports whether a path is at or below a prefix.
func (s *editScan) wanted(path string) bool {
	if len(s.prefixes) == 0 {
		return true
	}
	return slices.ContainsFunc(s.prefixes, func(p string) bool {
		p = strings.TrimSuffix(p, "/")
		return p == "" || path == p || strings.HasPrefix(path, p+"/")
	})
}

// scanTracked judges the files that index or HEAD know. The index answers for
// HEAD wherever its tree cache says they agree.
func (s *editScan) scanTracked() error {
	s.matches = s.x.Matches(gitindex.ID(s.tree))
	seen := map[string]bool{}
	n := 0
	lastDir := ""
	err := s.x.Each(func(e *gitindex.Entry) error {
		if n++; n%4096 == 0 {
			if err := s.ctx.Err(); err != nil {
				return err
			}
		}
		if dir := parentOf(e.Path); dir != lastDir || n == 1 {
			lastDir = dir
			for ; !s.tracked[dir]; dir = parentOf(dir) {
				s.tracked[dir] = true
			}
		}
		if !s.matches {
			seen[e.Path] = true
		}
		if !s.wanted(e.Path) || e.SkipWorktree() || e.IsDir() || e.AssumeValid() {
			return nil
		}
		return s.judge(e)
	})
	if err != nil || s.matches {
		return err
	}
	// What was removed from the index but is at HEAD.
	return s.r.Walk(s.tree, "", func(path string, e TreeEntry) error {
		if seen[path] || !s.wanted(path) || s.x.Sparse() {
			return nil
		}
		return s.compareHead(path, e)
	})
}

func parentOf(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return ""
	}
	return path[:i]
}

// judge looks at one entry of the index.
func (s *editScan) judge(e *gitindex.Entry) error {
	if Mode(e.Mode) == ModeModule {
		return nil
	}
	want := TreeEntry{Mode: Mode(e.Mode), ID: Hash(e.ID)}
	if !s.matches || e.Stage() != 0 || e.IntentToAdd() {
		at, err := s.r.Lookup(s.tree, e.Path)
		if err := ignoreNotExist(err); err != nil {
			return err
		}
		if at.ID != want.ID || at.Mode != want.Mode || e.Stage() != 0 || e.IntentToAdd() {
			return s.compareHead(e.Path, at)
		}
	}
	st, err := os.Lstat(filepath.Join(s.r.root, filepath.FromSlash(e.Path)))
	if err == nil && st.Mode().IsRegular() && e.Stat.Size != 0 && sameStat(e.Stat, statOf(st)) &&
		int64(e.Stat.MTimeSec) < s.x.Modified().Unix() &&
		(!s.r.cfg.bool("core", "filemode", true) || (want.Mode == ModeExec) == (st.Mode()&0o100 != 0)) {
		return nil
	}
	return s.compareHead(e.Path, want)
}

// compareHead reads a file to compare it with what HEAD has.
func (s *editScan) compareHead(path string, want TreeEntry) error {
	if n := len(s.edits); n > 0 && s.edits[n-1].Path == path {
		return nil // another stage of the same conflict
	}
	conv, err := s.attrs.of(path)
	if err != nil {
		conv = conversion{}
	}
	state, err := s.r.compare(path, want, conv)
	if err != nil {
		return err
	}
	kind := EditModified
	switch state {
	case stateSame:
		return nil
	case stateMissing:
		kind = EditDeleted
	case stateForeign:
		kind = EditAdded
	case stateUnusable:
		kind = EditUnusable
		if ok, err := s.r.plainParents(path); err == nil && !ok {
			kind = EditDeleted // its folder was replaced
		}
	}
	s.edits = append(s.edits, Edit{path, kind})
	return nil
}

// scanNew walks the work tree for files that are neither tracked nor ignored.
func (s *editScan) scanNew() error {
	patterns := s.ignoreFile(s.globalIgnore(), nil)
	patterns = append(patterns, s.ignoreFile(filepath.Join(s.r.commonDir, "info", "exclude"), nil)...)
	return s.walk("", patterns)
}

func (s *editScan) globalIgnore() string {
	home, _ := os.UserHomeDir()
	if f := s.r.cfg.value("core", "excludesfile"); f != "" {
		return expandHome(f, home)
	}
	return filepath.Join(configHome(home), "git", "ignore")
}

// ignoreFile reads patterns, weakest first.
func (s *editScan) ignoreFile(path string, domain []string) []gitignore.Pattern {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return parsePatterns(b, domain)
}

// parsePatterns reads lines in the language of .gitignore.
func parsePatterns(b []byte, domain []string) []gitignore.Pattern {
	var out []gitignore.Pattern
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") {
			out = append(out, gitignore.ParsePattern(line, domain))
		}
	}
	return out
}

func (s *editScan) walk(dir string, patterns []gitignore.Pattern) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	full := filepath.Join(s.r.root, filepath.FromSlash(dir))
	names, err := os.ReadDir(full)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil
		}
		return err
	}
	var domain []string
	if dir != "" {
		domain = strings.Split(dir, "/")
	}
	if more := s.ignoreFile(filepath.Join(full, ".gitignore"), domain); len(more) > 0 {
		patterns = append(slices.Clip(patterns), more...)
	}
	matcher := gitignore.NewMatcher(patterns)
	for _, d := range names {
		path := joinPath(dir, d.Name())
		if isDotGit(d.Name()) || !s.mayHold(path, d.IsDir()) {
			continue
		}
		tracked := s.tracked[path]
		if !tracked && len(patterns) > 0 && matcher.Match(append(slices.Clip(domain), d.Name()), d.IsDir()) {
			continue
		}
		if d.IsDir() {
			if !tracked && path != "" {
				if _, err := os.Lstat(filepath.Join(full, d.Name(), ".git")); err == nil {
					s.edits = append(s.edits, Edit{path, EditUnusable}) // a nested repository
					continue
				}
			}
			if err := s.walk(path, patterns); err != nil {
				return err
			}
			continue
		}
		if err := s.newFile(path, d); err != nil {
			return err
		}
	}
	return nil
}

// mayHold reports whether something wanted can lie at or below a path.
func (s *editScan) mayHold(path string, isDir bool) bool {
	if s.wanted(path) {
		return true
	}
	return isDir && slices.ContainsFunc(s.prefixes, func(p string) bool {
		return strings.HasPrefix(p, path+"/")
	})
}

func (s *editScan) newFile(path string, d fs.DirEntry) error {
	if _, ok, err := s.x.Get(path); err != nil || ok {
		return err
	}
	if !s.matches {
		if _, err := s.r.Lookup(s.tree, path); err == nil {
			return nil // judged already
		} else if err := ignoreNotExist(err); err != nil {
			return err
		}
	}
	kind := EditAdded
	if !d.Type().IsRegular() {
		kind = EditUnusable
	}
	s.edits = append(s.edits, Edit{path, kind})
	return nil
}
