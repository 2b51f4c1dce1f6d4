package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Sentinel errors, to be tested with errors.Is.
var (
	// ErrNotFound says that a folder lies in no git work tree.
	ErrNotFound = errors.New("not inside a git repository")
	// ErrNotExist says that a path, a ref or a commit by that name is not in the
	// repository.
	ErrNotExist = fs.ErrNotExist
	// ErrMissing says that an object is not there although something names it:
	// nothing can be told of what it holds, not even that it holds nothing.
	ErrMissing = errors.New("object missing")
	// ErrNothing says that a transaction would commit no change.
	ErrNothing = errors.New("nothing to commit")
	// ErrRolledBack says that a finished transaction was used again.
	ErrRolledBack = errors.New("the transaction is finished")
)

// UnsupportedError names a kind or state of repository in which e1 does not
// work or does not write.
type UnsupportedError struct {
	What string // what was found, e.g. `object format "sha256"`
	Hint string // what the user can do
}

func (e *UnsupportedError) Error() string { return e.What + " is not supported" }

// StateError says that the repository is in a state in which nothing may be
// committed now: detached HEAD, a merge or rebase in progress, conflicts.
type StateError struct {
	What string
	Hint string
	// AddedTwice are paths that both sides of a merge in progress have added, and
	// Abort is the command that gives the merge up.
	AddedTwice []string
	Abort      string
}

func (e *StateError) Error() string { return e.What }

// HandEditError lists the paths that a transaction would overwrite although
// the work tree or the git index differs there from HEAD.
type HandEditError struct {
	Paths []string // sorted
	Why   string   // "edited by hand", "staged", …
	Try   string   // what to do; "": e1 commit
}

func (e *HandEditError) Error() string {
	why := e.Why
	if why == "" {
		why = "edited by hand and not committed"
	}
	quoted := make([]string, 0, len(e.Paths))
	for i, p := range e.Paths {
		if i == 5 {
			quoted = append(quoted, fmt.Sprintf("and %d more", len(e.Paths)-i))
			break
		}
		quoted = append(quoted, fmt.Sprintf("%q", p))
	}
	return why + ": " + strings.Join(quoted, ", ")
}

// PathError says why a path cannot be stored.
type PathError struct {
	Path string
	Why  string
	Hint string
}

func (e *PathError) Error() string { return fmt.Sprintf("%q: %s", e.Path, e.Why) }

// CorruptError says that something in the git directory cannot be read.
type CorruptError struct {
	What string
	Hint string
}

func (e *CorruptError) Error() string { return e.What }

// MissingError is ErrMissing with the reason as far as known.
type MissingError struct {
	ID   Hash
	Why  string // empty: the repository is damaged
	Hint string
}

func (e *MissingError) Error() string {
	if e.Why != "" {
		return fmt.Sprintf("object %s is not here: %s", e.ID, e.Why)
	}
	return fmt.Sprintf("object %s is missing", e.ID)
}

func (e *MissingError) Unwrap() error { return ErrMissing }

// hinter is implemented by the errors that carry a hint.
type hinter interface{ hint() string }

func (e *UnsupportedError) hint() string { return e.Hint }
func (e *StateError) hint() string       { return e.Hint }
func (e *PathError) hint() string        { return e.Hint }
func (e *CorruptError) hint() string     { return e.Hint }
func (e *MissingError) hint() string     { return e.Hint }
func (e *HandEditError) hint() string {
	if e.Try != "" {
		return e.Try
	}
	return "e1 commit"
}

// Hint returns what the user can do about an error of this package, or "".
func Hint(err error) string {
	var h hinter
	if errors.As(err, &h) {
		return h.hint()
	}
	return ""
}
