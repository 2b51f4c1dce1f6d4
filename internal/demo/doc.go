// Package demo makes lifelike, linked documents for demonstrations, tests and
// benchmarks: clients with valid requisites, a year of inquiries, works,
// contracts, invoices and assignments, with tasks in every state.
//
// In go the number of documents, a seed, a moment and the definitions of a
// repository; out come files, streamed in the order of their numbers
// ([Generate]), one commit holding them ([Fill]), or a long history of small
// commits ([History]). Whoever works on a document later finds it as the engine
// would have left it: route instances are not invented but recorded from the
// engine on the repository's own routes.
//
// It refuses to fill a repository that has documents of its forms already, and
// definitions which the documents would not fit.
//
// Invariant: the same number, seed, moment and definitions give the same bytes
// and, with the same author, the same commit. Nothing is remembered of the
// documents that were made, so memory does not grow with their number (but for
// a few bytes for each invoice).
package demo
