package e1

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/e1-dms/e1"

// packages is the import table: a package may import only packages above it.
// docs/architecture.md shows the same one. Pure packages do no input or
// output and know no clock.
var packages = []struct {
	name, line string
	pure       bool
}{
	{"diag", "a problem at a place in a file; sorting; snippets", true},
	{"yamlsrc", "strict YAML with positions; canonical writer; line-preserving edits", true},
	{"settings", "`e1.yaml`, with places for problems", true},
	{"requisite", "INN, KPP, OGRN, BIK, accounts, phones", true},
	{"worktime", "working calendars, durations `4wh` `2wd` `3d`, deadlines", true},
	{"expr", "typed expressions over cards: compile, evaluate, analyse, positions", true},
	{"decide", "whether conditions can hold together, and for which values", true},
	{"org", "employees, departments, roles, substitutes", true},
	{"document", "one document, read and written canonically", true},
	{"form", "card forms and directories: fields, types, checks, input, numbers", true},
	{"template", "letters and typical documents from cards", true},
	{"route", "route definitions", true},
	{"rule", "auto-processing rules", true},
	{"soundness", "whether a net can get stuck: reduction, exploration, witnesses", true},
	{"engine", "the pure transition function of routes", true},
	{"diagram", "a route drawn: tree, SVG, Mermaid, DOT", true},
	{"trial", "tests of routes, their coverage, simulations", true},
	{"message", "a mail message of the real world, read tolerantly", true},
	{"filetext", "the text of attached files", true},
	{"intake", "a message → a card, purely", true},
	{"report", "report definitions and their evaluation", true},
	{"definition", "all definitions of one state of a repository, each read when asked for", true},
	{"lint", "checks over all definitions", true},
	{"schema", "JSON Schemas of a repository's definitions, for editors", true},
	{"lintout", "problems in the formats of other programs: SARIF, JUnit, GitHub, GitLab", true},
	{"filelock", "files that one process at a time holds", false},
	{"wholefile", "files of the user's replaced as a whole", false},
	{"gitstore/gitindex", "git's index file, plain and split, patched in place", false},
	{"gitstore", "objects, commits, refs, git's index, locks, recovery", false},
	{"index/sqlitefile", "sorted rows written as the pages of a SQLite file", false},
	{"index", "the derived SQLite index", false},
	{"query", "expressions as conditions of the index; the index as a source of reports", false},
	{"repo", "paths ↔ typed values; transactions", false},
	{"maildir", "Maildir and spool folders: list, mark, move", false},
	{"outbox", "outgoing letters: queue, SMTP and sendmail", false},
	{"office", "what people do with documents: one operation, one transaction, one commit", false},
	{"demo", "lifelike data, seeded", false},
	{"config", "settings of a run: flag > environment > file > default", false},
	{"render", "everything printed: tables, cards, calendars, charts, JSON", false},
	{"cli", "commands", false},
}

// owners are the packages that alone may import a library.
var owners = map[string]string{
	"gopkg.in/yaml.v3":                      "yamlsrc",
	"github.com/expr-lang/expr":             "expr",
	"github.com/go-git/go-git/v5":           "gitstore",
	"github.com/gofrs/flock":                "filelock",
	"modernc.org/sqlite":                    "index",
	"github.com/blevesearch/snowballstem":   "index",
	"github.com/spf13/viper":                "config",
	"github.com/olekukonko/tablewriter":     "render",
	"github.com/schollz/progressbar/v3":     "render",
	"github.com/spf13/cobra":                "cli",
	"github.com/xuri/excelize/v2":           "render",
	"github.com/wneessen/go-mail":           "outbox",
	"github.com/emersion/go-ical":           "render",
	"golang.org/x/text/encoding":            "message",
	"golang.org/x/net/html":                 "message",
	"github.com/rogpeppe/go-internal":       "",
	"github.com/santhosh-tekuri/jsonschema": "",
	"github.com/owenrumney/go-sarif":        "",
	"pgregory.net/rapid":                    "",
	"github.com/google/go-cmp":              "",
}

// impure are the standard packages that reach outside.
var impure = []string{"os", "os/exec", "os/signal", "net", "net/http", "net/smtp", "syscall", "math/rand", "math/rand/v2", "crypto/rand", "io/ioutil"}

// forbidden are names that say nothing.
var forbidden = []string{"util", "utils", "common", "types", "model", "models", "helper", "helpers", "base", "misc", "shared"}

const maxLines = 700

func TestImportTable(t *testing.T) {
	rank := map[string]int{}
	for i, p := range packages {
		rank[p.name] = i
	}
	seen := map[string]bool{}
	eachGoFile(t, "internal", func(name string) {
		pkg := strings.TrimPrefix(path.Dir(name), "internal/")
		at, known := rank[pkg]
		if !known && (strings.HasSuffix(name, "_test.go") || path.Base(name) == "doc.go") {
			return // a folder of tests only
		}
		if !known {
			if !seen[pkg] {
				t.Errorf("package %q is not in the import table", pkg)
			}
			seen[pkg] = true
			return
		}
		seen[pkg] = true
		if strings.HasSuffix(name, "_test.go") {
			return // tests may look around, as long as there is no cycle
		}
		for _, imported := range importsOf(t, name) {
			inner, ok := strings.CutPrefix(imported, module+"/internal/")
			switch {
			case ok:
				if other, ok := rank[inner]; !ok || other >= at {
					t.Errorf("%s: %q may not import %q, which is not above it in the table", name, pkg, inner)
				}
			case packages[at].pure && slices.Contains(impure, imported):
				t.Errorf("%s: %q is pure and may not import %q", name, pkg, imported)
			}
		}
	})
	for _, p := range packages {
		if !seen[p.name] {
			t.Errorf("the import table names %q, which does not exist", p.name)
		}
	}
}

// TestPureKnowsNoClock finds calls that would make a pure package's answer
// depend on when it is asked.
func TestPureKnowsNoClock(t *testing.T) {
	for _, p := range packages {
		if !p.pure {
			continue
		}
		eachGoFile(t, "internal/"+p.name, func(name string) {
			if strings.HasSuffix(name, "_test.go") {
				return
			}
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Obj == nil && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Tick", "Sleep"}, sel.Sel.Name) {
					t.Errorf("%s: time.%s in a pure package", files.Position(sel.Pos()), sel.Sel.Name)
				}
				return true
			})
		})
	}
}

func TestLibrariesHaveOneOwner(t *testing.T) {
	for _, root := range []string{"internal", "cmd"} {
		eachGoFile(t, root, func(name string) {
			if strings.HasSuffix(name, "_test.go") {
				return
			}
			pkg := strings.TrimPrefix(path.Dir(name), "internal/")
			for _, imported := range importsOf(t, name) {
				for library, owner := range owners {
					if imported != library && !strings.HasPrefix(imported, library+"/") {
						continue
					}
					if owner == "" {
						t.Errorf("%s: %q is for tests only", name, imported)
					} else if pkg != owner {
						t.Errorf("%s: only %q may import %q", name, owner, imported)
					}
				}
			}
		})
	}
}

func TestFilesAreShortAndPackagesNamed(t *testing.T) {
	eachGoFile(t, ".", func(name string) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(src), "\n"); n > maxLines {
			t.Errorf("%s has %d lines, more than %d", name, n, maxLines)
		}
		for part := range strings.SplitSeq(path.Dir(name), "/") {
			if slices.Contains(forbidden, part) {
				t.Errorf("%s: a package called %q says nothing", name, part)
			}
		}
	})
}

// TestArchitectureShowsTheTable holds docs/architecture.md against the table.
func TestArchitectureShowsTheTable(t *testing.T) {
	src, err := os.ReadFile(filepath.Join("docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	sole := map[string][]string{}
	for library, owner := range owners {
		if owner != "" {
			sole[owner] = append(sole[owner], library)
		}
	}
	var want []string
	for _, p := range packages {
		want = append(want, fmt.Sprintf("| `%s` | %s |", p.name, p.line))
	}
	var got []string
	for line := range strings.SplitSeq(string(src), "\n") {
		if strings.HasPrefix(line, "| `") {
			cells := strings.SplitN(line, " | ", 3)
			if len(cells) == 3 {
				got = append(got, cells[0]+" | "+cells[1]+" |")
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/architecture.md shows another table than arch_test.go:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for owner, libraries := range sole {
		for _, library := range libraries {
			if used(t, owner, library) && !strings.Contains(string(src), library) {
				t.Errorf("docs/architecture.md does not say that %q owns %s", owner, library)
			}
		}
	}
}

// used reports whether a package imports a library.
func used(t *testing.T, pkg, library string) bool {
	found := false
	eachGoFile(t, "internal/"+pkg, func(name string) {
		for _, imported := range importsOf(t, name) {
			found = found || imported == library || strings.HasPrefix(imported, library+"/")
		}
	})
	return found
}

func eachGoFile(t *testing.T, root string, fn func(name string)) {
	t.Helper()
	err := filepath.WalkDir(filepath.FromSlash(root), func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && name != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata") {
			return fs.SkipDir
		}
		if !e.IsDir() && strings.HasSuffix(name, ".go") {
			fn(filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func importsOf(t *testing.T, name string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(f.Imports))
	for i, spec := range f.Imports {
		if out[i], err = strconv.Unquote(spec.Path.Value); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
