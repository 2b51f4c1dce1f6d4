package faults_test

import (
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"testing"
)

// outcome is what a command does when nothing disturbs it.
type outcome struct {
	states []string // contents of HEAD: before, after each commit
	base   int      // commits before
	ops    []string // its write operations
	mail   int      // letters there are afterwards
}

// undisturbed runs the command to its end and notes what it did.
func (c command) undisturbed(t *testing.T) outcome {
	t.Helper()
	s := copyOf(t, c.template(t))
	base := s.history()
	if len(base) == 0 {
		t.Fatal("no history")
	}
	log := s.dir + ".ops"
	if r := s.run([]string{commandEnv + "=1", "E1_FAULT=trace:" + log}, c.stdin, self(), c.args...); r.code != 0 {
		t.Fatalf("e1 %s ended with %d\n%s%s", strings.Join(c.args, " "), r.code, r.out, r.err)
	}
	after := s.history()
	if c.derived != (len(after) == len(base)) || !slices.Equal(base, after[:len(base)]) {
		t.Fatalf("%d commits became %d", len(base), len(after))
	}
	o := outcome{base: len(base), mail: s.mail()}
	for _, id := range after[len(base)-1:] {
		o.states = append(o.states, s.state(id))
	}
	ops, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	o.ops = strings.Split(strings.TrimSpace(string(ops)), "\n")
	for i, op := range o.ops {
		o.ops[i] = strings.ReplaceAll(op, s.dir, "")
	}
	s.sound()
	return o
}

// soakPoints bounds the crash points of one command that are tried in a soak
// run; only commands that write thousands of files reach it.
const soakPoints = 400

// points are the operations to be killed before, counted from 1: in soak runs
// all, else some, always those around each move of a branch. Which ones differs
// from command to command, so that all kinds are met.
func (o outcome) points(name string, most int) []int {
	if soak {
		most = min(len(o.ops), soakPoints)
	}
	stride := max(1, len(o.ops)/most)
	h := fnv.New32()
	_, _ = h.Write([]byte(name))
	chosen := map[int]bool{}
	for n := 1 + int(h.Sum32())%stride; n <= len(o.ops); n += stride {
		chosen[n] = true
	}
	for i, op := range o.ops {
		if strings.HasPrefix(op, "rename ") && strings.Contains(op, "/refs/heads/") {
			chosen[i+1], chosen[i+2] = true, true
		}
	}
	var out []int
	for n := range o.ops {
		if chosen[n+1] {
			out = append(out, n+1)
		}
	}
	return out
}

// killed runs the command on a fresh copy and kills it before operation n.
func (c command) killed(t *testing.T, n int) *shop {
	t.Helper()
	s := copyOf(t, c.template(t))
	r := s.run([]string{commandEnv + "=1", fmt.Sprintf("E1_FAULT=kill:%d", n)}, c.stdin, self(), c.args...)
	if r.code == 0 {
		// How many folders of objects are new depends on random ids.
		t.Skipf("the command ended before its operation %d", n)
	}
	if !r.killed {
		t.Fatalf("not killed: ended with %d\n%s%s", r.code, r.out, r.err)
	}
	return s
}

// reached says how many of its commits the command has made.
func (o outcome) reached(s *shop) int {
	s.t.Helper()
	history := s.history()
	n := len(history) - o.base
	if n < 0 || n >= len(o.states) {
		s.t.Fatalf("%d commits, %d before and %d after the whole command", len(history), o.base, o.base+len(o.states)-1)
	}
	for i := range n + 1 {
		if s.state(history[o.base-1+i]) != o.states[i] {
			s.t.Fatalf("commit %d of %d differs from that of a run that was not killed", i, n)
		}
	}
	return n
}

func TestKilledAtEveryWrite(t *testing.T) {
	for _, c := range commands() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.long && !soak {
				t.Skip("takes minutes; run with -tags soak")
			}
			o := c.undisturbed(t)
			t.Logf("%d operations, %d commits", len(o.ops), len(o.states)-1)
			points := o.points(c.name, 1)
			if c.like && !soak {
				points = slices.Compact([]int{points[0], points[len(points)-1]})
			}
			for _, n := range points {
				t.Run(fmt.Sprintf("%03d", n), func(t *testing.T) {
					defer func() {
						if t.Failed() {
							t.Logf("killed before %s", o.ops[n-1])
						}
					}()
					c.checkKilled(t, o, n)
				})
			}
		})
	}
}

func (c command) checkKilled(t *testing.T, o outcome, n int) {
	s := c.killed(t, n)
	reached := o.reached(s)
	head := s.git("rev-parse", "HEAD")
	if c.name == "commit" && reached == 0 {
		// What the person wrote is still there, and not yet committed.
		if got := s.read(client1); !strings.Contains(got, "Edited client") {
			t.Errorf("the edit is gone:\n%s", got)
		}
		s.e1("commit", "-m", "edited")
		reached = o.reached(s)
		if reached != 1 {
			t.Errorf("committed again, %d commits", reached)
		}
	} else {
		// The next command works, and writes nothing but its own.
		next := c.next
		if next == nil {
			next = []string{"comment", "CLI-000001", "next"}
		}
		before := s.everything()
		s.e1(append([]string{"-n"}, next...)...)
		if after := s.everything(); after != before {
			t.Errorf("a dry run wrote: before\n%s\nafter\n%s", before, after)
		}
		s.e1(next...)
		if got := s.git("rev-parse", "HEAD^"); got != head {
			t.Errorf("the next command followed commit %s, not %s", got, head)
		}
		if got := s.git("diff", "--name-only", "HEAD^", "HEAD"); !strings.HasPrefix(got, "documents/clients/") || strings.Contains(got, "\n") {
			t.Errorf("the next command changed %q", got)
		}
	}
	s.sound()
	if c.again {
		if r := s.run([]string{commandEnv + "=1"}, c.stdin, self(), c.args...); r.code != 0 {
			t.Errorf("again: ended with %d\n%s%s", r.code, r.out, r.err)
		}
		last := s.git("ls-tree", "-r", "--name-only", "HEAD", "documents/inquiries")
		if want := strings.Count(o.states[len(o.states)-1], "\x00documents/inquiries/"); strings.Count(last, "\n")+1 != want {
			t.Errorf("after another run there are other documents, want %d files:\n%s", want, last)
		}
		s.sound()
	}
	if got := s.mail(); got != o.mail {
		t.Errorf("%d letters, want %d", got, o.mail)
	}
}

// Init makes the repository itself: killed at any moment, the same command
// begins again, and from the first commit on everything works.
func TestInitKilled(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	line := func(s *shop) []string { return []string{"init", s.dir, "--sample", "--lang", "en"} }
	whole := at(t, parent+"/whole")
	log := parent + "/ops"
	if r := whole.fault("trace:"+log, line(whole)...); r.code != 0 {
		t.Fatalf("init ended with %d\n%s%s", r.code, r.out, r.err)
	}
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	o := outcome{ops: strings.Split(strings.TrimSpace(string(b)), "\n")}
	t.Logf("%d operations", len(o.ops))
	for _, n := range o.points("init", 3) {
		t.Run(fmt.Sprintf("%03d", n), func(t *testing.T) {
			s := at(t, fmt.Sprintf("%s/%d", parent, n))
			if r := s.fault(fmt.Sprintf("kill:%d", n), line(s)...); !r.killed {
				return // the counters of making the folder and of the commit are two
			}
			if len(s.history()) == 0 {
				s.e1(line(s)...)
			}
			if s.state("HEAD") != whole.state("HEAD") {
				t.Errorf("killed before %s: another repository came out", o.ops[n-1])
			}
			if got := s.mail(); got != 13 {
				t.Errorf("%d letters", got)
			}
			s.e1("register", "clients", "name=Next client")
			s.sound()
		})
	}
}
