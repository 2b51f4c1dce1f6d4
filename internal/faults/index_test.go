package faults_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // to damage the index as SQLite itself would
)

const indexFile = ".git/e1/index.db"

// Whatever happens to the derived index, the answers stay the same.
func TestIndexDamaged(t *testing.T) {
	t.Parallel()
	want := copyOf(t, standard(t)).answers()
	truncate := func(part func(size int64) int64) func(*shop) {
		return func(s *shop) {
			st, err := os.Stat(s.path(indexFile))
			if err != nil {
				s.t.Fatal(err)
			}
			if err := os.Truncate(s.path(indexFile), part(st.Size())); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	overwrite := func(at int64, text string) func(*shop) {
		return func(s *shop) {
			f, err := os.OpenFile(s.path(indexFile), os.O_RDWR, 0)
			if err != nil {
				s.t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteAt([]byte(text), at); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name   string
		damage func(*shop)
	}{
		{"deleted", func(s *shop) { s.remove(indexFile) }},
		{"deleted, log left", func(s *shop) {
			s.write(indexFile+"-wal", strings.Repeat("left over", 1000))
			s.remove(indexFile)
		}},
		{"log of garbage", func(s *shop) { s.write(indexFile+"-wal", strings.Repeat("garbage!", 5000)) }},
		{"folder in its place", func(s *shop) {
			s.remove(indexFile)
			s.write(indexFile+"/file", "in the way\n")
		}},
		{"emptied", truncate(func(int64) int64 { return 0 })},
		{"truncated to a half", truncate(func(n int64) int64 { return n / 2 })},
		{"truncated by a byte", truncate(func(n int64) int64 { return n - 1 })},
		{"truncated to its header", truncate(func(int64) int64 { return 100 })},
		{"garbage", func(s *shop) { s.write(indexFile, strings.Repeat("no database ", 10000)) }},
		{"garbage inside", overwrite(4096*3, strings.Repeat("garbage!", 3000))},
		{"garbage in its header", overwrite(16, "\x00\x01\x02\x03garbage")},
		{"of an older layout", func(s *shop) { s.sqlite("UPDATE meta SET value = '1' WHERE key = 'layout'") }},
		{"of an older version", func(s *shop) { s.sqlite("UPDATE meta SET value = 'old' WHERE key = 'version'") }},
		{"built by half", func(s *shop) { s.sqlite("UPDATE meta SET value = '' WHERE key = 'complete'") }},
		{"of other forms", func(s *shop) { s.sqlite("UPDATE meta SET value = '{}' WHERE key = 'schema'") }},
		{"of a commit that is no commit", func(s *shop) { s.sqlite("UPDATE meta SET value = 'nonsense' WHERE key = 'commit'") }},
		{"of a commit nobody has", func(s *shop) {
			s.sqlite("UPDATE meta SET value = 'deadbeefdeadbeefdeadbeefdeadbeefdeadbeef' WHERE key = 'commit'")
		}},
		{"of another program", func(s *shop) { s.sqlite("PRAGMA application_id = 77") }},
		{"of an unknown commit", func(s *shop) {
			s.git("commit", "-q", "--allow-empty", "-m", "one that goes away")
			s.e1("list", "clients")
			s.git("reset", "-q", "--soft", "HEAD^")
			s.git("reflog", "expire", "--expire=now", "--all")
			s.git("gc", "-q", "--prune=now")
		}},
		{"of a later commit", func(s *shop) {
			s.e1("register", "clients", "name=Goes away")
			s.git("reset", "-q", "--hard", "HEAD^")
		}},
		{"of another branch", func(s *shop) {
			s.git("switch", "-q", "-c", "other", "HEAD~3")
			s.e1("list", "clients")
			s.e1("register", "clients", "name=On another branch")
			s.git("switch", "-q", "main")
		}},
		{"not readable", func(s *shop) { s.link("/nowhere/at/all", indexFile) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := copyOf(t, standard(t))
			c.damage(s)
			if got := s.answers(); got != want {
				t.Errorf("other answers than before:\n%s\nwant\n%s", got, want)
			}
			s.e1("register", "clients", "name=Next client")
			s.sound()
		})
	}
}

func (s *shop) remove(name string) {
	s.t.Helper()
	if err := os.Remove(s.path(name)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) link(to, name string) {
	s.t.Helper()
	_ = os.Remove(s.path(name))
	if err := os.Symlink(filepath.FromSlash(to), s.path(name)); err != nil {
		s.t.Fatal(err)
	}
}

// sqlite changes the index as another version of the program would have.
func (s *shop) sqlite(statement string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.path(indexFile))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		s.t.Fatal(err)
	}
}
