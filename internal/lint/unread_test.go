package lint_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
)

// breakLine makes of a line of YAML one that is none, in one of several ways; ""
// where that way does not fit.
func breakLine(line string, way int) string {
	text := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(text)]
	switch way {
	case 0: // quotes that are not closed
		if i := strings.Index(line, ": "); i > 0 && !strings.ContainsAny(line, `"'#`) && !strings.HasSuffix(line, "}") {
			return line[:i+2] + `"` + line[i+2:]
		}
	case 1: // braces that are not closed
		if strings.HasSuffix(line, "}") && !strings.Contains(line, "#") {
			return strings.TrimSuffix(line, "}")
		}
	case 2: // indented by one less
		if len(indent) > 1 && !strings.HasPrefix(text, "- ") {
			return line[1:]
		}
	case 3: // a tab
		if len(indent) > 1 {
			return "\t" + text
		}
	}
	return ""
}

// TestSyntaxFaultsHideNothingAndAddNothing breaks the shipped definitions at one
// line after another: lint says so once, at a line of the broken entry, and
// nothing that only follows from what it cannot read, in no file.
func TestSyntaxFaultsHideNothingAndAddNothing(t *testing.T) {
	t.Parallel()
	all := shipped(t)
	tried, read := 0, 0
	for name, src := range all {
		if path.Ext(name) != ".yaml" || !slices.Contains([]string{"routes", "routes/tests", "forms", "directories", "reports", "rules", "imports", "calendars", "."}, path.Dir(name)) {
			continue
		}
		lines := strings.Split(src, "\n")
		for i, line := range lines {
			for way := range 4 {
				broken := breakLine(line, way)
				if broken == "" || strings.HasPrefix(strings.TrimSpace(line), "#") || (i+way+len(name))%every != 0 {
					continue
				}
				changed := files{}
				for n, s := range all {
					changed[n] = s
				}
				changed[name] = strings.Join(slices.Concat(lines[:i], []string{broken}, lines[i+1:]), "\n")
				defs := definition.New(changed)
				f, problems, err := defs.Parse(name)
				if err != nil {
					t.Fatal(err)
				}
				if len(problems) == 0 {
					continue // it is YAML all the same
				}
				tried++
				if f.Root != nil {
					read++
				}
				found, err := lint.Run(defs)
				if err != nil {
					t.Fatal(err)
				}
				var said []string
				for _, p := range found.Problems {
					if p.Code != "L002" {
						said = append(said, p.Headline())
					}
				}
				if len(said) != 1 || !strings.Contains(said[0], " Y0") {
					t.Errorf("%s:%d: %q\n%s", name, i+1, broken, strings.Join(said, "\n"))
				}
			}
		}
	}
	t.Logf("%d of %d broken files are read around the fault", read, tried)
	if tried < 60 || read*10 < tried*7 {
		t.Errorf("of %d broken files only %d were read around the fault", tried, read)
	}
}

const every = 61
