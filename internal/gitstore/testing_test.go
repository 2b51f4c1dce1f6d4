package gitstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/filelock"
)

// isolate keeps the configuration of the machine out of all tests, which can
// so run in parallel.
func isolate(home string) {
	env := map[string]string{
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull, "GIT_ATTR_NOSYSTEM": "1",
		"HOME": home, "XDG_CONFIG_HOME": "",
	}
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		env["GIT_"+role+"_NAME"], env["GIT_"+role+"_EMAIL"] = "Test", "test@example.invalid"
	}
	for name, value := range env {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
}

// git runs C git in a folder and returns its output.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := tryGit(dir, args...)
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func tryGit(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// newRepo makes a repository with the given files committed by e1.
func newRepo(t testing.TB, files map[string]string) *Repo {
	t.Helper()
	r, err := Init(filepath.Join(t.TempDir(), "repo"), InitOptions{Branch: "main"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	if len(files) > 0 {
		commit(t, r, files)
	}
	return r
}

func testTime() time.Time {
	return time.Date(2026, 11, 23, 10, 15, 4, 0, time.FixedZone("", 3*3600))
}

func testSig() Signature {
	return Signature{Name: "Пётр Иванов", Email: "p@example.invalid", When: testTime()}
}

func begin(t testing.TB, r *Repo) *Tx {
	t.Helper()
	tx, err := r.Begin(context.Background(), BeginOptions{Wait: 5 * time.Second, Command: "e1 test"})
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// tryCommit puts files (an empty text deletes) and commits. Unless others are at
// work or writes fail, a dry run beforehand must say the same.
func tryCommit(r *Repo, opt BeginOptions, files map[string]string) (Hash, error) {
	dry := opt
	dry.DryRun = true
	_, told := tryTx(r, dry, files)
	id, err := tryTx(r, opt, files)
	var locked *filelock.LockedError
	var unfinished *UnfinishedError
	if r.disk.fault == nil && opt.Wait <= time.Minute && !errors.As(err, &locked) && !errors.As(err, &unfinished) && !errors.Is(err, ErrMoved) &&
		fmt.Sprint(told) != fmt.Sprint(err) {
		return id, fmt.Errorf("a dry run says %v, the commit %w", told, err)
	}
	return id, err
}

func tryTx(r *Repo, opt BeginOptions, files map[string]string) (Hash, error) {
	tx, err := r.Begin(context.Background(), opt)
	if err != nil {
		return Hash{}, err
	}
	defer tx.Rollback()
	for _, deletions := range []bool{true, false} {
		for _, p := range sortedKeys(files) {
			if (files[p] == "") != deletions {
				continue
			}
			if deletions {
				err = tx.Delete(p)
			} else {
				err = tx.Put(p, []byte(files[p]))
			}
			if err != nil {
				return Hash{}, err
			}
		}
	}
	return tx.Commit(Message{Subject: "change", Trailers: []Trailer{{"E1-Op", "test"}}}, testSig(), testSig())
}

func commit(t testing.TB, r *Repo, files map[string]string) Hash {
	t.Helper()
	id, err := tryCommit(r, BeginOptions{Wait: 5 * time.Second}, files)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	for i := range keys {
		for j := i; j > 0 && keys[j] < keys[j-1]; j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
	return keys
}

// wantClean asserts what C git thinks of a repository: nothing changed,
// nothing damaged, and the tree cache is right.
func wantClean(t testing.TB, r *Repo) {
	t.Helper()
	if out := git(t, r.Root(), "status", "--porcelain"); out != "" {
		t.Fatalf("git status: %s", out)
	}
	wantSound(t, r)
}

func wantSound(t testing.TB, r *Repo) {
	t.Helper()
	if out, err := tryGit(r.Root(), "fsck", "--strict", "--no-dangling"); err != nil || strings.Contains(out, "error") || strings.Contains(out, "missing") {
		t.Fatalf("git fsck: %v %s", err, out)
	}
	// write-tree trusts the tree cache; a stale one gives the wrong tree.
	cached, err := tryGit(r.Root(), "write-tree")
	if err != nil {
		t.Fatalf("git write-tree: %s", cached)
	}
	idx := filepath.Join(t.TempDir(), "index")
	list := git(t, r.Root(), "ls-files", "-s", "-z")
	cmd := exec.Command("git", "update-index", "-z", "--index-info")
	cmd.Dir, cmd.Stdin = r.Root(), strings.NewReader(list)
	cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+idx)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("update-index: %v %s", err, out)
	}
	cmd = exec.Command("git", "write-tree")
	cmd.Dir = r.Root()
	cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+idx)
	plain, err := cmd.Output()
	if err != nil || string(plain) != cached {
		t.Fatalf("the tree cache of the index gives %s, the entries give %s (%v)", cached, plain, err)
	}
	for _, name := range []string{"index.lock", "HEAD.lock", "e1/journal/transaction.json"} {
		if _, err := os.Stat(filepath.Join(r.GitDir(), name)); err == nil {
			t.Fatalf("%s was left", name)
		}
	}
}

func readWork(t testing.TB, r *Repo, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(r.Root(), path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func writeWork(t testing.TB, r *Repo, path, text string) {
	t.Helper()
	full := filepath.Join(r.Root(), path)
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// showAll returns everything that HEAD holds.
func showAll(t testing.TB, r *Repo) string {
	t.Helper()
	head, err := r.Head()
	if err != nil {
		t.Fatal(err)
	}
	if head.Unborn {
		return ""
	}
	c, err := r.Commit(head.Commit)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Walk(c.Tree, "", func(path string, e TreeEntry) error {
		data, err := r.Blob(e.ID)
		fmt.Fprintf(&b, "%s=%s\n", path, data)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
