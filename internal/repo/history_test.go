package repo

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/filelock"
)

// graph is a random history: commit i has parents of smaller numbers.
type graph struct {
	parents [][]int
	docs    []string // the document that each touches
	ids     []string
	at      map[string]int
}

// newGraph makes commits on top of the first one of a repository, with clocks
// that go forwards, stand still and go backwards.
func newGraph(s *shop, rnd *rand.Rand, n int) *graph {
	s.t.Helper()
	first := s.git("rev-parse", "HEAD")
	g := &graph{parents: make([][]int, n), docs: make([]string, n), ids: make([]string, n), at: map[string]int{}}
	var in strings.Builder
	second := 1_790_000_000
	for i := range n {
		second += rnd.IntN(4) - 1
		fmt.Fprintf(&in, "commit refs/heads/c%d\nmark :%d\ncommitter O <o@example.invalid> %d +0000\ndata 1\n%c", i, i+1, second, 'x')
		from := map[int]bool{}
		if i > 0 {
			from[max(0, i-1-rnd.IntN(4))] = true
			for range rnd.IntN(2) * rnd.IntN(3) {
				from[rnd.IntN(i)] = true
			}
		}
		g.parents[i] = slices.Sorted(maps.Keys(from))
		slices.Reverse(g.parents[i])
		for k, p := range g.parents[i] {
			fmt.Fprintf(&in, "%s :%d\n", []string{"from", "merge"}[min(k, 1)], p+1)
		}
		if i == 0 {
			fmt.Fprintf(&in, "from %s\n", first)
		}
		g.docs[i] = fmt.Sprintf("CLI-%06d", 1+rnd.IntN(4))
		fmt.Fprintf(&in, "M 100644 inline documents/clients/00/00/%s.yaml\ndata <<E\nform: clients\nnumber: %s\nuid: %s\nregistered: 2026-11-23T10:00:00+03:00\nby: petrova\ncard:\n  name: of %d\nE\n\n",
			g.docs[i], g.docs[i], "01JD9X3M7Q4Z8T6B5N2V1C0K"+g.docs[i][8:], i)
	}
	marks := filepath.Join(s.t.TempDir(), "marks")
	s.feed(in.String(), "fast-import", "--quiet", "--export-marks="+marks)
	text, err := os.ReadFile(marks)
	must(s.t, err)
	for line := range strings.Lines(string(text)) {
		var mark int
		var id string
		if _, err := fmt.Sscanf(line, ":%d %s", &mark, &id); err != nil {
			s.t.Fatal(err)
		}
		g.ids[mark-1], g.at[id] = id, mark-1
	}
	return g
}

// reach gives all ancestors of a commit.
func (g *graph) reach(i int) map[int]bool {
	out := map[int]bool{}
	for stack := []int{i}; len(stack) > 0; {
		i, stack = stack[len(stack)-1], stack[:len(stack)-1]
		if !out[i] {
			out[i] = true
			stack = append(stack, g.parents[i]...)
		}
	}
	return out
}

// TestHistoryFollowsHead moves HEAD about in random histories: what is listed is
// what HEAD has, children before parents, and in the order of an index that was
// built anew, also while the index cannot be written.
func TestHistoryFollowsHead(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 1))
			s := newShop(t)
			const size = 40
			g := newGraph(s, rnd, size)
			for range 15 {
				head := rnd.IntN(size)
				s.git("update-ref", "refs/heads/main", g.ids[head])
				want := g.reach(head)
				locked := rnd.IntN(3) == 0
				var lock *filelock.Lock
				r := s.open()
				if locked {
					// Another process changes the index.
					if _, err := r.Index(); err != nil {
						t.Fatal(err)
					}
					lock = held(t, r)
				}
				db, err := r.History()
				must(t, err)
				got, err := db.Recent(0, "")
				must(t, err)
				if len(got) != len(want)+1 { // and the first commit
					t.Fatalf("%d commits are listed, not %d", len(got), len(want)+1)
				}
				listed := map[string]bool{}
				for _, c := range got {
					i, known := g.at[c.ID]
					if known && !want[i] || listed[c.ID] {
						t.Fatalf("commit %d is listed: %v", i, listed[c.ID])
					}
					for _, p := range c.Parents {
						if listed[p] {
							t.Fatalf("the parent %d of commit %d is above it", g.at[p], i)
						}
					}
					listed[c.ID] = true
				}
				lock.Release()
				must(t, r.Close())

				// The same from nothing.
				must(t, os.Rename(filepath.Join(r.git.Dir(), indexName), filepath.Join(r.git.Dir(), "kept")))
				fresh := s.open()
				db, err = fresh.History()
				must(t, err)
				anew, err := db.Recent(0, "")
				must(t, err)
				if d := cmp.Diff(anew, got); d != "" {
					t.Fatalf("another history than that of a new index: %s", d)
				}
				must(t, fresh.Close())
				must(t, os.Rename(filepath.Join(r.git.Dir(), "kept"), filepath.Join(r.git.Dir(), indexName)))
			}
		})
	}
}

// held takes the lock of the index, as another process would.
func held(t testing.TB, r *Repo) *filelock.Lock {
	t.Helper()
	lock, err := filelock.Take(t.Context(), filepath.Join(r.git.Dir(), indexLockName), filelock.Options{})
	must(t, err)
	return lock
}

// TestHistoryReadsOnlyWhatIsNew counts the commits that are read from git when
// a branch is switched, a commit amended and branches merged.
func TestHistoryReadsOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	var in strings.Builder
	for i := range 300 {
		fmt.Fprintf(&in, "commit refs/heads/long\ncommitter O <o@example.invalid> %d +0000\ndata 1\nx", 1_790_000_000+i)
		if i == 0 {
			fmt.Fprintf(&in, "from %s\n", s.git("rev-parse", "HEAD"))
		}
		in.WriteString("\n")
	}
	s.feed(in.String(), "fast-import", "--quiet")
	s.git("reset", "-q", "--hard", "long")
	read := func() int {
		r := s.open()
		defer r.Close()
		_, err := r.Index()
		must(t, err)
		before := r.git.ObjectsRead()
		_, err = r.History()
		must(t, err)
		return r.git.ObjectsRead() - before
	}
	if n := read(); n < 300 {
		t.Fatalf("%d objects for the first time", n)
	}
	few := func(what string, most int) {
		t.Helper()
		if n := read(); n > most {
			t.Errorf("%s: %d objects were read, more than %d", what, n, most)
		}
	}
	few("nothing new", 0)
	s.git("commit", "-q", "--amend", "--allow-empty", "-m", "other words")
	few("amended", 5)
	s.git("switch", "-q", "-c", "side", "HEAD~100")
	few("another branch", 2)
	s.write("README", "side\n")
	s.commit("on the side")
	few("a commit on it", 5)
	s.git("switch", "-q", "main")
	few("and back", 2)
	s.git("merge", "-q", "--no-edit", "side")
	few("merged", 12)
	s.git("reset", "-q", "--hard", "HEAD~1")
	few("reset", 2)
}
