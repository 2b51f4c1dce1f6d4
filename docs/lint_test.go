package docs_test

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	e1 "github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/lint"
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

// withoutExample are the codes whose fault cannot be written into a file, with
// what it is instead.
var withoutExample = map[string]string{
	"D109": "the fault lies in git's own files, such as a commit that is lost",
	"D110": "the fault lies in the index, which nobody writes by hand",
}

const listMark = "<!-- From here on this page is written by `go test ./docs -update`. -->\n"

// TestLint writes the list of docs/lint.md from the codes of the program, and
// proves that each example has its fault and that its remedy is clean.
func TestLint(t *testing.T) {
	p := open(t, "lint.md")
	examples := &examples{}
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
			e, why := examples.read(t, c.Code), withoutExample[c.Code]
			switch {
			case e != nil && why != "":
				t.Errorf("%s has an example, and is said to have none", c.Code)
			case e != nil:
				section.WriteString(examples.show(t, c.Code, e))
			case why != "":
				fmt.Fprintf(&section, "\nNo example: %s.\n", why)
			default:
				t.Errorf("%s %s has no example: write testdata/lint/%s.txt", c.Code, c.Slug, c.Code)
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
	names, err := filepath.Glob("testdata/lint/*.txt")
	must(t, err)
	for code := range withoutExample {
		if !used[code] {
			t.Errorf("%s is no code, and is said to have no example", code)
		}
	}
	for _, name := range names {
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

func upperFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 || r[0] == '`' || strings.HasPrefix(s, "e1.yaml") || strings.HasPrefix(s, "org.yaml") {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
