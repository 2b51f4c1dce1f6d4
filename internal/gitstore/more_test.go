package gitstore

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/filelock"
)

func TestConcurrentProcessesLoseNothing(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "one\n"})
	const writers, each = 4, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range each {
				c, err := Open(r.Root())
				if err == nil {
					_, err = tryCommit(c, BeginOptions{Wait: time.Hour}, map[string]string{"w" + strconv.Itoa(w) + "/" + strconv.Itoa(i): "x\n"})
				}
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	if n := strings.TrimSpace(git(t, r.Root(), "rev-list", "--count", "HEAD")); n != strconv.Itoa(writers*each+1) {
		t.Errorf("%s commits", n)
	}
	if n := strings.Count(git(t, r.Root(), "ls-files"), "\n"); n != writers*each+1 {
		t.Errorf("%d files", n)
	}
	wantClean(t, r)
}

func TestWorktrees(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "one\n", "d/b": "two\n"})
	side := filepath.Join(t.TempDir(), "side")
	git(t, r.Root(), "worktree", "add", "-q", "-b", "side", side)
	w, err := Open(filepath.Join(side, "d"))
	if err != nil {
		t.Fatal(err)
	}
	if w.CommonE1Dir() != r.CommonE1Dir() || w.Dir() == r.Dir() {
		t.Errorf("%s %s", w.CommonE1Dir(), w.Dir())
	}
	commit(t, w, map[string]string{"a": "side\n"})
	wantClean(t, w)
	wantClean(t, r)
	commit(t, r, map[string]string{"a": "main\n"})
	wantClean(t, w)
	wantClean(t, r)
	tx := begin(t, r)
	defer tx.Rollback()
	var locked *filelock.LockedError
	if _, err := tryCommit(w, BeginOptions{}, map[string]string{"a": "x\n"}); !errors.As(err, &locked) {
		t.Errorf("the lock is not shared: %v", err)
	}
}

func TestSharedRepository(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	r, err := Init(filepath.Join(t.TempDir(), "repo"), InitOptions{Branch: "main", Shared: "group"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := tryCommit(r, BeginOptions{Split: SplitAlways}, map[string]string{"d/e": strconv.Itoa(i) + "\n"}); err != nil {
			t.Fatal(err)
		}
	}
	fill(t, r, 200, 1, BulkOptions{})
	if err := filepath.WalkDir(r.Root(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == r.Root() {
			return err
		}
		st, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o440)
		if d.IsDir() {
			want = 0o770 | fs.ModeSetgid
		} else if !strings.Contains(path, "/objects/") && !strings.HasSuffix(path, "/description") && !strings.HasSuffix(path, "exclude") {
			want = 0o660
		}
		if st.Mode()&want != want {
			t.Errorf("%s has %v", path, st.Mode())
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
}

func TestHooks(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "one\n"})
	for _, h := range []string{"pre-commit", "post-commit"} {
		if err := os.WriteFile(filepath.Join(r.CommonDir(), "hooks", h), []byte("#!/bin/sh\ngit log -1 --format=%s > ran-"+h+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, r, map[string]string{"a": "two\n"})
	if got := readWork(t, r, "ran-post-commit"); got != "change\n" {
		t.Errorf("%q", got)
	}
	if _, err := os.Stat(filepath.Join(r.Root(), "ran-pre-commit")); err == nil {
		t.Error("pre-commit ran")
	}
}

func TestSigning(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "one\n"})
	git(t, r.Root(), "config", "commit.gpgSign", "true")
	program := filepath.Join(t.TempDir(), "sign")
	script := "#!/bin/sh\ncat >/dev/null\necho '-----BEGIN PGP SIGNATURE-----'\necho\necho abc\necho '-----END PGP SIGNATURE-----'\necho '[GNUPG:] SIG_CREATED D' >&2\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, r.Root(), "config", "gpg.program", program)
	signed := reopen(t, r)
	id := commit(t, signed, map[string]string{"a": "two\n"})
	if raw := git(t, r.Root(), "cat-file", "commit", id.String()); !strings.Contains(raw, "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n\nchange\n") {
		t.Errorf("%s", raw)
	}
	wantClean(t, signed)
	git(t, r.Root(), "config", "gpg.program", "/bin/false")
	var st *StateError
	if _, err := tryCommit(reopen(t, r), BeginOptions{}, map[string]string{"a": "three\n"}); !errors.As(err, &st) || !strings.Contains(err.Error(), "gpgSign") {
		t.Errorf("got %v", err)
	}
	wantClean(t, signed)
}

func reopen(t *testing.T, r *Repo) *Repo {
	t.Helper()
	c, err := Open(r.Root())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLargeAttachment(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "one\n"})
	src := filepath.Join(t.TempDir(), "big")
	data := make([]byte, 3<<20)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(src, data, 0o600); err != nil {
		t.Fatal(err)
	}
	tx := begin(t, r)
	if err := tx.PutFrom("d/big.pdf", src); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Commit(Message{Subject: "big"}, testSig(), testSig()); err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
	if readWork(t, r, "d/big.pdf") != string(data) {
		t.Error("wrong content")
	}
	tx = begin(t, r)
	if err := tx.PutFrom("d/big2.pdf", src); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(src, data[1:], 0o600); err != nil {
		t.Fatal(err)
	}
	head, _ := r.Head()
	if _, err := tx.Commit(Message{Subject: "big"}, testSig(), testSig()); err == nil {
		t.Error("a file that changed meanwhile was committed")
	}
	if now, _ := r.Head(); now != head {
		t.Error("HEAD moved")
	}
	wantClean(t, r)
}

func TestCallbacks(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "one\n"})
	head, _ := r.Head()
	tx := begin(t, r)
	if err := tx.Put("a", []byte("two\n")); err != nil {
		t.Fatal(err)
	}
	begun := make(chan struct{})
	var happened = true
	tx.Derive(func(made func() (Hash, bool)) error {
		close(begun)
		_, happened = made()
		return nil
	})
	tx.BeforeRef(func() error {
		<-begun // it does not wait for the ref
		return errors.New("no outbox")
	})
	if _, err := tx.Commit(Message{Subject: "x"}, testSig(), testSig()); err == nil || !strings.Contains(err.Error(), "no outbox") {
		t.Fatalf("got %v", err)
	}
	if now, _ := r.Head(); now != head || happened {
		t.Fatal("HEAD moved")
	}
	wantClean(t, r)
	tx = begin(t, r)
	if err := tx.Put("a", []byte("two\n")); err != nil {
		t.Fatal(err)
	}
	var seen Hash
	tx.Derive(func(made func() (Hash, bool)) error {
		id, happened := made()
		if seen = id; !happened {
			t.Error("the commit did not happen")
		}
		if head, err := reopen(t, r).Head(); err != nil || head.Commit != id {
			t.Errorf("called before the commit was made: %v %v", head, err)
		}
		return errors.New("derived")
	})
	id, err := tx.Commit(Message{Subject: "x"}, testSig(), testSig())
	if err != nil || id != seen || len(tx.Notes()) != 1 {
		t.Fatalf("%v %v %v", id, err, tx.Notes())
	}
	wantClean(t, r)
	tx = begin(t, r)
	if err := tx.Put("a", []byte("two\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Commit(Message{Subject: "x"}, testSig(), testSig()); !errors.Is(err, ErrNothing) {
		t.Errorf("got %v", err)
	}
	if err := tx.Put("a", nil); !errors.Is(err, ErrRolledBack) {
		t.Errorf("got %v", err)
	}
}

// Somebody moves the branch without taking the index lock.
func TestBranchMovedMeanwhile(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "one\n"})
	first, _ := r.Head()
	commit(t, r, map[string]string{"a": "two\n"})
	tx := begin(t, r)
	if err := tx.Put("b", []byte("x\n")); err != nil {
		t.Fatal(err)
	}
	git(t, r.Root(), "update-ref", "refs/heads/main", first.Commit.String())
	if _, err := tx.Commit(Message{Subject: "x"}, testSig(), testSig()); !errors.Is(err, ErrMoved) {
		t.Fatalf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(r.Root(), "b")); err == nil {
		t.Error("a file was written")
	}
	git(t, r.Root(), "reset", "-q", "--hard")
	wantClean(t, r)
}

// What one commit adds to the git directory does not depend on how much the
// repository holds.
func TestBytesPerCommit(t *testing.T) {
	t.Parallel()
	r := newRepo(t, nil)
	fill(t, r, 3000, 1, BulkOptions{BeginOptions: BeginOptions{Split: SplitAlways}})
	size := func() (n int64) {
		if err := filepath.WalkDir(r.GitDir(), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				st, serr := d.Info()
				n, err = n+st.Size(), serr
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if _, err := tryCommit(r, BeginOptions{Split: SplitAlways}, map[string]string{docPath(5000): string(docText(5000))}); err != nil {
		t.Fatal(err)
	}
	before := size()
	const n = 10
	for i := range n {
		if _, err := tryCommit(r, BeginOptions{Split: SplitAlways}, map[string]string{docPath(5001 + i): string(docText(5001 + i))}); err != nil {
			t.Fatal(err)
		}
	}
	if per := (size() - before) / n; per > 20_000 {
		t.Errorf("%d bytes a commit", per)
	}
	wantClean(t, r)
}

func TestCancelledWait(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "one\n"})
	tx := begin(t, r)
	defer tx.Rollback()
	// Cancelled before the wait, and while the kernel already waits.
	for _, after := range []time.Duration{0, 50 * time.Millisecond} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(after, cancel)
		if _, err := reopen(t, r).Begin(ctx, BeginOptions{Wait: time.Hour}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %v: got %v", after, err)
		}
	}
	tx.Rollback()
	next, err := reopen(t, r).Begin(context.Background(), BeginOptions{Wait: time.Hour})
	if err != nil {
		t.Fatalf("those who gave up keep the lock: %v", err)
	}
	next.Rollback()
}

// A signature that takes too long ends with the command, which was interrupted.
func TestSigningInterrupted(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "one\n"})
	git(t, r.Root(), "config", "commit.gpgSign", "true")
	dir := t.TempDir()
	program := filepath.Join(dir, "sign")
	// What it leaves behind holds its output open.
	if err := os.WriteFile(program, []byte("#!/bin/sh\nsleep 20 &\ntouch "+dir+"/ready\nexec sleep 1000\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, r.Root(), "config", "gpg.program", program)
	r = reopen(t, r)
	before, _ := r.Head()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer cancel()
		for range 3000 {
			if _, err := os.Stat(dir + "/ready"); err == nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Error("the program did not begin")
	}()
	tx, err := r.Begin(ctx, BeginOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Put("a", []byte("two\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Commit(Message{Subject: "x"}, testSig(), testSig()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if now, _ := r.Head(); now != before {
		t.Error("HEAD moved")
	}
	wantClean(t, r)
}
