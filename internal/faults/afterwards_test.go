package faults_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A person goes on with git before e1 can complete or discard what a killed
// command left: nothing committed is lost, and the next e1 command puts the
// work tree right.
func TestKilledThenGit(t *testing.T) {
	t.Parallel()
	actions := []struct {
		name string
		do   func(*shop)
	}{
		{"commit -am", func(s *shop) { s.tryGit("commit", "-q", "-am", "by hand") }},
		{"checkout -- .", func(s *shop) { s.tryGit("checkout", "-q", "--", ".") }},
		{"checkout -b", func(s *shop) { s.tryGit("checkout", "-q", "-b", "new") }},
		{"switch -c", func(s *shop) { s.tryGit("switch", "-q", "-c", "new") }},
		{"switch to another branch", func(s *shop) { s.tryGit("switch", "-q", "other") }},
		{"stash", func(s *shop) { s.tryGit("stash", "-q") }},
		{"pull", func(s *shop) { s.tryGit("pull", "-q", "--no-rebase", "--no-edit", s.dir+".clone", "main") }},
		{"rebase", func(s *shop) { s.tryGit("rebase", "-q", "other") }},
		{"reset --hard", func(s *shop) { s.tryGit("reset", "-q", "--hard") }},
		{"gc", func(s *shop) { s.tryGit("gc", "-q", "--prune=now") }},
		{"pack-refs", func(s *shop) { s.tryGit("pack-refs", "--all") }},
	}
	for _, c := range commands() {
		if c.name != "set" && !(soak && (c.name == "advance" || c.name == "register" || c.name == "renumber" || c.name == "undo")) {
			continue
		}
		c.prepare = both(c.prepare)
		c.name += " with a branch"
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := c.undisturbed(t)
			for i, a := range actions {
				points := o.points(a.name+c.name, 4)
				for k, n := range points {
					for _, unlocked := range []bool{false, true} {
						if !soak && (k != i%len(points) || unlocked == (i%2 == 0)) {
							continue // a sample: each action meets another point
						}
						name := fmt.Sprintf("%03d %s", n, a.name)
						if unlocked {
							name += ", lock removed by hand"
						}
						t.Run(name, func(t *testing.T) {
							s := c.killed(t, n)
							o.reached(s)
							head := s.git("rev-parse", "main")
							if a.name == "pull" {
								s.clone()
							}
							if unlocked { // as git tells people to do
								for _, lock := range []string{"index.lock", "HEAD.lock", "refs/heads/main.lock"} {
									_ = os.Remove(s.path(".git/" + lock))
								}
							}
							a.do(s)
							r := s.try("comment", "CLI-000002", "next")
							if r.code != 0 {
								t.Fatalf("the next command ended with %d\n%s", r.code, r.err)
							}
							// Files of ours that git took along to another branch are told.
							for _, line := range strings.Split(s.git("status", "--porcelain"), "\n") {
								if line != "" && !strings.Contains(r.err, line[3:]) {
									t.Errorf("git status says %q, and e1 nothing about it:\n%s", line, r.err)
								}
							}
							s.git("checkout", "-q", "--", ".")
							if unlocked { // nothing told e1 that there are files to sweep
								s.git("prune")
							}
							s.sound()
							if got := s.git("branch", "--contains", head); got == "" && a.name != "rebase" {
								t.Errorf("commit %s was lost", head)
							}
							if got := s.git("branch", "--show-current"); got != "main" {
								s.git("switch", "-q", "main")
								s.e1("comment", "CLI-000002", "back")
								s.sound()
							}
						})
					}
				}
			}
		})
	}
}

// both adds another branch with a commit of its own to what comes before.
func both(prepare func(*shop)) func(*shop) {
	return func(s *shop) {
		if prepare != nil {
			prepare(s)
		}
		s.git("switch", "-q", "-c", "other")
		s.e1("comment", "WRK-2026-000001", "on another branch")
		s.git("switch", "-q", "main")
		s.e1("list", "clients")
	}
}

// clone makes a clone of the commit before the last and lets it go on.
func (s *shop) clone() {
	s.t.Helper()
	s.git("clone", "-q", s.dir, s.dir+".clone")
	other := *s
	other.dir = s.dir + ".clone"
	other.e1("comment", "WRK-2026-000001", "in the clone")
}

// A person edits the very file before e1 can complete the killed command: the
// edit is kept, told, and committed only when asked to.
func TestKilledThenEdited(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		file := map[string]string{"set": inquiry1, "advance": inquiry6, "comment": "documents/inquiries/2026/00/00/INQ-2026-000002.yaml"}[c.name]
		if file == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := c.undisturbed(t)
			for _, n := range o.points("edited"+c.name, 2) {
				t.Run(fmt.Sprintf("%03d", n), func(t *testing.T) {
					s := c.killed(t, n)
					reached := o.reached(s)
					s.edit(file, "card:\n", "card:\n  address: Typed by a person\n")
					edited := s.read(file)
					r := s.try("comment", "CLI-000002", "next")
					if r.code != 0 {
						t.Fatalf("ended with %d\n%s", r.code, r.err)
					}
					if s.read(file) != edited {
						t.Fatalf("the edit is gone:\n%s", s.read(file))
					}
					if got := s.git("status", "--porcelain"); got != " M "+file && got != "M "+file {
						t.Errorf("git status says %q", got)
					}
					// A command that needs the file says so and changes nothing.
					number := strings.TrimSuffix(file[strings.LastIndex(file, "/")+1:], ".yaml")
					s.wants(3, file, "comment", number, "never")
					if reached == 1 && !strings.Contains(r.err, file) && strings.Contains(r.err, "completed") &&
						!strings.Contains(edited, s.git("show", "HEAD^:"+file)) {
						t.Logf("the edit was made after the file was complete: %s", r.err)
					}
					s.e1("commit", "-m", "the edit")
					if got := s.git("show", "HEAD:"+file); !strings.Contains(got, "Typed by a person") {
						t.Errorf("not committed:\n%s", got)
					}
					s.sound()
				})
			}
		})
	}
}
