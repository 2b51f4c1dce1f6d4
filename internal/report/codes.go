package report

import "github.com/e1-dms/e1/internal/yamlsrc"

// The codes of what can be wrong with a report definition.
var (
	unknownKey    = yamlsrc.Code{Code: "P001", Slug: "unknown-key"}
	missingKey    = yamlsrc.Code{Code: "P002", Slug: "missing-key"}
	wrongType     = yamlsrc.Code{Code: "P003", Slug: "wrong-type"}
	duplicateName = yamlsrc.Code{Code: "P004", Slug: "duplicate-name"}
	unknownForm   = yamlsrc.Code{Code: "P005", Slug: "unknown-form"}
	unknownName   = yamlsrc.Code{Code: "P006", Slug: "unknown-name"}
	badExpression = yamlsrc.Code{Code: "P007", Slug: "expression"}
	badParam      = yamlsrc.Code{Code: "P008", Slug: "parameter"}
	badSort       = yamlsrc.Code{Code: "P009", Slug: "sort"}
	badAggregate  = yamlsrc.Code{Code: "P010", Slug: "aggregate"}
	badName       = yamlsrc.Code{Code: "P011", Slug: "name"}
	nothingToShow = yamlsrc.Code{Code: "P012", Slug: "nothing-to-show"}
	badFile       = yamlsrc.Code{Code: "P013", Slug: "file-name"}
)

// Codes lists the codes this package reports, in order.
func Codes() []yamlsrc.Code {
	return []yamlsrc.Code{
		unknownKey, missingKey, wrongType, duplicateName, unknownForm, unknownName,
		badExpression, badParam, badSort, badAggregate, badName, nothingToShow, badFile,
	}
}
