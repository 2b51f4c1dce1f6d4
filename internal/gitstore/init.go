package gitstore

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// InitOptions are the circumstances of a new repository.
type InitOptions struct {
	Branch string // first branch; empty: init.defaultBranch, else main
	Shared string // core.sharedRepository; empty: not set
}

// Init makes dir a git repository with SHA-1 objects and refs in files. Where
// dir is the root of a work tree already, it changes nothing and opens it.
func Init(dir string, opt InitOptions) (*Repo, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if gitDir, err := gitDirOf(abs); err != nil || gitDir != "" {
		if err != nil {
			return nil, err
		}
		return Open(abs)
	}
	user, err := loadConfig(filepath.Join(abs, ".git"), filepath.Join(abs, ".git"))
	if err != nil {
		return nil, err
	}
	branch := cmp.Or(opt.Branch, user.value("init", "defaultbranch"), "main")
	if !validBranch(branch) {
		return nil, fmt.Errorf("%q is no name for a branch", branch)
	}
	d := &disk{shared: parseShared(cmp.Or(opt.Shared, user.value("core", "sharedrepository")))}
	if d.fault, err = faultFromEnv(os.Getenv(FaultEnv)); err != nil {
		return nil, err
	}
	git := filepath.Join(abs, ".git")
	for _, sub := range []string{"", "objects/info", "objects/pack", "refs/heads", "refs/tags", "info", "hooks"} {
		if _, err := d.mkdirAll(filepath.Join(git, filepath.FromSlash(sub))); err != nil {
			return nil, Unwritable(err)
		}
	}
	// HEAD comes last: with it the folder is a repository.
	for _, f := range []struct{ name, text string }{
		{"config", initConfig(git, opt.Shared)},
		{"description", "Unnamed repository; edit this file 'description' to name the repository.\n"},
		{"info/exclude", "# git ls-files --others --exclude-from=.git/info/exclude\n"},
		{"HEAD", "ref: refs/heads/" + branch + "\n"},
	} {
		path := filepath.Join(git, filepath.FromSlash(f.name))
		if err := d.writeFile(path, []byte(f.text), 0o666, true); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, Unwritable(err)
		}
	}
	for _, path := range []string{git, abs, filepath.Dir(abs)} {
		if err := d.syncDir(path); err != nil {
			return nil, err
		}
	}
	return Open(abs)
}

// CanInit asks whether a repository may be made in a folder.
func CanInit(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if at := nearest(abs); !mayChange(at) {
		return noPermission(at)
	}
	return nil
}

// ToldUser is Repo.ToldUser for a repository that Init would make.
func ToldUser(dir string) (name, email string, err error) {
	git := filepath.Join(dir, ".git")
	c, err := loadConfig(git, git)
	if err != nil {
		return "", "", err
	}
	name, email = c.told("COMMITTER", "committer")
	return name, email, nil
}

// initConfig writes the configuration of a new repository. Format version 0
// with no extension means SHA-1 and refs in files.
func initConfig(git, shared string) string {
	var b strings.Builder
	b.WriteString("[core]\n\trepositoryformatversion = 0\n")
	fmt.Fprintf(&b, "\tfilemode = %v\n\tbare = false\n\tlogallrefupdates = true\n", keepsExec(git))
	if ignoresCase(git) {
		b.WriteString("\tignorecase = true\n")
	}
	if shared != "" {
		fmt.Fprintf(&b, "\tsharedrepository = %s\n[receive]\n\tdenyNonFastforwards = true\n", shared)
	}
	return b.String()
}

// keepsExec tries whether the file system keeps the executable bit.
func keepsExec(dir string) bool {
	probe := filepath.Join(dir, "e1-probe")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		return true
	}
	defer os.Remove(probe)
	if err := os.Chmod(probe, 0o700); err != nil {
		return false
	}
	st, err := os.Stat(probe)
	return err == nil && st.Mode()&0o100 != 0
}

// ignoresCase tries whether the file system takes two cases for one name.
func ignoresCase(dir string) bool {
	probe := filepath.Join(dir, "e1-probe")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		return false
	}
	defer os.Remove(probe)
	_, err := os.Stat(filepath.Join(dir, "E1-PROBE"))
	return err == nil
}

// validBranch is git check-ref-format for one branch.
func validBranch(name string) bool {
	if name == "" || name == "@" || strings.HasPrefix(name, "-") || strings.ContainsAny(name, " ~^:?*[\\\x7f") ||
		strings.Contains(name, "..") || strings.Contains(name, "@{") || strings.HasSuffix(name, ".") {
		return false
	}
	for _, c := range name {
		if c < 0x20 {
			return false
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}
