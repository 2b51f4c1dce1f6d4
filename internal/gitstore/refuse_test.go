package gitstore

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/filelock"
)

func TestOpenRefuses(t *testing.T) {
	cases := []struct {
		name string
		make func(t *testing.T, dir string)
		want string // part of the message
		is   error
	}{
		{"no repository", func(t *testing.T, dir string) {}, "", ErrNotFound},
		{"sha256", func(t *testing.T, dir string) { git(t, dir, "init", "-q", "--object-format=sha256") }, `"sha256"`, nil},
		{"bare", func(t *testing.T, dir string) { git(t, dir, "init", "-q", "--bare") }, "bare repository", nil},
		{"reftable", func(t *testing.T, dir string) {
			git(t, dir, "init", "-q")
			git(t, dir, "config", "core.repositoryformatversion", "1")
			git(t, dir, "config", "extensions.refstorage", "reftable")
		}, `"reftable"`, nil},
		{"unknown extension", func(t *testing.T, dir string) {
			git(t, dir, "init", "-q")
			git(t, dir, "config", "core.repositoryformatversion", "1")
			git(t, dir, "config", "extensions.future", "1")
		}, `"future"`, nil},
		{"format version", func(t *testing.T, dir string) {
			git(t, dir, "init", "-q")
			git(t, dir, "config", "core.repositoryformatversion", "2")
		}, `version "2"`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			c.make(t, dir)
			_, err := Open(dir)
			if c.is != nil {
				if !errors.Is(err, c.is) {
					t.Fatalf("got %v", err)
				}
				return
			}
			var un *UnsupportedError
			if !errors.As(err, &un) || !strings.Contains(err.Error(), c.want) || Hint(err) == "" {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestOpenFromInside(t *testing.T) {
	r := newRepo(t, map[string]string{"a/b/c": "x\n"})
	got, err := Open(filepath.Join(r.Root(), "a", "b"))
	if err != nil || got.Root() != r.Root() {
		t.Fatalf("%v %v", got, err)
	}
}

func TestInitTouchesNothingThere(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "trunk")
	before, _ := os.ReadFile(filepath.Join(dir, ".git", "config"))
	r, err := Init(dir, InitOptions{Branch: "main", Shared: "group"})
	if err != nil {
		t.Fatal(err)
	}
	after, _ := os.ReadFile(filepath.Join(dir, ".git", "config"))
	if head, _ := r.Head(); string(before) != string(after) || head.Ref != "refs/heads/trunk" || !head.Unborn {
		t.Errorf("changed: %+v %s", head, after)
	}
}

// Nothing that a person did may be overwritten, in whatever form it is.
func TestHandEditsAreRefused(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		edit func(t *testing.T, r *Repo)
		put  map[string]string
	}{
		{"changed", func(t *testing.T, r *Repo) { writeWork(t, r, "a", "mine\n") }, map[string]string{"a": "x\n"}},
		{"changed, deleting", func(t *testing.T, r *Repo) { writeWork(t, r, "a", "mine\n") }, map[string]string{"a": ""}},
		{"deleted", func(t *testing.T, r *Repo) { os.Remove(filepath.Join(r.Root(), "a")) }, map[string]string{"a": "x\n"}},
		{"untracked in the way", func(t *testing.T, r *Repo) { writeWork(t, r, "new", "mine\n") }, map[string]string{"new": "x\n"}},
		{"executable", func(t *testing.T, r *Repo) { os.Chmod(filepath.Join(r.Root(), "a"), 0o755) }, map[string]string{"a": "x\n"}},
		{"staged", func(t *testing.T, r *Repo) {
			writeWork(t, r, "a", "mine\n")
			git(t, r.Root(), "add", "a")
			writeWork(t, r, "a", "one\n")
		}, map[string]string{"a": "x\n"}},
		{"staged new", func(t *testing.T, r *Repo) {
			writeWork(t, r, "new", "mine\n")
			git(t, r.Root(), "add", "new")
			os.Remove(filepath.Join(r.Root(), "new"))
		}, map[string]string{"new": "x\n"}},
		{"intent to add", func(t *testing.T, r *Repo) {
			writeWork(t, r, "new", "x\n")
			git(t, r.Root(), "add", "-N", "new")
		}, map[string]string{"new": "x\n"}},
		{"removed from the index", func(t *testing.T, r *Repo) { git(t, r.Root(), "rm", "-q", "--cached", "a") }, map[string]string{"a": "x\n"}},
		{"symlink", func(t *testing.T, r *Repo) {
			os.Remove(filepath.Join(r.Root(), "a"))
			os.Symlink("d/b", filepath.Join(r.Root(), "a"))
		}, map[string]string{"a": "x\n"}},
		{"folder replaced by a symlink", func(t *testing.T, r *Repo) {
			os.Rename(filepath.Join(r.Root(), "d"), filepath.Join(r.Root(), "e"))
			os.Symlink("e", filepath.Join(r.Root(), "d"))
		}, map[string]string{"d/b": "x\n"}},
		{"new below a symlink", func(t *testing.T, r *Repo) { os.Symlink(t.TempDir(), filepath.Join(r.Root(), "out")) }, map[string]string{"out/x": "x\n"}},
		{"folder in the way", func(t *testing.T, r *Repo) { os.Mkdir(filepath.Join(r.Root(), "new"), 0o777) }, map[string]string{"new": "x\n"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRepo(t, map[string]string{"a": "one\n", "d/b": "two\n"})
			c.edit(t, r)
			status := git(t, r.Root(), "status", "--porcelain")
			head, _ := r.Head()
			_, err := tryCommit(r, BeginOptions{}, c.put)
			var hand *HandEditError
			if !errors.As(err, &hand) || len(hand.Paths) != 1 || c.put[hand.Paths[0]] == "" && hand.Paths[0] != "a" || Hint(err) == "" {
				t.Fatalf("got %v", err)
			}
			if now, _ := r.Head(); now != head {
				t.Error("HEAD moved")
			}
			if now := git(t, r.Root(), "status", "--porcelain"); now != status {
				t.Errorf("status was %q, is %q", status, now)
			}
			// Other paths are not in the way.
			if _, err := tryCommit(r, BeginOptions{}, map[string]string{"other": "y\n"}); err != nil {
				t.Fatal(err)
			}
			if now := git(t, r.Root(), "status", "--porcelain"); now != status {
				t.Errorf("after another commit: status was %q, is %q", status, now)
			}
			if out := git(t, r.Root(), "fsck", "--strict"); strings.Contains(out, "error") {
				t.Error(out)
			}
		})
	}
}

func TestStatesAreRefused(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, want string
		make       func(t *testing.T, r *Repo)
	}{
		{"detached", "detached", func(t *testing.T, r *Repo) { git(t, r.Root(), "checkout", "-q", "--detach") }},
		{"merge", "merge is in progress", func(t *testing.T, r *Repo) {
			git(t, r.Root(), "checkout", "-qb", "other")
			commit(t, r, map[string]string{"a": "other\n"})
			git(t, r.Root(), "checkout", "-q", "main")
			commit(t, r, map[string]string{"a": "main\n"})
			tryGit(r.Root(), "merge", "other")
		}},
		{"conflict without merge", "conflict", func(t *testing.T, r *Repo) {
			writeWork(t, r, "a", "stashed\n")
			git(t, r.Root(), "stash", "-q")
			commit(t, r, map[string]string{"a": "main\n"})
			tryGit(r.Root(), "stash", "pop")
		}},
		{"rebase", "rebase is in progress", func(t *testing.T, r *Repo) {
			os.Mkdir(filepath.Join(r.GitDir(), "rebase-merge"), 0o777)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRepo(t, map[string]string{"a": "one\n", "b": "two\n"})
			c.make(t, r)
			_, err := tryCommit(r, BeginOptions{}, map[string]string{"b": "x\n"})
			var st *StateError
			if !errors.As(err, &st) || !strings.Contains(err.Error(), c.want) || Hint(err) == "" {
				t.Fatalf("got %v", err)
			}
			if _, err := os.Stat(filepath.Join(r.GitDir(), "index.lock")); err == nil {
				t.Error("index.lock was left")
			}
		})
	}
}

func TestPathsAreRefused(t *testing.T) {
	r := newRepo(t, map[string]string{
		"Docs/a": "x\n", "é": "composed\n",
		".gitattributes": "* -text\n*.bin filter=lfs\n*.id ident\n*.u16 working-tree-encoding=UTF-16\nt/** text eol=lf\nc/** text eol=crlf\n[attr]strange filter=x\nm/** strange\nm/ok !filter\n",
	})
	tx := begin(t, r)
	defer tx.Rollback()
	cases := []struct{ path, data, want string }{
		{"", "x", "is empty"}, {"/abs", "x", "absolute"}, {"a//b", "x", "empty component"}, {"a/../b", "x", ".."},
		{".git/config", "x", "git's own folder"}, {"x/.GIT/y", "x", "git's own folder"}, {"git~1", "x", "git's own folder"},
		{".g\u200cit/x", "x", "git's own folder"}, {".git. /x", "x", "git's own folder"}, {"a\\b", "x", "backslash"},
		{"a\nb", "x", "control"}, {"\xff", "x", "UTF-8"}, {strings.Repeat("x", 256), "x", "255"},
		{"docs/b", "x", `"Docs"`}, {"Docs/A", "x", `"Docs/a"`}, {"e\u0301", "x", "differs from"},
		{"x.bin", "x", "filter=lfs"}, {"x.id", "x", "ident"}, {"x.u16", "x", "working-tree-encoding"},
		{"t/f", "a\r\nb", "CR LF"}, {"c/f", "x", "eol=crlf"}, {"m/f", "x", "filter=x"},
	}
	for _, c := range cases {
		err := tx.Put(c.path, []byte(c.data))
		var pe *PathError
		if !errors.As(err, &pe) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.path, err, c.want)
		}
	}
	for _, c := range []struct{ path, data string }{{"t/ok", "a\nb\n"}, {"raw", "a\r\nb\r\n"}, {"m/ok", "x"}, {"ordinary name", "x"}, {"Ünï/кот.txt", "x"}} {
		if err := tx.Put(c.path, []byte(c.data)); err != nil {
			t.Errorf("%q: %v", c.path, err)
		}
	}
	if err := tx.Put("ORDINARY name", []byte("x")); err == nil {
		t.Error("two new names that differ in case were accepted")
	}
	if _, err := tx.Commit(Message{Subject: "x"}, testSig(), testSig()); err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
}

func TestLocks(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "one\n"})
	t.Run("by another e1", func(t *testing.T) {
		tx := begin(t, r)
		other, err := Open(r.Root())
		if err != nil {
			t.Fatal(err)
		}
		_, err = other.Begin(context.Background(), BeginOptions{Wait: 20 * time.Millisecond})
		var locked *filelock.LockedError
		if !errors.As(err, &locked) || !strings.Contains(err.Error(), "e1 test") {
			t.Fatalf("got %v", err)
		}
		done := make(chan error)
		go func() {
			_, err := tryCommit(other, BeginOptions{Wait: time.Minute}, map[string]string{"b": "waited\n"})
			done <- err
		}()
		tx.Rollback()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
	for _, name := range []string{"index.lock", "refs/heads/main.lock", "HEAD.lock"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(r.GitDir(), name)
			if err := os.WriteFile(path, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			before := showAll(t, r)
			_, err := tryCommit(r, BeginOptions{}, map[string]string{"a": name + "\n"})
			var locked *filelock.LockedError
			if !errors.As(err, &locked) || locked.Path != path || !strings.Contains(locked.Hint(), "remove") {
				t.Fatalf("got %v", err)
			}
			if showAll(t, r) != before || readWork(t, r, "a") == name+"\n" {
				t.Error("something changed")
			}
			if _, err := os.Stat(path); err != nil {
				t.Error("the foreign lock is gone")
			}
			os.Remove(path)
			commit(t, r, map[string]string{"a": name + "\n"})
			wantClean(t, r)
		})
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	r := newRepo(t, map[string]string{"a": "one\n"})
	if out, err := exec.Command("chmod", "-R", "a-w", r.Root()).CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	defer exec.Command("chmod", "-R", "u+w", r.Root()).Run()
	_, err := tryCommit(r, BeginOptions{}, map[string]string{"a": "x\n"})
	var st *StateError
	if !errors.As(err, &st) || !strings.Contains(err.Error(), "no permission") {
		t.Fatalf("got %v", err)
	}
}

// Whoever changes git's configuration at the same time keeps their lock.
func TestSetIdentity(t *testing.T) {
	r := newRepo(t, nil)
	config := filepath.Join(r.CommonDir(), "config")
	if err := os.Chmod(config, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config+".lock", []byte("theirs"), 0o666); err != nil {
		t.Fatal(err)
	}
	var locked *filelock.LockedError
	if err := r.SetIdentity("A", "a@example.invalid"); !errors.As(err, &locked) || locked.Path != config+".lock" {
		t.Errorf("got %v", err)
	}
	if b, err := os.ReadFile(config + ".lock"); err != nil || string(b) != "theirs" {
		t.Errorf("their lock: %q %v", b, err)
	}
	if err := os.Remove(config + ".lock"); err != nil {
		t.Fatal(err)
	}
	// The next one takes the lock as soon as ours is let go.
	r.SetFault(func(op, path string) error {
		if op == "fsync" && path == r.CommonDir() {
			return os.WriteFile(config+".lock", []byte("theirs"), 0o666)
		}
		return nil
	})
	if err := r.SetIdentity(`A "B" \C`, "a@example.invalid"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(config + ".lock"); err != nil {
		t.Errorf("their lock is gone: %v", err)
	}
	if st, err := os.Stat(config); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("permissions: %v %v", st.Mode(), err)
	}
	if name := strings.TrimSpace(git(t, r.Root(), "config", "user.name")); name != `A "B" \C` {
		t.Errorf("git reads %q", name)
	}
	for n := 1; n <= 4; n++ {
		count := 0
		r.SetFault(func(string, string) error {
			if count++; count == n {
				return os.ErrClosed
			}
			return nil
		})
		_ = os.Remove(config + ".lock")
		err := r.SetIdentity("Other", "o@example.invalid")
		if _, statErr := os.Stat(config + ".lock"); err == nil || statErr == nil {
			t.Errorf("operation %d: %v, lock left: %v", n, err, statErr == nil)
		}
	}
}

// An attributes file of the repository that cannot be read might forbid what is
// to be written; one of the system is none of our business.
func TestUnreadableAttributes(t *testing.T) {
	for _, c := range []struct {
		err     error
		outside bool
		ok      bool
	}{
		{syscall.ENOENT, false, true}, {syscall.ENOTDIR, false, true}, {syscall.EISDIR, false, true},
		{syscall.EIO, false, false}, {syscall.EACCES, false, false}, {syscall.EIO, true, false}, {syscall.EACCES, true, true},
	} {
		f := attributeFile{path: "x", outside: c.outside}
		if got := f.none(&os.PathError{Op: "read", Path: "x", Err: c.err}); got != c.ok {
			t.Errorf("%v, outside %v: counts as none: %v", c.err, c.outside, got)
		}
	}
	r := newRepo(t, map[string]string{"a": "one\n"})
	if err := os.Symlink(".gitattributes", filepath.Join(r.Root(), ".gitattributes")); err != nil {
		t.Fatal(err)
	}
	if _, err := tryCommit(r, BeginOptions{}, map[string]string{"a": "two\n"}); err == nil || !strings.Contains(err.Error(), ".gitattributes") {
		t.Errorf("got %v", err)
	}
}
