package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/cli"
)

// TestAskDouble: a person at a terminal is asked, shown the other one, before a
// client is registered that seems to be there already.
func TestAskDouble(t *testing.T) {
	home := t.TempDir()
	config := filepath.Join(home, "gitconfig")
	if err := os.WriteFile(config, []byte(gitConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("XDG_CACHE_HOME", home)
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(home))
	dir := filepath.Join(t.TempDir(), "shop")
	run := func(in string, tty bool, args ...string) (code int, out, errs string) {
		var stdout, stderr bytes.Buffer
		code = cli.Run(context.Background(), args, cli.Streams{
			In: strings.NewReader(in), Out: &stdout, Err: &stderr, InTTY: tty, ErrTTY: tty, Getenv: os.Getenv,
		}, "test")
		return code, stdout.String(), stderr.String()
	}
	if code, _, errs := run("", false, "init", dir, "-q"); code != 0 {
		t.Fatal(errs)
	}
	register := []string{"-C", dir, "register", "clients", "name=Альфа"}
	if code, _, errs := run("", true, register...); code != 0 || strings.Contains(errs, "[y/N]") {
		t.Fatalf("the first one: %d %s", code, errs)
	}
	for _, c := range []struct {
		answer  string
		code    int
		printed string
	}{
		{"y\n", 0, "CLI-000002\n"},
		{"Да\n", 0, "CLI-000003\n"},
		{"n\n", 3, ""},
		{"\n", 3, ""},
		{"", 3, ""}, // the end of the input
	} {
		code, out, errs := run(c.answer, true, register...)
		if code != c.code || out != c.printed || strings.Count(errs, "Register it all the same? [y/N]") != 1 || !strings.Contains(errs, "\n  CLI-000001  Альфа  ") || strings.Count(errs, "warning:") != 1 {
			t.Errorf("answer %q: %d %q\n%s", c.answer, code, out, errs)
		}
	}
	if code, _, errs := run("y\n", true, append(register, "--json")...); code != 3 || strings.Contains(errs, "[y/N]") {
		t.Errorf("a program is asked: %d %s", code, errs)
	}
	if code, out, errs := run("", true, append(register, "-y")...); code != 0 || out != "CLI-000004\n" || strings.Contains(errs, "[y/N]") {
		t.Errorf("-y: %d %q %s", code, out, errs)
	}
}
