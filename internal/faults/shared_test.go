//go:build unix

package faults_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// person is one of several people who share a repository, with a umask that
// gives nothing away.
type person struct {
	*shop
	program string
	uid     int // 0: who runs the tests
	group   int
}

const sharedGroup = 4711

// e1 runs a command that must succeed and say nothing of what cannot be done.
func (p *person) e1(args ...string) string {
	p.t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", `umask 077; exec "$0" "$@"`, p.program}, args...)...)
	cmd.Dir = p.dir
	cmd.Env = append(append([]string{}, p.env...), commandEnv+"=1", "HOME="+p.home, "E1_USER=admin")
	if p.uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(p.uid), Gid: uint32(p.group)}}
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || strings.Contains(stderr.String(), "cannot") || strings.Contains(stderr.String(), "denied") {
		p.t.Errorf("uid %d: e1 %s: %v\n%s%s", p.uid, strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}

// sharedShop is the folder of a repository that a group is to share.
func sharedShop(t *testing.T) *shop {
	t.Helper()
	s := at(t, filepath.Join(t.TempDir(), "shop"))
	if err := os.Mkdir(s.dir, 0o777); err != nil {
		t.Fatal(err)
	}
	s.git("init", "-q", "--shared=group")
	return s
}

// everything writes every kind of file that e1 keeps beside the documents.
func (p *person) everything() {
	p.t.Helper()
	p.e1("register", "clients", "name=Next")
	p.e1("list", "clients")
	p.e1("import")
	p.e1("log")
	p.e1("log", "CLI-000001")
	p.e1("mail", "list")
	p.e1("undo")
	p.e1("index", "rebuild")
	p.e1("maintain", "--all")
}

// core.sharedRepository holds for everything that e1 keeps in the git folder.
func TestSharedFiles(t *testing.T) {
	t.Parallel()
	s := sharedShop(t)
	p := &person{s, self(), 0, 0}
	p.e1("init", ".", "--user", "admin", "--lang", "en", "--sample")
	p.everything()
	s.write(".git/e1/mail/new/1.broken", "no letter\n")
	p.e1("import")
	p.e1("mail", "drop", firstLetter(p))
	seen := map[string]bool{}
	err := filepath.WalkDir(s.path(".git/e1"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(s.path(".git/e1"), path)
		seen[strings.Split(name, ".")[0]] = true
		st, err := d.Info()
		if err != nil || d.Type() == fs.ModeSymlink || strings.HasSuffix(name, "1.broken") {
			return err
		}
		want := fs.FileMode(0o660)
		if d.IsDir() {
			want = 0o770 | fs.ModeSetgid
		}
		if st.Mode()&want != want || st.Mode()&0o007 != 0 {
			t.Errorf(".git/e1/%s has %v", name, st.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"write", "import", "index", "kept", "outbox", "outbox/send", "mail/", "mail/new"} {
		if !seen[name] {
			t.Errorf("there is no %q: %v", name, seen)
		}
	}
}

// firstLetter is a letter that waits in the outbox.
func firstLetter(p *person) string {
	p.t.Helper()
	first, _, _ := strings.Cut(p.e1("mail", "list", "--plain"), "\n")
	columns := strings.Split(first, "\t")
	if len(columns) < 5 {
		p.t.Fatal("no letter waits")
	}
	return columns[4] // several letters of a document may wait
}

// Whoever may only read a repository has an index of their own, which begins
// with what was built already where that can be read.
func TestReader(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can be two people")
	}
	s, program := twoPeople(t)
	owner, reader := &person{s, program, 4711, sharedGroup}, &person{s, program, 4713, 9999}
	owner.e1("init", ".", "--user", "admin", "--lang", "en", "--sample")
	owner.e1("register", "clients", "name=First")
	owner.e1("list", "clients")
	for _, mode := range []string{"o-rwx", "o+r"} {
		for _, args := range [][]string{{"-R", "o+rX", s.dir}, {mode, s.path(".git/e1/index.db")}} {
			if out, err := exec.Command("chmod", args...).CombinedOutput(); err != nil {
				t.Fatalf("%v %s", err, out)
			}
		}
		reader.home = t.TempDir()
		if err := os.Chmod(filepath.Dir(reader.home), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(reader.home, reader.uid, 0); err != nil {
			t.Fatal(err)
		}
		reader.env = append(reader.env, "XDG_CACHE_HOME="+reader.home, "HOME="+reader.home)
		for range 2 {
			if out := reader.e1("list", "clients") + reader.e1("log"); strings.Count(out, "First") < 2 {
				t.Errorf("%s: %s", mode, out)
			}
		}
		if found, err := filepath.Glob(reader.home + "/e1/*/index.db"); err != nil || len(found) != 1 {
			t.Errorf("%s: no index of their own: %v %v", mode, found, err)
		}
	}
}

// Two people of one group work in one repository.
func TestTwoPeopleShare(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can be two people")
	}
	s, program := twoPeople(t)
	first, second := &person{s, program, 4711, sharedGroup}, &person{s, program, 4712, sharedGroup}
	first.e1("init", ".", "--user", "admin", "--lang", "en", "--sample")
	first.everything()
	second.everything()
	second.e1("mail", "drop", firstLetter(second))
	first.everything()
	first.e1("mail", "drop", firstLetter(first))
	second.e1("check")
	first.e1("check")
}

// twoPeople makes a folder that a group may write to, and the program where
// everybody may run it.
func twoPeople(t *testing.T) (s *shop, program string) {
	t.Helper()
	s = sharedShop(t)
	program = filepath.Join(filepath.Dir(s.dir), "program")
	if out, err := exec.Command("cp", self(), program).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if out, err := exec.Command("chgrp", "-R", strconv.Itoa(sharedGroup), s.dir, s.home).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for dir, mode := range map[string]fs.FileMode{s.dir: 0o770 | fs.ModeSetgid, s.home: 0o775, filepath.Dir(s.dir): 0o755, filepath.Dir(filepath.Dir(s.dir)): 0o755} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
	}
	return s, program
}
