package bench

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// repository gives the repository to measure and the program.
func repository(b *testing.B) (e1, dir string) {
	e1 = binary(b)
	if dir = os.Getenv("E1_BENCH_REPO"); dir != "" {
		return e1, dir
	}
	dir = filepath.Join(b.TempDir(), "shop")
	run(b, "", e1, "init", dir, "--sample", "--user", "bench", "--name", "Bench", "--email", "bench@example.invalid")
	run(b, dir, e1, "demo", "--documents", "1000")
	return e1, dir
}

// BenchmarkIndexRebuild builds the index from nothing, as a process.
func BenchmarkIndexRebuild(b *testing.B) {
	e1, dir := repository(b)
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		run(b, dir, e1, "index", "rebuild")
		times = append(times, time.Since(start))
	}
	reportTimes(b, times, 0)
}

// BenchmarkIndexCatchUp brings the index up to date after a commit that C git
// made and that changed 1,000 documents, as after a pull.
func BenchmarkIndexCatchUp(b *testing.B) {
	e1, dir := repository(b)
	run(b, dir, e1, "index", "status")
	var files []string
	err := filepath.WalkDir(filepath.Join(dir, "documents", "clients"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".yaml") {
			files = append(files, path)
		}
		if len(files) == 1000 {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var times []time.Duration
	n := 0
	for b.Loop() {
		n++
		for _, path := range files {
			src, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			src = append(bytes.TrimRight(src, "\n"), fmt.Sprintf("\ncatch_%d_%d: x\n", os.Getpid(), n)...)
			if err := os.WriteFile(path, src, 0o644); err != nil {
				b.Fatal(err)
			}
		}
		run(b, dir, "git", "commit", "-q", "-a", "-m", "pulled")
		start := time.Now()
		run(b, dir, e1, "index", "status")
		times = append(times, time.Since(start))
	}
	b.ReportMetric(float64(len(files)), "documents")
	reportTimes(b, times, 0)
}

// BenchmarkCommitBytes tells how many bytes (apparent) one commit adds to .git
// beyond the document itself.
func BenchmarkCommitBytes(b *testing.B) {
	e1, dir := repository(b)
	_, inquiry := openTask(b, e1, dir)
	size := func() (total int64) {
		err := filepath.WalkDir(filepath.Join(dir, ".git"), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			// The index of e1 is derived and its write-ahead log comes and
			// goes; it is no part of what a commit adds.
			if strings.HasPrefix(d.Name(), "index.db") {
				return nil
			}
			info, err := d.Info()
			if err == nil {
				total += info.Size()
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		return total
	}
	run(b, dir, e1, "set", inquiry, "text=warm")
	before := size()
	n := 0
	for b.Loop() {
		n++
		run(b, dir, e1, "set", inquiry, fmt.Sprintf("text=bytes %d %d", os.Getpid(), n))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(size()-before)/float64(n), "bytes/commit")
}
