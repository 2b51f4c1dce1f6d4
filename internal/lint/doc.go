// Package lint checks all definitions of one state of a repository and reports
// every problem of every file, sorted, each once.
//
// In go the definitions; out come problems with code, place and help. It needs
// no index, no documents and no history, so that it works in the sparse and
// shallow clones of CI. Problems in files are data; only a source that cannot
// be read is an error.
//
// Invariant: the same files give the same problems in the same order.
package lint
