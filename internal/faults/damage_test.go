package faults_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// One bad file spoils nothing but itself: it is named with its place, and
// everything else works.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		damage func(*shop)
		commit bool // the damage is committed with git
		places []string
		lines  []refused
	}{
		{
			name:   "document of broken YAML",
			damage: func(s *shop) { s.edit(inquiry1, "card:\n", "card:\n  name: \"no end\n") }, commit: true,
			places: []string{inquiry1 + ":"},
			lines: []refused{
				{3, inquiry1 + ":", args("show INQ-2026-000001")},
				{3, inquiry1 + ":", args("set INQ-2026-000001 person=Nobody")},
				{3, inquiry1 + ":", args("comment INQ-2026-000001 text")},
				{1, inquiry1 + ":", args("check")},
			},
		},
		{
			name: "conflict markers",
			damage: func(s *shop) {
				s.edit(inquiry1, "status: ", "<<<<<<< HEAD\nstatus: done\n=======\nstatus: new\n>>>>>>> other\nstatus: ")
			}, commit: true,
			lines: []refused{
				{3, inquiry1 + ":", args("show INQ-2026-000001")},
				{3, inquiry1 + ":", args("set INQ-2026-000001 person=Nobody")},
				{1, inquiry1 + ":", args("check")},
			},
		},
		{
			name: "conflict markers not committed",
			damage: func(s *shop) {
				s.edit(inquiry1, "status: ", "<<<<<<< HEAD\nstatus: done\n=======\nstatus: new\n>>>>>>> other\nstatus: ")
			},
			lines: []refused{
				{3, inquiry1, args("set INQ-2026-000001 person=Nobody")},
				{3, inquiry1 + ":", args("commit")},
			},
		},
		{
			name:   "document that is no text",
			damage: func(s *shop) { s.write(inquiry1, "\x00\xff\xfe binary") }, commit: true,
			lines: []refused{
				{3, inquiry1, args("show INQ-2026-000001")},
				{1, inquiry1, args("check")},
			},
		},
		{
			name:   "document of nothing",
			damage: func(s *shop) { s.write(inquiry1, "") }, commit: true,
			lines: []refused{
				{3, inquiry1, args("show INQ-2026-000001")},
				{1, inquiry1, args("check")},
			},
		},
		{
			name: "two files with one number",
			damage: func(s *shop) {
				s.write("documents/inquiries/2026/00/01/INQ-2026-000001.yaml", s.read(inquiry1))
			}, commit: true,
			lines: []refused{{1, "documents/inquiries/2026/00/01/INQ-2026-000001.yaml", args("check")}},
		},
		{
			name: "one number in two files",
			damage: func(s *shop) {
				s.write("documents/inquiries/2026/00/00/INQ-2026-000099.yaml", s.read(inquiry1))
			}, commit: true,
			lines: []refused{{1, "INQ-2026-000099.yaml", args("check")}},
		},
		{
			name:   "form with an error",
			damage: func(s *shop) { s.edit("forms/inquiries.yaml", "type: phone", "type: fone") }, commit: true,
			lines: []refused{
				{3, "forms/inquiries.yaml:", args("register inquiries kind=question name=A phone=+74950000001")},
				{3, "forms/inquiries.yaml:", args("set INQ-2026-000001 person=Nobody")},
				{3, "forms/inquiries.yaml:", args("list inquiries")},
				{1, "forms/inquiries.yaml", args("check")},
				{1, "forms/inquiries.yaml:", args("lint")},
			},
		},
		{
			name:   "form of broken YAML",
			damage: func(s *shop) { s.edit("forms/inquiries.yaml", "groups:", "groups: [") }, commit: true,
			lines: []refused{
				{3, "forms/inquiries.yaml:", args("register inquiries kind=question name=A phone=+74950000001")},
				{1, "forms/inquiries.yaml:", args("lint")},
			},
		},
		{
			name:   "organisation with an error",
			damage: func(s *shop) { s.edit("org.yaml", "departments:", "departments: [") }, commit: true,
			lines: []refused{{3, "org.yaml:", args("whoami")}, {1, "org.yaml:", args("lint")}},
		},
		{
			name:   "route with an error",
			damage: func(s *shop) { s.write("routes/broken.yaml", "route: broken\nsteps: [\n") }, commit: true,
			lines: []refused{{1, "routes/broken.yaml:", args("lint")}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := copyOf(t, standard(t))
			c.damage(s)
			if c.commit {
				s.git("add", "-A")
				s.git("commit", "-q", "-m", "damage")
			}
			for _, l := range c.lines {
				s.wants(l.code, l.says, l.args...)
			}
			if strings.Contains(c.name, "organisation") {
				s.e1("list", "clients")
				s.e1("show", "CLI-000001")
				return // nobody can act until it is mended
			}
			s.e1("register", "clients", "name=Another client")
			s.e1("set", "CLI-000001", "phone=+74957654321")
			s.e1("comment", "WRK-2026-000001", "goes on")
			s.e1("list", "clients")
			s.e1("list", "works")
			s.e1("show", "CLI-000001")
			s.e1("search", "Talk")
			s.e1("tasks", "--all")
			s.e1("undo")
			if c.commit {
				s.clean()
			}
			s.whole()
		})
	}
}

// refused is a command line that must end with a code and name a place.
type refused struct {
	code int
	says string
	args []string
}

// A disk that is full from any write on: the command says so, nothing has
// happened or all of it, and with room again everything works.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct{ fault, says string }{{"enospc", "no space left"}, {"erofs", "read-only"}, {"eio", "input/output error"}} {
		for _, c := range commands() {
			if soak && !c.derived && !c.long || c.name == "register" || c.name == "advance" && kind.fault == "enospc" {
				t.Run(kind.fault+" "+c.name, func(t *testing.T) {
					t.Parallel()
					o := c.undisturbed(t)
					for _, n := range o.points(kind.fault+c.name, 1) {
						c.checkFailing(t, o, fmt.Sprintf("%s:%d", kind.fault, n), kind.says, o.ops[n-1])
					}
				})
			}
		}
	}
}

func (c command) checkFailing(t *testing.T, o outcome, fault, says, op string) {
	t.Helper()
	s := copyOf(t, c.template(t))
	r := s.run([]string{commandEnv + "=1", "E1_FAULT=" + fault}, c.stdin, self(), c.args...)
	defer func() {
		if t.Failed() {
			t.Logf("%s: %s: ended with %d\n%s%s", fault, op, r.code, r.out, r.err)
		}
	}()
	reached := o.reached(s)
	switch {
	case r.code == 0:
		if reached != len(o.states)-1 {
			t.Errorf("%s: success, but %d of %d commits", fault, reached, len(o.states)-1)
		}
	case r.code != 3 && r.code != 75:
		t.Errorf("%s: ended with %d", fault, r.code)
	case !strings.Contains(r.err, says):
		t.Errorf("%s: does not say %q", fault, says)
	}
	next := c.next
	if next == nil {
		next = []string{"comment", "CLI-000001", "next"}
	}
	if c.name == "commit" && reached == 0 {
		next = []string{"commit"}
	}
	s.e1(next...)
	if c.again {
		if r := s.run([]string{commandEnv + "=1"}, c.stdin, self(), c.args...); r.code != 0 {
			t.Errorf("again: ended with %d\n%s%s", r.code, r.out, r.err)
		}
	}
	s.sound()
}

// A small file system that is really full.
func TestSmallDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting a small file system takes root")
	}
	from := standard(t)
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=6m", "none", dir).CombinedOutput(); err != nil {
		t.Skipf("mount: %v %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	s := at(t, dir+"/shop")
	s.copyFrom(from)
	want := s.answers()
	head := s.git("rev-parse", "HEAD")
	full := dir + "/full"
	if err := exec.Command("sh", "-c", "cat /dev/zero >"+full).Run(); err == nil {
		t.Fatal("the disk did not fill")
	}
	// The history was never asked for, so it cannot be kept either.
	if got := s.e1("log", "CLI-000001"); !strings.Contains(got, "set CLI-000001") && !strings.Contains(got, "register CLI-000001") {
		t.Errorf("log on a full disk:\n%s", got)
	}
	s.e1("log")
	s.wants(0, "would commit: undo", "-n", "undo")
	s.wants(3, "no space left", "undo")
	s.wants(3, "no space left", "register", "clients", "name=Too much")
	s.wants(3, "no space left", "set", "CLI-000001", "name=Too much")
	if got := s.git("rev-parse", "HEAD"); got != head {
		t.Errorf("HEAD moved")
	}
	if got := s.answers(); got != want {
		t.Errorf("other answers on a full disk")
	}
	s.remove(indexFile)
	if got := s.answers(); got != want {
		t.Errorf("other answers on a full disk without an index")
	}
	if err := os.Remove(full); err != nil {
		t.Fatal(err)
	}
	s.e1("register", "clients", "name=Enough room")
	s.sound()
}
