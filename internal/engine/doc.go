// Package engine moves documents along their routes. It has one function,
// Apply: in go a document, an event and everything the decision may depend on,
// out come the changed documents and the effects to carry out.
//
// It performs no I/O, reads no clock and uses no randomness; what it needs of
// other documents it asks the caller's Lookup for, which must only read. It
// refuses, with a *Refusal that names what is possible, whatever a person may
// not do, and any transition that would go on without end.
//
// Invariant: the same Input gives the same Result, byte for byte; Apply never
// changes its Input; a failed Apply has no Result at all.
package engine
