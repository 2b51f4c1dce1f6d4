// Package office holds what people and machines do with documents: one
// function is one operation, one transaction of repo, one commit, one unit of
// undo.
//
// In go an open repository, who acts, and a request in plain values; out come
// the documents after the operation, the tasks it opened and the commit. It
// refuses what a role may not do, what the engine refuses, and what does not
// fit a form, with everything that is wrong at once. It prints nothing and
// asks nobody.
//
// Invariant: an operation either happened completely, with its commit, or
// changed nothing.
package office
