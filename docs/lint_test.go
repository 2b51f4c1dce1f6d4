package docs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	e1 "github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/render"
)

// files is a source of definitions: the standard configuration with the sample
// organisation and what a test adds.
type files map[string][]byte

func (f files) Read(name string) ([]byte, error) {
	if data, ok := f[name]; ok {
		return data, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (f files) List(dir, suffix string) ([]string, error) {
	var out []string
	for name := range f {
		if path.Dir(name) == dir && strings.HasSuffix(name, suffix) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

func standard(t *testing.T) files {
	t.Helper()
	out := files{}
	for _, from := range []fs.FS{e1.Forms, e1.Routes, e1.Reports} {
		must(t, fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				out[name], err = fs.ReadFile(from, name)
			}
			return err
		}))
	}
	const template = "repo-template/"
	must(t, fs.WalkDir(e1.Template, "repo-template", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out[strings.TrimPrefix(name, template)], err = fs.ReadFile(e1.Template, name)
		}
		return err
	}))
	out["org.yaml"] = out["sample/org.yaml"]
	return out
}

// example is testdata/lint/<CODE>.txt: the name of a file, then its text with
// the fault between « and » and its remedy behind it between ‹ and ›.
type example struct{ file, bad, good string }

func readExample(t *testing.T, code string) *example {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "lint", code+".txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	must(t, err)
	file, text, _ := strings.Cut(string(data), "\n")
	strip := strings.NewReplacer("«", "", "»", "", "‹", "", "›", "")
	version := func(text string) string { return strings.TrimRight(strip.Replace(text), "\n") + "\n" }
	return &example{file, version(without(text, "‹", "›")), version(without(text, "«", "»"))}
}

// without removes what stands between two marks.
func without(text, from, to string) string {
	for {
		i := strings.Index(text, from)
		if i < 0 {
			return text
		}
		n := strings.Index(text[i:], to)
		text = text[:i] + text[i+n+len(to):]
	}
}

// problemsOf checks a text as its file in the standard repository, or as a
// document.
func problemsOf(t *testing.T, file, text string) diag.List {
	t.Helper()
	if strings.HasPrefix(file, "documents/") {
		_, problems := document.ReadFile(file, []byte(text))
		return problems
	}
	source := standard(t)
	for name := range source {
		// What nothing refers to only costs time.
		for _, dir := range []string{"routes/", "reports/", "imports/", "sample/"} {
			if strings.HasPrefix(name, dir) {
				delete(source, name)
			}
		}
	}
	source[file] = []byte(text)
	found, err := lint.Run(definition.New(source), file)
	must(t, err)
	return found.Problems
}

// families says which letter is whose.
var families = []struct{ letter, title, file string }{
	{"Y", "YAML, in every file", ""},
	{"R", "Routes", "routes.md"},
	{"F", "Forms and directories", "forms.md"},
	{"P", "Reports", "reports.md"},
	{"I", "Imports", "imports.md"},
	{"C", "Working calendars", ""},
	{"O", "The organisation", ""},
	{"S", "Settings", ""},
	{"D", "Documents (reported by `e1 check` and `e1 commit`)", "repository.md"},
	{"L", "Ignore comments", ""},
}

const listMark = "<!-- From here on this page is written by `go test ./docs -update`. -->\n"

// TestLint writes the list of docs/lint.md from the codes of the program, and
// proves that each example has its fault and that its remedy is clean.
func TestLint(t *testing.T) {
	p := open(t, "lint.md")
	var b strings.Builder
	used := map[string]bool{}
	for _, family := range families {
		section := strings.Builder{}
		for _, c := range lint.Codes() {
			if !strings.HasPrefix(c.Code, family.letter) || used[c.Code] {
				continue
			}
			used[c.Code] = true
			if c.Summary == "" {
				t.Errorf("%s %s has no summary", c.Code, c.Slug)
			}
			fmt.Fprintf(&section, "\n### %s %s\n\n%s.\n", c.Code, c.Slug, upperFirst(c.Summary))
			if e := readExample(t, c.Code); e != nil {
				section.WriteString(showExample(t, c.Code, e))
			}
		}
		if section.Len() > 0 {
			fmt.Fprintf(&b, "\n## %s\n", family.title)
			if family.file != "" {
				fmt.Fprintf(&b, "\nReference: [%s](%s).\n", family.file, family.file)
			}
			b.WriteString(section.String())
		}
	}
	for _, c := range lint.Codes() {
		if !used[c.Code] {
			t.Errorf("%s belongs to no section of lint.md", c.Code)
		}
	}
	examples, err := filepath.Glob("testdata/lint/*.txt")
	must(t, err)
	for _, name := range examples {
		if code := strings.TrimSuffix(filepath.Base(name), ".txt"); !used[code] {
			t.Errorf("%s is an example of no code", name)
		}
	}
	head, _, ok := strings.Cut(p.text, listMark)
	if !ok {
		t.Fatal("lint.md has no mark where its list begins")
	}
	p.compare(head + listMark + b.String())
}

// showExample is the file with its fault, what lint says, and the remedy.
func showExample(t *testing.T, code string, e *example) string {
	t.Helper()
	problems := problemsOf(t, e.file, e.bad)
	if !slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.Code == code }) {
		t.Errorf("the example of %s does not have it: %v", code, problems)
	}
	if rest := problemsOf(t, e.file, e.good); len(rest) > 0 {
		t.Errorf("the remedy of %s is not clean: %v\n%s", code, rest, e.good)
	}
	var said bytes.Buffer
	must(t, (render.Style{Width: 100, Language: "en"}).Problems(&said, "text", render.Problems{
		List: problems, Source: func(string) []byte { return []byte(e.bad) },
	}))
	return fmt.Sprintf("\n```diff\n%s```\n\n```\n%s```\n", difference(e.bad, e.good), trimLines(said.String())+"\n")
}

// shown makes control characters visible.
var shown = strings.NewReplacer("\t", "→ ", "\a", "␇")

// difference marks the lines of the bad text with -, those of the good with +.
func difference(bad, good string) string {
	a, b := slices.Collect(strings.Lines(bad)), slices.Collect(strings.Lines(good))
	var out strings.Builder
	write := func(mark string, lines []string) {
		for _, line := range lines {
			out.WriteString(strings.TrimRight(mark+shown.Replace(line), "\n") + "\n")
		}
	}
	// Few lines: the longest common part is found by trying.
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(a) > 0 && len(b) > 0 && a[0] == b[0]:
			write("  ", a[:1])
			a, b = a[1:], b[1:]
		case len(a) > 0 && !slices.Contains(b, a[0]):
			write("- ", a[:1])
			a = a[1:]
		case len(b) > 0 && !slices.Contains(a, b[0]):
			write("+ ", b[:1])
			b = b[1:]
		case len(a) > 0:
			write("- ", a[:1])
			a = a[1:]
		default:
			write("+ ", b[:1])
			b = b[1:]
		}
	}
	return out.String()
}

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 || r[0] == '`' || strings.HasPrefix(s, "e1.yaml") || strings.HasPrefix(s, "org.yaml") {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
