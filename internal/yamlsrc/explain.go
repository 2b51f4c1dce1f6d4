package yamlsrc

import (
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// explain turns what yaml.v3 says into a place and a cure.
func explain(f *File, err error, problems *diag.List) {
	problems.Add(problem(badSyntax, f.Span(nil), "%s", strings.TrimPrefix(err.Error(), "yaml: ")))
}
