// Package trial tries routes out before a document travels on them: the tests
// of routes/tests/*.yaml, their coverage, and simulations.
//
// In go the definitions of a repository and the parsed test files; out come
// the result of every test, each failed expectation as a problem at its line
// with what was expected and what came, the steps and branches no test has
// been to, and tables of where documents wait. Documents, people and the clock
// are invented; transitions are those of package engine. It refuses tests that
// name what the repository does not have (B-codes, see [Codes]).
//
// Invariant: it reads nothing but the definitions it is given, writes nothing,
// and the same definitions and seed give the same answer.
package trial
