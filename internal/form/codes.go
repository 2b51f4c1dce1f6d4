package form

import "github.com/e1-dms/e1/internal/yamlsrc"

// Code is one kind of problem of a form or directory definition.
type Code struct {
	Code, Slug string
	Summary    string // what is wrong and what to do, in one line
}

var (
	unknownKey    = Code{"F001", "unknown-key", "a key that forms do not have here; use the nearest known one"}
	missingKey    = Code{"F002", "missing-key", "a key without which the element means nothing"}
	duplicate     = Code{"F003", "duplicate", "two fields, statuses, values or entries of one name; give each its own"}
	wrongType     = Code{"F004", "wrong-type", "a value of the wrong shape, or a key that does not fit the field's type"}
	unknownRef    = Code{"F005", "unknown-reference", "a field, form, directory, role or status that does not exist"}
	badExpression = Code{"F006", "bad-expression", "an expression that cannot be read or gives another type than is needed here"}
	reservedName  = Code{"F007", "reserved-name", "a field name that the expression language or every document has already; choose another and keep the old one under was"}
	badTemplate   = Code{"F008", "number-template", "a number template without {seq}, with unknown parts, or equal to another form's; write it like INQ-{year}-{seq:6}"}
	badName       = Code{"F009", "bad-name", "a name with other characters than small letters, digits and underscore, or that begins with a digit"}
	computedLoop  = Code{"F010", "computed-circle", "computed fields that need each other's values"}
	badValue      = Code{"F011", "bad-value", "a value that does not fit its type, such as a term in a directory"}
	fileName      = Code{"F012", "file-name", "a definition whose name differs from its file's; rename one of them"}
	untranslated  = Code{"F013", "missing-language", "a title or label that lacks the repository's language"}
	farCaption    = Code{"F014", "caption-reads-elsewhere", "a caption that reads other documents or the clock: lists would show what is out of date; show the reference in a column instead"}
)

// Codes lists the problems this package finds in definitions.
func Codes() []Code {
	return []Code{unknownKey, missingKey, duplicate, wrongType, unknownRef, badExpression, reservedName, badTemplate,
		badName, computedLoop, badValue, fileName, untranslated, farCaption}
}

func code(c Code) yamlsrc.Code { return yamlsrc.Code{Code: c.Code, Slug: c.Slug} }
