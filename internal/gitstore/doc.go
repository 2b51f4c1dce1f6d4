// Package gitstore keeps paths and bytes in a git repository: one
// transaction is one commit.
//
// In go paths, bytes, an author and a message; out come commits, trees and
// blobs, and a work tree and a git index that C git calls clean. It knows
// nothing of documents, forms or YAML.
//
// It refuses what it cannot do safely: repositories of a kind it does not
// know (sha256, reftable, bare), writing on a detached HEAD or in the middle
// of a merge, paths which git would convert (filters, line ends), and above
// all overwriting anything that a person edited or staged by hand.
//
// Invariant: the branch ref is the commit point. Every object is durable
// before it moves, and the journal written before it moves is enough to bring
// work tree and git index to it afterwards; so at any instant the repository
// is as before a transaction or as after it.
//
// go-git encodes and decodes objects and reads configuration and attribute
// files. Its work tree, index writer, ref writer and repacker are not used:
// they are proportional to the repository, do not sync, and do not take part
// in git's locking.
package gitstore
