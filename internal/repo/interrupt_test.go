package repo

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/index"
)

// countdown is a context that ends when it is looked at for the n-th time.
type countdown struct {
	context.Context
	left atomic.Int64
	done chan struct{}
	once sync.Once
}

func endingAfter(n int) *countdown {
	c := &countdown{Context: context.Background(), done: make(chan struct{})}
	c.left.Store(int64(n))
	return c
}

func (c *countdown) Err() error {
	if c.left.Add(-1) >= 0 {
		return nil
	}
	c.once.Do(func() { close(c.done) })
	return context.Canceled
}

func (c *countdown) Done() <-chan struct{} { return c.done }

// endless is after more looks than anything takes.
const endless = 1 << 40

// manyClients commits a number of documents in one commit of git.
func (s *shop) manyClients(n int, name string) {
	s.t.Helper()
	var in strings.Builder
	fmt.Fprintf(&in, "commit refs/heads/main\ncommitter O <o@example.invalid> 1790000000 +0000\ndata 1\nxfrom %s\n", s.git("rev-parse", "HEAD"))
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&in, "M 100644 inline documents/clients/00/%02d/CLI-%06d.yaml\ndata <<E\nform: clients\nnumber: CLI-%06d\nuid: 01JD9X3M7Q4Z8T6B5N2V%06d\nregistered: 2026-11-23T10:00:00+03:00\nby: petrova\ncard:\n  name: %s %d\n  manager: orlov\nE\n\n",
			i/100%100, i, i, i, name, i)
	}
	in.WriteString("\n")
	s.feed(in.String(), "fast-import", "--quiet", "--force")
	s.git("reset", "-q", "--hard")
}

// TestInterrupted ends everything that takes long at several moments: it is
// noticed, and nothing half-written stays.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	const documents = 300
	build := func(r *Repo) error { _, err := r.RebuildIndex(); return err }
	first := func(r *Repo) error { _, err := r.Index(); return err }
	for _, tt := range []struct {
		name    string
		prepare func(*shop)
		do      func(*Repo) error
		looks   int // at least
	}{
		{"first build", nil, first, documents},
		{"rebuild", nil, build, documents},
		{"catching up", func(s *shop) {
			must(s.t, first(s.open()))
			s.manyClients(documents, "Changed")
		}, first, documents},
		{"history", func(s *shop) { must(s.t, first(s.open())) }, func(r *Repo) error { _, err := r.History(); return err }, documents},
		{"every document", nil, func(r *Repo) error { return r.EachDocument(func(File) error { return nil }) }, 2 * documents},
		{"a list", func(s *shop) { must(s.t, first(s.open())) }, func(r *Repo) error {
			_, err := r.Select(Selection{Form: "clients"})
			return err
		}, documents / 256},
		{"a list that is sifted", func(s *shop) { must(s.t, first(s.open())) }, func(r *Repo) error {
			_, err := r.Select(Selection{Form: "clients", Where: `len(name) > 3`})
			return err
		}, documents / 256},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			s.manyClients(documents, "Client")
			if tt.prepare != nil {
				tt.prepare(s)
			}
			open := func(ctx context.Context) *Repo {
				r, err := Open(ctx, s.dir, Options{})
				must(t, err)
				return r
			}
			answers := func() string {
				r := open(t.Context())
				defer r.Close()
				db, err := r.History()
				must(t, err)
				found, err := db.List(index.Query{Form: "clients", Columns: []string{"name"}})
				must(t, err)
				past, err := db.Recent(0, "")
				must(t, err)
				return fmt.Sprint(found, past)
			}
			original := s.dir
			s.dir = filepath.Join(t.TempDir(), "undisturbed")
			if out, err := exec.Command("cp", "-a", original, s.dir).CombinedOutput(); err != nil {
				t.Fatalf("%v %s", err, out)
			}
			whole := endingAfter(endless)
			r := open(whole)
			must(t, tt.do(r))
			must(t, r.Close())
			looks := endless - int(whole.left.Load())
			if looks < tt.looks {
				t.Fatalf("it looked %d times whether it was interrupted, not %d", looks, tt.looks)
			}
			want := answers()
			s.dir = original
			for _, at := range []int{looks / 3, looks - 3} {
				ctx := endingAfter(endless)
				r := open(ctx)
				ctx.left.Store(int64(at)) // opening looks as well
				if err := tt.do(r); !errors.Is(err, context.Canceled) {
					t.Errorf("interrupted at the %dth of %d looks: %v", at, looks, err)
				}
				if r.scratch != "" {
					t.Error("it went on with an index of its own")
				}
				_ = r.Close()
				files, err := filepath.Glob(filepath.Join(s.dir, ".git", "e1", "*"))
				must(t, err)
				for _, f := range files {
					if name := filepath.Base(f); name != "kept" && name != "tmp" && !strings.HasPrefix(name, "index.") || len(files) > 9 {
						t.Errorf("left behind: %v", files)
						break
					}
				}
			}
			if got := answers(); got != want {
				t.Errorf("other answers after it was interrupted:\n%s", cmp.Diff(want, got))
			}
		})
	}
}
