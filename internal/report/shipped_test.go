package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// top is the root of the project's repository.
const top = "../.."

// shipped are the definitions of "E1 Sales".
func shipped(t testing.TB) *Definitions {
	t.Helper()
	var forms []*form.Form
	var dirs []*form.Directory
	for _, f := range files(t, "forms/*.yaml") {
		got, problems := form.Parse(f)
		refuse(t, problems)
		forms = append(forms, got)
	}
	for _, f := range files(t, "repo-template/directories/*.yaml") {
		got, problems := form.ParseDirectory(f)
		refuse(t, problems)
		dirs = append(dirs, got)
	}
	people, problems := org.Parse(files(t, "repo-template/org.yaml")[0])
	refuse(t, problems)
	set, problems := form.Link(forms, dirs, people, nil)
	refuse(t, problems)
	return &Definitions{Set: set, Language: "ru"}
}

// files parses the files of the project that match a pattern; there must be some.
func files(t testing.TB, pattern string) []*yamlsrc.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(top, pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no files (%v)", pattern, err)
	}
	var out []*yamlsrc.File
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, problems := yamlsrc.Parse(strings.TrimPrefix(filepath.ToSlash(name), top+"/"), src)
		refuse(t, problems)
		out = append(out, f)
	}
	return out
}

func refuse(t testing.TB, problems diag.List) {
	t.Helper()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
}

func TestShippedReports(t *testing.T) {
	d := shipped(t)
	for _, f := range files(t, "reports/*.yaml") {
		t.Run(filepath.Base(f.Name), func(t *testing.T) {
			r, problems := Parse(f)
			refuse(t, append(problems, r.Link(d)...))
			for _, lang := range []string{"ru", "en"} {
				if r.Title[lang] == "" {
					t.Errorf("no title in %s", lang)
				}
				result, err := r.Run(Run{Source: &memory{}, Names: d, Value: d.Value, Now: noon(), Language: lang})
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range result.Columns {
					if c.Title == c.Name && c.Name != "kind" {
						t.Errorf("column %q has no title in %s", c.Name, lang)
					}
				}
				for _, p := range result.Params {
					if p.Title == p.Name {
						t.Errorf("parameter %q has no title in %s", p.Name, lang)
					}
				}
			}
		})
	}
}
