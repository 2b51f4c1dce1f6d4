package office_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	e1 "github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/repo"
)

// TestRotationCostsALetterNothing counts what letters of a batch ask the index:
// whose turn it is, and who has how much to do, once for all of them.
func TestRotationCostsALetterNothing(t *testing.T) {
	t.Parallel()
	each := map[string]int{}
	for _, pick := range []string{"any", "round-robin", "least-loaded"} {
		few, more := asked(t, pick, 5), asked(t, pick, 45)
		each[pick] = (more - few) / 40
	}
	if each["any"] == 0 || each["round-robin"] != each["any"] || each["least-loaded"] != each["any"] {
		t.Errorf("queries for each letter: %v", each)
	}
}

// asked imports so many letters and gives the number of queries.
func asked(t *testing.T, pick string, letters int) int {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	sub := func(f fs.FS, dir string) fs.FS {
		out, err := fs.Sub(f, dir)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	conf := office.Configuration{Forms: e1.Forms, Routes: e1.Routes, Reports: e1.Reports, Template: sub(e1.Template, "repo-template")}
	_, err := office.Init(context.Background(), conf, office.Founding{Dir: dir, Sample: true, User: "boss", Name: "Boss", Email: "boss@example.invalid", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	route := fmt.Sprintf("route: turn\nfor: inquiries\nstart: {on: registered}\nsteps:\n- {task: Call, id: call, who: role manager, pick: %s, due: 1wd}\n", pick)
	mail := filepath.Join(dir, ".git/e1/mail/new")
	for name, text := range map[string]string{"routes/long-sale.yaml": "", "routes/retail.yaml": "", "routes/tests/long-sale.yaml": "", "routes/tests/retail.yaml": "", "routes/turn.yaml": route} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.Remove(path); err != nil && text == "" {
			t.Fatal(err)
		}
		if text != "" {
			write(t, path, text)
		}
	}
	old, err := os.ReadDir(mail)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range old {
		if err := os.Remove(filepath.Join(mail, f.Name())); err != nil {
			t.Fatal(err)
		}
	}
	r, err := repo.Open(context.Background(), dir, repo.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	boss, err := office.Open(r, office.Options{Identity: office.Identity{Env: "boss"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := boss.Commit(context.Background(), "one route"); err != nil {
		t.Fatal(err)
	}
	for i := range letters {
		write(t, filepath.Join(mail, fmt.Sprintf("%d.host", i)), strings.ReplaceAll(fmt.Sprintf(
			"Message-ID: <%d@client.example.invalid>\nDate: Mon, 23 Nov 2026 08:00:00 +0300\nFrom: c%d@client.example.invalid\nTo: sales@example.invalid\nSubject: question %d\n\nHow much?\n", i, i, i), "\n", "\r\n"))
	}
	db, err := r.Index()
	if err != nil {
		t.Fatal(err)
	}
	before := db.Asked()
	run, err := office.Import(context.Background(), r, office.Options{}, office.ImportRequest{})
	if err != nil || len(run.Failed) > 0 || len(run.Commits) != 1 {
		t.Fatal(err, run.Failed, run.Commits)
	}
	after, err := r.Index()
	if err != nil || after != db {
		t.Fatal("another index was opened", err)
	}
	return db.Asked() - before
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
