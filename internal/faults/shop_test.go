package faults_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

// The documents of the standard shop.
const (
	inquiry1 = "documents/inquiries/2026/00/00/INQ-2026-000001.yaml"
	inquiry6 = "documents/inquiries/2026/00/00/INQ-2026-000006.yaml"
	client1  = "documents/clients/00/00/CLI-000001.yaml"
)

// fresh is a shop as init makes it.
func fresh(t testing.TB) string {
	return template(t, "fresh", func(s *shop) { s.e1("init", s.dir, "--sample", "--lang", "en") })
}

// letters is a shop whose sample letters are waiting.
func letters(t testing.TB) string {
	from := fresh(t)
	return template(t, "letters", func(s *shop) {
		s.copyFrom(from)
		s.e1("register", "clients", "name=First client")
	})
}

// standard is a shop with some documents of every kind.
func standard(t testing.TB) string {
	from := letters(t)
	return template(t, "standard", func(s *shop) {
		s.copyFrom(from)
		s.e1("import")

		s.e1("register", "clients", "name=Second client", "inn=7707083893", "phone=8 (495) 123-45-67")
		s.e1("set", "INQ-2026-000001", "client=CLI-000001")
		s.e1("attach", "CLI-000001", filepath.Join(templates.dir, "offer.txt"))
		s.e1("register", "works", "kind=call", "subject=Talk", "client=CLI-000001")
		s.e1("link", "INQ-2026-000001", "reply_to", "INQ-2026-000002")
		s.e1("comment", "INQ-2026-000001", "a first comment")
		s.e1("row", "add", "INQ-2026-000001", "lines", "item=Thing", "qty=2", "price=10")
		s.e1("list", "inquiries")
		s.clean()
	})
}

// uids, and the Message-IDs of letters, are drawn at random.
var uids = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}|[0-9a-hjkmnp-tv-z]{26}@`)

// state is the content of a commit without what differs from run to run.
func (s *shop) state(commit string) string {
	s.t.Helper()
	r := s.tryGit("archive", "--format=tar", commit)
	if r.code != 0 {
		return "" // no commit yet
	}
	files := tar.NewReader(strings.NewReader(r.out))
	var all []string
	for {
		h, err := files.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			s.t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		b, err := io.ReadAll(files)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, h.Name+"\n"+string(uids.ReplaceAll(b, []byte("UID"))))
	}
	sort.Strings(all)
	return strings.Join(all, "\x00")
}

// history is the commits of HEAD, first to last.
func (s *shop) history() []string {
	s.t.Helper()
	r := s.tryGit("rev-list", "--first-parent", "--reverse", "HEAD")
	return strings.Fields(r.out)
}

// sound demands what must be true after every command, whatever happened
// before: git finds nothing broken, the work tree is that of HEAD, e1 check
// finds every document whole and the index equal to them, nothing is left
// lying about.
func (s *shop) sound() {
	s.t.Helper()
	s.clean()
	s.whole()
	if r := s.try("check"); r.code != 0 {
		s.t.Errorf("e1 check ended with %d\n%s%s", r.code, r.out, r.err)
	}
	if left := s.leftovers(); len(left) > 0 {
		s.t.Errorf("left behind: %v", left)
	}
}

// whole demands that git finds nothing broken.
func (s *shop) whole() {
	s.t.Helper()
	if r := s.tryGit("fsck", "--strict", "--no-dangling"); r.code != 0 || strings.TrimSpace(r.out+r.err) != "" {
		s.t.Errorf("git fsck ended with %d\n%s%s", r.code, r.out, r.err)
	}
}

// clean demands that the work tree and the git index are those of HEAD.
func (s *shop) clean() {
	s.t.Helper()
	if got := s.git("status", "--porcelain"); got != "" {
		s.t.Errorf("git status:\n%s", got)
	}
}

// leftovers lists locks, journals and temporary files.
func (s *shop) leftovers() []string {
	var left []string
	root := s.path(".git")
	_ = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		name, _ := filepath.Rel(root, path)
		dir, base := filepath.Split(name)
		switch {
		case strings.HasPrefix(dir, "e1/mail/") && dir != "e1/mail/tmp/":
		case dir == "e1/tmp/", dir == "e1/journal/", dir == "e1/mail/tmp/",
			strings.HasSuffix(base, ".lock") && dir != "e1/" && dir != "e1/outbox/", strings.HasPrefix(base, "tmp_"):
			left = append(left, name)
		}
		return nil
	})
	return left
}

// everything tells all files there are, with what changes when one is written. An
// empty log of the index is as good as none: SQLite makes and removes it.
func (s *shop) everything() string {
	s.t.Helper()
	var b strings.Builder
	if err := filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		st, err := d.Info()
		if err == nil && (st.Size() > 0 || !strings.HasSuffix(path, "-wal")) {
			fmt.Fprintf(&b, "%s %v %d %v\n", path, st.Mode(), st.Size(), st.ModTime())
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

// mail counts the letters, wherever they are.
func (s *shop) mail() int {
	n := 0
	for _, dir := range []string{"new", "cur", ".Quarantine/new", ".Quarantine/cur"} {
		found, _ := filepath.Glob(s.path(".git/e1/mail/" + dir + "/*"))
		n += len(found)
	}
	return n
}

// reads are commands that only read.
var reads = [][]string{
	{"list", "inquiries"}, {"list", "clients", "--where", `inn != ""`}, {"list", "works"},
	{"search", "client"}, {"tasks", "--all"}, {"show", "CLI-000001"}, {"show", "INQ-2026-000001"},
}

// answers is what the reading commands say.
func (s *shop) answers() string {
	s.t.Helper()
	var b bytes.Buffer
	for _, args := range reads {
		b.WriteString(strings.Join(args, " ") + "\n")
		b.WriteString(s.e1(append(args, "--json")...))
	}
	return b.String()
}
