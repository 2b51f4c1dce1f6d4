package gitstore

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
	"github.com/google/go-cmp/cmp"
)

// Indexes of every shape that C git writes are patched so that git finds them
// right.
func TestIndexShapes(t *testing.T) {
	t.Parallel()
	shapes := []struct {
		name string
		make [][]string // git commands
	}{
		{"version 4", [][]string{{"update-index", "--index-version", "4"}}},
		{"version 3", [][]string{{"update-index", "--skip-worktree", "d/00/keep.yaml"}}},
		{"split", [][]string{{"update-index", "--split-index"}}},
		{"split version 4", [][]string{{"update-index", "--index-version", "4"}, {"update-index", "--split-index"}}},
		{"caches", [][]string{{"config", "core.untrackedCache", "true"}, {"config", "core.fsmonitor", "false"}, {"update-index", "--untracked-cache"}, {"status"}}},
		{"threads", [][]string{{"config", "index.threads", "2"}, {"update-index", "--force-write-index"}}},
		{"no tree cache", [][]string{{"read-tree", "--empty"}, {"read-tree", "HEAD"}, {"update-index", "--refresh"}}},
		{"many files", [][]string{{"config", "feature.manyFiles", "true"}, {"update-index", "--force-write-index"}}},
	}
	for _, s := range shapes {
		for _, mode := range []SplitMode{SplitAuto, SplitAlways, SplitNever} {
			t.Run(s.name+" "+string(mode), func(t *testing.T) {
				t.Parallel()
				files := map[string]string{}
				for i := range 200 {
					files["d/0"+string(rune('0'+i%10))+"/f"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+".yaml"] = "x\n"
				}
				files["d/00/keep.yaml"] = "keep\n"
				r := newRepo(t, files)
				for _, args := range s.make {
					git(t, r.Root(), args...)
				}
				for i := range 2 {
					text := strings.Repeat("y", i+1) + "\n"
					if _, err := tryCommit(r, BeginOptions{Split: mode}, map[string]string{
						"d/03/fxxxd.yaml": text, "d/00/new" + text[:1] + string(rune('a'+i)): text, "e/f/g" + string(rune('a'+i)): text,
					}); err != nil {
						t.Fatal(err)
					}
					wantClean(t, r)
					writeWork(t, r, "by/git", text)
					git(t, r.Root(), "add", ".")
					git(t, r.Root(), "commit", "-qm", "by git")
				}
				if s.name == "version 3" && !strings.HasPrefix(git(t, r.Root(), "ls-files", "-t", "d/00/keep.yaml"), "S ") {
					t.Error("the skip-worktree bit is lost")
				}
			})
		}
	}
}

// What the user staged elsewhere stays staged, and is in no commit of e1.
func TestStagedElsewhereIsKept(t *testing.T) {
	t.Parallel()
	for _, mode := range []SplitMode{SplitNever, SplitAlways} {
		r := newRepo(t, map[string]string{"a": "one\n", "d/b": "two\n", "d/c": "three\n", "d/gone": "x\n"})
		writeWork(t, r, "d/b", "staged\n")
		writeWork(t, r, "d/new", "staged new\n")
		git(t, r.Root(), "add", "d/b", "d/new")
		git(t, r.Root(), "rm", "-q", "--cached", "d/gone")
		want := git(t, r.Root(), "status", "--porcelain")
		for _, text := range []string{"1\n", "22\n"} {
			if _, err := tryCommit(r, BeginOptions{Split: mode}, map[string]string{"a": text, "d/c": text, "d/e/f": text}); err != nil {
				t.Fatal(err)
			}
			if got := git(t, r.Root(), "status", "--porcelain"); got != want {
				t.Fatalf("status was %q, is %q", want, got)
			}
			wantSound(t, r)
		}
		if all := showAll(t, r); strings.Contains(all, "staged") || !strings.Contains(all, "d/gone") {
			t.Errorf("staged changes were committed: %s", all)
		}
		git(t, r.Root(), "commit", "-qm", "mine")
		if all := showAll(t, r); !strings.Contains(all, "d/b=staged\n\nd/c=22\n\nd/e/f=22\n\nd/new=staged new\n") || strings.Contains(all, "gone") {
			t.Errorf("the commit of what was staged is wrong: %s", all)
		}
	}
}

// An edit of the same size in the same second as a commit must not escape
// git, also not after the next commit has dated the index anew.
func TestRacyEditsAreSeen(t *testing.T) {
	t.Parallel()
	for _, mode := range []SplitMode{SplitNever, SplitAlways} {
		for range 3 {
			r := newRepo(t, map[string]string{"a": "one\n"})
			if _, err := tryCommit(r, BeginOptions{Split: mode}, map[string]string{"a": "two\n", "b": "x\n"}); err != nil {
				t.Fatal(err)
			}
			st, err := os.Stat(filepath.Join(r.Root(), "a"))
			if err != nil {
				t.Fatal(err)
			}
			writeWork(t, r, "a", "six\n")
			// The same second, as a coarse clock would have it.
			if err := os.Chtimes(filepath.Join(r.Root(), "a"), st.ModTime(), st.ModTime()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(1010 * time.Millisecond)))
			if _, err := tryCommit(r, BeginOptions{Split: mode}, map[string]string{"b": "y\n"}); err != nil {
				t.Fatal(err)
			}
			if out := git(t, r.Root(), "-c", "core.trustctime=false", "status", "--porcelain"); out != " M a\n" {
				t.Fatalf("%s: git does not see the edit: %q", mode, out)
			}
		}
	}
}

func TestHandEditsListed(t *testing.T) {
	r := newRepo(t, map[string]string{
		"a": "one\n", "d/b": "two\n", "d/c": "three\n", "d/x": "x\n", "s": "s\n", "k": "k\n",
		".gitignore": "*.tmp\n/build/\n", "d/.gitignore": "!keep.tmp\n",
	})
	if got, err := r.HandEdits(context.Background()); err != nil || len(got) != 0 {
		t.Fatalf("clean, but %v %v", got, err)
	}
	writeWork(t, r, "a", "ONE\n")
	os.Remove(filepath.Join(r.Root(), "d/b"))
	writeWork(t, r, "d/new", "n\n")
	writeWork(t, r, "d/keep.tmp", "n\n")
	writeWork(t, r, "junk.tmp", "n\n")
	writeWork(t, r, "build/out", "n\n")
	writeWork(t, r, "deep/er/file", "n\n")
	writeWork(t, r, "s", "staged\n")
	git(t, r.Root(), "add", "s")
	git(t, r.Root(), "rm", "-q", "--cached", "k")
	os.Symlink("a", filepath.Join(r.Root(), "link"))
	writeWork(t, r, "d/x", "x\n") // touched, not changed
	want := []Edit{{"a", EditModified}, {"d/b", EditDeleted}, {"d/keep.tmp", EditAdded}, {"d/new", EditAdded},
		{"deep/er/file", EditAdded}, {"link", EditUnusable}, {"s", EditModified}}
	got, err := r.HandEdits(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got, err = r.HandEdits(context.Background(), "d/", "deep/er")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want[1:5], got); d != "" {
		t.Error(d)
	}
	// Adopting all of it leaves nothing to list.
	os.Remove(filepath.Join(r.Root(), "link"))
	tx := begin(t, r)
	for _, e := range want {
		if e.Kind != EditUnusable {
			if err := tx.Adopt(e.Path); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := tx.Commit(Message{Subject: "by hand"}, testSig(), testSig()); err != nil {
		t.Fatal(err)
	}
	git(t, r.Root(), "add", "k")
	wantClean(t, r)
	if got, err := r.HandEdits(context.Background()); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
	dirty, err := r.DirtyPaths([]string{"a", "nothing", "d/c"})
	if err != nil || len(dirty) != 0 {
		t.Errorf("%v %v", dirty, err)
	}
}

func TestMaintain(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "one\n"})
	for i := range 12 {
		commit(t, r, map[string]string{"a": strings.Repeat("x", i+1) + "\n", docPath(i): string(docText(i))})
	}
	before := showAll(t, r)
	stats, err := r.Maintain(context.Background(), MaintainOptions{MinLoose: 10})
	if err != nil || stats.Packed < 50 || stats.Pruned != stats.Packed || stats.Bytes == 0 {
		t.Fatalf("%+v %v", stats, err)
	}
	if out := git(t, r.Root(), "count-objects"); !strings.HasPrefix(out, "0 objects") {
		t.Errorf("left loose: %s", out)
	}
	git(t, r.Root(), "verify-pack", stats.Pack)
	if showAll(t, r) != before {
		t.Error("something is lost")
	}
	wantClean(t, r)
	// A repository opened before git repacks finds the new pack.
	git(t, r.Root(), "gc", "-q", "--aggressive", "--prune=now")
	if showAll(t, r) != before {
		t.Error("something is lost after gc")
	}
	commit(t, r, map[string]string{docPath(3): "after gc\n"})
	wantClean(t, r)
	if stats, err := r.Maintain(context.Background(), MaintainOptions{}); err != nil || stats.Packed != 0 {
		t.Errorf("packed below the bound: %+v %v", stats, err)
	}
}

func TestMaintainKilledAnywhere(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "one\n"})
	for i := range 3 {
		commit(t, r, map[string]string{"a": strings.Repeat("x", i+1) + "\n"})
	}
	want := showAll(t, r)
	for n, more := 1, true; more; n++ {
		c := copyRepo(t, r.Root())
		count := 0
		c.SetFault(func(string, string) error {
			if count++; count >= n {
				return os.ErrClosed
			}
			return nil
		})
		_, err := c.Maintain(context.Background(), MaintainOptions{MinLoose: 1})
		if more = count >= n; more != (err != nil) {
			t.Fatalf("operation %d: %v", n, err)
		}
		c.SetFault(nil)
		if got := showAll(t, c); got != want {
			t.Fatalf("operation %d: something is lost", n)
		}
		wantClean(t, c)
	}
	// What a killed run leaves, the next one takes away; so does any command
	// with what lies among the packs.
	pack, object := filepath.Join(r.CommonDir(), "objects/pack/tmp_pack_e1_1"), filepath.Join(r.CommonDir(), "objects/tmp_obj_e1_1_1")
	for _, path := range []string{pack, object} {
		if err := os.WriteFile(path, []byte("half"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, r, map[string]string{"a": "next\n"})
	if _, err := os.Lstat(pack); err == nil {
		t.Error("the next command left half a pack")
	}
	if _, err := r.Maintain(context.Background(), MaintainOptions{MinLoose: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(object); err == nil {
		t.Error("maintain left half an object")
	}
	wantClean(t, r)
}

func TestReadsWhatGitPacked(t *testing.T) {
	t.Parallel()
	r := newRepo(t, nil)
	big := strings.Repeat("line of a growing file\n", 300)
	for i := range 30 {
		writeWork(t, r, "big", big+strings.Repeat("x", i)+"\n"+big)
		writeWork(t, r, docPath(i), string(docText(i)))
		git(t, r.Root(), "add", ".")
		git(t, r.Root(), "commit", "-qm", "c")
	}
	git(t, r.Root(), "gc", "-q", "--aggressive")
	git(t, r.Root(), "pack-refs", "--all")
	want := git(t, r.Root(), "log", "--format=%H %T")
	var got strings.Builder
	head, err := r.Head()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Log(head.Commit, nil, func(c Commit) error {
		got.WriteString(c.ID.String() + " " + c.Tree.String() + "\n")
		blob, err := r.Lookup(c.Tree, "big")
		if err != nil {
			return err
		}
		b, err := r.Blob(blob.ID)
		if err == nil && HashBlob(b) != blob.ID {
			t.Error("wrong content")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Error(cmp.Diff(want, got.String()))
	}
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, r.Root(), "clone", "-q", "--shared", r.Root(), clone)
	c, err := Open(clone)
	if err != nil {
		t.Fatal(err)
	}
	if showAll(t, c) != showAll(t, r) {
		t.Error("alternates are not read")
	}
	first := head.Commit
	if yes, err := c.Published(first); err != nil || !yes {
		t.Errorf("published %v %v", yes, err)
	}
	id := commit(t, c, map[string]string{"local": "x\n"})
	if yes, err := c.Published(id); err != nil || yes {
		t.Errorf("a local commit counts as published: %v", err)
	}
	if yes, err := c.IsAncestor(first, id); err != nil || !yes {
		t.Errorf("ancestor %v %v", yes, err)
	}
	if yes, err := r.Published(first); err != nil || yes {
		t.Errorf("published without a remote: %v", err)
	}
}

// The shared part that the index on the disk names stays until that index is
// replaced, however old it is: a process killed in between leaves a whole index.
func TestSharedPartStaysWhileNamed(t *testing.T) {
	t.Parallel()
	r := newRepo(t, nil)
	if _, err := tryCommit(r, BeginOptions{Split: SplitAlways}, map[string]string{"a": "one\n", "b": "two\n"}); err != nil {
		t.Fatal(err)
	}
	x, err := gitindex.Load(r.gitDir, r.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	old := gitindex.BasePath(r.gitDir, x.SharedID())
	long := time.Now().Add(-2 * keepShared)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	if err := x.Set(gitindex.Entry{Path: "c", Mode: uint32(ModeFile), ID: gitindex.ID(HashBlob(nil))}); err != nil {
		t.Fatal(err)
	}
	if err := r.newShared(x, 0); err != nil {
		t.Fatal(err)
	}
	if got := git(t, r.Root(), "ls-files"); got != "a\nb\n" {
		t.Errorf("git reads %q", got)
	}
	if err := r.writeIndex(x.Encode(), time.Now(), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(old, long, long); err != nil { // git has renewed it
		t.Fatal(err)
	}
	r.pruneShared(x.SharedID())
	if got := git(t, r.Root(), "ls-files"); got != "a\nb\nc\n" {
		t.Errorf("git reads %q", got)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the old part is still there")
	}
}
