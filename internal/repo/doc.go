// Package repo turns the paths and bytes of a data repository into typed
// values and back: definitions, documents, the derived index, transactions.
//
// In go a folder and, for a transaction, a function that decides; out come
// documents, answers of the index, and one commit per transaction. It refuses
// to write what does not fit its form, to overwrite hand edits, and to act on
// a definition that is not committed.
//
// Invariant: whatever acts reads the definitions and documents of one commit,
// the one the transaction builds on; the index never answers for another
// commit than HEAD.
package repo
