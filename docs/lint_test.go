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

// readExample reads testdata/lint/<CODE>.txt, nil when there is none.
func readExample(t *testing.T, code string) *lint.Example {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "lint", code+".txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	must(t, err)
	e := lint.ParseExample(string(data))
	return &e
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
			if strings.HasPrefix(name, dir) && !strings.HasPrefix(file, definition.RouteTestsDir) {
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
	{"B", "Route tests", "route-tests.md"},
	{"F", "Forms and directories", "forms.md"},
	{"P", "Reports", "reports.md"},
	{"I", "Imports", "imports.md"},
	{"A", "Auto-processing rules", "rules.md"},
	{"T", "Templates", "templates.md"},
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
func showExample(t *testing.T, code string, e *lint.Example) string {
	t.Helper()
	// A directory or calendar of an example stands alone: only its own example
	// is about nothing referring to it.
	seen := func(text string) diag.List {
		return slices.DeleteFunc(problemsOf(t, e.File, text), func(p diag.Problem) bool { return p.Code == "R008" && code != "R008" })
	}
	problems := seen(e.Bad)
	if !slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.Code == code }) {
		t.Errorf("the example of %s does not have it: %v", code, problems)
	}
	for _, p := range problems {
		if p.Code == code && p.Severity != lint.Severities()[code] {
			t.Errorf("%s is listed as %s, but its example gives %s", code, lint.Severities()[code], p.Severity)
		}
	}
	if rest := seen(e.Good); len(rest) > 0 {
		t.Errorf("the remedy of %s is not clean: %v\n%s", code, rest, e.Good)
	}
	var said bytes.Buffer
	must(t, (render.Style{Width: 100, Language: "en"}).Problems(&said, "text", render.Problems{
		List: problems, Source: func(string) []byte { return []byte(e.Bad) },
	}))
	return fmt.Sprintf("\n```diff\n%s```\n\n```\n%s```\n", e.Difference(), trimLines(said.String())+"\n")
}

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 || r[0] == '`' || strings.HasPrefix(s, "e1.yaml") || strings.HasPrefix(s, "org.yaml") {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
