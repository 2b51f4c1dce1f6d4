package rule

import (
	"strings"

	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// The problems of a rule. What rules share with routes has the number that it
// has there.
var (
	unknownKey      = yamlsrc.Code{Code: "A001", Slug: "unknown-key", Summary: "a key that a rule or an action does not have; use the nearest known one"}
	missingKey      = yamlsrc.Code{Code: "A002", Slug: "missing-key", Summary: "a key without which the rule or the action means nothing"}
	wrongType       = yamlsrc.Code{Code: "A004", Slug: "wrong-type", Summary: "a value of the wrong shape"}
	unknownEvent    = yamlsrc.Code{Code: "A101", Slug: "unknown-event", Summary: "an event that does not exist, or a task, status or outcome that never comes"}
	wrongAction     = yamlsrc.Code{Code: "A102", Slug: "wrong-action", Summary: "an action that only a route can have"}
	unusedOverwrite = yamlsrc.Code{Code: "A103", Slug: "unused-overwrite", Summary: "a field that may be overwritten and is not set"}
	overlap         = yamlsrc.Code{Code: "A104", Slug: "overlapping-rules", Summary: "two rules that may set one field at the same event; what it holds depends on their names"}
	circle          = yamlsrc.Code{Code: "A105", Slug: "rules-in-a-circle", Summary: "rules that set each other off without end; let one of them set a field only while it is empty"}
	fixedStatus     = yamlsrc.Code{Code: "A106", Slug: "status-stays", Summary: "a rule that sets the status without `overwrite`, which it does only while the document has its first one"}
)

// shared are the codes of routes that rules may have too.
var shared = []route.Code{route.R006, route.R007, route.R009, route.R030, route.R031, route.R037, route.R040, route.R041, route.R067, route.R080, route.R083}

// Codes lists the problems of rules.
func Codes() []yamlsrc.Code {
	out := []yamlsrc.Code{unknownKey, missingKey, wrongType, unknownEvent, wrongAction, unusedOverwrite, overlap, circle, fixedStatus}
	for _, c := range shared {
		out = append(out, yamlsrc.Code{Code: "A" + strings.TrimPrefix(c.Code, "R"), Slug: c.Slug, Summary: c.Summary})
	}
	return out
}
