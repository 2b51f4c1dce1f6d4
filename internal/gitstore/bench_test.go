package gitstore

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// benchEnv names a prepared repository with a million files, made by
// TestPrepareMillion.
const benchEnv = "E1_BENCH_REPO"

// TestPrepareMillion fills a repository for the benchmarks:
//
//	E1_BENCH_REPO=DIR go test -run PrepareMillion ./internal/gitstore
//	E1_BENCH_REPO=DIR go test -run - -bench Commit ./internal/gitstore
func TestPrepareMillion(t *testing.T) {
	dir := os.Getenv(benchEnv)
	if dir == "" {
		t.Skip("set " + benchEnv)
	}
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		t.Skip("there already")
	}
	n := 1_000_000
	if v, err := strconv.Atoi(os.Getenv("E1_BENCH_FILES")); err == nil {
		n = v
	}
	r, err := Init(dir, InitOptions{Branch: "main"})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	last := start
	commit(t, r, map[string]string{".gitattributes": "* -text\n"})
	fill(t, r, n, 10, BulkOptions{Progress: func(stage string, done, total int) {
		if time.Since(last) > 5*time.Second {
			last = time.Now()
			t.Logf("%s %s %d/%d", time.Since(start).Round(time.Second), stage, done, total)
		}
	}})
	t.Logf("%d files in %s", n, time.Since(start).Round(time.Second))
}

func benchRepo(b *testing.B, n int) *Repo {
	b.Helper()
	if n < 1_000_000 {
		r := newRepo(b, map[string]string{".gitattributes": "* -text\n"})
		fill(b, r, n, 1, BulkOptions{})
		return r
	}
	dir := os.Getenv(benchEnv)
	if dir == "" {
		b.Skip("set " + benchEnv)
	}
	r, err := Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// BenchmarkCommit is one new document and one changed one, opened afresh as a
// command does.
func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			r := benchRepo(b, n)
			serial := time.Now().UnixNano()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				c, err := Open(r.Root())
				if err != nil {
					b.Fatal(err)
				}
				at := int((serial + int64(i)*7919) % int64(n))
				text := strconv.FormatInt(serial+int64(i), 10)
				if _, err := tryCommit(c, BeginOptions{}, map[string]string{
					docPath(at): "changed " + text + "\n", docPath(2_000_000 + int((serial+int64(i))%900000)): "new " + text + "\n",
				}); err != nil {
					b.Fatal(err)
				}
				c.Close()
			}
			b.StopTimer()
			if out := git(b, r.Root(), "status", "--porcelain"); out != "" {
				b.Fatalf("status %s", out)
			}
		})
	}
}

// BenchmarkGitCommit is what C git needs for the same.
func BenchmarkGitCommit(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			r := benchRepo(b, n)
			serial := time.Now().UnixNano()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				text := strconv.FormatInt(serial+int64(i), 10)
				p, q := docPath(int((serial+int64(i)*7919)%int64(n))), docPath(3_000_000+int((serial+int64(i))%900000))
				writeWork(b, r, p, "git "+text+"\n")
				writeWork(b, r, q, "git new "+text+"\n")
				cmd := exec.Command("sh", "-c", "git add "+p+" "+q+" && git commit -qm x")
				cmd.Dir = r.Root()
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v %s", err, out)
				}
			}
		})
	}
}
