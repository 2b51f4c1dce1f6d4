package route

import "github.com/e1-dms/e1/internal/diag"

// Code is one kind of problem that this package finds.
type Code struct {
	Code     string // R001
	Slug     string // unknown-key
	Severity diag.Severity
	Summary  string // one line: what is wrong and what to do
}

// The problems of a route definition.
var (
	R001 = Code{"R001", "unknown-key", diag.Error, "a key that the language does not have here; use the nearest known one"}
	R002 = Code{"R002", "missing-key", diag.Error, "a key without which the element means nothing"}
	R003 = Code{"R003", "duplicate-id", diag.Error, "two steps, branches or outcomes of one name; give each its own"}
	R004 = Code{"R004", "wrong-type", diag.Error, "a value of the wrong shape, or text that YAML reads as something else; write what the message names"}
	R005 = Code{"R005", "unknown-step", diag.Error, "a step that the route does not have"}
	R006 = Code{"R006", "unknown-reference", diag.Error, "a field, form, route or calendar that the repository does not have"}
	R007 = Code{"R007", "unknown-person", diag.Error, "a user, role or department that the organisation does not have, or that is inactive"}
	R009 = Code{"R009", "cut-by-yaml", diag.Error, "an expression that YAML cuts or changes, at a comma inside braces or before ` #`; put it in quotes"}
	R012 = Code{"R012", "join-waits-forever", diag.Error, "steps that wait for each other, by `after` or by locks; remove one of these"}
	R014 = Code{"R014", "end-with-open-work", diag.Error, "an `end` inside parallel or each while other branches may be at work; say `rest: cancel` on the block or let the branch `leave`"}
	R017 = Code{"R017", "jump-across-block", diag.Error, "a jump into or out of a branch of parallel or each, or of an event handler; use `leave` or an outcome of the block"}
	R018 = Code{"R018", "impossible-join", diag.Error, "a join that waits for more branches than there are, for what they never meet, or for a number of which fewer may be begun"}
	R022 = Code{"R022", "outcome-not-routed", diag.Error, "an outcome that is declared and never reached, or answered and not declared"}
	R023 = Code{"R023", "steps-after-end", diag.Error, "steps that stand after `end`, `go` or `leave` and that nothing jumps to"}
	R030 = Code{"R030", "bad-expression", diag.Error, "an expression that cannot be read"}
	R031 = Code{"R031", "wrong-expression-type", diag.Error, "an expression that gives another type of value than is needed here"}
	R037 = Code{"R037", "value-outside-list", diag.Error, "a value that the choice, directory or list of statuses does not have"}
	R040 = Code{"R040", "clock-in-condition", diag.Error, "a condition that depends on when it is asked; compare with a date field or use `wait`"}
	R041 = Code{"R041", "too-costly", diag.Error, "an expression above the limits of size and memory"}
	R067 = Code{"R067", "wrong-deadline", diag.Error, "a deadline that is neither a duration, nor a date, nor `by hand`"}
	R080 = Code{"R080", "unfit-arguments", diag.Error, "an action with arguments that do not fit it: a letter where a document is needed or the reverse, a template of another form"}
	R083 = Code{"R083", "no-recipient", diag.Error, "a letter that says nowhere whom it is for, or whose only address may be empty, so that the step is refused; name an address, or do it only if filled(…)"}
)

// Codes lists every problem this package finds, by code.
func Codes() []Code {
	return []Code{R001, R002, R003, R004, R005, R006, R007, R009, R012, R014, R017, R018, R022, R023,
		R030, R031, R037, R040, R041, R067, R080, R083}
}
