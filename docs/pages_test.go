package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/expr"
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
	const begin, end = "<!-- This table is written by `go test ./docs -update`. -->\n", "<!-- End of the table. -->\n"
	p := open(t, "forms.md")
	before, rest, ok := strings.Cut(p.text, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("forms.md has no place for the functions")
	}
	var b strings.Builder
	b.WriteString("| function | gives |\n|---|---|\n")
	for _, f := range expr.Functions() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", f.Usage, f.Text)
	}
	p.compare(before + begin + b.String() + end + after)
}

func TestReadme(t *testing.T) {
	open(t, "../README.md").session(2, "e1 init shop --sample -q && cd shop")
}
