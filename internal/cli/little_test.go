package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLittleIsRead counts what small commands read, so that their speed does not
// creep away: definitions of no other kind than they need, each file once, and
// hardly an object of git besides the document's way from the commit.
func TestLittleIsRead(t *testing.T) {
	home := t.TempDir()
	env := map[string]string{"HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull, "E1_NOW": "2026-11-23T10:00:00+03:00"}
	for k, v := range env {
		t.Setenv(k, v)
	}
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+role+"_NAME", "Test")
		t.Setenv("GIT_"+role+"_EMAIL", "test@example.invalid")
	}
	dir := filepath.Join(home, "shop")
	run := func(args ...string) *app {
		t.Helper()
		var out, errs bytes.Buffer
		a, err := runOnce(context.Background(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: os.Getenv}, "test")
		if err != nil {
			t.Fatalf("e1 %s: %v\n%s", strings.Join(args, " "), err, errs.String())
		}
		return a
	}
	run("init", dir, "--sample")
	run("-C", dir, "register", "inquiries", "kind=training", "name=ООО «Ромашка»", "phone=84951234567")
	common := []string{"e1.yaml", "org.yaml", "forms/", "directories/"}
	for _, tt := range []struct {
		args    []string
		folders []string // of definitions read besides the common ones
		objects int      // of git
	}{
		{[]string{"show", "inq1"}, nil, 10},
		{[]string{"list", "inquiries", "--limit", "20"}, nil, 4},
		{[]string{"search", "ромашка"}, nil, 4},
		{[]string{"--as", "petrova", "tasks", "--mine"}, nil, 4},
		{[]string{"__complete", "show", "INQ"}, nil, 4},
		{[]string{"log"}, nil, 4},
		{[]string{"log", "inq1"}, nil, 10},
		{[]string{"-n", "set", "inq1", "text=да"}, []string{"calendars/", "rules/"}, 12},
		{[]string{"-n", "--as", "petrova", "advance", "inq1/1", "accepted"}, []string{"calendars/", "routes/pinned/", "rules/", "routes/", "templates/"}, 24},
		{[]string{"-n", "register", "inquiries", "kind=goods", "name=ООО «Мак»", "phone=84957654321"}, []string{"calendars/", "routes/", "rules/"}, 24},
	} {
		args := append([]string{"-C", dir}, tt.args...)
		if args[2] == "__complete" {
			args = append([]string{"__complete", "-C", dir}, tt.args[1:]...)
		}
		run(withoutDry(args)...) // keeps what it needs
		a := run(args...)
		if a.session == nil {
			t.Errorf("%q opens no repository", tt.args)
			continue
		}
		parsed := a.session.repo.Definitions().FilesRead()
		for i, name := range parsed {
			known := slices.ContainsFunc(append(slices.Clone(common), tt.folders...), func(c string) bool { return strings.HasPrefix(name, c) })
			if !known || i > 0 && parsed[i-1] == name {
				t.Errorf("%q reads %s", tt.args, name)
			}
		}
		if n := a.session.repo.Git().ObjectsRead(); n > tt.objects {
			t.Errorf("%q reads %d objects of git, more than %d", tt.args, n, tt.objects)
		}
		t.Logf("%q: %d definitions, %d objects", tt.args, len(parsed), a.session.repo.Git().ObjectsRead())
	}
}

// withoutDry gives the reading command for a dry run, which keeps nothing: a
// dry run that came first would else be counted.
func withoutDry(args []string) []string {
	if slices.Contains(args, "-n") {
		return []string{args[0], args[1], "route", "list"}
	}
	return args
}
