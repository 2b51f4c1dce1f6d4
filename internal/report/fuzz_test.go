package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// FuzzSplit checks that cutting aggregates out of a formula keeps every place.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{`count(status == "a)") * 100 / count()`, `sum(`, `avg(x, y), max((`, "`sum(`", `"\`, `Ж + min(ё)`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, formula string) {
		rest, calls := split(formula)
		if utf8.RuneCountInString(rest) != utf8.RuneCountInString(formula) {
			t.Fatalf("%q became %q", formula, rest)
		}
		text := []rune(formula)
		for _, a := range calls {
			_ = a.shape()
			for _, e := range []*Expression{a.Arg, a.Cond} {
				if e != nil && !strings.HasPrefix(string(text[e.from:]), e.Text) {
					t.Fatalf("%q: argument %q is not at %d", formula, e.Text, e.from)
				}
			}
		}
	})
}

// FuzzReport reads and links whatever it is given, and runs what has no errors.
func FuzzReport(f *testing.F) {
	for _, seed := range []string{byManager, "report: x\nform: works\ncolumns: [number]\nsort: [-number]\nlimit: 1\n", "report: x\nform: works\ngroup: [{by: held, per: week}]\ncompute: [{column: a, value: a}]\n"} {
		f.Add(strings.ReplaceAll(strings.TrimLeft(seed, "\n"), "by-manager", "x"))
	}
	d := definitions(f)
	f.Fuzz(func(t *testing.T, text string) {
		file, problems := yamlsrc.Parse("reports/x.yaml", []byte(text))
		if problems.HasErrors() {
			return
		}
		r, more := Parse(file)
		more = append(more, r.Link(d)...)
		result, err := r.Run(Run{Source: sample(d), Names: d, Value: d.Value, Now: noon()})
		if more.HasErrors() {
			if err == nil {
				t.Fatalf("a report with errors ran: %v", more)
			}
			return
		}
		if err != nil {
			return // a required parameter, an overflow
		}
		for _, row := range result.Rows {
			if len(row) != len(result.Columns) {
				t.Fatalf("%d cells in %d columns", len(row), len(result.Columns))
			}
		}
	})
}
