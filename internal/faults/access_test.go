package faults_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// user is somebody for whom permissions hold, which for root they do not.
type user struct {
	s      *shop
	prefix []string // of a command line, to become that user
}

// user gives the user who runs the tests, or in the place of root somebody who
// owns the shop or not.
func (s *shop) user(owns bool) user {
	s.t.Helper()
	s.t.Cleanup(func() { _ = exec.Command("chmod", "-R", "u+w", s.dir).Run() })
	if os.Geteuid() != 0 {
		return user{s: s}
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		s.t.Skip("root may write everywhere, and there is no setpriv")
	}
	// Folders above a test's own are closed to others.
	for dir := filepath.Dir(s.dir); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := os.Chmod(s.home, 0o777); err != nil {
		s.t.Fatal(err)
	}
	if owns {
		if out, err := exec.Command("chown", "-R", "65534:65534", s.dir).CombinedOutput(); err != nil {
			s.t.Fatalf("%v %s", err, out)
		}
	}
	s.git("config", "--global", "--add", "safe.directory", "*")
	u := user{s, []string{setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"}}
	if r := u.try("version"); r.code != 0 {
		s.t.Fatalf("e1 cannot be run by nobody: %s", r.err)
	}
	return u
}

// program is this test binary where everybody may run it: the folder it was
// built in is closed.
var program = sync.OnceValues(func() (string, error) {
	open := filepath.Join(templates.dir, "e1")
	if err := os.Chmod(templates.dir, 0o755); err != nil {
		return "", err
	}
	if os.Link(self(), open) == nil {
		return open, nil
	}
	return open, exec.Command("cp", self(), open).Run()
})

// run runs a program as the user.
func (u user) run(args ...string) result {
	u.s.t.Helper()
	line := append(append([]string{}, u.prefix...), args...)
	return u.s.run(nil, "", line[0], line[1:]...)
}

// try runs e1 and takes any exit code.
func (u user) try(args ...string) result {
	u.s.t.Helper()
	e1, err := program()
	if err != nil {
		u.s.t.Fatal(err)
	}
	return u.run(append([]string{"env", commandEnv + "=1", e1}, args...)...)
}

// chmod changes permissions of a folder of the shop and what is in it.
func (s *shop) chmod(mode, name string) {
	s.t.Helper()
	if out, err := exec.Command("chmod", "-R", mode, s.path(name)).CombinedOutput(); err != nil {
		s.t.Fatalf("%v %s", err, out)
	}
}

// A repository nobody may write to is read all the same.
func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	s := copyOf(t, standard(t))
	want := s.answers()
	reader := s.user(false)
	s.chmod("a+rX,a-w", ".")
	var got strings.Builder
	for _, line := range reads {
		r := reader.try(append(line, "--json")...)
		if r.code != 0 {
			t.Errorf("e1 %s ended with %d\n%s", strings.Join(line, " "), r.code, r.err)
		}
		got.WriteString(strings.Join(line, " ") + "\n" + r.out)
	}
	if got.String() != want {
		t.Errorf("other answers than with a folder that can be written:\n%s", got.String())
	}
	for _, line := range [][]string{{"set", "CLI-000001", "name=Never"}, {"import"}, {"tick"}} {
		r := reader.try(line...)
		if r.code != 3 || !strings.Contains(r.err, `no permission to write to "`+s.path(".git")) {
			t.Errorf("e1 %s ended with %d\n%s", strings.Join(line, " "), r.code, r.err)
		}
	}
}

// One folder that may not be written refuses the command before anything has
// happened, also where it is needed only after the branch has moved.
func TestFolderThatMayNotBeWritten(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"documents", ".git", ".git/e1", ".git/objects", ".git/refs/heads", ".git/logs"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			s := copyOf(t, standard(t))
			u := s.user(true)
			head := s.git("rev-parse", "HEAD")
			for _, args := range [][]string{
				{"set", "CLI-000001", "name=Never"}, {"register", "clients", "name=Never"}, {"undo"},
			} {
				s.chmod("a-w", folder)
				for _, line := range [][]string{args, append([]string{"-n"}, args...)} {
					r := u.try(line...)
					if r.code != 3 || !strings.Contains(r.err, `no permission to write to "`+s.path(folder)) {
						t.Errorf("e1 %s ended with %d\n%s", strings.Join(line, " "), r.code, r.err)
					}
				}
				s.chmod("u+w", folder)
				if got := s.git("rev-parse", "HEAD"); got != head {
					t.Fatalf("e1 %s made a commit", strings.Join(args, " "))
				}
				if left := s.leftovers(); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			}
			s.clean()
			if r := u.try("set", "CLI-000001", "name=Now"); r.code != 0 {
				t.Errorf("ended with %d\n%s", r.code, r.err)
			}
			if r := u.run("git", "fsck", "--strict"); r.code != 0 {
				t.Error(r.out, r.err)
			}
			s.clean()
		})
	}
}

// A commit whose files could not be written yet stays under the lock: else the
// next `git commit -a` would take it back.
func TestUnfinishedCommitStaysLocked(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		if c.name != "set" && c.name != "register" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := c.undisturbed(t)
			moved := 0
			for i, op := range o.ops {
				if strings.HasPrefix(op, "rename ") && strings.HasSuffix(op, "/refs/heads/main") {
					moved = i + 1
				}
			}
			// How many folders of objects are new differs from run to run.
			s := c.killed(t, moved-3)
			for n := moved - 2; s.git("status", "--porcelain", "documents/inquiries") == ""; n++ {
				if o.reached(s) == 1 || n > moved+8 {
					t.Fatal("no point between the branch and the work tree was met")
				}
				s = c.killed(t, n)
			}
			head := s.git("rev-parse", "HEAD")
			u := s.user(true)
			s.chmod("a-w", "documents")
			for range 2 {
				r := u.try("comment", "CLI-000002", "hi")
				if r.code != 3 || !strings.Contains(r.err, `no permission to write to "`+s.path("documents")) {
					t.Errorf("ended with %d\n%s", r.code, r.err)
				}
			}
			// Reading shows what was committed, and does not speak of hand edits.
			written := strings.Fields(s.git("diff", "--name-only", "HEAD^", "HEAD", "--", "documents/inquiries/*.yaml"))[0]
			number := strings.TrimSuffix(filepath.Base(written), ".yaml")
			r := u.try("show", number)
			if r.code != 0 || strings.Contains(r.err, "by hand") || strings.Contains(r.err, "e1 commit") || !strings.Contains(r.err, "not written yet") {
				t.Errorf("show ended with %d\n%s", r.code, r.err)
			}
			if want := map[string]string{"set": "Changed", "register": "Acme"}[c.name]; !strings.Contains(r.out, want) {
				t.Errorf("show does not show what was committed:\n%s", r.out)
			}
			s.chmod("u+w", "documents")
			if r := u.run("git", "commit", "-qam", "mine"); r.code == 0 || !strings.Contains(r.err, "index.lock") {
				t.Errorf("git commit ended with %d\n%s", r.code, r.err)
			}
			if r := u.try("comment", "CLI-000002", "hi"); r.code != 0 || !strings.Contains(r.err, "completed commit") {
				t.Errorf("ended with %d\n%s", r.code, r.err)
			}
			if got := s.git("rev-parse", "HEAD^"); got != head {
				t.Errorf("the next commit followed %s, not %s", got, head)
			}
			s.clean()
			s.whole()
		})
	}
}
