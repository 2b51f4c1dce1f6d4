package demo

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/repo"
)

// newRepo makes a repository of the standard configuration.
func newRepo(t *testing.T, now time.Time) *repo.Repo {
	t.Helper()
	t.Setenv("GIT_CONFIG_GLOBAL", "/dev/null")
	t.Setenv("GIT_COMMITTER_NAME", "Demo")
	t.Setenv("GIT_COMMITTER_EMAIL", "demo@example.invalid")
	dir := t.TempDir()
	git, err := gitstore.Init(dir, gitstore.InitOptions{Branch: "main"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := git.NewBulk(context.Background(), gitstore.BulkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	put := func(fsys fs.FS, root, strip string) {
		err := fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(p, "/sample/mail/") {
				return err
			}
			data, err := fs.ReadFile(fsys, p)
			if err != nil {
				return err
			}
			return b.Put(strings.Replace(strings.TrimPrefix(p, strip), "sample/", "", 1), data)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(e1.Forms, "forms", "")
	put(e1.Routes, "routes", "")
	put(e1.Template, "repo-template", "repo-template/")
	if err := b.Put(".gitattributes", []byte("* -text\n")); err != nil {
		t.Fatal(err)
	}
	who := gitstore.Signature{Name: "Init", Email: "init@example.invalid", When: now.AddDate(-1, 0, 0)}
	if _, err := b.Commit(gitstore.Message{Subject: "init"}, who, who); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Finish(context.Background()); err != nil {
		t.Fatal(err)
	}
	return open(t, dir, now)
}

func open(t *testing.T, dir string, now time.Time) *repo.Repo {
	t.Helper()
	r, err := repo.Open(t.Context(), dir, repo.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func git(t *testing.T, r *repo.Repo, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", r.Root()}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func fillOptions(documents int) FillOptions {
	opt := FillOptions{Documents: documents, Seed: 5, Actor: "sokolov", Author: gitstore.Signature{Name: "Андрей Соколов", Email: "sokolov@example.invalid"}}
	opt.Bulk.Command = "e1 demo"
	return opt
}

// checkRepo reads every document of HEAD with its form.
func checkRepo(t *testing.T, w *world, r *repo.Repo) *library {
	t.Helper()
	l := newLibrary()
	tree, err := headTree(r)
	if err != nil {
		t.Fatal(err)
	}
	err = r.Git().Walk(tree, "documents", func(path string, e gitstore.TreeEntry) error {
		data, err := r.Git().Blob(e.ID)
		if err == nil {
			l.add(t, w.forms, path, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range l.order {
		d := l.docs[n]
		for _, p := range w.forms.Check(w.forms.Form(d.Form), d, form.Context{Lookup: l, Now: w.now}) {
			if p.Severity == diag.Error {
				t.Errorf("%s: %s: %s", n, p.Field, p.Message)
			}
		}
	}
	return l
}

func TestFill(t *testing.T) {
	w := newWorld(t)
	r := newRepo(t, w.now)
	told := 0
	opt := fillOptions(1200)
	opt.Bulk.Progress = func(stage string, done, total int) {
		if stage == "documents" && total == 1200 {
			told++
		}
	}
	out, err := Fill(context.Background(), r, opt)
	if err != nil {
		t.Fatal(err)
	}
	if told < 2 {
		t.Errorf("progress was told %d times", told)
	}
	if s := git(t, r, "status", "--porcelain"); s != "" {
		t.Errorf("git status: %s", s)
	}
	git(t, r, "fsck", "--strict")
	if s := git(t, r, "log", "-1", "--format=%H %an %aI %(trailers:key=E1-Op,valueonly,separator=,) %(trailers:key=E1-Actor,valueonly,separator=,)"); s != out.Commit.String()+" Андрей Соколов 2026-11-23T15:04:05+03:00 demo sokolov\n" {
		t.Errorf("the commit is %s", s)
	}
	if s := git(t, r, "count-objects"); !strings.HasPrefix(s, "0 objects") {
		t.Errorf("loose objects: %s", s)
	}
	if l := checkRepo(t, w, open(t, r.Root(), w.now)); len(l.order) != 1200 {
		t.Errorf("%d documents", len(l.order))
	}
	pinned := git(t, r, "ls-files", "routes/pinned")
	for _, route := range out.Pinned {
		if !strings.Contains(pinned, route.ID) || gitstore.HashBlob(route.File.Src).String() != route.ID {
			t.Errorf("%s is not pinned as %s", route.Name.Text, route.ID)
		}
	}
	var full *NotEmptyError
	if _, err := Fill(context.Background(), open(t, r.Root(), w.now), opt); !errors.As(err, &full) || full.Form != clients {
		t.Errorf("filled a second time: %v", err)
	}
	other := newRepo(t, w.now)
	again, err := Fill(context.Background(), other, fillOptions(1200))
	if err != nil || again.Commit != out.Commit {
		t.Errorf("the same options gave commit %s, then %s: %v", out.Commit, again.Commit, err)
	}
}

func TestFillStopped(t *testing.T) {
	w := newWorld(t)
	r := newRepo(t, w.now)
	before := git(t, r, "rev-parse", "HEAD")
	ctx, cancel := context.WithCancel(context.Background())
	opt := fillOptions(3000)
	opt.Bulk.Progress = func(string, int, int) { cancel() }
	if _, err := Fill(ctx, r, opt); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	if after := git(t, r, "rev-parse", "HEAD"); after != before {
		t.Errorf("HEAD moved to %s", after)
	}
	if s := git(t, r, "status", "--porcelain"); s != "" {
		t.Errorf("git status: %s", s)
	}
	if _, err := Fill(context.Background(), r, fillOptions(100)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestFillNeedsPeople(t *testing.T) {
	w := newWorld(t)
	r := newRepo(t, w.now)
	write(t, r, w.now, "org.yaml", "users: []\n")
	var bad *UnfitError
	if _, err := Fill(context.Background(), open(t, r.Root(), w.now), fillOptions(100)); !errors.As(err, &bad) {
		t.Errorf("without users: %v", err)
	}
}

// write commits one file.
func write(t *testing.T, r *repo.Repo, now time.Time, path, text string) {
	t.Helper()
	b, err := r.Git().NewBulk(context.Background(), gitstore.BulkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Put(path, []byte(text)); err != nil {
		t.Fatal(err)
	}
	who := gitstore.Signature{Name: "Somebody", Email: "s@example.invalid", When: now}
	if _, err := b.Commit(gitstore.Message{Subject: path}, who, who); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Finish(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestHistory(t *testing.T) {
	w := newWorld(t)
	r := newRepo(t, w.now)
	opt := HistoryOptions{FillOptions: fillOptions(100), Commits: 150}
	out, err := History(context.Background(), r, opt)
	if err != nil {
		t.Fatal(err)
	}
	if out.Commits != 151 {
		t.Errorf("%d commits", out.Commits)
	}
	if s := git(t, r, "status", "--porcelain"); s != "" {
		t.Errorf("git status: %s", s)
	}
	git(t, r, "fsck", "--strict")
	lines := strings.Split(strings.TrimSpace(git(t, r, "log", "-150", "--format=%aI %(trailers:key=E1-Op,valueonly,separator=,)|%(trailers:key=E1-Doc,valueonly,separator=,)|%(trailers:key=E1-Actor,valueonly,separator=,)")), "\n")
	last := ""
	for _, l := range lines {
		when, rest, _ := strings.Cut(l, " ")
		parts := strings.Split(rest, "|")
		if last != "" && when > last {
			t.Errorf("%s comes after %s", last, when)
		}
		last = when
		if len(parts) != 3 || !strings.Contains(" set comment status ", " "+parts[0]+" ") || w.forms.FormOf(parts[1]) == nil || w.forms.Org().User(parts[2]) == nil {
			t.Errorf("trailers %q", rest)
		}
	}
	checkRepo(t, w, open(t, r.Root(), w.now))

	more, err := History(context.Background(), open(t, r.Root(), w.now.Add(time.Hour)), HistoryOptions{FillOptions: fillOptions(0), Commits: 20})
	if err != nil || more.Commits != 20 {
		t.Errorf("more history: %d commits, %v", more.Commits, err)
	}
}

// TestHistoryLeavesOthersAlone: documents that demo has not made are not
// changed for a demonstration.
func TestHistoryLeavesOthersAlone(t *testing.T) {
	w := newWorld(t)
	r := newRepo(t, w.now)
	d := document.Document{Form: clients, Number: "CLI-000001", UID: "01JD9X3M7Q4Z8T6B5N2V1C0KPR", Registered: w.now, By: "petrova", Status: "new"}
	d.Card.SetText("name", "ООО «Настоящее»")
	data, err := d.Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	write(t, r, w.now, "documents/clients/00/00/CLI-000001.yaml", string(data))
	var full *NotEmptyError
	if _, err := History(context.Background(), open(t, r.Root(), w.now), HistoryOptions{FillOptions: fillOptions(0), Commits: 10}); !errors.As(err, &full) {
		t.Errorf("history of documents of others: %v", err)
	}
}
