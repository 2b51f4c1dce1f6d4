package faults_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// each runs fn in n goroutines and waits for all.
func each(n int, fn func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { fn(i) })
	}
	all.Wait()
}

// Eight processes register at once: nothing is lost or doubled, and the numbers
// have no gap.
func TestRegisterAtOnce(t *testing.T) {
	t.Parallel()
	const processes = 8
	times := 8
	if soak {
		times = 100
	}
	s := copyOf(t, fresh(t))
	before := len(s.history())
	printed := make([][]string, processes)
	each(processes, func(i int) {
		for k := range times {
			r := s.try("register", "clients", fmt.Sprintf("name=Client %d of process %d", k, i), "--wait", "2h", "--plain")
			if r.code != 0 {
				t.Errorf("ended with %d\n%s", r.code, r.err)
				return
			}
			printed[i] = append(printed[i], strings.TrimSpace(r.out))
		}
	})
	total := processes * times
	if got := len(s.history()) - before; got != total {
		t.Errorf("%d commits, want %d", got, total)
	}
	seen := map[string]bool{}
	for i := range printed {
		for _, number := range printed[i] {
			if seen[number] {
				t.Errorf("%s was given twice", number)
			}
			seen[number] = true
		}
	}
	for n := 1; n <= total; n++ {
		if number := fmt.Sprintf("CLI-%06d", n); !seen[number] {
			t.Errorf("%s was never given", number)
		}
	}
	if got := s.total("clients"); got != total {
		t.Errorf("the index has %d documents, want %d", got, total)
	}
	files := strings.Fields(s.git("ls-tree", "-r", "--name-only", "HEAD", "documents/clients"))
	if len(files) != total {
		t.Errorf("%d files, want %d", len(files), total)
	}
	for i := range processes {
		for k := range times {
			name := fmt.Sprintf("Client %d of process %d", k, i)
			if got := s.e1("show", printed[i][k], "--json"); !strings.Contains(got, name) {
				t.Errorf("%s is not %q", printed[i][k], name)
			}
			if !soak && k > 0 {
				break
			}
		}
	}
	s.sound()
}

// total is how many documents of a form a list counts.
func (s *shop) total(form string) int {
	s.t.Helper()
	var answer struct {
		Total int `json:"total"`
	}
	if err := json.Unmarshal([]byte(s.e1("list", form, "--json", "--limit", "1")), &answer); err != nil {
		s.t.Fatal(err)
	}
	return answer.Total
}

// Several people, cron and readers at the same time: every command ends with
// success, readers never see half of anything.
func TestEverybodyAtOnce(t *testing.T) {
	t.Parallel()
	times := 5
	if soak {
		times = 50
	}
	s := copyOf(t, standard(t))
	s.git("commit", "-q", "--allow-empty", "-m", "start")
	before := len(s.history())
	wait := func(line ...string) []string { return append(line, "--wait", "2h") }
	ok := func(line ...string) bool {
		r := s.try(line...)
		if r.code != 0 {
			t.Errorf("e1 %s ended with %d\n%s%s", strings.Join(line, " "), r.code, r.out, r.err)
		}
		return r.code == 0
	}
	writers := []func(k int){
		func(k int) { ok(wait("register", "clients", "name=Client "+strconv.Itoa(k))...) },
		func(k int) { ok(wait("set", "INQ-2026-000002", "person=Person "+strconv.Itoa(k))...) },
		func(k int) { ok(wait("comment", "INQ-2026-000002", "comment "+strconv.Itoa(k))...) },
		func(k int) { // registered and taken back, by somebody of their own
			if ok(wait("register", "clients", "name=Undone "+strconv.Itoa(k), "--as", "petrova")...) {
				ok(wait("undo", "--as", "petrova")...)
			}
		},
		func(k int) { ok(wait("row", "add", "INQ-2026-000003", "lines", "item=Row "+strconv.Itoa(k))...) },
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for _, line := range [][]string{{"list", "clients", "--json"}, {"show", "INQ-2026-000002", "--json"}, {"tasks", "--all", "--json"}, {"search", "client", "--json"}} {
		readers.Go(func() {
			for n := 0; ; n++ {
				r := s.try(line...)
				if r.code != 0 || !json.Valid([]byte(r.out)) {
					t.Errorf("e1 %s ended with %d\n%s%s", strings.Join(line, " "), r.code, r.out, r.err)
					return
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	each(len(writers), func(i int) {
		for k := range times {
			writers[i](k)
		}
	})
	close(stop)
	readers.Wait()
	if got, want := len(s.history())-before, (len(writers)+1)*times; got != want {
		t.Errorf("%d commits, want %d", got, want)
	}
	d := s.read("documents/inquiries/2026/00/00/INQ-2026-000002.yaml")
	rows := s.read("documents/inquiries/2026/00/00/INQ-2026-000003.yaml")
	for k := range times {
		if !strings.Contains(d, "text: comment "+strconv.Itoa(k)+"}") {
			t.Errorf("comment %d is lost:\n%s", k, d)
		}
		if !strings.Contains(rows, "Row "+strconv.Itoa(k)) {
			t.Errorf("row %d is lost:\n%s", k, rows)
		}
	}
	s.sound()
}

// Imports of one Maildir at once, while somebody registers: every letter once.
func TestImportsAtOnce(t *testing.T) {
	t.Parallel()
	alone := copyOf(t, letters(t))
	alone.e1("import")
	want := alone.total("inquiries")
	s := copyOf(t, letters(t))
	each(4, func(i int) {
		line := []string{"import", "--wait", "2h"}
		if i == 3 {
			line = []string{"register", "inquiries", "kind=question", "name=Visitor", "phone=+74950000000", "--wait", "2h"}
		}
		if r := s.try(line...); r.code != 0 {
			t.Errorf("e1 %s ended with %d\n%s%s", strings.Join(line, " "), r.code, r.out, r.err)
		}
	})
	if got := s.total("inquiries"); got != want+1 {
		t.Errorf("%d inquiries, want %d", got, want+1)
	}
	if got := s.mail(); got != alone.mail() {
		t.Errorf("%d letters, want %d", got, alone.mail())
	}
	s.sound()
}
