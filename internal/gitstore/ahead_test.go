package gitstore

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestReadAhead(t *testing.T) {
	t.Parallel()
	r := newRepo(t, map[string]string{"a": "x\n"})
	for _, text := range []string{"y\n", "z\n"} {
		commit(t, r, map[string]string{"a": text})
		git(t, r.Root(), "repack", "-qd")
	}
	packs, err := filepath.Glob(filepath.Join(r.Root(), ".git", "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 2 {
		t.Fatalf("packs %v, %v", packs, err)
	}
	want := int64(0)
	for _, p := range packs {
		st, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		want += st.Size()
	}
	c := reopen(t, r)
	defer c.Close()
	if got := c.ReadAhead(context.Background()); got != want {
		t.Errorf("%d bytes read of %d", got, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if got := c.ReadAhead(ctx); got != 0 {
		t.Errorf("%d bytes read after the end", got)
	}
}
