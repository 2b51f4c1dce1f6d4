package faults_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/e1-dms/e1/internal/cli"
	"github.com/e1-dms/e1/internal/gitstore"
)

// commandEnv makes this test binary the program e1.
const commandEnv = "E1_FAULTS_COMMAND"

// now is what the clock shows, a Monday morning.
const now = "2026-11-23T10:00:00+03:00"

const gitConfig = `[user]
	name = Admin
	email = admin@example.invalid
[init]
	defaultBranch = main
[gc]
	auto = 0
[protocol "file"]
	allow = always
`

func TestMain(m *testing.M) {
	if os.Getenv(commandEnv) != "" {
		os.Exit(cli.Main("test"))
	}
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "e1-faults-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		templates.dir = dir
		if err := os.WriteFile(filepath.Join(dir, "offer.txt"), []byte("an offer\n"), 0o666); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// shop is one repository under test.
type shop struct {
	t    testing.TB
	dir  string
	home string
	env  []string
	// spool is where the program that sends letters puts them.
	spool string
}

// result is how a command ended.
type result struct {
	code   int // -1: killed
	out    string
	err    string
	killed bool
}

// at gives the shop in a folder that may not exist yet, with a home of its own
// beside it.
func at(t testing.TB, dir string) *shop {
	t.Helper()
	home := dir + ".home"
	if err := os.MkdirAll(home, 0o777); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(home, "gitconfig")
	if _, err := os.Stat(config); err != nil {
		if err := os.WriteFile(config, []byte(gitConfig), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_CONFIG_HOME=" + home + "/config", "XDG_CACHE_HOME=" + home + "/cache",
		"GIT_CONFIG_GLOBAL=" + config, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES=" + filepath.Dir(dir),
		"GIT_AUTHOR_DATE=2026-11-23T10:00:00+0300", "GIT_COMMITTER_DATE=2026-11-23T10:00:00+0300",
		"E1_NOW=" + now, "TZ=UTC", "LC_ALL=C.UTF-8", "NO_COLOR=1", "TMPDIR=" + os.TempDir(),
	}
	return &shop{t: t, dir: dir, home: home, env: env}
}

// run runs a program in the shop's folder.
func (s *shop) run(env []string, stdin string, name string, args ...string) result {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	if _, err := os.Stat(s.dir); err != nil {
		cmd.Dir = filepath.Dir(s.dir)
	}
	cmd.Env = append(append([]string{}, s.env...), env...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	r := result{out: out.String(), err: stderr.String()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		r.code = exit.ExitCode()
		r.killed = r.code == -1
	case err != nil:
		s.t.Fatalf("%s: %v", name, err)
	}
	return r
}

// try runs e1 and takes any exit code.
func (s *shop) try(args ...string) result {
	s.t.Helper()
	return s.run([]string{commandEnv + "=1"}, "", self(), args...)
}

// fault runs e1 with a fault.
func (s *shop) fault(fault string, args ...string) result {
	s.t.Helper()
	return s.run([]string{commandEnv + "=1", gitstore.FaultEnv + "=" + fault}, "", self(), args...)
}

// e1 runs a command that must succeed and returns what it printed.
func (s *shop) e1(args ...string) string {
	s.t.Helper()
	r := s.try(args...)
	if r.code != 0 {
		s.t.Fatalf("e1 %s ended with %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// wants runs a command that must end with a code and say something.
func (s *shop) wants(code int, says string, args ...string) result {
	s.t.Helper()
	r := s.try(args...)
	if r.code != code || !strings.Contains(r.out+r.err, says) {
		s.t.Errorf("e1 %s ended with %d, not with %d and %q\n%s%s", strings.Join(args, " "), r.code, code, says, r.out, r.err)
	}
	return r
}

// tryGit runs git and takes any exit code.
func (s *shop) tryGit(args ...string) result {
	s.t.Helper()
	return s.run(nil, "", "git", args...)
}

// git runs git, which must succeed.
func (s *shop) git(args ...string) string {
	s.t.Helper()
	r := s.tryGit(args...)
	if r.code != 0 {
		s.t.Fatalf("git %s ended with %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return strings.TrimRight(r.out, "\n")
}

func (s *shop) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *shop) read(name string) string {
	s.t.Helper()
	b, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o777); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o666); err != nil {
		s.t.Fatal(err)
	}
}

// edit replaces text in a file, as a person would.
func (s *shop) edit(name, old, text string) {
	s.t.Helper()
	was := s.read(name)
	if !strings.Contains(was, old) {
		s.t.Fatalf("%s does not contain %q:\n%s", name, old, was)
	}
	s.write(name, strings.Replace(was, old, text, 1))
}

// templates are repositories to copy, each made once.
var templates = &templateSet{made: map[string]*templateShop{}}

type templateSet struct {
	dir  string
	mu   sync.Mutex
	made map[string]*templateShop
}

type templateShop struct {
	once sync.Once
	dir  string
	ok   bool
}

// template makes the named template, or waits until somebody has.
func template(t testing.TB, name string, make func(*shop)) string {
	t.Helper()
	templates.mu.Lock()
	m := templates.made[name]
	if m == nil {
		m = &templateShop{dir: filepath.Join(templates.dir, name)}
		templates.made[name] = m
	}
	templates.mu.Unlock()
	m.once.Do(func() {
		make(at(t, m.dir))
		m.ok = true
	})
	if !m.ok {
		t.Fatalf("the template %q could not be made", name)
	}
	return m.dir
}

// copyOf is a fresh copy of a template.
func copyOf(t testing.TB, from string) *shop {
	t.Helper()
	s := at(t, filepath.Join(t.TempDir(), "shop"))
	s.copyFrom(from)
	return s
}

func (s *shop) copyFrom(from string) {
	s.t.Helper()
	if out, err := exec.Command("cp", "-a", from, s.dir).CombinedOutput(); err != nil {
		s.t.Fatalf("%v %s", err, out)
	}
}

// self is this test binary, which is also the program.
func self() string {
	name, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return name
}
