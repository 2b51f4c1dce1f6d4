// Package docs_test executes the documentation. What a page shows of the
// program is what the program prints, and a test fails where it is not.
//
// A block of a page that begins with ```console holds command lines behind
// "$ " and what they print; all such blocks of a page are one session of a
// shell, begun in an empty folder. `go test ./docs -update` writes the pages
// anew.
package docs_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/cli"
)

var update = flag.Bool("update", false, "write the pages anew")

// TestMain lets a shell run e1 as a process of its own: this test binary under
// that name.
func TestMain(m *testing.M) {
	if strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") == "e1" {
		os.Exit(cli.Main("(documentation)"))
	}
	flag.Parse()
	os.Exit(m.Run())
}

// moment is what the clock shows in the sessions of the pages, a Monday.
const moment = "2026-11-23T10:00:00+03:00"

const gitConfig = `[user]
	name = Администратор
	email = admin@example.invalid
[init]
	defaultBranch = main
[core]
	hooksPath = /dev/null
	abbrev = 10
[gc]
	auto = 0
`

// shell is a place to run command lines in: an empty folder, a git identity,
// a clock that stands still, e1 in the PATH.
type shell struct {
	dir string
	env []string
}

func newShell(t *testing.T) *shell {
	t.Helper()
	for _, tool := range []string{"bash", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the pages are executed by %s, which is not here", tool)
		}
	}
	base := t.TempDir()
	s := &shell{dir: filepath.Join(base, "work")}
	home, bin := filepath.Join(base, "home"), filepath.Join(base, "bin")
	for _, dir := range []string{s.dir, home, bin} {
		must(t, os.Mkdir(dir, 0o777))
	}
	self, err := os.Executable()
	must(t, err)
	must(t, os.Symlink(self, filepath.Join(bin, "e1")))
	config := filepath.Join(home, "gitconfig")
	must(t, os.WriteFile(config, []byte(gitConfig), 0o666))
	s.env = append(os.Environ(),
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "config"), "XDG_CACHE_HOME="+filepath.Join(home, "cache"),
		"GIT_CONFIG_GLOBAL="+config, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+base,
		"GIT_PAGER=cat", "E1_NOW="+moment, "E1_USER=", "TZ=Europe/Moscow", "LC_ALL=C.UTF-8", "NO_COLOR=1",
	)
	return s
}

// run executes a script and gives what it prints, both streams together, in
// order, without the note that the clock is set.
func (s *shell) run(script string) (string, error) {
	cmd := exec.Command("bash", "-c", "exec 2>&1\n"+script)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.Output()
	return clockNote.ReplaceAllString(string(out), ""), err
}

var clockNote = regexp.MustCompile(`(?m)^e1: note: the clock stands at .* \(E1_NOW\)\n`)

// The things in the output that are new in every run: ids of commits and
// blobs, uids, names of letters' files.
var (
	variable = regexp.MustCompile(`\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{10}|01[0-9A-HJKMNP-TV-Z]{24}|01[0-9a-hjkmnp-tv-z]{24}|\d{10}\.M\d+P\d+\.[\w.-]+)\b`)
	spaces   = strings.NewReplacer("\u00a0", " ", "\u202f", " ")
)

// same makes texts of two runs comparable.
func same(text string) string {
	return variable.ReplaceAllStringFunc(spaces.Replace(text), func(s string) string {
		return strings.Repeat("x", min(len(s), 10))
	})
}

// page is a page of the documentation under test.
type page struct {
	t    *testing.T
	name string
	text string
}

func open(t *testing.T, name string) *page {
	t.Helper()
	text, err := os.ReadFile(name)
	must(t, err)
	return &page{t, name, string(text)}
}

// fence is a fenced block of a page.
var fence = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// session executes the console blocks of a page, after commands that the page
// does not show, and compares or renews them.
func (p *page) session(least int, before ...string) {
	p.t.Helper()
	sh := newShell(p.t)
	const mark = "\x01e1-docs\x01"
	var script strings.Builder
	script.WriteString(strings.Join(before, "\n") + "\n")
	commands := 0
	blocks := fence.FindAllStringSubmatch(p.text, -1)
	for _, b := range blocks {
		switch b[1] {
		case "console":
			for _, command := range prompts(b[2]) {
				commands++
				fmt.Fprintf(&script, "printf '%s'\n%s\n", mark, command)
			}
		case "yaml":
			// A file whose name stands in its first line is put there.
			if name, ok := named(b[2]); ok {
				fmt.Fprintf(&script, "mkdir -p \"$(dirname %[1]s)\"\ncat > %[1]s <<'E1-DOCS'\n%[2]sE1-DOCS\n", name, b[2])
			}
		}
	}
	if commands < least {
		p.t.Fatalf("%s has %d commands, at least %d are expected", p.name, commands, least)
	}
	out, _ := sh.run(script.String())
	outputs := strings.Split(out, mark)[1:]
	if len(outputs) != commands {
		p.t.Fatalf("%s: the session broke off after %d of %d commands:\n%s", p.name, len(outputs), commands, out)
	}
	renewed := fence.ReplaceAllStringFunc(p.text, func(block string) string {
		m := fence.FindStringSubmatch(block)
		if m[1] != "console" {
			return block
		}
		var b strings.Builder
		for _, command := range prompts(m[2]) {
			b.WriteString("$ " + strings.ReplaceAll(command, "\n", "\n> ") + "\n")
			text := strings.TrimRight(spaces.Replace(outputs[0]), "\n ")
			outputs = outputs[1:]
			if strings.HasPrefix(text, `{"schema":`) {
				text = pretty(text)
			}
			if text != "" {
				b.WriteString(trimLines(text) + "\n")
			}
		}
		return "```console\n" + b.String() + "```"
	})
	p.compare(renewed)
}

// compare holds a page against what it is to be, or writes it.
func (p *page) compare(want string) {
	p.t.Helper()
	if same(p.text) == same(want) {
		return
	}
	if *update {
		must(p.t, os.WriteFile(p.name, []byte(want), 0o644))
		p.text = want
		return
	}
	p.t.Errorf("%s is stale; `go test ./docs -update` writes it anew (-page +program):\n%s", p.name, cmp.Diff(same(p.text), same(want)))
}

// prompts are the command lines of a console block; "> " continues one.
func prompts(block string) []string {
	var out []string
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			out = append(out, command)
		} else if more, ok := strings.CutPrefix(line, "> "); ok && len(out) > 0 {
			out[len(out)-1] += "\n" + more
		}
	}
	return out
}

// named finds the name of a file in the first line of a block: "# forms/x.yaml".
func named(block string) (string, bool) {
	first, _, _ := strings.Cut(block, "\n")
	name, ok := strings.CutPrefix(first, "# ")
	return name, ok && strings.HasSuffix(name, ".yaml") && !strings.Contains(name, " ")
}

func trimLines(text string) string {
	var b bytes.Buffer
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
