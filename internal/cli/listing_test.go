package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/cli"
	"github.com/e1-dms/e1/internal/render"
)

// listings are command lines that show documents, and what people and letters
// wrote in them. Each command that shows something is here: see TestEveryListing.
var listings = []string{
	"show inq1", "show cli1", "show con1", "show con1 --approvals", "log", "log inq1", "log cli1", "log con1",
	"list inquiries", "list clients", "list inquiries --columns number,by,name,phone,email,manager,client,total,comments,files",
	"search ромашка", "tasks --all", "tasks --all --done", "task list --all --overdue", "task show inq1/1",
	"calendar --all", "calendar --all --month", "file list inq1", "mail list", "import list", "user list", "absent --list --all", "whoami",
	"report list", "report show works-by-client", "report inquiries-by-kind from=", "report works-by-client from=", "report clients-by-manager",
	"form list", "form show inquiries", "route list", "route show contract-approval", "route sim retail --card name=Ромашка", "index status",
	"explain --list", "schema", "version", "undo -n", "check", "lint",
}

// run runs a command line as a terminal of a width would show it.
func run(t testing.TB, dir string, width int, language string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	env := map[string]string{"E1_NOW": now, "NO_COLOR": "1", "E1_LANGUAGE": language, "HOME": os.Getenv("HOME"), "XDG_CONFIG_HOME": os.Getenv("XDG_CONFIG_HOME")}
	var out, messages bytes.Buffer
	code = cli.Run(context.Background(), append([]string{"-C", dir}, args...), cli.Streams{
		In: strings.NewReader(""), Out: &out, Err: &messages, Width: width, Getenv: func(name string) string { return env[name] },
	}, "test")
	return out.String(), messages.String(), code
}

// TestEveryListing: a command that only shows something is tried below.
func TestEveryListing(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		path := strings.TrimPrefix(c.CommandPath(), "e1 ")
		switch c.Name() {
		case "list", "show", "log", "search", "tasks", "calendar", "whoami":
		default:
			return
		}
		for _, line := range listings {
			if strings.HasPrefix(line+" ", path+" ") {
				return
			}
		}
		t.Errorf("e1 %s shows something and is not among the listings", path)
	}
	walk(cli.Command())
}

// TestListings tries every listing over lifelike documents.
func TestListings(t *testing.T) {
	dir := demo(t, "200")
	t.Run("fit", func(t *testing.T) { listingsFit(t, dir) })
	t.Run("reports", func(t *testing.T) { reportsAreTables(t, dir) })
	t.Run("harmless", func(t *testing.T) { listingsAreHarmless(t, dir) })
}

// No line of a listing is wider than the window, in any language.
func listingsFit(t *testing.T, dir string) {
	for _, language := range []string{"ru", "en"} {
		for _, width := range []int{80, 132} {
			if language == "en" && width > 80 {
				continue
			}
			for _, line := range listings {
				stdout, stderr, code := run(t, dir, width, language, strings.Fields(line)...)
				if code != 0 {
					t.Errorf("%s: exit code %d\n%s", line, code, stderr)
				}
				for text := range strings.SplitSeq(stdout, "\n") {
					if n := render.Width(text); n > width {
						t.Errorf("%s, %s: %d columns, not %d: %s", line, language, n, width, text)
					}
				}
			}
		}
	}
}

// Shipped reports are tables at 80 columns: records, a field a line, are no
// answer to a question about all managers.
func reportsAreTables(t *testing.T, dir string) {
	for _, language := range []string{"ru", "en"} {
		var reports struct{ Reports []struct{ Name string } }
		if err := json.Unmarshal([]byte(e1(t, dir, "report", "list", "--json")), &reports); err != nil {
			t.Fatal(err)
		}
		for _, r := range reports.Reports {
			stdout, stderr, code := run(t, dir, 80, language, "report", r.Name)
			if code != 0 {
				t.Errorf("%s: %s", r.Name, stderr)
			}
			if !strings.Contains(stdout, "───") && !strings.Contains(stderr, "no documents in this report") {
				t.Errorf("%s, %s, is no table:\n%s", r.Name, language, stdout)
			}
		}
	}
}

// hostile is a text that would color the terminal, ring, and turn the direction
// of writing.
const hostile = "\x1b[31mМак\a\u202eBank"

// What a document or a letter holds is never a command to the terminal, however it
// is shown; programs get every character all the same, escaped.
func listingsAreHarmless(t *testing.T, dir string) {
	inquiry := filepath.Join(dir, "documents/inquiries/2026/00/00/INQ-2026-000001.yaml")
	client := filepath.Join(dir, "documents/clients/00/00/CLI-000001.yaml")
	for _, file := range []string{inquiry, client} {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(src), "\n")
		for i, line := range lines {
			if strings.HasPrefix(line, "  name: ") {
				lines[i] = `  name: "\e[31mМак\a\u202EBank"`
			}
		}
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	git := exec.Command("git", "-C", dir, "commit", "-qam", "hostile "+hostile)
	if out, err := git.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, number := range []string{"inq1", "cli1", "con1"} {
		if _, stderr, code := run(t, dir, 80, "ru", "comment", number, hostile); code != 0 || strings.ContainsAny(stderr, "\x1b\a\u202e") {
			t.Fatalf("comment %s: %d %q", number, code, stderr)
		}
	}
	seen := 0
	for _, line := range append(listings, "list clients --columns name", "__complete show cli", "set cli1 name=x"+hostile+" -n", "link cli1 related "+hostile, "show "+hostile) {
		for _, flags := range [][]string{nil, {"--plain"}, {"--json"}} {
			stdout, stderr, _ := run(t, dir, 80, "ru", append(strings.Fields(line), flags...)...)
			for name, text := range map[string]string{"stdout": stdout, "stderr": stderr} {
				if strings.ContainsAny(text, "\x1b\a\u202e") {
					t.Errorf("%s %v: %s holds a control character: %q", line, flags, name, text)
				}
			}
			if strings.Contains(stdout, "Мак") {
				seen++
			}
			if flags != nil && flags[0] == "--json" && !strings.HasPrefix(line, "__complete") {
				oneObject(t, line, stdout, stderr)
			}
		}
	}
	if seen < 20 {
		t.Errorf("the text was seen %d times only; the test says little", seen)
	}
	// Nothing is lost on the way to a program.
	var shown struct {
		Document struct{ Card struct{ Name string } }
	}
	if err := json.Unmarshal([]byte(e1(t, dir, "show", "cli1", "--json")), &shown); err != nil || shown.Document.Card.Name != hostile {
		t.Errorf("JSON gives %q, %v", shown.Document.Card.Name, err)
	}
	if out := e1(t, dir, "list", "clients", "--where", `number == "CLI-000001"`, "--plain", "--columns", "name"); out != `\x1b[31mМак\x07\u202eBank`+"\n" {
		t.Errorf("--plain gives %q", out)
	}
}

// Help fits a window of 80 columns, examples and all.
func TestHelpFits(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		var b bytes.Buffer
		c.SetOut(&b)
		if err := c.Help(); err != nil {
			t.Error(err)
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if n := render.Width(line); n > 80 {
				t.Errorf("%s: %d columns: %s", c.CommandPath(), n, line)
			}
		}
		for _, sub := range c.Commands() {
			if !sub.Hidden {
				walk(sub)
			}
		}
	}
	walk(cli.Command())
}

// oneObject demands one object of the contract, on stdout or as an error.
func oneObject(t *testing.T, line, stdout, stderr string) {
	t.Helper()
	text := stdout
	if text == "" {
		text = stderr
	}
	if !strings.HasPrefix(text, `{"schema":"e1/1"`) || strings.Count(text, "\n") != 1 || !json.Valid([]byte(text)) {
		t.Errorf("%s --json prints no object: %q", line, text)
	}
}
