package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childEnv makes the test binary one command that commits, so that it can be
// killed like one.
const childEnv = "E1_GITSTORE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		r, err := Open(dir)
		if err == nil {
			_, err = tryCommit(r, BeginOptions{Split: SplitMode(os.Getenv(childEnv + "_SPLIT"))}, faultChange())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(func() int {
		home, err := os.MkdirTemp("", "e1-gitstore-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(home)
		isolate(home)
		return m.Run()
	}())
}

func faultBase() map[string]string {
	return map[string]string{"a.txt": "one\n", "d/old.yaml": "old\n", "d/stay.yaml": "stay\n", "x/y/z.yaml": "z\n"}
}

func faultChange() map[string]string {
	return map[string]string{"a.txt": "two\n", "d/old.yaml": "", "n/e/w.yaml": "new\n", "x/y/z.yaml": "zz\n"}
}

// template is a repository to copy for each try.
func faultTemplate(t *testing.T, split SplitMode) (dir, before, after string) {
	r := newRepo(t, nil)
	for _, files := range []map[string]string{faultBase(), {"d/stay.yaml": "stays\n"}} {
		if _, err := tryCommit(r, BeginOptions{Split: split}, files); err != nil {
			t.Fatal(err)
		}
	}
	wantClean(t, r)
	before = showAll(t, r)
	done := copyRepo(t, r.Root())
	if _, err := tryCommit(done, BeginOptions{Split: split}, faultChange()); err != nil {
		t.Fatal(err)
	}
	return r.Root(), before, showAll(t, done)
}

func copyRepo(t *testing.T, dir string) *Repo {
	t.Helper()
	r := copyAsItIs(t, dir)
	// The copies are new files to git.
	git(t, r.Root(), "update-index", "-q", "--refresh")
	return r
}

func copyAsItIs(t *testing.T, dir string) *Repo {
	t.Helper()
	to := filepath.Join(t.TempDir(), "repo")
	if out, err := exec.Command("cp", "-a", dir, to).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	r, err := Open(to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// killAt runs the change in a process that is killed before its n-th write
// operation. It reports whether it was killed.
func killAt(t *testing.T, dir string, n int, split SplitMode) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir, childEnv+"_SPLIT="+string(split), fmt.Sprintf("%s=kill:%d", FaultEnv, n))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return false
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("kill:%d: %v %s", n, err, out)
	}
	return true
}

// wantEither asserts that HEAD is as before or as after, and the work tree
// the same.
func wantEither(t *testing.T, r *Repo, before, after string) (happened bool) {
	t.Helper()
	got := showAll(t, r)
	if got != before && got != after {
		t.Fatalf("neither before nor after:\n%s", got)
	}
	return got == after
}

func TestKilledAtEveryOperation(t *testing.T) {
	t.Parallel()
	for i, split := range []SplitMode{SplitNever, SplitAlways} {
		stride := 3 + 2*i // the forms differ in a few operations only
		if soak {
			stride = 1
		}
		t.Run(string(split), func(t *testing.T) {
			t.Parallel()
			dir, before, after := faultTemplate(t, split)
			sawBefore, sawAfter := false, false
			n := 1
			for ; ; n += stride {
				r := copyRepo(t, dir)
				if !killAt(t, r.Root(), n, split) {
					break
				}
				happened := wantEither(t, r, before, after)
				sawBefore, sawAfter = sawBefore || !happened, sawAfter || happened
				if _, err := r.Recover(context.Background(), BeginOptions{Split: split}); err != nil {
					t.Fatalf("kill:%d: recover: %v", n, err)
				}
				if wantEither(t, r, before, after) != happened {
					t.Fatalf("kill:%d: recovery changed history", n)
				}
				if out := git(t, r.Root(), "status", "--porcelain"); out != "" {
					t.Fatalf("kill:%d: status %s", n, out)
				}
				if got := git(t, r.Root(), "reflog", "HEAD"); happened != (strings.Count(got, "\n") == 3) {
					t.Fatalf("kill:%d: reflog %s", n, got)
				}
				if _, err := tryCommit(r, BeginOptions{Split: split}, map[string]string{"next": "works\n"}); err != nil {
					t.Fatalf("kill:%d: next command: %v", n, err)
				}
				wantClean(t, r)
				for _, pattern := range []string{"objects/tmp_obj*", "e1/tmp/*"} {
					if left, _ := filepath.Glob(filepath.Join(r.GitDir(), pattern)); len(left) > 0 {
						t.Errorf("kill:%d: left %v", n, left)
					}
				}
			}
			if !sawBefore || !sawAfter || n < 30 {
				t.Errorf("%d operations, before %v, after %v: the hook does not see the writes", n, sawBefore, sawAfter)
			}
		})
	}
}

// The user goes on with git, or by hand, before e1 can recover.
func TestKilledThenUserActs(t *testing.T) {
	t.Parallel()
	dir, before, after := faultTemplate(t, SplitNever)
	unlock := func(t *testing.T, r *Repo) {
		_ = os.Remove(filepath.Join(r.GitDir(), "index.lock"))
		_ = os.Remove(filepath.Join(r.GitDir(), "HEAD.lock"))
		_ = os.Remove(filepath.Join(r.GitDir(), "refs/heads/main.lock"))
	}
	acts := map[string]func(t *testing.T, r *Repo, happened bool){
		"edit a file by hand": func(t *testing.T, r *Repo, happened bool) {
			writeWork(t, r, "a.txt", "by hand\n")
			if _, err := r.Recover(context.Background(), BeginOptions{}); err != nil {
				t.Fatal(err)
			}
			if got := readWork(t, r, "a.txt"); got != "by hand\n" {
				t.Fatalf("the edit is lost: %q", got)
			}
			if out := git(t, r.Root(), "status", "--porcelain"); out != " M a.txt\n" {
				t.Fatalf("status %q", out)
			}
			_, err := tryCommit(r, BeginOptions{}, map[string]string{"a.txt": "three\n"})
			var hand *HandEditError
			if !errors.As(err, &hand) {
				t.Fatalf("the edit would be overwritten: %v", err)
			}
		},
		"git is refused": func(t *testing.T, r *Repo, happened bool) {
			if _, err := os.Lstat(filepath.Join(r.GitDir(), "index.lock")); err != nil {
				return // killed before the lock or after its release
			}
			writeWork(t, r, "d/stay.yaml", "mine\n")
			if out, err := tryGit(r.Root(), "commit", "-qam", "mine"); err == nil {
				t.Fatalf("git commit worked on a locked index: %s", out)
			}
			if _, err := r.Recover(context.Background(), BeginOptions{}); err != nil {
				t.Fatal(err)
			}
			git(t, r.Root(), "commit", "-qam", "mine")
			wantClean(t, r)
		},
		"remove the lock, git commit -am": func(t *testing.T, r *Repo, happened bool) {
			unlock(t, r)
			writeWork(t, r, "d/stay.yaml", "mine\n")
			git(t, r.Root(), "commit", "-qam", "mine")
			if _, err := r.Recover(context.Background(), BeginOptions{}); err != nil {
				t.Fatal(err)
			}
			if readWork(t, r, "d/stay.yaml") != "mine\n" {
				t.Fatal("the commit is lost")
			}
			if out := git(t, r.Root(), "status", "--porcelain", "-uno"); out != "" {
				t.Fatalf("status %q", out)
			}
			wantSound(t, r)
		},
		"git switch -c": func(t *testing.T, r *Repo, happened bool) {
			unlock(t, r)
			git(t, r.Root(), "switch", "-qc", "other")
			if _, err := r.Recover(context.Background(), BeginOptions{}); err != nil {
				t.Fatal(err)
			}
			if wantEither(t, r, before, after) != happened {
				t.Fatal("recovery changed history")
			}
			wantClean(t, r)
		},
		"git reset --hard and checkout of another branch": func(t *testing.T, r *Repo, happened bool) {
			unlock(t, r)
			git(t, r.Root(), "branch", "elsewhere", "HEAD~1")
			git(t, r.Root(), "reset", "-q", "--hard")
			git(t, r.Root(), "checkout", "-q", "elsewhere")
			if _, err := r.Recover(context.Background(), BeginOptions{}); err != nil {
				t.Fatal(err)
			}
			if out := git(t, r.Root(), "status", "--porcelain", "-uno"); out != "" {
				t.Fatalf("status %q", out)
			}
			git(t, r.Root(), "clean", "-qfd")
			git(t, r.Root(), "checkout", "-q", "main")
			if wantEither(t, r, before, after) != happened {
				t.Fatal("history changed")
			}
			wantClean(t, r)
		},
	}
	for i, name := range []string{"edit a file by hand", "git is refused", "remove the lock, git commit -am", "git switch -c", "git reset --hard and checkout of another branch"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, stride := 12+2*i, 10
			if soak {
				first, stride = 1, 1
			}
			for n := first; ; n += stride {
				r := copyRepo(t, dir)
				if !killAt(t, r.Root(), n, SplitNever) {
					break
				}
				acts[name](t, r, wantEither(t, r, before, after))
			}
		})
	}
}

// Each operation fails once, without the process dying.
func TestErrorAtEveryOperation(t *testing.T) {
	t.Parallel()
	dir, before, after := faultTemplate(t, SplitAlways)
	for step, fault := range []error{syscall.EIO, syscall.ENOSPC} {
		stride := 2 + step
		if soak {
			stride = 1
		}
		for n, more := 1+step, true; more; n += stride {
			r := copyRepo(t, dir)
			count := 0
			r.SetFault(func(op, path string) error {
				count++
				if count == n || fault == syscall.ENOSPC && count > n && op != "remove" && op != "rename" {
					return fault
				}
				return nil
			})
			_, err := tryCommit(r, BeginOptions{Split: SplitAlways}, faultChange())
			more = count >= n
			r.SetFault(nil)
			happened := wantEither(t, r, before, after)
			var unfinished *UnfinishedError
			switch {
			case err != nil && happened && !errors.As(err, &unfinished):
				t.Fatalf("operation %d: happened, but said %v", n, err)
			case (err == nil || errors.As(err, &unfinished)) && !happened:
				t.Fatalf("operation %d: did not happen, but said %v", n, err)
			case err != nil && !errors.Is(err, fault):
				t.Fatalf("operation %d: the reason is missing: %v", n, err)
			}
			if err != nil && !happened {
				for p, text := range faultBase() {
					if p != "d/stay.yaml" && readWork(t, r, p) != text {
						t.Fatalf("operation %d: %s changed", n, p)
					}
				}
			}
			if _, err := r.Recover(context.Background(), BeginOptions{Wait: time.Second, Split: SplitAlways}); err != nil {
				t.Fatalf("operation %d: recover: %v", n, err)
			}
			if out := git(t, r.Root(), "status", "--porcelain"); out != "" {
				t.Fatalf("operation %d: status %s", n, out)
			}
		}
	}
}
