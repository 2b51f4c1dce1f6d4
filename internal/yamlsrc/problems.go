package yamlsrc

import (
	"fmt"

	"github.com/e1-dms/e1/internal/diag"
)

// Code is a problem's code with its slug and one line that says what is wrong
// and what to do.
type Code struct{ Code, Slug, Summary string }

// The codes of what is wrong with a file as YAML.
var (
	badSyntax    = Code{"Y001", "syntax", "text that is not YAML; the message says what is expected at this place"}
	badEncoding  = Code{"Y002", "not-utf-eight", "bytes that are not UTF-8; save the file as UTF-8"}
	badCharacter = Code{"Y003", "character-not-allowed", "a control character or a line separator of another alphabet, which other readers take for something else; write it as an escape between double quotes"}
	tooLarge     = Code{"Y004", "too-large", "a file above the limit of size; attach large text as a file instead"}
	tooDeep      = Code{"Y005", "too-deep", "lists and mappings nested deeper than any definition is"}
	several      = Code{"Y006", "several-documents", "a second YAML document behind `---`; give it a file of its own"}
	anchor       = Code{"Y007", "anchor-or-alias", "`&name` or `*name`: write the value out, or put quotes around text that begins so"}
	explicitTag  = Code{"Y008", "explicit-tag", "`!tag`: types come from the form; put quotes around text that begins with an exclamation mark"}
	mergeKey     = Code{"Y009", "merge-key", "`<<`, which readers understand differently; write the keys out"}
	duplicateKey = Code{"Y010", "duplicate-key", "one key twice in a mapping, of which most readers silently keep one; remove or rename one"}
	complexKey   = Code{"Y011", "not-a-key", "a key that is a list, a mapping or empty; keys are plain words"}
	wrongRoot    = Code{"Y012", "no-mapping-at-the-root", "a file that does not consist of `key: value` lines"}
	tabIndent    = Code{"Y013", "tab-in-indentation", "a tab where YAML wants spaces; indent with two spaces"}
	directive    = Code{"Y014", "yaml-directive", "a line such as `%YAML 1.1`, which changes how the rest is read; remove it"}
	conflict     = Code{"Y015", "conflict-markers", "a merge that was not finished: lines with <<<<<<<, ======= or >>>>>>>; decide for one side"}
)

// Codes lists the codes of this package, for documentation.
func Codes() []Code {
	return []Code{
		badSyntax, badEncoding, badCharacter, tooLarge, tooDeep, several, anchor, explicitTag,
		mergeKey, duplicateKey, complexKey, wrongRoot, tabIndent, directive, conflict, Obsolete,
	}
}

func problem(c Code, at diag.Span, format string, args ...any) diag.Problem {
	return diag.Problem{Code: c.Code, Slug: c.Slug, At: at, Message: fmt.Sprintf(format, args...)}
}

func helped(p diag.Problem, help string) diag.Problem {
	p.Help = help
	return p
}
