package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/e1-dms/e1/internal/index"
)

// shop is a fresh sample repository.
func shop(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for k, v := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull, "E1_NOW": "2026-11-23T10:00:00+03:00",
		"GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "test@example.invalid", "GIT_COMMITTER_NAME": "Test", "GIT_COMMITTER_EMAIL": "test@example.invalid",
	} {
		t.Setenv(k, v)
	}
	dir := filepath.Join(home, "shop")
	code, _, stderr := runIn(context.Background(), t, nil, nil, "init", dir, "--sample")
	if code != 0 {
		t.Fatal(stderr)
	}
	return dir
}

// fullDisk fails to take anything.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

// watching calls a function with everything that is written.
type watching struct {
	bytes.Buffer
	see func(text string)
}

func (w *watching) Write(p []byte) (int, error) {
	w.see(string(p))
	return w.Buffer.Write(p)
}

// runIn runs a command line; out and errs may be nil.
func runIn(ctx context.Context, t *testing.T, out *fullDisk, errs *watching, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	s := Streams{In: strings.NewReader(""), Out: &o, Err: &e, Getenv: os.Getenv}
	if out != nil {
		s.Out = out
	}
	if errs != nil {
		s.Err = errs
	}
	code = Run(ctx, args, s, "test")
	return code, o.String(), e.String()
}

// A result that nobody got is a failure, also where the command itself has done
// its work; that is said, lest it be done twice.
func TestFullStandardOutput(t *testing.T) {
	dir := shop(t)
	for _, line := range []string{"user list", "user list --json", "user list --plain", "whoami", "show cli1", "explain R001", "version", "--help", "completion bash", "schema route"} {
		if line == "show cli1" {
			if code, _, stderr := runIn(context.Background(), t, nil, nil, "-C", dir, "register", "clients", "name=Альфа"); code != 0 {
				t.Fatal(stderr)
			}
		}
		code, _, stderr := runIn(context.Background(), t, &fullDisk{}, nil, append([]string{"-C", dir}, strings.Fields(line)...)...)
		if code != exitFailed || !strings.Contains(stderr, "cannot write to standard output: no space left on device") || strings.Contains(stderr, "done its work") {
			t.Errorf("%s: %d %s", line, code, stderr)
		}
	}
	code, _, stderr := runIn(context.Background(), t, &fullDisk{}, nil, "-C", dir, "register", "clients", "name=Бета")
	if code != exitFailed || !strings.Contains(stderr, "hint: the command itself has done its work") {
		t.Errorf("register: %d %s", code, stderr)
	}
	// A letter that was taken is not delivered again because of a printer.
	letter := "From: a@example.invalid\nTo: sales@example.invalid\nSubject: x\nMessage-ID: <1@example.invalid>\n\nDear\n"
	var errs bytes.Buffer
	code = Run(context.Background(), []string{"-C", dir, "import", "sales-letters", "-"}, Streams{In: strings.NewReader(letter), Out: fullDisk{}, Err: &errs, Getenv: os.Getenv}, "test")
	if code != exitDone {
		t.Errorf("import: %d %s", code, errs.String())
	}
}

// Whatever keeps a delivered letter from being taken, the mail server hears 75
// and keeps it.
func TestDeliveryFails(t *testing.T) {
	dir := shop(t)
	for name, args := range map[string][]string{
		"no repository":  {"-C", filepath.Dir(dir), "import", "sales-letters", "-"},
		"bad flag":       {"-C", dir, "import", "sales-letters", "--bogus", "-"},
		"bad setting":    {"-C", dir, "--color", "red", "import", "sales-letters", "-"},
		"no place":       {"-C", dir, "import", "sales-letters", "-o", "/nonexistent/x", "-"},
		"unknown import": {"-C", dir, "import", "nothing", "-"},
		"no letter":      {"-C", dir, "import", "sales-letters", "-"},
	} {
		if code, _, stderr := runIn(context.Background(), t, nil, nil, args...); code != exitTemporary {
			t.Errorf("%s: %d %s", name, code, stderr)
		}
	}
}

// Ctrl-C that comes after the commit does not turn it into a failure.
func TestInterruptedAfterTheCommit(t *testing.T) {
	dir := shop(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	late := &watching{see: func(text string) {
		if strings.Contains(text, "register CLI-000001") {
			cancel()
		}
	}}
	code, stdout, _ := runIn(ctx, t, nil, late, "-C", dir, "register", "clients", "name=Альфа")
	if ctx.Err() == nil {
		t.Fatalf("never interrupted: %s", late.String())
	}
	if code != exitDone || stdout != "CLI-000001\n" {
		t.Errorf("exit code %d, %q, %s", code, stdout, late.String())
	}
	// One that comes before is one.
	gone, stop := context.WithCancel(context.Background())
	stop()
	if code, _, stderr := runIn(gone, t, nil, nil, "-C", dir, "tick"); code != exitInterrupted || stderr != "e1: error: interrupted\n" {
		t.Errorf("tick: %d %q", code, stderr)
	}
}

// Half of a result that a damaged index has cut off is not left in the file.
func TestResultOfADamagedIndex(t *testing.T) {
	name := filepath.Join(t.TempDir(), "result")
	a := newApp(Streams{Getenv: func(string) string { return "" }}, "")
	a.flags.output = name
	if err := a.result.begin(a); err != nil {
		t.Fatal(err)
	}
	if _, err := a.result.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if err := a.result.end(context.Background(), a, errors.Join(index.ErrDamaged)); err != nil {
		t.Fatal(err)
	}
	if a.result.seen {
		t.Error("nobody has seen it")
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}

// A person at a terminal turns pages, with the program of their own settings, where
// the screen does not suffice; what there is to say comes below the result.
func TestPager(t *testing.T) {
	dir := shop(t)
	screen := func(height int, pager string, args ...string) string {
		t.Helper()
		t.Setenv("E1_PAGER", pager)
		var out bytes.Buffer // both streams, as a terminal has them
		s := Streams{In: strings.NewReader(""), Out: &out, Err: &out, OutTTY: true, Width: 80, Height: height, Getenv: os.Getenv}
		if code := Run(context.Background(), append([]string{"-C", dir}, args...), s, "test"); code != 0 {
			t.Fatalf("e1 %q: %d %s", args, code, out.String())
		}
		return out.String()
	}
	t.Setenv("NO_COLOR", "1")
	const paged = "sed s/^/page:/"
	if got := screen(10, paged, "user", "list"); !strings.HasPrefix(got, "page:Код") {
		t.Errorf("a long table is not paged:\n%s", got)
	}
	for name, got := range map[string]string{
		"short":   screen(100, paged, "user", "list"),
		"plain":   screen(10, paged, "user", "list", "--plain"),
		"json":    screen(10, paged, "user", "list", "--json"),
		"file":    screen(10, paged, "user", "list", "-o", filepath.Join(dir, "..", "users")),
		"no size": screen(0, paged, "user", "list"),
	} {
		if strings.Contains(got, "page:") {
			t.Errorf("%s is paged:\n%s", name, got)
		}
	}
	// One that cannot be run loses nothing.
	if got := screen(10, "no-such-pager", "user", "list"); !strings.Contains(got, "petrova") || !strings.Contains(got, `the pager "no-such-pager" cannot be run`) {
		t.Errorf("without its pager the table is lost:\n%s", got)
	}
	// The order on the screen: the rows, then how many there are.
	for _, name := range []string{"А", "Б", "В"} {
		screen(0, "cat", "register", "clients", "name="+name, "-q")
	}
	for _, height := range []int{3, 100} {
		got := screen(height, paged, "list", "clients", "--limit", "2")
		if rows, rest := strings.Index(got, "CLI-000003"), strings.Index(got, "2 of 3"); rows < 0 || rest < rows {
			t.Errorf("height %d:\n%s", height, got)
		}
	}
}
