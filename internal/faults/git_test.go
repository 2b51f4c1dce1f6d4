package faults_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// write runs one of each kind of writing and demands that all is sound.
func (s *shop) work() {
	s.t.Helper()
	before := len(s.history())
	s.e1("register", "clients", "name=At work")
	s.e1("set", "CLI-000001", "phone=+74957654321")
	s.e1("advance", "INQ-2026-000007/1", "accepted")
	s.e1("undo")
	if got := len(s.history()) - before; got != 4 {
		s.t.Errorf("%d commits, want 4", got)
	}
	s.sound()
}

// Settings of git and shapes of repositories with which everything works, or
// which are refused by name.
func TestGitSettings(t *testing.T) {
	t.Parallel()
	config := func(pairs ...string) func(*shop) {
		return func(s *shop) {
			for i := 0; i < len(pairs); i += 2 {
				s.git("config", pairs[i], pairs[i+1])
			}
		}
	}
	for _, c := range []struct {
		name    string
		set     func(*shop)
		refused string // what the error names; empty: it works
		code    int
	}{
		{name: "split index", set: func(s *shop) { s.git("update-index", "--split-index") }},
		{name: "split index always", set: config("core.splitIndex", "true")},
		{name: "no split index", set: func(s *shop) { s.git("update-index", "--no-split-index") }},
		{name: "index version 4", set: func(s *shop) { s.git("update-index", "--index-version", "4") }},
		{name: "many files", set: func(s *shop) { s.git("config", "feature.manyFiles", "true"); s.git("status"); s.touchIndex() }},
		{name: "index without sum", set: func(s *shop) { s.git("config", "index.skipHash", "true"); s.touchIndex() }},
		{name: "untracked cache", set: func(s *shop) { s.git("update-index", "--untracked-cache"); s.git("status") }},
		{name: "fsmonitor hook", set: func(s *shop) {
			s.hook("fsmonitor-none", "printf '2\\0/\\0'\n")
			s.git("config", "core.fsmonitor", ".git/hooks/fsmonitor-none")
			s.git("status")
		}},
		{name: "shared with a group", set: config("core.sharedRepository", "group")},
		{name: "shared with a mode", set: config("core.sharedRepository", "0660")},
		{name: "packed", set: func(s *shop) { s.git("gc", "-q", "--aggressive", "--prune=now"); s.git("pack-refs", "--all") }},
		{name: "repacked with bitmaps", set: func(s *shop) { s.git("repack", "-a", "-d", "-q", "-b"); s.git("multi-pack-index", "write") }},
		{name: "commit graph", set: func(s *shop) { s.git("commit-graph", "write", "--reachable") }},
		{name: "pre-commit that refuses", set: func(s *shop) { s.hook("pre-commit", "exit 1\n") }},
		{name: "no reflog", set: config("core.logAllRefUpdates", "false")},
		{name: "no compression", set: config("core.compression", "0")},
		{name: "no rename detection, other quoting", set: config("core.quotePath", "false", "diff.renames", "false")},
		{name: "autocrlf with attributes", set: config("core.autocrlf", "true")},
		{name: "another filter elsewhere", set: func(s *shop) {
			s.write("notes/.gitattributes", "*.txt filter=lfs\n")
			s.git("add", "-A")
			s.git("commit", "-qm", "attributes")
		}},
		{name: "filter on documents", set: func(s *shop) {
			s.write("documents/.gitattributes", "*.yaml filter=crypt\n")
			s.git("add", "-A")
			s.git("commit", "-qm", "attributes")
		}, refused: "filter", code: 3},
		{name: "ident on documents", set: func(s *shop) {
			s.write("documents/.gitattributes", "*.yaml ident\n")
			s.git("add", "-A")
			s.git("commit", "-qm", "attributes")
		}, refused: "ident", code: 3},
		{name: "signing that cannot work", set: config("commit.gpgSign", "true", "gpg.program", "/bin/false"), refused: "sign", code: 3},
		{name: "detached HEAD", set: func(s *shop) { s.git("checkout", "-q", "--detach") }, refused: "detached", code: 3},
		{name: "merge in progress", set: func(s *shop) { s.conflict() }, refused: "merge", code: 3},
		{name: "partial clone marker", set: config("core.repositoryFormatVersion", "1", "extensions.objectFormat", "sha256"), refused: "sha256", code: 3},
		{name: "reftable", set: config("core.repositoryFormatVersion", "1", "extensions.refStorage", "reftable"), refused: "reftable", code: 3},
		{name: "unknown extension", set: config("core.repositoryFormatVersion", "1", "extensions.fromTheFuture", "true"), refused: "fromthefuture", code: 3},
		{name: "bare", set: config("core.bare", "true"), refused: "bare", code: 3},
		{name: "documents are a link", set: func(s *shop) {
			if err := os.Rename(s.path("documents"), s.dir+".elsewhere"); err != nil {
				s.t.Fatal(err)
			}
			s.link(s.dir+".elsewhere", "documents")
		}, refused: "documents", code: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := copyOf(t, standard(t))
			c.set(s)
			if c.refused == "" {
				s.work()
				return
			}
			head := s.read(".git/refs/heads/main")
			r := s.try("set", "CLI-000001", "phone=+74957654321")
			if r.code != c.code || !strings.Contains(strings.ToLower(r.err), c.refused) {
				t.Errorf("ended with %d\n%s", r.code, r.err)
			}
			if s.read(".git/refs/heads/main") != head {
				t.Error("the branch moved all the same")
			}
		})
	}
}

// touchIndex has git write its index.
func (s *shop) touchIndex() {
	s.t.Helper()
	s.write("touched.txt", "x\n")
	s.git("add", "touched.txt")
	s.git("commit", "-qm", "touched")
}

func (s *shop) hook(name, script string) {
	s.t.Helper()
	s.write(".git/hooks/"+name, "#!/bin/sh\n"+script)
	if err := os.Chmod(s.path(".git/hooks/"+name), 0o755); err != nil {
		s.t.Fatal(err)
	}
}

// conflict leaves a merge of two branches unfinished at a document.
func (s *shop) conflict() {
	s.t.Helper()
	s.git("switch", "-q", "-c", "other")
	s.e1("set", "CLI-000001", "name=Name of theirs")
	s.git("switch", "-q", "main")
	s.e1("set", "CLI-000001", "name=Name of ours")
	if r := s.tryGit("merge", "other"); r.code == 0 {
		s.t.Fatal("no conflict")
	}
}

// After a merge was finished with git, e1 goes on.
func TestMergeFinished(t *testing.T) {
	t.Parallel()
	s := copyOf(t, standard(t))
	s.conflict()
	s.wants(3, "merge is in progress", "commit")
	s.e1("list", "clients")
	s.e1("show", "INQ-2026-000001")
	s.git("checkout", "--theirs", client1)
	s.git("commit", "-qam", "merged")
	if got := s.e1("show", "CLI-000001", "--json"); !strings.Contains(got, "Name of theirs") {
		t.Error(got)
	}
	s.work()
}

func TestPostCommitRuns(t *testing.T) {
	t.Parallel()
	s := copyOf(t, standard(t))
	s.hook("post-commit", "git rev-parse HEAD >>hooked\n")
	s.e1("set", "CLI-000001", "phone=+74957654321")
	if got := strings.TrimSpace(s.read("hooked")); got != s.git("rev-parse", "HEAD") {
		t.Errorf("the hook saw %q", got)
	}
	s.hook("post-commit", "exit 7\n")
	s.e1("set", "CLI-000001", "phone=+74957654322")
	s.remove("hooked")
	s.sound()
}

// Locks of others: a command waits, then says whose lock it is.
func TestForeignLocks(t *testing.T) {
	t.Parallel()
	for _, lock := range []string{".git/index.lock", ".git/refs/heads/main.lock", ".git/HEAD.lock"} {
		t.Run(filepath.Base(lock), func(t *testing.T) {
			t.Parallel()
			s := copyOf(t, standard(t))
			head := s.git("rev-parse", "HEAD")
			s.write(lock, "")
			s.wants(5, filepath.Base(lock), "set", "CLI-000001", "name=Never", "--wait", "100ms")
			s.e1("list", "clients")
			if s.read(lock) != "" || s.git("rev-parse", "HEAD") != head {
				t.Error("somebody else's lock was not respected")
			}
			s.remove(lock)
			s.work()
		})
	}
	t.Run("write.lock", func(t *testing.T) {
		t.Parallel()
		s := copyOf(t, standard(t))
		f, err := os.OpenFile(s.path(".git/e1/write.lock"), os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
			t.Fatal(err)
		}
		s.wants(5, "write.lock", "set", "CLI-000001", "name=Never", "--wait", "100ms")
		s.wants(5, "write.lock", "maintain", "--wait", "100ms")
		s.e1("list", "clients")
		waited := make(chan result)
		go func() { waited <- s.try("maintain", "--all", "--wait", "2h") }()
		time.Sleep(300 * time.Millisecond) // it has begun to wait, or comes too late to have to
		f.Close()
		if r := <-waited; r.code != 0 {
			t.Errorf("maintain ended with %d\n%s", r.code, r.err)
		}
		s.work()
	})
}

// A linked work tree has an index and a journal of its own, and the lock of all.
func TestLinkedWorkTree(t *testing.T) {
	t.Parallel()
	s := copyOf(t, standard(t))
	s.git("worktree", "add", "-q", s.dir+".second", "-b", "second")
	second := *s
	second.dir = s.dir + ".second"
	second.e1("register", "clients", "name=In the second")
	if got, want := second.total("clients"), s.total("clients")+1; got != want {
		t.Errorf("the second work tree has %d clients, want %d", got, want)
	}
	if r := second.fault("kill:40", "set", "CLI-000001", "name=Killed"); !r.killed {
		t.Fatalf("not killed: %d %s", r.code, r.err)
	}
	s.e1("set", "CLI-000001", "phone=+74950000009")
	second.e1("comment", "CLI-000001", "next")
	for _, w := range []*shop{s, &second} {
		w.clean()
		w.e1("check")
	}
	s.whole()
}

// What others bring in with git is noticed.
func TestGitMeanwhile(t *testing.T) {
	t.Parallel()
	s := copyOf(t, standard(t))
	s.git("clone", "-q", s.dir, s.dir+".clone")
	clone := *s
	clone.dir = s.dir + ".clone"
	clone.e1("register", "clients", "name=From the clone")
	clone.e1("set", "CLI-000001", "name=Renamed in the clone")
	s.e1("list", "clients")
	s.git("pull", "-q", "--ff-only", clone.dir, "main")
	if got := s.e1("list", "clients", "--json"); !strings.Contains(got, "Renamed in the clone") || !strings.Contains(got, "From the clone") {
		t.Error(got)
	}
	s.sound()
	// Both take the next number: git reports it, by one path.
	clone.e1("register", "clients", "name=Theirs")
	s.e1("register", "clients", "name=Ours")
	if r := s.tryGit("pull", "-q", "--no-rebase", clone.dir, "main"); r.code == 0 {
		t.Fatal("no conflict")
	}
	number := "CLI-" + leftPad(s.total("clients"))
	path := "documents/clients/00/00/" + number + ".yaml"
	s.wants(3, "merge", "register", "clients", "name=In between")
	// Ours moves aside by hand, theirs takes the path.
	s.write("documents/clients/00/00/CLI-000099.yaml", strings.Replace(s.git("show", ":2:"+path)+"\n", number, "CLI-000099", 1))
	s.git("checkout", "-q", "--theirs", path)
	s.git("add", "-A")
	s.git("commit", "-qm", "merged")
	for _, name := range []string{"Ours", "Theirs"} {
		if got := s.e1("search", name, "--json"); !strings.Contains(got, name) {
			t.Errorf("%s is lost: %s", name, got)
		}
	}
	s.work()
	// A rebase, a reset, and objects that were packed away.
	s.git("reset", "-q", "--hard", "HEAD~2")
	s.git("commit", "-q", "--amend", "-m", "rewritten")
	s.git("reflog", "expire", "--expire=now", "--all")
	s.git("gc", "-q", "--prune=now")
	s.e1("list", "clients")
	s.sound()
	s.e1("register", "clients", "name=Goes on")
	s.sound()
}

func leftPad(n int) string {
	text := strconv.Itoa(n)
	return strings.Repeat("0", 6-len(text)) + text
}
