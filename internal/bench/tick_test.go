package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The size of the office that BenchmarkTick looks through.
const (
	tickOpen = 10_000 // open instances
	tickDue  = 500    // of them with a timer that is due
)

// BenchmarkTick runs `e1 tick` as a process of its own over 10,000 open
// instances, 500 of which are due, and reports the median time. Every run
// begins with the same repository, and what it did is counted:
//
//	go test -run xxx -bench Tick -benchtime 5x ./internal/bench
func BenchmarkTick(b *testing.B) {
	e1 := binary(b)
	template := tickOffice(b, e1)
	var times []time.Duration
	n := 0
	for b.Loop() {
		n++
		dir := filepath.Join(b.TempDir(), fmt.Sprint(n))
		if out, err := exec.Command("cp", "-a", template, dir).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		cmd := tickCommand(dir, e1, "tick", "--json")
		start := time.Now()
		out, err := cmd.Output()
		times = append(times, time.Since(start))
		if err != nil {
			b.Fatal(err)
		}
		var done struct {
			Reminders, Escalations, Commits []any
		}
		if err := json.Unmarshal(out, &done); err != nil {
			b.Fatal(err)
		}
		if len(done.Escalations) != tickDue {
			b.Fatalf("%d escalations, want %d", len(done.Escalations), tickDue)
		}
		b.ReportMetric(float64(len(done.Commits)), "commits")
		if again, err := tickCommand(dir, e1, "tick").CombinedOutput(); err != nil || len(again) > 0 {
			b.Fatalf("a second tick: %v\n%s", err, again)
		}
		os.RemoveAll(dir)
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms/tick")
}

func tickCommand(dir, name string, args ...string) *exec.Cmd {
	cmd := command(dir, name, args...)
	cmd.Env = append(os.Environ(), "E1_NOW=2026-11-23T10:00:00+03:00",
		"GIT_AUTHOR_NAME=Admin", "GIT_AUTHOR_EMAIL=admin@example.invalid", "GIT_COMMITTER_NAME=Admin", "GIT_COMMITTER_EMAIL=admin@example.invalid", "E1_USER=admin")
	return cmd
}

// tickOffice makes the repository: one inquiry that is registered properly, and
// its copies under other numbers, most of them with more time.
func tickOffice(b *testing.B, e1 string) string {
	dir := filepath.Join(b.TempDir(), "office")
	must := func(cmd *exec.Cmd) string {
		out, err := cmd.Output()
		if err != nil {
			b.Fatalf("%v: %v", cmd.Args, err)
		}
		return strings.TrimSpace(string(out))
	}
	must(tickCommand(filepath.Dir(dir), e1, "init", dir, "--sample", "--user", "admin", "--name", "Admin", "--email", "admin@example.invalid"))
	number := must(tickCommand(dir, e1, "register", "inquiries", "kind=training", "name=Ромашка", "phone=84951234567", "contact_due=2026-11-20 10:00", "--plain"))
	file := func(number string) string {
		return filepath.Join(dir, "documents/inquiries/2026", number[len(number)-6:len(number)-4], number[len(number)-4:len(number)-2], number+".yaml")
	}
	src, err := os.ReadFile(file(number))
	if err != nil {
		b.Fatal(err)
	}
	text := string(src)
	uid := regexp.MustCompile(`uid: (.*)`).FindStringSubmatch(text)[1]
	timer := regexp.MustCompile(`(due|timer): 20[^ \n]*`)
	for i := 2; i <= tickOpen; i++ {
		other := fmt.Sprintf("INQ-2026-%06d", i)
		copied := strings.NewReplacer(number, other, uid, fmt.Sprintf("%s%05d", uid[:21], i)).Replace(text)
		if i > tickDue {
			copied = timer.ReplaceAllString(copied, "$1: 2027-06-01T10:00:00+03:00")
		}
		if err := os.MkdirAll(filepath.Dir(file(other)), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file(other), []byte(copied), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	must(tickCommand(dir, "git", "add", "documents"))
	must(tickCommand(dir, "git", "commit", "-q", "-m", "many"))
	must(tickCommand(dir, e1, "index", "status"))
	return dir
}
