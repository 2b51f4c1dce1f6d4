package lint_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/form"
)

// TestEverythingRenamed gives every field and column of the shipped forms
// another name. What uses the former names, expressions, routes, rules,
// reports, imports, templates and tests of routes, means what it did.
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
	if got := headlines(t, f); len(got) > 0 {
		t.Errorf("%d names were given up, and now:\n%s", renamed, strings.Join(got, "\n"))
	}
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

func imports(t *testing.T, defs *definition.Set) []*definition.Import {
	t.Helper()
	all, err := defs.Imports()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
