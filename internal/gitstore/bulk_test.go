package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// fill imports n small files as documents lie in a repository.
func fill(t testing.TB, r *Repo, n, commits int, opt BulkOptions) Hash {
	t.Helper()
	b, err := r.NewBulk(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Abort()
	for c := range commits {
		for i := c * n / commits; i < (c+1)*n/commits; i++ {
			if err := b.Put(docPath(i), docText(i)); err != nil {
				t.Fatal(err)
			}
		}
		sig := testSig()
		sig.When = sig.When.Add(time.Duration(c) * time.Minute)
		if _, err := b.Commit(Message{Subject: fmt.Sprintf("part %d", c)}, sig, sig); err != nil {
			t.Fatal(err)
		}
	}
	id, err := b.Finish(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func docPath(i int) string {
	return fmt.Sprintf("documents/inquiries/2026/%02d/%02d/INQ-2026-%06d.yaml", i/10000, i/100%100, i)
}

func docText(i int) []byte {
	return fmt.Appendf(nil, "form: inquiries\nnumber: INQ-2026-%06d\nstatus: in_work\ncard:\n  name: ООО «Ромашка %d»\n  inn: \"77070%05d\"\n  amount: \"%d.00\"\n", i, i*7919%1000003, i%99999, i*31%1000000)
}

func TestBulk(t *testing.T) {
	t.Parallel()
	for _, split := range []SplitMode{SplitNever, SplitAlways} {
		t.Run(string(split), func(t *testing.T) {
			t.Parallel()
			var ids []Hash
			for again := range 2 {
				r := newRepo(t, map[string]string{"forms/a.yaml": "x\n", "zzz": "last\n"})
				opt := BulkOptions{BeginOptions: BeginOptions{Split: split}}
				ids = append(ids, fill(t, r, 2500, 5, opt))
				if again > 0 {
					continue // only the commit is compared
				}
				wantClean(t, r)
				if got := readWork(t, r, docPath(1234)); got != string(docText(1234)) {
					t.Errorf("wrong content %q", got)
				}
				if n := git(t, r.Root(), "rev-list", "--count", "HEAD"); n != "6\n" {
					t.Errorf("%s commits", n)
				}
				// Ordinary transactions and git itself go on from there.
				for i := range 5 {
					if _, err := tryCommit(r, BeginOptions{Split: split}, map[string]string{
						docPath(i * 400): "changed " + strconv.Itoa(i) + "\n", docPath(3000 + i): "new\n", docPath(i*400 + 1): "",
					}); err != nil {
						t.Fatal(err)
					}
					wantClean(t, r)
				}
				writeWork(t, r, docPath(7), "by hand\n")
				git(t, r.Root(), "commit", "-qam", "by hand")
				commit(t, r, map[string]string{docPath(8): "and on\n", "new/dir/file": "x\n"})
				wantClean(t, r)
			}
			if ids[0] != ids[1] {
				t.Error("two imports of the same gave different commits")
			}
		})
	}
}

func TestBulkAbortLeavesNothing(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "1\n"})
	before := showAll(t, r)
	b, err := r.NewBulk(context.Background(), BulkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Put("x/y", []byte("z")); err != nil {
		t.Fatal(err)
	}
	b.Abort()
	wantClean(t, r)
	if after := showAll(t, r); after != before {
		t.Error("something changed")
	}
	names, _ := os.ReadDir(r.CommonDir() + "/objects/pack")
	if len(names) != 0 {
		t.Errorf("left files: %v", names)
	}
}

// An import that fails or dies after the branch moved is completed by the
// next command; before that nothing happened.
func TestBulkFaults(t *testing.T) {
	t.Parallel()
	base := newRepo(t, map[string]string{"a": "1\n"})
	before := showAll(t, base)
	seen := map[bool]bool{}
	for n, more := 1, true; more; n = n + 1 + n/6 {
		r := copyRepo(t, base.Root())
		var count atomic.Int64 // files are written by several goroutines
		r.SetFault(func(string, string) error {
			if count.Add(1) >= int64(n) {
				return os.ErrClosed
			}
			return nil
		})
		b, err := r.NewBulk(context.Background(), BulkOptions{})
		if err == nil {
			for i := range 30 {
				if err = b.Put(docPath(i*40), docText(i)); err != nil {
					break
				}
			}
			if err == nil {
				_, err = b.Commit(Message{Subject: "x"}, testSig(), testSig())
			}
			if err == nil {
				_, err = b.Finish(context.Background())
			}
			b.Abort()
		}
		// How many operations there are varies with who makes a folder first. That
		// of the last one, which lets go of git's lock, nobody is told: the next
		// command takes the lock over.
		more = count.Load() >= int64(n)
		if onlyLast := count.Load() == int64(n) && err == nil; more != (err != nil) && !onlyLast {
			t.Fatalf("operation %d: %v", n, err)
		}
		r.SetFault(nil)
		var unfinished *UnfinishedError
		happened := err == nil || errors.As(err, &unfinished)
		if got := showAll(t, r); (got == before) == happened {
			t.Fatalf("operation %d: happened %v, said %v", n, got != before, err)
		}
		seen[happened] = true
		if _, err := r.Recover(context.Background(), BeginOptions{}); err != nil {
			t.Fatalf("operation %d: %v", n, err)
		}
		wantClean(t, r)
	}
	if !seen[true] || !seen[false] {
		t.Error("only one side of the commit point was tried")
	}
}
