package lint_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/demo"
	"github.com/e1-dms/e1/internal/lint"
)

var headline = regexp.MustCompile(`^(.+?):(\d+):(\d+): (error|warning|note) ([A-Z]\d{3}) ([a-z-]+): (.*)$`)

// FuzzDefinitions puts any text in the place of a definition of each kind: the
// whole linter finds no panic, every place lies in its file, every code is
// known, and the second run says the same.
func FuzzDefinitions(f *testing.F) {
	kinds := []string{
		"e1.yaml", "org.yaml", "forms/clients.yaml", "directories/work_kinds.yaml", "calendars/ru.yaml",
		"routes/retail.yaml", "imports/web-orders.yaml", "reports/works-by-manager.yaml", "routes/tests/retail.yaml",
		"rules/answer-order.yaml", "templates/invoice-letter.txt",
	}
	base := shipped(f)
	for i, file := range kinds {
		f.Add(uint8(i), base[file])
		for _, cut := range []int{3, 2} {
			f.Add(uint8(i), base[file][:len(base[file])/cut])
		}
		f.Add(uint8(i), strings.ReplaceAll(base[file], ": ", ": ["))
		f.Add(uint8(i), strings.ReplaceAll(base[file], "{", ""))
	}
	_, text := demo.Route(3)
	f.Add(uint8(5), text)
	// What the other files refer to most is enough; the rest costs time only.
	small := files{}
	for name, src := range base {
		if !strings.HasPrefix(name, "sample/") && !strings.HasPrefix(name, "reports/") && !strings.HasPrefix(name, "routes/") {
			small[name] = src
		}
	}
	for _, file := range kinds {
		small[file] = base[file]
	}
	known := map[string]bool{}
	for _, c := range lint.Codes() {
		known[c.Code] = true
	}
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		all := files{}
		for name, src := range small {
			all[name] = src
		}
		all[kinds[int(kind)%len(kinds)]] = text
		found, err := lint.Run(definition.New(all))
		if err != nil {
			t.Fatal(err)
		}
		again, err := lint.Run(definition.New(all))
		if err != nil || len(again.Problems) != len(found.Problems) {
			t.Fatalf("the second run finds %d problems, not %d", len(again.Problems), len(found.Problems))
		}
		for i, p := range found.Problems {
			if p.Headline() != again.Problems[i].Headline() {
				t.Errorf("the second run says %s\nthe first %s", again.Problems[i].Headline(), p.Headline())
			}
			if !headline.MatchString(p.Headline()) || !known[p.Code] {
				t.Errorf("no headline of a known code: %q", p.Headline())
			}
			lines := strings.Split(all[p.At.File], "\n")
			if !utf8.ValidString(all[p.At.File]) || !slices.Contains(found.Files, p.At.File) {
				continue // columns of what is no text are anybody's guess
			}
			for _, at := range []struct{ line, column int }{{p.At.Start.Line, p.At.Start.Column}, {p.At.End.Line, p.At.End.Column}} {
				if at.line == 0 && at.column == 0 {
					continue
				}
				if at.line < 1 || at.line > max(len(lines), 1) || at.column < 1 || at.column > utf8.RuneCountInString(lines[at.line-1])+1 {
					t.Errorf("%d:%d lies outside of the file: %s", at.line, at.column, p.Headline())
				}
			}
		}
	})
}
