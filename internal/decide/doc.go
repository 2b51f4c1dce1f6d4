// Package decide finds out whether conditions can hold, exactly: some together, others not, and for which values.
//
// In go typed trees of package expr with the wish that each holds or does not, and what is known about the fields
// they read ([Domain]); out comes a [Verdict] and, where there are such values, a [Witness]. The package refuses to
// guess: what lies outside the theory below, or beyond the limit of size, is Undecided.
//
// # How
//
// A condition is taken apart into and, or, not and atoms: comparisons of fields with constants and with each other,
// memberships in lists, questions for emptiness. The constants that a group of fields is compared with cut the
// values of these fields into finitely many classes on which every atom is constant: each constant, the open
// intervals between them with as many points as the group has fields, emptiness, "any other text". One
// representative of each class is tried in every combination, and what an atom says about representatives is asked
// of expr's own evaluator, so that there is no second opinion on what a comparison means.
//
// Whatever an atom holds beside that (arithmetic, functions, rows, patterns) stands as a free value of its type.
// It may be impossible in truth, so it serves to prove that there are no values, and never that there are.
//
// Invariant: Impossible is said only when no values exist, Possible only with a witness that has been evaluated.
package decide
