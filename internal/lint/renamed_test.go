package lint_test

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/lint"
)

// TestEverythingRenamed gives every field and column of the shipped forms
// another name. What uses the former names, expressions, routes, rules,
// reports, imports, templates and tests of routes, means what it did; each use
// is noted at its place, and nothing else is said.
func TestEverythingRenamed(t *testing.T) {
	t.Parallel()
	f := shipped(t)
	set, err := definition.New(f).Forms()
	if err != nil {
		t.Fatal(err)
	}
	renamed := 0
	for _, of := range set.Forms() {
		name := "forms/" + of.Name + ".yaml"
		for _, field := range of.Fields() {
			out, err := form.SetField(name, []byte(f[name]), field.Name, []form.FieldKey{{Key: "field", Value: field.Name + "_now"}})
			if err != nil {
				t.Fatal(err)
			}
			f[name] = string(out)
			renamed++
		}
		// What still has its name is a column.
		f[name] = regexp.MustCompile(`- \{field: (\w+), type:`).ReplaceAllStringFunc(f[name], func(s string) string {
			column := strings.TrimSuffix(strings.TrimPrefix(s, "- {field: "), ", type:")
			if strings.HasSuffix(column, "_now") {
				return s
			}
			renamed++
			return "- {field: " + column + "_now, was: [" + column + "], type:"
		})
	}
	if renamed < 100 {
		t.Fatalf("only %d names were found", renamed)
	}
	means := func(f files) {
		t.Helper()
		defs := definition.New(f)
		base, err := defs.Trial()
		if err != nil {
			t.Fatal(err)
		}
		tests, err := defs.RouteTests()
		if err != nil || len(tests) == 0 {
			t.Fatal(len(tests), err)
		}
		for _, file := range tests {
			for _, r := range base.Run(file.File) {
				for _, p := range r.Problems {
					t.Error(p.Headline())
				}
			}
		}
		for _, in := range imports(t, defs) {
			if in.Def == nil {
				t.Errorf("import %q: %v", in.Name, in.Problems)
			}
		}
	}
	means(f)

	// Lint says nothing but that they are former names, and where.
	found, err := lint.Run(definition.New(f))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for i := len(found.Problems) - 1; i >= 0; i-- { // from behind, so that places stay what they are
		p := found.Problems[i]
		if p.Code != "R092" || p.Severity != diag.Note {
			t.Error(p.Headline())
			continue
		}
		kinds[path.Dir(p.At.File)]++
		lines := strings.Split(f[p.At.File], "\n")
		line := []rune(lines[p.At.Start.Line-1])
		was, now := string(line[p.At.Start.Column-1:p.At.End.Column-1]), strings.TrimPrefix(p.Help, "write ")
		if was+"_now" != now || p.Message != fmt.Sprintf("%q is called %q now", was, now) {
			t.Errorf("%q stands there: %s; %s", was, p.Headline(), p.Help)
		}
		lines[p.At.Start.Line-1] = string(line[:p.At.Start.Column-1]) + now + string(line[p.At.End.Column-1:])
		f[p.At.File] = strings.Join(lines, "\n")
	}
	for _, kind := range []string{"forms", "routes", "routes/tests", "rules", "reports", "imports", "templates"} {
		if kinds[kind] == 0 {
			t.Errorf("no former name is noted in %s", kind)
		}
	}

	// With every one of them put right, the former names are not needed any more.
	for _, of := range set.Forms() {
		name := "forms/" + of.Name + ".yaml"
		f[name] = regexp.MustCompile(`, was: (\[\w+\]|\w+)`).ReplaceAllString(f[name], "")
	}
	if got := headlines(t, f); len(got) > 0 {
		t.Errorf("without former names:\n%s", strings.Join(got, "\n"))
	}
	means(f)
}

func imports(t *testing.T, defs *definition.Set) []*definition.Import {
	t.Helper()
	all, err := defs.Imports()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
