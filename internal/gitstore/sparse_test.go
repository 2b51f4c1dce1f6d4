package gitstore

import (
	"context"
	"errors"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Inside of a sparse checkout everything works, outside nothing is written:
// neither what is there nor what would be new, on any shape of the index.
func TestSparseCheckout(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"in/a": "one\n", "out/b": "two\n", "out/deep/c": "x\n", "top": "t\n"})
	for _, index := range []string{"--no-sparse-index", "--sparse-index"} {
		git(t, r.Root(), "sparse-checkout", "set", "--cone", index, "in")
		c := reopen(t, r)
		if _, err := tryCommit(c, BeginOptions{}, map[string]string{"in/a": index + "\n", "in/new" + index: "n\n", "top": index + "\n"}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"out/b", "out/fresh", "out/deep/c", "other/new"} {
			for _, text := range []string{"x\n", ""} {
				var un *UnsupportedError
				top, _, _ := strings.Cut(path, "/")
				_, err := tryCommit(c, BeginOptions{}, map[string]string{path: text})
				if !errors.As(err, &un) || Hint(err) != "git sparse-checkout add "+top {
					t.Errorf("%s %s: got %v", index, path, err)
				}
			}
		}
		b, err := c.NewBulk(context.Background(), BulkOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Put("out/x", []byte("x")); err == nil {
			t.Error("a bulk import writes outside")
		}
		if err := b.Put("in/bulk"+index, []byte("x")); err != nil {
			t.Error(err)
		}
		if _, err := b.Commit(Message{Subject: "x"}, testSig(), testSig()); err != nil {
			t.Fatal(err)
		}
		head, _ := c.Head()
		_, err = b.Finish(context.Background())
		if now, _ := c.Head(); (err == nil) != (index == "--no-sparse-index") || (now == head) != (err != nil) {
			t.Errorf("%s: %v", index, err)
		}
		if out := git(t, r.Root(), "status", "--porcelain"); out != "" {
			t.Errorf("%s: status %q", index, out)
		}
		wantSound(t, r)
	}
}

// What is outside is what git says.
func TestSparsePatterns(t *testing.T) {
	t.Parallel()
	paths := []string{"top", "a/x", "a/b/x", "a/b/c/x", "a/d/x.txt", "b/x", "b/a/x", "c/deep/er/x.txt", "c/y"}
	files := map[string]string{}
	for _, p := range paths {
		files[p] = "x\n"
	}
	r := newRepo(t, files)
	compare := func(what string) {
		t.Helper()
		s, err := r.sparseCheckout()
		if err != nil {
			t.Fatal(err)
		}
		if s == nil {
			t.Fatal("not sparse")
		}
		for _, line := range strings.Split(strings.TrimSpace(git(t, r.Root(), "ls-files", "-t")), "\n") {
			if s.has(line[2:]) != (line[0] == 'H') {
				t.Errorf("%s: git says %q", what, line)
			}
		}
	}
	for _, cone := range [][]string{{"a"}, {"a/b"}, {"a/b", "c"}, {"c/deep"}, {"a/b/c", "b/a"}} {
		git(t, r.Root(), append([]string{"sparse-checkout", "set", "--cone"}, cone...)...)
		r = reopen(t, r)
		compare("cone " + strings.Join(cone, " "))
	}
	rng := rand.New(rand.NewSource(1))
	words := []string{"/*", "!/*/", "/a/", "!/a/b/", "a", "!a", "*.txt", "!*.txt", "/a/b/x", "!/c/", "x", "/c/*", "!/c/y", "b/a", "/b/*/", "# remark", ""}
	rounds := 12
	if soak {
		rounds = 300
	}
	for range rounds {
		var lines []string
		for range 1 + rng.Intn(5) {
			lines = append(lines, words[rng.Intn(len(words))])
		}
		git(t, r.Root(), "sparse-checkout", "set", "--no-cone", "/*")
		if err := os.WriteFile(filepath.Join(r.GitDir(), "info/sparse-checkout"), []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := tryGit(r.Root(), "sparse-checkout", "reapply"); err != nil {
			t.Fatal(out)
		}
		r = reopen(t, r)
		compare(strings.Join(lines, " "))
	}
}
