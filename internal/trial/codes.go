package trial

import "github.com/e1-dms/e1/internal/yamlsrc"

// The problems of route tests.
var (
	unknownKey     = yamlsrc.Code{Code: "B001", Slug: "unknown-key", Summary: "a key that route tests do not have here; use the nearest known one"}
	missingKey     = yamlsrc.Code{Code: "B002", Slug: "missing-key", Summary: "a key without which the test means nothing"}
	wrongType      = yamlsrc.Code{Code: "B003", Slug: "wrong-type", Summary: "a value of the wrong shape"}
	unknownRoute   = yamlsrc.Code{Code: "B004", Slug: "unknown-route", Summary: "a test of a route that does not exist or has errors"}
	unknownStep    = yamlsrc.Code{Code: "B005", Slug: "unknown-step", Summary: "a test names a step that the route does not have"}
	unknownOutcome = yamlsrc.Code{Code: "B006", Slug: "unknown-outcome", Summary: "a test answers with an outcome, or expects an end or a reason for a refusal, that there is not"}
	unknownField   = yamlsrc.Code{Code: "B007", Slug: "unknown-field", Summary: "a test names a form, field, status, template or kind of link that does not exist"}
	unknownPerson  = yamlsrc.Code{Code: "B008", Slug: "unknown-person", Summary: "a test names a user, role or department that does not exist; list the people of the test under `people`"}
	unfitValue     = yamlsrc.Code{Code: "B009", Slug: "unfit-value", Summary: "a value in a test that its field cannot hold, or a time that cannot be read"}
	sameName       = yamlsrc.Code{Code: "B010", Slug: "same-name", Summary: "two tests of one file with one name"}
	notAsExpected  = yamlsrc.Code{Code: "B020", Slug: "not-as-expected", Summary: "a route test found something else than it expects (reported by `e1 route test`)"}
	cannotGoOn     = yamlsrc.Code{Code: "B021", Slug: "cannot-go-on", Summary: "a route test gives an answer that is not possible where the document stands (reported by `e1 route test`)"}
)

// Codes lists the problems this package finds.
func Codes() []yamlsrc.Code {
	return []yamlsrc.Code{unknownKey, missingKey, wrongType, unknownRoute, unknownStep, unknownOutcome, unknownField,
		unknownPerson, unfitValue, sameName, notAsExpected, cannotGoOn}
}
