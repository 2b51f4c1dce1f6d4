package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// packsOf lists the packs of a repository by name.
func packsOf(t testing.TB, r *Repo) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(r.CommonDir(), "objects/pack/pack-*.pack"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// maintained makes small commits and packs each of them.
func maintained(t testing.TB, r *Repo, n int, opt MaintainOptions) {
	t.Helper()
	opt.MinLoose = 1
	for i := range n {
		commit(t, r, map[string]string{"a": strconv.Itoa(i) + "\n", docPath(i): string(docText(i))})
		if _, err := r.Maintain(context.Background(), opt); err != nil {
			t.Fatal(err)
		}
	}
}

func TestToMerge(t *testing.T) {
	for _, c := range []struct {
		sizes []int
		want  int
	}{
		{nil, 0}, {[]int{5}, 0}, {[]int{5, 5}, 2}, {[]int{5, 10}, 0}, {[]int{5, 9}, 2}, {[]int{1, 1, 4}, 2},
		{[]int{1, 1, 3}, 3}, {[]int{1, 2, 6, 18}, 0}, {[]int{1, 2, 6, 17}, 4}, {[]int{4, 4, 4, 100}, 3},
	} {
		var packs []smallPack
		for _, n := range c.sizes {
			packs = append(packs, smallPack{count: n})
		}
		if got := toMerge(packs); got != c.want {
			t.Errorf("%v: %d, want %d", c.sizes, got, c.want)
		}
	}
}

// However often objects are packed, few packs are left, and an object is copied
// a few times only.
func TestPacksAreMerged(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "x\n"})
	copied := 0
	r.SetFault(func(op, path string) error {
		if op == "rename" && strings.HasSuffix(path, ".pack") {
			if st, err := os.Stat(filepath.Join(filepath.Dir(path), fmt.Sprintf("tmp_pack_e1_%d.pack", os.Getpid()))); err == nil {
				copied += int(st.Size())
			}
		}
		return nil
	})
	const n = 40
	maintained(t, r, n, MaintainOptions{})
	r.SetFault(nil)
	if got := len(packsOf(t, r)); got > 14 {
		t.Errorf("%d packs after packing %d times", got, n)
	}
	stats, err := r.Maintain(context.Background(), MaintainOptions{MinLoose: 1, MinPacks: 2})
	if err != nil || stats.Merged < 2 {
		t.Fatalf("%+v %v", stats, err)
	}
	if got := len(packsOf(t, r)); got > 6 { // the powers of two
		t.Errorf("%d packs", got)
	}
	held := int64(0)
	for _, p := range packsOf(t, r) {
		st, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		held += st.Size()
		git(t, r.Root(), "verify-pack", p)
	}
	if copied > 5*int(held) {
		t.Errorf("%d bytes were written for %d", copied, held)
	}
	if out := git(t, r.Root(), "rev-list", "--count", "HEAD"); out != strconv.Itoa(n+1)+"\n" {
		t.Errorf("%s commits", out)
	}
	wantClean(t, r)
}

// What git made for a reason is left alone.
func TestForeignPacksStay(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "x\n"})
	big := strings.Repeat("line of a growing file\n", 300)
	for i := range 20 {
		writeWork(t, r, "big", big+strconv.Itoa(i)+"\n"+big)
		git(t, r.Root(), "add", ".")
		git(t, r.Root(), "commit", "-qm", "c")
	}
	git(t, r.Root(), "repack", "-qd") // with deltas
	deltas := packsOf(t, r)
	if len(deltas) != 1 {
		t.Fatal(deltas)
	}
	maintained(t, r, 3, MaintainOptions{MinPacks: 100})
	kept := packsOf(t, r)
	for _, p := range kept {
		if p != deltas[0] {
			if err := os.WriteFile(strings.TrimSuffix(p, ".pack")+".keep", nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	maintained(t, r, 3, MaintainOptions{MinPacks: 100})
	all := packsOf(t, r)
	stats, err := r.Maintain(context.Background(), MaintainOptions{MinLoose: 1, MinPacks: 2, DryRun: true})
	if err != nil || stats.Merged != 3 || len(packsOf(t, r)) != len(all) {
		t.Fatalf("dry: %+v %v", stats, err)
	}
	if stats, err = r.Maintain(context.Background(), MaintainOptions{MinLoose: 1, MinPacks: 2}); err != nil || stats.Merged != 3 {
		t.Fatalf("%+v %v", stats, err)
	}
	for _, p := range kept {
		if _, err := os.Stat(p); err != nil {
			t.Errorf("%s is gone", p)
		}
	}
	wantClean(t, r)
	// git's own index over several packs names them.
	maintained(t, r, 3, MaintainOptions{MinPacks: 100})
	git(t, r.Root(), "multi-pack-index", "write")
	if stats, err = r.Maintain(context.Background(), MaintainOptions{MinLoose: 1, MinPacks: 2}); err != nil || stats.Merged != 0 {
		t.Errorf("%+v %v", stats, err)
	}
	wantClean(t, r)
}

// Killed or failing anywhere, merging loses nothing, and the next run leaves
// nothing behind.
func TestMergeFailsAnywhere(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "x\n"})
	maintained(t, r, 4, MaintainOptions{MinPacks: 100})
	want := git(t, r.Root(), "rev-list", "--objects", "--all")
	for n, more := 1, true; more; n++ {
		c := copyRepo(t, r.Root())
		count := 0
		c.SetFault(func(string, string) error {
			if count++; count >= n {
				return syscall.EIO
			}
			return nil
		})
		_, err := c.Maintain(context.Background(), MaintainOptions{MinLoose: 1, MinPacks: 2})
		if more = count >= n; more != (err != nil) {
			t.Fatalf("operation %d: %v", n, err)
		}
		c.SetFault(nil)
		if got := git(t, c.Root(), "rev-list", "--objects", "--all"); got != want {
			t.Fatalf("operation %d: something is lost", n)
		}
		wantClean(t, c)
		if _, err := c.Maintain(context.Background(), MaintainOptions{MinLoose: 1, MinPacks: 2}); err != nil {
			t.Fatalf("operation %d: %v", n, err)
		}
		left, _ := filepath.Glob(filepath.Join(c.CommonDir(), "objects/pack/*"))
		if len(left) > 4 {
			t.Errorf("operation %d: left %v", n, left)
		}
		wantClean(t, c)
	}
}

// A repository opened before its packs are merged goes on reading.
func TestReadWhilePacksAreMerged(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "x\n"})
	maintained(t, r, 6, MaintainOptions{MinPacks: 100})
	reader := reopen(t, r)
	defer reader.Close()
	want := showAll(t, reader)
	if _, err := r.Maintain(context.Background(), MaintainOptions{MinLoose: 1, MinPacks: 2}); err != nil {
		t.Fatal(err)
	}
	if got := showAll(t, reader); got != want {
		t.Error("other content")
	}
}

// However many packs there are, few files of them are open, and none that
// nobody has looked at.
func TestFewPackFilesAreOpen(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "x\n"})
	const n = 50
	var ids []Hash
	for i := range n {
		ids = append(ids, commit(t, r, map[string]string{"a": strconv.Itoa(i) + "\n"}))
		git(t, r.Root(), "repack", "-qd")
	}
	if got := len(packsOf(t, r)); got < n {
		t.Fatalf("%d packs", got)
	}
	c := reopen(t, r)
	defer c.Close()
	files := func() (open, looked int) {
		for _, p := range c.odb.packs {
			open += p.descriptors()
			if p.idx != nil {
				looked++
			}
		}
		return open, looked
	}
	if _, err := c.Commit(ids[0]); err != nil {
		t.Fatal(err)
	}
	if _, looked := files(); looked == 0 || looked > n {
		t.Errorf("%d indexes were opened", looked)
	}
	for range 2 {
		for _, id := range ids {
			if _, err := c.Commit(id); err != nil {
				t.Fatal(err)
			}
			if open, _ := files(); open > maxOpen+1 {
				t.Fatalf("%d files are open", open)
			}
		}
	}
	before := c.odb.packs
	c.Close()
	for _, p := range before {
		if p.descriptors() != 0 {
			t.Error("a file stays open after Close")
		}
	}
	if _, err := c.Commit(ids[1]); err != nil {
		t.Errorf("not usable after Close: %v", err)
	}
}

// An object that is not there is no path that is not there.
func TestMissingObject(t *testing.T) {
	t.Parallel()
	origin := newRepo(t, map[string]string{"a": "one\n"})
	commit(t, origin, map[string]string{"a": "two\n", "d/b": "b\n"})
	commit(t, origin, map[string]string{"a": "three\n"})
	git(t, origin.Root(), "config", "uploadpack.allowFilter", "true")
	url := "file://" + origin.Root()
	for _, c := range []struct {
		name, hint string
		clone      []string
		read       func(r *Repo) error
	}{
		{"partial", "git fetch --refetch --no-filter", []string{"--filter=blob:none"}, func(r *Repo) error {
			old, err := r.Revision("HEAD~1")
			if err != nil {
				return fmt.Errorf("unexpected: %v", err)
			}
			c, err := r.Commit(old)
			if err != nil {
				return fmt.Errorf("unexpected: %v", err)
			}
			e, err := r.Lookup(c.Tree, "a")
			if err != nil {
				return fmt.Errorf("unexpected: %v", err)
			}
			_, err = r.Blob(e.ID)
			return err
		}},
		{"shallow", "git fetch --unshallow", []string{"--depth=1"}, func(r *Repo) error {
			_, err := r.Revision("HEAD~1")
			return err
		}},
		{"damaged", "git fsck", nil, func(r *Repo) error {
			head, err := r.Head()
			if err != nil {
				return fmt.Errorf("unexpected: %v", err)
			}
			c, err := r.Commit(head.Commit)
			if err != nil {
				return fmt.Errorf("unexpected: %v", err)
			}
			e, err := r.Lookup(c.Tree, "d")
			if err != nil {
				return fmt.Errorf("unexpected: %v", err)
			}
			if err := os.Remove(loosePath(r.odb.dir, e.ID)); err != nil {
				return fmt.Errorf("unexpected: %v", err)
			}
			_, err = reopen(t, r).Lookup(c.Tree, "d/b")
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, from := filepath.Join(t.TempDir(), "clone"), url
			if c.clone == nil {
				from = origin.Root() // object by object
			}
			git(t, origin.Root(), append(append([]string{"clone", "-q"}, c.clone...), from, dir)...)
			r, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			err = c.read(r)
			var missing *MissingError
			if !errors.As(err, &missing) || !errors.Is(err, ErrMissing) || errors.Is(err, ErrNotExist) || Hint(err) != c.hint {
				t.Errorf("got %v, hint %q", err, Hint(err))
			}
		})
	}
}
