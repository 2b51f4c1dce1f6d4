package yamlsrc

import (
	"fmt"

	"github.com/e1-dms/e1/internal/diag"
)

// Code is a problem's code with its slug.
type Code struct{ Code, Slug string }

// The codes of what is wrong with a file as YAML.
var (
	badSyntax    = Code{"Y001", "syntax"}
	badEncoding  = Code{"Y002", "not-utf-eight"}
	badCharacter = Code{"Y003", "character-not-allowed"}
	tooLarge     = Code{"Y004", "too-large"}
	tooDeep      = Code{"Y005", "too-deep"}
	several      = Code{"Y006", "several-documents"}
	anchor       = Code{"Y007", "anchor-or-alias"}
	explicitTag  = Code{"Y008", "explicit-tag"}
	mergeKey     = Code{"Y009", "merge-key"}
	duplicateKey = Code{"Y010", "duplicate-key"}
	complexKey   = Code{"Y011", "not-a-key"}
	wrongRoot    = Code{"Y012", "no-mapping-at-the-root"}
	tabIndent    = Code{"Y013", "tab-in-indentation"}
	directive    = Code{"Y014", "yaml-directive"}
	conflict     = Code{"Y015", "conflict-markers"}
)

// Codes lists the codes of this package, for documentation.
func Codes() []Code {
	return []Code{
		badSyntax, badEncoding, badCharacter, tooLarge, tooDeep, several, anchor, explicitTag,
		mergeKey, duplicateKey, complexKey, wrongRoot, tabIndent, directive, conflict,
	}
}

func problem(c Code, at diag.Span, format string, args ...any) diag.Problem {
	return diag.Problem{Code: c.Code, Slug: c.Slug, At: at, Message: fmt.Sprintf(format, args...)}
}

func helped(p diag.Problem, help string) diag.Problem {
	p.Help = help
	return p
}
