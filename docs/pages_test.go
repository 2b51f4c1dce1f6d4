package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/lint"
)

// The pages whose console blocks are executed, with the least number of
// commands each is to have.

func TestRepository(t *testing.T) { open(t, "repository.md").session(5) }

func TestRoutes(t *testing.T) { open(t, "routes.md").session(2) }

func TestForms(t *testing.T) { open(t, "forms.md").session(8) }

func TestTemplates(t *testing.T) { open(t, "templates.md").session(6) }

func TestRules(t *testing.T) { open(t, "rules.md").session(6) }

// TestFunctions writes the table of functions of forms.md.
func TestFunctions(t *testing.T) {
	var b strings.Builder
	b.WriteString("| function | gives |\n|---|---|\n")
	for _, f := range expr.Functions() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", f.Usage, f.Text)
	}
	open(t, "forms.md").table(b.String())
}

// TestProblemsOfRoutes writes the table of problems of routes.md.
func TestProblemsOfRoutes(t *testing.T) {
	var b strings.Builder
	b.WriteString("| code | name | severity | what is wrong |\n|---|---|---|---|\n")
	severities := lint.Severities()
	for _, c := range lint.Codes() {
		if strings.HasPrefix(c.Code, "R") {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Code, c.Slug, severities[c.Code], c.Summary)
		}
	}
	open(t, "routes.md").table(b.String())
}

// table compares or renews the table that a page says is written by its test.
func (p *page) table(rows string) {
	p.t.Helper()
	const begin, end = "<!-- This table is written by `go test ./docs -update`. -->\n", "<!-- End of the table. -->\n"
	before, rest, ok := strings.Cut(p.text, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		p.t.Fatalf("%s has no place for its table", p.name)
	}
	p.compare(before + begin + rows + end + after)
}

func TestReadme(t *testing.T) {
	open(t, "../README.md").session(2, "e1 init shop --sample -q && cd shop")
}
