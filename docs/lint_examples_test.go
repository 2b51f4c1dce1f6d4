package docs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/render"
)

// examples executes the examples of lint.md. Each version of one becomes what
// the program says of it, as people see it.
type examples struct {
	data *shell // with a repository in the folder shop, for examples of data
}

// read reads testdata/lint/<CODE>.txt, nil when there is none.
func (x *examples) read(t *testing.T, code string) lint.Example {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "lint", code+".txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	must(t, err)
	return lint.ParseExample(string(text))
}

// headline is what the first line of a problem looks like for ever.
var headline = regexp.MustCompile(`(?m)^(.+?):(\d+):(\d+): (error|warning|note) ([A-Z]\d{3}) ([a-z-]+): (.*)$`)

// show is the fault, what is said of it, and the remedy.
func (x *examples) show(t *testing.T, code string, e lint.Example) string {
	t.Helper()
	bad, good := map[string]string{}, map[string]string{}
	for _, f := range e {
		bad[f.Path], good[f.Path] = lint.Whole(f.Bad), lint.Whole(f.Good)
	}
	said := x.say(t, code, bad)
	found := false
	for _, m := range headline.FindAllStringSubmatch(said, -1) {
		if m[5] != code {
			continue
		}
		found = true
		if want := lint.Severities()[code].String(); m[4] != want {
			t.Errorf("%s is listed as %s, but its example gives %s", code, want, m[4])
		}
	}
	if !found {
		t.Errorf("the example of %s does not have it: %s", code, said)
	}
	if rest := x.say(t, code, good); rest != "" {
		t.Errorf("the remedy of %s is not clean: %s", code, rest)
	}
	var out strings.Builder
	for _, f := range e {
		if len(e) > 1 {
			fmt.Fprintf(&out, "\n`%s`:\n", f.Path)
		}
		fmt.Fprintf(&out, "\n```diff\n%s```\n", f.Difference())
	}
	fmt.Fprintf(&out, "\n```\n%s```\n", trimLines(strings.ToValidUTF8(said, "�"))+"\n")
	return out.String()
}

// say gives what the program says of some files.
func (x *examples) say(t *testing.T, code string, texts map[string]string) string {
	t.Helper()
	if code >= "D100" && code < "E" || code == lint.Stranded.Code {
		return x.sayOfData(t, code, texts)
	}
	problems := problemsOf(t, code, texts)
	if len(problems) == 0 {
		return ""
	}
	var said bytes.Buffer
	must(t, (render.Style{Width: 100, Language: "en"}).Problems(&said, "text", render.Problems{
		List: problems, Source: func(file string) []byte { return []byte(texts[file]) },
	}))
	return said.String()
}

// problemsOf checks texts as files of the standard repository, or as documents.
func problemsOf(t *testing.T, code string, texts map[string]string) diag.List {
	t.Helper()
	source, test := standard(t), false
	var names []string
	for name, text := range texts {
		if strings.HasPrefix(name, "documents/") {
			_, problems := document.ReadFile(name, []byte(text))
			return problems
		}
		test = test || strings.HasPrefix(name, definition.RouteTestsDir)
		names = append(names, name)
	}
	for name := range source {
		// What nothing refers to only costs time.
		for _, dir := range []string{"routes/", "reports/", "imports/", "sample/"} {
			if strings.HasPrefix(name, dir) && !test {
				delete(source, name)
			}
		}
	}
	for name, text := range texts {
		if source[name] = []byte(text); text == "" {
			delete(source, name)
		}
	}
	defs := definition.New(source)
	if code == "B020" || code == "B021" {
		return tried(t, defs, names)
	}
	slices.Sort(names)
	found, err := lint.Run(defs, names...)
	must(t, err)
	// A directory or calendar of an example stands alone: only its own example
	// is about nothing referring to it.
	return slices.DeleteFunc(found.Problems, func(p diag.Problem) bool { return p.Code == "R008" && code != "R008" })
}

// tried runs route tests.
func tried(t *testing.T, defs *definition.Set, names []string) diag.List {
	t.Helper()
	base, err := defs.Trial()
	must(t, err)
	tests, err := defs.RouteTests()
	must(t, err)
	var out diag.List
	for _, test := range tests {
		if !slices.Contains(names, test.Source.Name) {
			continue
		}
		if out = append(out, test.Problems...); len(out) > 0 {
			continue
		}
		for _, result := range base.Run(test.File) {
			out = append(out, result.Problems...)
		}
	}
	return out
}

// sayOfData commits files in a new repository and gives what `e1 check` says
// of them, or `e1 commit` where that does not let the fault in.
func (x *examples) sayOfData(t *testing.T, code string, texts map[string]string) string {
	t.Helper()
	if x.data == nil {
		x.data = newShell(t)
		if out, err := x.data.run("e1 init shop --sample -q"); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	var script strings.Builder
	script.WriteString("set -e; rm -rf trial; cp -r shop trial; cd trial\n")
	for name, text := range texts {
		if to, link := strings.CutPrefix(text, "-> "); link {
			fmt.Fprintf(&script, "mkdir -p $(dirname %[1]s); ln -s %[2]s %[1]s\n", name, strings.TrimSpace(to))
		} else if text != "" {
			fmt.Fprintf(&script, "mkdir -p $(dirname %[1]s); cat > %[1]s <<'E1-DOCS'\n%[2]sE1-DOCS\n", name, text)
		}
	}
	if code == lint.DataUnusable.Code {
		script.WriteString("e1 commit -q || true\n")
	} else {
		script.WriteString("git add -A; git commit -qm 'By hand'; e1 check 2>/dev/null || true\n")
	}
	out, err := x.data.run(script.String())
	if err != nil {
		t.Fatalf("%s: %v: %s", code, err, out)
	}
	return out
}
