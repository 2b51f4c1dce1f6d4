package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTour takes the tour of the README literally: in an empty folder, with
// e1 in PATH, on a working day and in the last minute of a year.
func TestTour(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	tour := block(string(readme), "## Tour")
	if tour == "" {
		t.Fatal("README.md has no ```sh block under ## Tour")
	}
	kept, err := os.ReadFile(filepath.Join("..", "..", "docs", "tour.sh"))
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != tour {
		t.Fatalf("docs/tour.sh is not the tour of README.md:\n%s", kept)
	}
	for name, at := range map[string]string{
		"working day":    "2026-11-23T10:00:00+03:00",
		"end of a year":  "2026-12-31T23:59:00+03:00",
		"another zone":   "2027-01-01T03:00:00+10:00",
		"short Saturday": "2027-02-20T12:00:00+03:00",
	} {
		t.Run(name, func(t *testing.T) { takeTour(t, tour, at) })
	}
}

func takeTour(t *testing.T, tour, at string) {
	dir, home := t.TempDir(), t.TempDir()
	config := filepath.Join(home, "gitconfig")
	if err := os.WriteFile(config, []byte(gitConfig), 0o666); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home,
		"GIT_CONFIG_GLOBAL="+config, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir),
		"GIT_PAGER=cat", "E1_NOW="+at, "E1_USER=", "TZ=UTC", "NO_COLOR=1")
	run := func(dir string, args ...string) (stdout, stderr string) {
		t.Helper()
		var out, errs strings.Builder
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("%q: %v\n%s%s", args, err, &out, &errs)
		}
		return out.String(), errs.String()
	}
	stdout, stderr := run(dir, "sh", "-eu", "-c", tour)
	for _, want := range []string{
		"Начать взаимодействие", // the tasks
		"CLI-000001",        // the client that accepting registered
		"ООО «Ромашка»",     // its card
		"7707083893",        //
		"nothing to commit", // git status
		"E1-Op: advance",    // git log
		"Author: Анна Петрова <petrova", // she accepted
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the tour does not print %q", want)
		}
	}
	for _, want := range []string{"made an e1 repository", "registered", "0 errors, 0 warnings"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("the tour does not say %q", want)
		}
	}
	if strings.Contains(stderr, "error:") {
		t.Errorf("the tour says:\n%s", stderr)
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", stdout, stderr)
	}
	shop := filepath.Join(dir, "shop")
	if out, _ := run(shop, "git", "status", "--porcelain", "--ignored"); out != "" {
		t.Errorf("git status is not clean:\n%s", out)
	}
	if out, errs := run(shop, "git", "fsck", "--strict"); strings.Contains(out+errs, "missing") || strings.Contains(out+errs, "error") {
		t.Errorf("git fsck: %s%s", out, errs)
	}
	run(dir, "git", "clone", "-q", "shop", "copy")
	if out, _ := run(filepath.Join(dir, "copy"), "e1", "show", "CLI-000001", "--plain"); !strings.Contains(out, "card.inn\t7707083893") {
		t.Errorf("a clone does not show the client:\n%s", out)
	}
	run(shop, "e1", "check")
}

// block gives the first ```sh block after a heading.
func block(text, heading string) string {
	_, text, _ = strings.Cut(text, heading+"\n")
	_, text, ok := strings.Cut(text, "```sh\n")
	if !ok {
		return ""
	}
	text, _, _ = strings.Cut(text, "```")
	return text
}
