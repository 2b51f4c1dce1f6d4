package template

import "github.com/e1-dms/e1/internal/yamlsrc"

// UnknownName is a name that the form does not have: misspelt, or the template is
// for another form.
var UnknownName = yamlsrc.Code{Code: "T006", Slug: "unknown-name", Summary: "a misspelt name; a template is checked with the form of every route and rule that uses it, and one that is for another form is reported there (R080)"}

// The other problems of a template.
var (
	badTag        = yamlsrc.Code{Code: "T001", Slug: "bad-placeholder", Summary: "a placeholder that is not closed, is empty or has a word of the language in the wrong place"}
	badBlock      = yamlsrc.Code{Code: "T002", Slug: "bad-block", Summary: "an `if` or `each` without `end`, an `end` or `else` without a block, or a block that begins and ends in different parts of a document"}
	badHead       = yamlsrc.Code{Code: "T003", Slug: "bad-head", Summary: "a head that is not closed, a key that a head does not have, or has twice"}
	noSubject     = yamlsrc.Code{Code: "T004", Slug: "no-subject", Summary: "a letter without a subject"}
	badExpression = yamlsrc.Code{Code: "T005", Slug: "bad-expression", Summary: "an expression that cannot be read"}
	wrongType     = yamlsrc.Code{Code: "T007", Slug: "wrong-type", Summary: "a table or a record where a text is meant, or anything but a table or a list after `each`"}
	unreadable    = yamlsrc.Code{Code: "T008", Slug: "unreadable", Summary: "a file that is no template: an unknown kind, no UTF-8, or no docx inside"}
)

// Codes lists the problems this package finds.
func Codes() []yamlsrc.Code {
	return []yamlsrc.Code{badTag, badBlock, badHead, noSubject, badExpression, UnknownName, wrongType, unreadable}
}
