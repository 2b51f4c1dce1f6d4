package gitstore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// listing tells everything that a folder holds, with what changes when it is
// touched.
func listing(t testing.TB, dir string) string {
	t.Helper()
	var b strings.Builder
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := d.Info()
		if err != nil {
			return err
		}
		var sum [sha256.Size]byte
		if st.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sum = sha256.Sum256(data)
		}
		fmt.Fprintf(&b, "%s %v %v %x\n", path, st.Mode(), st.ModTime(), sum)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A dry run touches nothing at all, whatever it says, also where e1 has never
// written; what it says is compared with the commit in every other test.
func TestDryRunTouchesNothing(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		make func(t *testing.T, r *Repo)
		put  map[string]string
		says string
	}{
		{"all is well", func(*testing.T, *Repo) {}, map[string]string{"a": "x\n", "d/new": "y\n", "b": ""}, ""},
		{"no e1 folder", func(t *testing.T, r *Repo) { os.RemoveAll(r.Dir()) }, map[string]string{"a": "x\n"}, ""},
		{"nothing", func(*testing.T, *Repo) {}, map[string]string{"a": "one\n"}, ErrNothing.Error()},
		{"edited", func(t *testing.T, r *Repo) { writeWork(t, r, "a", "mine\n") }, map[string]string{"a": "x\n"}, "edited by hand"},
		{"staged", func(t *testing.T, r *Repo) {
			writeWork(t, r, "a", "mine\n")
			git(t, r.Root(), "add", "a")
			writeWork(t, r, "a", "one\n")
		}, map[string]string{"a": "x\n"}, "staged"},
		{"in the way", func(t *testing.T, r *Repo) { writeWork(t, r, "new", "mine\n") }, map[string]string{"new": "x\n"}, "in the way"},
		{"filter", func(t *testing.T, r *Repo) { writeWork(t, r, ".gitattributes", "a filter=lfs\n") }, map[string]string{"a": "x\n"}, "filter=lfs"},
		{"detached", func(t *testing.T, r *Repo) { git(t, r.Root(), "checkout", "-q", "--detach") }, map[string]string{"a": "x\n"}, "detached"},
		{"sparse", func(t *testing.T, r *Repo) { git(t, r.Root(), "sparse-checkout", "set", "d") }, map[string]string{"out/x": "x\n"}, "sparse"},
		{"no signer", func(t *testing.T, r *Repo) {
			git(t, r.Root(), "config", "commit.gpgSign", "true")
			git(t, r.Root(), "config", "gpg.program", "/nowhere/gpg")
		}, map[string]string{"a": "x\n"}, "did not sign"},
		{"locked by git", func(t *testing.T, r *Repo) {
			os.WriteFile(filepath.Join(r.GitDir(), "index.lock"), nil, 0o666)
		}, map[string]string{"a": "x\n"}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t, map[string]string{"a": "one\n", "b": "two\n", "d/c": "three\n"})
			c.make(t, r)
			r = reopen(t, r)
			before := listing(t, r.Root())
			id, err := tryTx(r, BeginOptions{DryRun: true}, c.put)
			if !id.IsZero() || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v %v", id, err)
			}
			if after := listing(t, r.Root()); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// A dry run counts what a killed command has left as what recovery makes of it.
func TestDryRunAfterAKill(t *testing.T) {
	t.Parallel()
	dir, _, _ := faultTemplate(t, SplitNever)
	first, stride := 5, 9
	if soak {
		first, stride = 1, 1
	}
	for n := first; ; n += stride {
		r := copyRepo(t, dir)
		if !killAt(t, r.Root(), n, SplitNever) {
			break
		}
		for _, put := range []map[string]string{{"a.txt": "three\n", "d/stay.yaml": "changed\n"}, {"n/e/w.yaml": "newer\n", "x/y/z.yaml": ""}} {
			c := copyAsItIs(t, r.Root())
			before := listing(t, c.Root())
			_, told := tryTx(c, BeginOptions{DryRun: true}, put)
			if after := listing(t, c.Root()); after != before {
				t.Fatalf("kill:%d: the dry run wrote", n)
			}
			_, err := tryTx(c, BeginOptions{}, put)
			if fmt.Sprint(told) != fmt.Sprint(err) {
				t.Fatalf("kill:%d: the dry run says %v, the commit %v", n, told, err)
			}
		}
		writeWork(t, r, "a.txt", "by hand\n")
		var hand *HandEditError
		if _, err := tryTx(r, BeginOptions{DryRun: true}, map[string]string{"a.txt": "x\n"}); !errors.As(err, &hand) {
			t.Fatalf("kill:%d: %v", n, err)
		}
	}
}

// A dry run needs no lock: somebody else's does not hold it up.
func TestDryRunTakesNoLock(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "one\n"})
	tx := begin(t, r)
	defer tx.Rollback()
	dry, err := reopen(t, r).Begin(context.Background(), BeginOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	dry.Rollback()
	if err := tx.Put("a", []byte("two\n")); err != nil {
		t.Fatal(err)
	}
	// What is committed after it has looked at HEAD is no hand edit.
	for _, path := range []string{"a", "b"} {
		if dry, err = reopen(t, r).Begin(context.Background(), BeginOptions{DryRun: true}); err != nil {
			t.Fatal(err)
		}
		if path == "a" {
			_, err = tx.Commit(Message{Subject: "x"}, testSig(), testSig())
		} else {
			_, err = tryTx(r, BeginOptions{}, map[string]string{"b": "new\n"})
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := dry.Put(path, []byte("three\n")); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := dry.Commit(Message{Subject: "x"}, testSig(), testSig()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	wantClean(t, r)
}

// A bulk import that is only tried touches nothing and is refused as one that
// is done.
func TestBulkDryRun(t *testing.T) {
	t.Parallel()
	try := func(r *Repo, dry bool) (Hash, error) {
		b, err := r.NewBulk(context.Background(), BulkOptions{BeginOptions: BeginOptions{DryRun: dry}})
		if err != nil {
			return Hash{}, err
		}
		defer b.Abort()
		for i := range 300 {
			if err := b.Put(docPath(i), docText(i)); err != nil {
				return Hash{}, err
			}
		}
		if err := b.Delete("a"); err != nil {
			return Hash{}, err
		}
		if _, err := b.Commit(Message{Subject: "x"}, testSig(), testSig()); err != nil {
			return Hash{}, err
		}
		return b.Finish(context.Background())
	}
	set := func(r *Repo, args ...string) { git(t, r.Root(), args...) }
	for name, make := range map[string]func(r *Repo){
		"":               func(*Repo) {},
		"edited by hand": func(r *Repo) { writeWork(t, r, docPath(7), "mine\n") },
		"sparse":         func(r *Repo) { set(r, "sparse-checkout", "set", "--cone", "d") },
		"sparse index":   func(r *Repo) { set(r, "sparse-checkout", "set", "--cone", "--sparse-index", "documents") },
		"merge conflict": func(r *Repo) {
			writeWork(t, r, "a", "stashed\n")
			set(r, "stash", "-q")
			commit(t, r, map[string]string{"a": "main\n"})
			tryGit(r.Root(), "stash", "pop")
		},
		"is not supported": func(r *Repo) {
			set(r, "config", "commit.gpgSign", "true")
			set(r, "config", "gpg.format", "ssh")
		},
		"a merge is in progress": func(r *Repo) { writeWork(t, r, ".git/MERGE_HEAD", "x\n") },
	} {
		r := newRepo(t, map[string]string{"a": "1\n", "d/b": "2\n", "out/c": "3\n"})
		make(r)
		r = reopen(t, r)
		before := listing(t, r.Root())
		id, told := try(r, true)
		if after := listing(t, r.Root()); after != before || !id.IsZero() {
			t.Errorf("%q: the dry run wrote\n%s\n%s", name, before, after)
		}
		if _, err := try(r, false); fmt.Sprint(err) != fmt.Sprint(told) || (name == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("%q: the dry run says %v, the import %v", name, told, err)
		}
	}
}

// Dry runs beside a process that commits the same file find nothing in the way.
func TestDryRunsBesideCommits(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "one\n"})
	over := make(chan error)
	go func() {
		c, err := Open(r.Root())
		for i := 0; i < 25 && err == nil; i++ {
			_, err = tryTx(c, BeginOptions{}, map[string]string{"a": fmt.Sprint(i, "\n"), fmt.Sprint("new", i): "x\n"})
		}
		over <- err
	}()
	for n := 0; ; n++ {
		select {
		case err := <-over:
			if err != nil {
				t.Fatal(err)
			}
			wantClean(t, r)
			return
		default:
		}
		if _, err := tryTx(reopen(t, r), BeginOptions{DryRun: true}, map[string]string{"a": "dry\n", "new24": "x\n", fmt.Sprint("new", n%25): "y\n"}); err != nil {
			t.Errorf("dry run %d: %v", n, err)
		}
	}
}
