package yamlsrc

import (
	"fmt"

	"github.com/e1-dms/e1/internal/diag"
)

// Obsolete is the code of what a definition says in a way that is given up and
// still understood; every kind of definition has it.
var Obsolete = Code{"R092", "obsolete-syntax", "a name or a way of writing that was given up and is still understood; write it as it is now"}

// Former notes that a former name is used where the present one could be.
func Former(at diag.Span, was, now string) diag.Problem {
	return diag.Problem{Code: Obsolete.Code, Slug: Obsolete.Slug, Severity: diag.Note, At: at,
		Message: fmt.Sprintf("%q is called %q now", was, now), Help: "write " + now}
}
