// Package rule reads auto-processing: what is done by itself when something
// happens to a document.
//
// In goes a file of rules/*.yaml; out come the rule and every problem with its
// place (A-codes). A rule is an event, a condition and actions, the same ones
// that routes have. The package refuses what a rule cannot mean: actions on the
// steps of one route, events of another form. It does no input or output.
//
// Invariant: a parsed rule is never changed, and one without errors can be
// applied to every document of its form.
package rule
