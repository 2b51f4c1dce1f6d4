package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Repo is an opened repository with one work tree. Its reading methods may be
// called from several goroutines.
type Repo struct {
	root      string // of the work tree
	gitDir    string // of this work tree
	commonDir string // shared by all work trees

	cfg  *config
	disk *disk
	odb  *objectStore
	memo treeMemo
}

// Open finds the git work tree that dir lies in. Work trees made by
// `git worktree add` and submodules are found through their .git file.
func Open(dir string) (*Repo, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, fmt.Errorf("cannot open the folder %q: %w", dir, err)
	}
	for at := abs; ; at = filepath.Dir(at) {
		gitDir, err := gitDirOf(at)
		if err != nil {
			return nil, err
		}
		if gitDir != "" {
			return openAt(at, gitDir)
		}
		if looksBare(at) {
			return nil, &UnsupportedError{What: fmt.Sprintf("the bare repository %q", at), Hint: "git clone it and work in the clone"}
		}
		if filepath.Dir(at) == at {
			return nil, fmt.Errorf("%q: %w", dir, ErrNotFound)
		}
	}
}

// gitDirOf returns the git directory of the work tree rooted at dir, or "".
func gitDirOf(dir string) (string, error) {
	dot := filepath.Join(dir, ".git")
	st, err := os.Stat(dot)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		return "", err
	}
	if st.IsDir() {
		if _, err := os.Stat(filepath.Join(dot, "HEAD")); err != nil {
			return "", nil
		}
		return dot, nil
	}
	b, err := os.ReadFile(dot)
	if err != nil {
		return "", err
	}
	target, ok := strings.CutPrefix(strings.TrimRight(string(b), "\r\n"), "gitdir: ")
	if !ok {
		return "", &CorruptError{What: fmt.Sprintf("%q is no git directory and does not name one", dot)}
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(dir, target)
	}
	if _, err := os.Stat(filepath.Join(target, "HEAD")); err != nil {
		return "", &CorruptError{What: fmt.Sprintf("%q names the git directory %q, which is not there", dot, target), Hint: "git worktree repair"}
	}
	return filepath.Clean(target), nil
}

func looksBare(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

func openAt(root, gitDir string) (*Repo, error) {
	r := &Repo{root: root, gitDir: gitDir, commonDir: gitDir}
	if b, err := os.ReadFile(filepath.Join(gitDir, "commondir")); err == nil {
		common := strings.TrimSpace(string(b))
		if !filepath.IsAbs(common) {
			common = filepath.Join(gitDir, common)
		}
		r.commonDir = filepath.Clean(common)
	}
	cfg, err := loadConfig(r.commonDir, r.gitDir)
	if err != nil {
		return nil, err
	}
	r.cfg = cfg
	if err := checkFormat(cfg); err != nil {
		return nil, err
	}
	if r.disk, err = newDisk(cfg); err != nil {
		return nil, err
	}
	r.disk.batch = oneJournal(r.root, r.gitDir, r.commonDir)
	r.odb = newObjectStore(filepath.Join(r.commonDir, "objects"), r.disk)
	r.odb.kept = &kept{path: filepath.Join(r.Dir(), keptName)}
	r.odb.absent = r.absent
	return r, nil
}

// absent says why an object is not there, and what brings it.
func (r *Repo) absent(id Hash) error {
	switch {
	case r.partial():
		return &MissingError{ID: id, Why: "this is a partial clone", Hint: "git fetch --refetch --no-filter"}
	case r.Shallow():
		return &MissingError{ID: id, Why: "this is a shallow clone", Hint: "git fetch --unshallow"}
	}
	return &MissingError{ID: id, Hint: "git fsck"}
}

// partial tells whether this clone leaves objects to be fetched when git needs
// them.
func (r *Repo) partial() bool {
	if r.cfg.repoValue("extensions", "partialclone") != "" {
		return true
	}
	return slices.ContainsFunc(r.cfg.repo, func(s setting) bool {
		return strings.HasPrefix(s.section, "remote.") && s.key == "promisor" && parseBool(s.value, true, true)
	})
}

// checkFormat refuses repositories whose format this package does not know.
func checkFormat(cfg *config) error {
	const keep = "e1 init DIR makes a repository that is"
	version := cfg.repoValue("core", "repositoryformatversion")
	if version != "" && version != "0" && version != "1" {
		return &UnsupportedError{What: fmt.Sprintf("repository format version %q", version), Hint: keep}
	}
	if cfg.repoBool("core", "bare", false) {
		return &UnsupportedError{What: "a bare repository", Hint: "git clone it and work in the clone"}
	}
	if cfg.repoValue("core", "worktree") != "" {
		return &UnsupportedError{What: "a work tree set by core.worktree", Hint: "use `git worktree add` instead"}
	}
	for _, ext := range cfg.repoKeys("extensions") {
		value := cfg.repoValue("extensions", ext)
		switch ext {
		case "objectformat":
			if value != "sha1" {
				return &UnsupportedError{What: fmt.Sprintf("the object format %q", value), Hint: keep}
			}
		case "refstorage":
			if value != "files" {
				return &UnsupportedError{What: fmt.Sprintf("the ref storage %q", value), Hint: "git refs migrate --ref-format=files"}
			}
		case "noop", "worktreeconfig", "preciousobjects", "partialclone", "relativeworktrees":
		default:
			if version == "1" {
				return &UnsupportedError{What: fmt.Sprintf("the repository extension %q", ext), Hint: keep}
			}
		}
	}
	return nil
}

// Root returns the root of the work tree.
func (r *Repo) Root() string { return r.root }

// GitDir returns the git directory of this work tree.
func (r *Repo) GitDir() string { return r.gitDir }

// CommonDir returns the git directory shared by all work trees.
func (r *Repo) CommonDir() string { return r.commonDir }

// Dir returns e1's own folder of this work tree: index, journal, temporary
// files.
func (r *Repo) Dir() string { return filepath.Join(r.gitDir, "e1") }

// CommonE1Dir returns e1's own folder shared by all work trees: the write
// lock and the outbox.
func (r *Repo) CommonE1Dir() string { return filepath.Join(r.commonDir, "e1") }

// Close releases open files. The Repo may be used again afterwards.
func (r *Repo) Close() { r.odb.close() }

// UserConfig returns the git identity: GIT_COMMITTER_* environment, then
// user.* of the repository's, the user's and the system's configuration.
func (r *Repo) UserConfig() (name, email string) { return r.cfg.identity("COMMITTER", "committer") }

// ToldUser returns the git identity as far as git was told it: "" where
// UserConfig would guess from the login and the name of the machine.
func (r *Repo) ToldUser() (name, email string) { return r.cfg.told("COMMITTER", "committer") }

// ConfigValue returns a value of git's configuration (`section` may be
// `section.subsection`), the last one set, or "".
func (r *Repo) ConfigValue(section, key string) string { return r.cfg.value(section, key) }

// SharedPerm returns the permissions that core.sharedRepository asks for a
// file in the git directory that umask gave mode; callers that create files
// there themselves apply it.
func (r *Repo) SharedPerm(mode fs.FileMode) fs.FileMode { return r.disk.shared.apply(mode) }

// MakeDir makes a folder of the git directory and those above it that are
// missing, with the permissions that core.sharedRepository asks for.
func (r *Repo) MakeDir(path string) error {
	_, err := r.disk.mkdirAll(path)
	return err
}

// ReadFile reads a file of the work tree. A symlink is not followed.
func (r *Repo) ReadFile(path string) ([]byte, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	full := filepath.Join(r.root, filepath.FromSlash(path))
	st, err := os.Lstat(full)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, &PathError{Path: path, Why: "not an ordinary file"}
	}
	return os.ReadFile(full)
}
