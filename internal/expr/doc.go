// Package expr compiles and evaluates the one expression language of e1: the conditions of routes and
// rules, the checks, defaults and computed values of forms, the filters of lists and reports.
//
// In goes a source text and an environment that says which names exist and of which type; out comes a
// [Program] that can be evaluated against a [Scope], or the list of everything that is wrong with the text,
// each with its place in code points. The package does no input or output, knows no clock (today and now
// are values of the scope) and uses no floating point: numbers are int64 or exact decimals, taken from the
// source text.
//
// # Why expr-lang only parses
//
// The syntax is that of github.com/expr-lang/expr, read by its parser. Its checker, compiler and virtual
// machine are not used. They type by Go reflection, turn number literals into float64 before any patcher
// sees them, refuse integers above 2^63, know no durations, no empty values with the meaning cards need, no
// bare words, and place a problem at an operator rather than at the text that is wrong. Patching all of this
// costs more than a checker and an evaluator over the library's tree, and stays inexact. So the syntax is
// the library's and the meaning is ours: number and duration literals are cut out of the source before it is
// parsed (each is replaced by an identifier of the same length, so every place stays right), the tree is
// typed into [Expr], and that one tree is evaluated, pushed down into SQL and analysed by lint.
//
// # Empty values
//
// A field without a value is empty (nil). A comparison with an empty side is false, also != and "not in";
// arithmetic, text functions and members of an empty value are empty; a condition that is empty is false.
// x == nil and x != nil, like empty(x) and filled(x), ask for emptiness itself; x ?? y replaces it.
//
// # Refused
//
// Variables (let), maps, byte strings, slices, ranges, powers, methods, pipes to unknown functions and every
// function that is not listed by [Functions]; sources above [MaxSource] code points and trees above the
// node limit; literals with an exponent.
//
// Invariant: a compiled program never panics, and an evaluation fails only with an *[EvalError].
package expr
