package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/filelock"
)

// questions are commands that answer from the index.
var questions = [][]string{
	{"list", "clients", "--json", "--limit", "0", "--void"}, {"list", "clients", "--sort", "-number", "--columns", "number,name,phone"},
	{"search", "ромашка", "--json"}, {"tasks", "--all", "--json"}, {"report", "clients-by-manager", "--json"}, {"calendar", "--month", "--json"},
	{"log", "--json", "--limit", "0"}, {"log", "CLI-000002", "--json"}, {"log", "CLI-000004", "--json"}, {"log", "CLI-000001", "--limit", "2", "--plain"},
}

// TestAnswersAfterEvents lets a repository live through what git and people do
// to histories. After each event the answers are the same whether the index is
// brought up to date, cannot be written because another process holds it, or is
// built anew.
func TestAnswersAfterEvents(t *testing.T) {
	s := newAnswering(t)
	const client1, client2 = "documents/clients/00/00/CLI-000001.yaml", "documents/clients/00/00/CLI-000002.yaml"
	for n, event := range []struct {
		name string
		do   func()
	}{
		{"registered", func() {
			s.e1("register", "clients", "name=ООО «Ромашка»", "phone=84950000001")
			s.e1("register", "clients", "name=Second", "phone=84950000002")
			s.e1("register", "inquiries", "kind=training", "name=Ромашка", "phone=84950000001", "client=CLI-000001")
			s.write("offer.txt", "attached words\n")
			s.e1("attach", "CLI-000001", "offer.txt")
			s.remove("offer.txt")
		}},
		{"edited by hand", func() {
			s.edit(client1, "Ромашка", "Ромашка плюс")
			s.git("commit", "-qam", "by hand")
		}},
		{"merged", func() {
			s.git("switch", "-qc", "side")
			s.e1("comment", "CLI-000002", "on the side")
			s.git("switch", "-q", "main")
			s.e1("register", "clients", "name=Third", "phone=84950000003")
			s.git("merge", "-q", "--no-edit", "side")
		}},
		{"undone", func() { s.e1("undo") }},
		{"conflict resolved", func() {
			s.git("switch", "-qc", "theirs", "HEAD~1")
			s.e1("set", "CLI-000002", "name=Theirs")
			s.git("switch", "-q", "main")
			s.e1("set", "CLI-000002", "name=Ours")
			s.try("git", "merge", "-q", "theirs")
			s.write(client2, strings.ReplaceAll(s.git("show", "HEAD:"+client2)+"\n", "Ours", "Both of us"))
			s.git("add", "-A")
			s.git("commit", "-qm", "merged by hand")
		}},
		{"amended", func() { s.git("commit", "-q", "--amend", "-m", "merged by hand, in other words") }},
		{"another branch", func() { s.git("switch", "-q", "theirs") }},
		{"back again", func() { s.git("switch", "-q", "main") }},
		{"broken", func() {
			s.edit(client1, "card:", "card: [")
			s.git("commit", "-qam", "broken")
		}},
		{"broken, and others go on", func() { s.e1("comment", "CLI-000002", "next") }},
		{"repaired", func() { s.git("revert", "--no-edit", "HEAD~1") }},
		{"rebased", func() {
			s.git("switch", "-qc", "topic", "HEAD~2")
			s.write("notes.txt", "on a topic\n")
			s.git("add", "-A")
			s.git("commit", "-qm", "topic")
			s.git("rebase", "-q", "main")
			s.git("switch", "-q", "main")
			s.git("merge", "-q", "--ff-only", "topic")
		}},
		{"reset", func() { s.git("reset", "-q", "--hard", "HEAD~3") }},
		{"collected", func() {
			s.git("branch", "-qD", "side", "theirs", "topic")
			s.git("reflog", "expire", "--expire=now", "--all")
			s.git("gc", "-q", "--prune=now")
		}},
		{"renumbered", func() {
			s.e1("register", "clients", "name=Fourth", "phone=84950000004")
			s.e1("comment", "CLI-000004", "under the old number")
			s.e1("register", "clients", "name=Fifth", "phone=84950000005")
			s.e1("renumber", "CLI-000004")
		}},
		{"renumbering undone", func() { s.e1("undo") }},
		{"moved to a wrong place", func() {
			s.mkdir("documents/clients/00/07")
			s.git("mv", client2, "documents/clients/00/07/CLI-000002.yaml")
			s.git("commit", "-qm", "moved")
		}},
		{"and a second one of the number", func() {
			s.write(client2, s.read("documents/clients/00/07/CLI-000002.yaml"))
			s.git("add", "-A")
			s.git("commit", "-qm", "twice")
		}},
		{"the right one edited", func() {
			s.edit(client2, "name:", "email: a@example.invalid\n  name:")
			s.git("commit", "-qam", "edited")
		}},
		{"the second one gone", func() {
			s.git("rm", "-q", "documents/clients/00/07/CLI-000002.yaml")
			s.git("commit", "-qm", "once")
		}},
		{"an attachment replaced", func() {
			s.write("documents/clients/00/00/CLI-000001/offer.txt", "ромашка\n")
			s.git("add", "-A")
			s.git("commit", "-qm", "replaced")
		}},
		{"deleted", func() {
			s.git("rm", "-q", client1)
			s.git("commit", "-qm", "deleted")
		}},
		{"brought back", func() { s.git("revert", "--no-edit", "HEAD") }},
		{"named otherwise than it says", func() {
			s.git("mv", client2, "documents/clients/00/00/CLI-000077.yaml")
			s.git("commit", "-qm", "misnamed")
		}},
		{"another number template", func() {
			s.edit("forms/clients.yaml", "number: CLI-{seq:6}", "number: KL-{seq:4}")
			s.git("commit", "-qam", "other numbers")
		}},
		{"registered by it", func() { s.e1("register", "clients", "name=By another template", "phone=84950000008") }},
		{"another caption and zone", func() {
			s.edit("forms/clients.yaml", "caption: name", "caption: phone")
			s.edit("e1.yaml", "Europe/Moscow", "Asia/Vladivostok")
			s.git("commit", "-qam", "caption and zone")
		}},
	} {
		event.do()
		s.compare(event.name, n%2 == 0)
	}
}

// TestWritesWhileTheIndexIsLocked has commands decide by what is laid over the
// index: what was registered since it was written, counts.
func TestWritesWhileTheIndexIsLocked(t *testing.T) {
	s := newAnswering(t)
	s.e1("register", "clients", "name=First", "phone=84950000001")
	s.e1("list", "clients")
	lock, err := filelock.Take(t.Context(), s.path(".git/e1/index.lock"), filelock.Options{})
	must(t, err)
	defer lock.Release()
	s.e1("register", "inquiries", "kind=training", "name=Points to it", "phone=84950000001", "client=CLI-000001")
	s.e1("renumber", "CLI-000001")
	if _, all := s.ask("show", "INQ-2026-000001", "--json"); !strings.Contains(all, `"client":"CLI-000002"`) {
		t.Errorf("the inquiry points elsewhere:\n%s", all)
	}
	s.e1("undo")
	if _, all := s.ask("show", "INQ-2026-000001", "--json"); !strings.Contains(all, `"client":"CLI-000001"`) {
		t.Errorf("the inquiry points elsewhere after undo:\n%s", all)
	}
	if code, all := s.ask("undo", s.git("log", "--format=%H", "--grep=register CLI-000001")); code != 3 || !strings.Contains(all, "INQ-2026-000001") {
		t.Errorf("a client that an inquiry points to became void:\n%s", all)
	}
	if code, all := s.ask("check"); code != 0 {
		t.Error(all)
	}
}

// TestReassignInBatches hands over more documents than one transaction takes:
// every one is handed over, what waits for the field is told, and nothing is
// read of those that are somebody else's.
func TestReassignInBatches(t *testing.T) {
	s := newAnswering(t)
	s.mkdir("rules")
	s.write("rules/told.yaml", "rule: told\ntitle: {en: Told, ru: Сообщено}\nfor: clients\non: {changed: manager}\ndo:\n- comment: '\"now with \" + manager'\n")
	const theirs, others = 401, 30
	for i := range theirs + others {
		dir, manager := fmt.Sprintf("documents/clients/00/%02d", (i+1)/100), "petrova"
		if i >= theirs {
			manager = "kuznetsov"
		}
		s.mkdir(dir)
		s.write(fmt.Sprintf("%s/CLI-%06d.yaml", dir, i+1), fmt.Sprintf("form: clients\nnumber: CLI-%06d\nuid: 01JD9X3M7Q4Z8T6B5N2V%06d\nregistered: 2026-11-23T10:00:00+03:00\nby: petrova\nstatus: new\ncard:\n  name: Client %d\n  manager: %s\n", i+1, i+1, i+1, manager))
	}
	s.git("add", "-A")
	s.git("commit", "-qm", "clients")
	head := s.git("rev-parse", "HEAD")
	_, would := s.ask("-n", "reassign", "clients", "--from", "petrova", "--to", "ivanova", "--json", "-q")
	if n := strings.Count(would, "CLI-"); n != theirs || s.git("rev-parse", "HEAD") != head {
		t.Fatalf("%d documents would be handed over:\n%s", n, would)
	}
	code, all := s.ask("reassign", "clients", "--from", "petrova", "--to", "ivanova", "--where", `name != "Client 7"`, "--json", "-q")
	if code != 0 || strings.Count(all, "CLI-") != theirs-1 || s.git("rev-list", "--count", head+"..HEAD") != "2" {
		t.Fatalf("not handed over in two commits: %s", all)
	}
	code, all = s.ask("reassign", "clients", "--from", "petrova", "--to", "ivanova")
	if code != 0 || !strings.Contains(all, "1 document (") {
		t.Errorf("the rest: %s", all)
	}
	if code, all = s.ask("reassign", "clients", "--from", "petrova", "--to", "ivanova"); code != 0 || !strings.Contains(all, "nothing to do") {
		t.Errorf("once more: %s", all)
	}
	for manager, want := range map[string]int{"ivanova": theirs, "kuznetsov": others, "petrova": 0} {
		if _, all := s.ask("list", "clients", "--where", "manager == "+manager, "--json", "--limit", "1"); !strings.Contains(all, fmt.Sprintf(`"total":%d}`, want)) {
			t.Errorf("%s does not have %d: %s", manager, want, all)
		}
	}
	for _, number := range []string{"CLI-000001", "CLI-000007", "CLI-000401"} {
		if _, all := s.ask("show", number, "--json"); strings.Count(all, "now with ivanova") != 1 {
			t.Errorf("the rule of %s was not told: %s", number, all)
		}
	}
	if code, all := s.ask("check"); code != 0 {
		t.Error(all)
	}
}

// answering is a repository whose answers are compared.
type answering struct {
	t   *testing.T
	dir string
}

func newAnswering(t *testing.T) *answering {
	home := t.TempDir()
	const moment = "2026-11-23T10:00:00+03:00"
	for k, v := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull,
		"E1_NOW": moment, "NO_COLOR": "1", "E1_USER": "", "GIT_EDITOR": "true",
		// Everything happens in one second, so that nothing is ordered by luck.
		"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment,
		"GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "test@example.invalid", "GIT_COMMITTER_NAME": "Test", "GIT_COMMITTER_EMAIL": "test@example.invalid",
	} {
		t.Setenv(k, v)
	}
	s := &answering{t, filepath.Join(home, "shop")}
	must(t, os.Mkdir(s.dir, 0o777))
	s.git("init", "-q", "-b", "main")
	s.e1("init", s.dir, "--sample")
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask runs a command and gives all that comes of it.
func (s *answering) ask(args ...string) (code int, all string) {
	var out, errs bytes.Buffer
	code = Run(context.Background(), append([]string{"-C", s.dir}, args...), Streams{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: os.Getenv}, "test")
	return code, fmt.Sprintf("%d\n%s%s", code, out.String(), errs.String())
}

func (s *answering) e1(args ...string) {
	s.t.Helper()
	if len(args) > 2 && args[0] == "attach" {
		args[2] = s.path(args[2])
	}
	if code, all := s.ask(args...); code != 0 {
		s.t.Fatalf("e1 %s: %s", strings.Join(args, " "), all)
	}
}

func (s *answering) try(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	return strings.TrimRight(string(out), "\n"), err
}

func (s *answering) git(args ...string) string {
	s.t.Helper()
	out, err := s.try("git", args...)
	if err != nil {
		s.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (s *answering) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *answering) read(name string) string {
	s.t.Helper()
	b, err := os.ReadFile(s.path(name))
	must(s.t, err)
	return string(b)
}

func (s *answering) write(name, text string) {
	s.t.Helper()
	must(s.t, os.WriteFile(s.path(name), []byte(text), 0o666))
}

func (s *answering) mkdir(name string) { s.t.Helper(); must(s.t, os.MkdirAll(s.path(name), 0o777)) }

func (s *answering) remove(name string) { s.t.Helper(); must(s.t, os.Remove(s.path(name))) }

func (s *answering) edit(name, old, text string) {
	s.t.Helper()
	was := s.read(name)
	if !strings.Contains(was, old) {
		s.t.Fatalf("%s does not contain %q:\n%s", name, old, was)
	}
	s.write(name, strings.Replace(was, old, text, 1))
}

// compare asks everything of the index as it is brought up to date and of a new
// one, and if wanted also while it cannot be written. The old one lives on.
func (s *answering) compare(event string, locked bool) {
	s.t.Helper()
	dir := s.path(".git/e1")
	var laid map[string]string
	if locked {
		lock, err := filelock.Take(s.t.Context(), filepath.Join(dir, "index.lock"), filelock.Options{})
		must(s.t, err)
		laid = s.answers()
		lock.Release()
	}
	kept := s.answers()
	files, err := filepath.Glob(filepath.Join(dir, "index.db*"))
	must(s.t, err)
	aside := s.t.TempDir()
	for _, f := range files {
		must(s.t, os.Rename(f, filepath.Join(aside, filepath.Base(f))))
	}
	anew := s.answers()
	built, err := filepath.Glob(filepath.Join(dir, "index.db*"))
	must(s.t, err)
	for _, f := range built {
		must(s.t, os.Remove(f))
	}
	for _, f := range files {
		must(s.t, os.Rename(filepath.Join(aside, filepath.Base(f)), f))
	}
	if d := cmp.Diff(anew, kept); d != "" {
		s.t.Fatalf("%s: a new index (-) and the one kept up to date (+):\n%s", event, d)
	}
	if d := cmp.Diff(anew, laid); locked && d != "" {
		s.t.Fatalf("%s: a new index (-) and one that cannot be written (+):\n%s", event, d)
	}
}

func (s *answering) answers() map[string]string {
	out := map[string]string{}
	for _, q := range questions {
		_, out[strings.Join(q, " ")] = s.ask(q...)
	}
	return out
}
