package lint_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
				if broken == "" || strings.HasPrefix(strings.TrimSpace(line), "#") || !soak && (i+way+len(name))%53 != 0 {
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
	if tried < 50 || read*10 < tried*7 {
		t.Errorf("of %d broken files only %d were read around the fault", tried, read)
	}
}

// TestSyntaxFaultsBesideOthers: faults of syntax in several entries of a file are
// told, each once, and so is what is wrong with the other entries.
func TestSyntaxFaultsBesideOthers(t *testing.T) {
	f := shipped(t)
	f["routes/mixed.yaml"] = `route: mixed
for: contracts
start: by hand
steps:
- {task: A, who: role lawyer, titel: x}
- {task: B, who: role lawyer
- task: C
  id: c
  who: "role lawyer
  due: 2wd
- {task: D, who: role lawer}
- task: E
  who: role lawyer
 due: 2wd
- {task: F, who: role lawyer, if: amuont > 5}
- task: G
	who: role lawyer
- {task: H, id: h, who: role lawyer, outcomes: {yes: next, no: {go: c, max: 2, else: {end: x}}, maybe: {go: cc, max: 2, else: {end: x}}}}
`
	want := []string{
		`5:31 R001 step: unknown key "titel"; did you mean "title"?`,
		"6:3 Y001 a mapping `{…}` is not complete or not well written",
		`9:8 Y001 quotes are opened and not closed`,
		`11:18 R007 unknown role "lawer"; did you mean "lawyer"?`,
		"14:2 Y001 the indentation of 1 space fits nothing above",
		`15:35 R006 unknown name "amuont"`,
		`17:1 Y013 tab in the indentation`,
		`18:109 R005 unknown step "cc"; known: "h"`,
	}
	found, err := lint.Run(definition.New(f), "routes/mixed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range found.Problems {
		got = append(got, p.At.Start.String()+" "+p.Code+" "+p.Message)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
