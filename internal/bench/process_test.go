package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// BenchmarkProcess runs each command as its own process against a repository
// made by `e1 demo`, and reports the median and the greatest time and the
// greatest resident memory. What writes is compared with C git in the same
// run:
//
//	go test -run xxx -bench Process -benchtime 21x ./internal/bench            # 1,000 documents
//	E1_BENCH_REPO=DIR go test -run xxx -bench Process -benchtime 21x ./internal/bench
func BenchmarkProcess(b *testing.B) {
	e1, dir := repository(b)
	run(b, dir, e1, "index", "status")
	// What the linker and the demo have left to be written would be waited for by
	// every sync of the first commands.
	run(b, dir, "sync")
	task, inquiry := openTask(b, e1, dir)
	n := 0
	for _, c := range []struct {
		name string
		args func() []string
	}{
		{"version", func() []string { return []string{"version"} }},
		{"show", func() []string { return []string{"show", inquiry} }},
		{"list", func() []string { return []string{"list", "inquiries", "--limit", "20"} }},
		{"search", func() []string { return []string{"search", "ромашка", "--limit", "20"} }},
		{"search-digits", func() []string { return []string{"search", "495", "--limit", "20"} }},
		{"tasks-mine", func() []string { return []string{"--as", "petrova", "tasks", "--mine", "--limit", "20"} }},
		{"completion", func() []string { return []string{"__complete", "show", inquiry[:10]} }},
		{"log", func() []string { return []string{"log", inquiry} }},
		{"register", func() []string {
			n++
			return []string{"register", "inquiries", "kind=training", fmt.Sprintf("name=ООО «Проба %d %d»", os.Getpid(), n), "phone=84951234567"}
		}},
		{"set", func() []string {
			n++
			return []string{"set", inquiry, fmt.Sprintf("text=замер %d %d", os.Getpid(), n)}
		}},
		{"comment-task", func() []string {
			n++
			return []string{"task", "comment", task, fmt.Sprintf("замер %d", n)}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			measure(b, func() *exec.Cmd { return command(dir, e1, c.args()...) })
		})
	}
	b.Run("advance", func(b *testing.B) { measureAdvance(b, e1, dir) })
	b.Run("git-status", func(b *testing.B) {
		measure(b, func() *exec.Cmd { return command(dir, "git", "status", "--porcelain") })
	})
	b.Run("git-add-commit", func(b *testing.B) { measureGit(b, dir, inquiry) })
	if out := run(b, dir, "git", "status", "--porcelain"); out != "" {
		b.Errorf("git status after all:\n%s", out)
	}
}

var build sync.Once

// binary builds the program once and copies it, as installing does: what the
// linker has just written lies in the system's memory in single pages, of which
// each has to be mapped by itself, three to four milliseconds of every process.
func binary(b *testing.B) string {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("e1-bench-%d", os.Getpid()))
	build.Do(func() {
		linked := path + ".linked"
		defer os.Remove(linked)
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", linked, "github.com/e1-dms/e1/cmd/e1")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		run(b, "", "cp", linked, path)
	})
	return path
}

func command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	return cmd
}

func run(b *testing.B, dir, name string, args ...string) string {
	b.Helper()
	var errs bytes.Buffer
	cmd := command(dir, name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

// openTask finds an open task of an inquiry.
func openTask(b *testing.B, e1, dir string) (task, inquiry string) {
	out := run(b, dir, e1, "tasks", "--all", "--form", "inquiries", "--limit", "1", "--plain")
	task, _, _ = strings.Cut(out, "\t")
	inquiry, _, ok := strings.Cut(task, "/")
	if !ok {
		b.Fatalf("no open task: %q", out)
	}
	return task, inquiry
}

// measure times processes and reports the median.
func measure(b *testing.B, next func() *exec.Cmd) {
	var times []time.Duration
	rss := int64(0)
	for b.Loop() {
		cmd := next()
		var errs bytes.Buffer
		cmd.Stderr = &errs
		start := time.Now()
		err := cmd.Run()
		times = append(times, time.Since(start))
		if err != nil {
			b.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, errs.String())
		}
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			rss = max(rss, usage.Maxrss)
		}
	}
	reportTimes(b, times, rss)
}

func reportTimes(b *testing.B, times []time.Duration, rss int64) {
	slices.Sort(times)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "median-ms")
	b.ReportMetric(float64(times[len(times)-1].Microseconds())/1000, "max-ms")
	if rss > 0 {
		b.ReportMetric(float64(rss)/1024, "rss-MB")
	}
}

// measureAdvance registers inquiries, which is not timed, and accepts their
// first task, which is.
func measureAdvance(b *testing.B, e1, dir string) {
	var times []time.Duration
	rss := int64(0)
	n := 0
	for b.Loop() {
		n++
		number := run(b, dir, e1, "register", "inquiries", "kind=training", fmt.Sprintf("name=ООО «Шаг %d %d %d»", os.Getpid(), n, time.Now().UnixNano()), "phone=84950000000")
		cmd := command(dir, e1, "--as", "petrova", "advance", number+"/1", "refused", "--comment", "проба")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		start := time.Now()
		err := cmd.Run()
		times = append(times, time.Since(start))
		if err != nil {
			b.Fatalf("advance: %v\n%s", err, errs.String())
		}
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			rss = max(rss, usage.Maxrss)
		}
	}
	reportTimes(b, times, rss)
}

// measureGit commits one changed document with C git: the peer.
func measureGit(b *testing.B, dir, inquiry string) {
	var times []time.Duration
	matches, err := filepath.Glob(filepath.Join(dir, "documents", "inquiries", "*", "*", "*", inquiry+".yaml"))
	if err != nil || len(matches) != 1 {
		b.Fatalf("%s: %v %v", inquiry, matches, err)
	}
	path := matches[0]
	n := 0
	for b.Loop() {
		n++
		src, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		src = append(bytes.TrimRight(src, "\n"), []byte(fmt.Sprintf("\npeer_%d_%d: x\n", time.Now().UnixNano(), n))...)
		if err := os.WriteFile(path, src, 0o644); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		run(b, dir, "git", "add", path)
		run(b, dir, "git", "commit", "-q", "-m", "peer")
		times = append(times, time.Since(start))
	}
	reportTimes(b, times, 0)
}
