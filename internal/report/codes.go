package report

import "github.com/e1-dms/e1/internal/yamlsrc"

// The codes of what can be wrong with a report definition.
var (
	unknownKey    = yamlsrc.Code{Code: "P001", Slug: "unknown-key", Summary: "a key that reports do not have here; use the nearest known one"}
	missingKey    = yamlsrc.Code{Code: "P002", Slug: "missing-key", Summary: "a key without which the element means nothing"}
	wrongType     = yamlsrc.Code{Code: "P003", Slug: "wrong-type", Summary: "a value of the wrong shape"}
	duplicateName = yamlsrc.Code{Code: "P004", Slug: "duplicate-name", Summary: "two columns, parameters or groups of one name; give each its own"}
	unknownForm   = yamlsrc.Code{Code: "P005", Slug: "unknown-form", Summary: "a form that the repository does not have"}
	unknownName   = yamlsrc.Code{Code: "P006", Slug: "unknown-name", Summary: "a name that the expression cannot know here: no field, parameter or column"}
	badExpression = yamlsrc.Code{Code: "P007", Slug: "expression", Summary: "an expression that cannot be read or gives another type than is needed here"}
	badParam      = yamlsrc.Code{Code: "P008", Slug: "parameter", Summary: "a parameter whose type, default or list does not fit"}
	badSort       = yamlsrc.Code{Code: "P009", Slug: "sort", Summary: "a sort key that is no column of the report"}
	badAggregate  = yamlsrc.Code{Code: "P010", Slug: "aggregate", Summary: "an aggregate function that does not exist or does not fit its argument"}
	badName       = yamlsrc.Code{Code: "P011", Slug: "name", Summary: "a name with other characters than small letters, digits, hyphens and underscores"}
	nothingToShow = yamlsrc.Code{Code: "P012", Slug: "nothing-to-show", Summary: "a report without columns"}
	badFile       = yamlsrc.Code{Code: "P013", Slug: "file-name", Summary: "a report whose name differs from its file's; rename one of them"}
)

// Codes lists the codes this package reports, in order.
func Codes() []yamlsrc.Code {
	return []yamlsrc.Code{
		unknownKey, missingKey, wrongType, duplicateName, unknownForm, unknownName,
		badExpression, badParam, badSort, badAggregate, badName, nothingToShow, badFile,
	}
}
