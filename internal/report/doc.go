// Package report reads report definitions and evaluates them.
//
// In go a parsed definition (reports/*.yaml), what is known of the forms, and a
// [Source] of documents; out come every problem of the definition at its place
// (P-codes, see [Codes]) and, for a definition without errors, a [Result]:
// columns, rows, subtotals and totals as canonical texts with the titles people
// read. The package does no input or output and knows no clock: the time and
// the documents are given.
//
// It refuses floating point: sums and shares are exact decimals, rounded once,
// for showing.
//
// Invariant: a result is the same whether the source groups by itself
// ([Aggregator]) or hands over every document.
package report
