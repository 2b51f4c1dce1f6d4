package repo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/gitstore"
)

// now is what the clock shows in these tests.
var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 3*3600))

// definitions are those of a small repository.
var definitions = map[string]string{
	"e1.yaml": "title: Test\nlanguage: en\ntime_zone: Europe/Moscow\nlayout: 1\n",
	"org.yaml": `users:
- {user: petrova, name: Petrova, emails: [petrova@example.invalid]}
- {user: orlov, name: Orlov, emails: [orlov@example.invalid]}
`,
	"forms/clients.yaml": `form: clients
title: {en: Clients}
one: {en: Client}
number: CLI-{seq:6}
caption: name
duplicates: [phone]
groups:
- group: main
  title: {en: Client}
  fields:
  - {field: name, type: text, label: {en: Name}, required: true}
  - {field: phone, type: phone, label: {en: Phone}}
  - {field: inn, type: inn, label: {en: INN}, unique: true}
  - {field: manager, type: user, label: {en: Manager}}
`,
	"forms/inquiries.yaml": `form: inquiries
title: {en: Inquiries}
one: {en: Inquiry}
number: INQ-{year}-{seq:6}
caption: name
groups:
- group: main
  title: {en: Inquiry}
  fields:
  - {field: name, type: text, label: {en: Name}, required: true}
  - {field: client, type: document, form: clients, label: {en: Client}}
`,
}

// shop is one repository under test.
type shop struct {
	t   testing.TB
	dir string
}

// newShop makes a repository with the definitions and other files committed.
func newShop(t testing.TB, files ...string) *shop {
	t.Helper()
	s := &shop{t, t.TempDir()}
	s.git("init", "-q", "-b", "main")
	for name, text := range definitions {
		s.write(name, text)
	}
	for i := 0; i+1 < len(files); i += 2 {
		s.write(files[i], files[i+1])
	}
	s.commit("init")
	return s
}

// git runs git without anybody's configuration.
func (s *shop) git(args ...string) string { s.t.Helper(); return s.feed("", args...) }

func (s *shop) feed(stdin string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", s.dir, "-c", "user.name=Orlov", "-c", "user.email=orlov@example.invalid", "-c", "gc.auto=0"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_DATE=2026-11-23T10:00:00+0300", "GIT_COMMITTER_DATE=2026-11-23T10:00:00+0300")
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		s.t.Fatal(err)
	}
}

// commit commits all that lies in the work tree, as git does.
func (s *shop) commit(subject string) {
	s.t.Helper()
	s.git("add", "-A")
	s.git("commit", "-q", "--allow-empty", "-m", subject)
}

// open opens the repository anew, as the next command would.
func (s *shop) open() *Repo {
	s.t.Helper()
	r, err := Open(s.t.Context(), s.dir, Options{Now: func() time.Time { return now }})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = r.Close() })
	return r
}

// update runs a transaction that must succeed.
func (s *shop) update(r *Repo, op string, decide func(*Tx) error) Receipt {
	s.t.Helper()
	receipt, err := r.Update(s.t.Context(), operation(op), decide)
	if err != nil {
		s.t.Fatal(err)
	}
	return receipt
}

func operation(op string) Operation {
	return Operation{Name: op, Actor: "petrova", Author: gitstore.Signature{Name: "Petrova", Email: "petrova@example.invalid", When: now}}
}

// register registers a document and gives its number.
func (s *shop) register(r *Repo, form string, card ...string) string {
	s.t.Helper()
	d := newDocument(form, card...)
	s.update(r, "register", func(tx *Tx) error {
		tx.Subject("register")
		return tx.Add(d)
	})
	return d.Number
}

func newDocument(form string, card ...string) *document.Document {
	d := &document.Document{Form: form, By: "petrova"}
	for i := 0; i+1 < len(card); i += 2 {
		d.Card.SetText(card[i], card[i+1])
	}
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
