package cli_test

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/e1-dms/e1/internal/cli"
	"github.com/e1-dms/e1/internal/message"
)

var update = flag.Bool("update", false, "write what commands print into the scripts that compare it")

// TestMain lets scripts run e1 as a process of its own: this test binary.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"e1": func() { os.Exit(cli.Main("test")) },
	})
}

// now is what the clock shows in scripts, a Monday morning.
const now = "2026-11-23T10:00:00+03:00"

// TestScripts runs every script of testdata/script. A script stands alone: it
// begins in an empty folder, as the admin named in the git configuration, with
// the clock standing still.
//
// Besides the usual commands there are
//
//	exitcode N COMMAND ARG…   the command ends with exactly this exit code
//	count N GLOB              so many files match
//	narrow N                  no line of stdout has more than N characters
//	letter FILE               shows the letter of a file as people read it
//	reply LETTER FROM TEXT TO answers a letter with the text of a file, as mail programs do
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "script"),
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Setup:              setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitcode,
			"count":    count,
			"narrow":   narrow,
			"letter":   letter,
			"reply":    reply,
		},
	})
}

const gitConfig = `[user]
	name = Администратор
	email = admin@example.invalid
[init]
	defaultBranch = main
[core]
	hooksPath = /dev/null
[gc]
	auto = 0
`

func setup(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, ".home")
	if err := os.Mkdir(home, 0o777); err != nil {
		return err
	}
	config := filepath.Join(home, "gitconfig")
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, "config"), "XDG_CACHE_HOME": filepath.Join(home, "cache"),
		"GIT_CONFIG_GLOBAL": config, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": filepath.Dir(env.WorkDir),
		"E1_NOW": now, "TZ": "UTC", "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
	} {
		env.Setenv(name, value)
	}
	return os.WriteFile(config, []byte(gitConfig), 0o666)
}

// exitcode runs a command and demands its exit code. Its output is there for
// stdout and stderr as after exec.
func exitcode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N COMMAND ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("%v ended with %d, not with %d", args[1:], got, want)
	}
}

// count demands how many files match a pattern.
func count(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: count N GLOB")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(found) != want {
		ts.Fatalf("%d files match %s, not %d: %v", len(found), args[1], want, found)
	}
}

// letter shows a letter: who writes to whom, about what, and what.
func letter(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: letter FILE")
	}
	m := message.Parse([]byte(ts.ReadFile(args[0])))
	to := make([]string, len(m.To))
	for i, a := range m.To {
		to[i] = a.Address
	}
	_, err := fmt.Fprintf(ts.Stdout(), "%s > %s\n%s\n\n%s", m.Sender().Address, strings.Join(to, ", "), m.Subject, m.Text)
	ts.Check(err)
}

// reply answers a letter and quotes it below.
func reply(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: reply LETTER FROM TEXT TO")
	}
	m := message.Parse([]byte(ts.ReadFile(args[0])))
	text := ts.ReadFile(args[2]) + "\n> " + strings.ReplaceAll(m.Text, "\n", "\n> ") + "\n"
	id := sha256.Sum256([]byte(args[1] + text))
	raw := fmt.Sprintf("Message-ID: <%x@phone.example.invalid>\nIn-Reply-To: <%s>\nDate: Mon, 23 Nov 2026 12:00:00 +0300\nFrom: %s\nTo: sales@example.invalid\n"+
		"Subject: Re: %s\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n%s", id[:8], m.ID, args[1], m.Subject, text)
	ts.Check(os.WriteFile(ts.MkAbs(args[3]), []byte(raw), 0o666))
}

// narrow demands that no line of the last command's stdout is wider than so
// many characters.
func narrow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: narrow N")
	}
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	out := ts.ReadFile("stdout")
	if out == "" {
		ts.Fatalf("stdout is empty")
	}
	for line := range strings.SplitSeq(out, "\n") {
		if n := utf8.RuneCountInString(line); n > most {
			ts.Fatalf("%d characters, more than %d: %s", n, most, line)
		}
	}
}
