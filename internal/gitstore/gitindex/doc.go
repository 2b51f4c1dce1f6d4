// Package gitindex reads and patches git's index file.
//
// In go an index as C git wrote it (versions 2, 3 and 4, whole or split) and
// changes of single entries; out comes an index that C git reads, in which
// everything else is as it was: staged changes, flags, the tree cache of
// unchanged folders, conflicts resolved.
//
// It refuses extensions that change the meaning of entries and that it does
// not know. It never opens files of the work tree.
//
// Invariant: an entry is only ever changed by Set, Remove or Smudge; patching
// one entry of a split index costs the size of its small part, not the size of
// the repository.
package gitindex
