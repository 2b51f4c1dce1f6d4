package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/route"
)

// TestTheReferenceOfRoutes parses and checks every example of docs/routes.md.
func TestTheReferenceOfRoutes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "routes.md"))
	fail(t, err)
	set, routes := shipped(t)
	examples := 0
	for i, block := range strings.Split(string(text), "```yaml\n")[1:] {
		source, _, _ := strings.Cut(block, "```")
		if !strings.HasPrefix(source, "route:") {
			source = "route: example\nfor: contracts\nstart: by hand\ncontroller: role head_of_sales\nsteps:\n" + source
		}
		examples++
		r, problems := route.ParseSource(fmt.Sprintf("example %d", i+1), []byte(source))
		problems = append(problems, route.Check(r, route.ContextOf(set, []string{"ru"}, append(routes, r)))...)
		if len(problems) > 0 {
			t.Errorf("%s\n%s", headlines(problems), source)
		}
	}
	if examples < 8 {
		t.Errorf("only %d examples", examples)
	}
}
