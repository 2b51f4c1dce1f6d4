package repo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/gitstore"
)

// NotFoundError says that a folder lies in no e1 repository.
type NotFoundError struct {
	Dir string
	// Git says that the folder is a git repository all the same.
	Git bool
}

func (e *NotFoundError) Error() string {
	if e.Git {
		return fmt.Sprintf("%q is a git repository, but holds no e1.yaml in its last commit", e.Dir)
	}
	if noFolder(e.Dir) {
		return fmt.Sprintf("there is no folder %q", e.Dir)
	}
	return fmt.Sprintf("%q is not inside an e1 repository", e.Dir)
}

// Hint is the command that makes a repository.
func (e *NotFoundError) Hint() string {
	if e.Git {
		return "e1 init " + shellWord(e.Dir)
	}
	return "e1 init DIR makes one, e1 -C DIR works on one elsewhere"
}

// PrefixError says that the prefix for this clone's numbers is none.
type PrefixError struct{ Prefix string }

func (e *PrefixError) Error() string {
	return fmt.Sprintf("%q, which git's configuration has as e1.prefix, is no prefix of numbers; use one to eight capital letters and digits", e.Prefix)
}

// Hint is the command that sets another one.
func (e *PrefixError) Hint() string { return "git config e1.prefix A" }

// Code is the error's stable word.
func (e *PrefixError) Code() string { return "bad_prefix" }

// shellWord is a name as it can be typed.
func shellWord(name string) string {
	if strings.ContainsAny(name, " \t\n'\"\\$`&|;<>()*?[]#~!{}") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}

// UnknownError names something that is not there.
type UnknownError = definition.UnknownError

// AmbiguousError says that a short number fits several documents.
type AmbiguousError struct {
	Text       string
	Candidates []string
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q fits several documents: %s", e.Text, strings.Join(e.Candidates, ", "))
}

// Hint says what to do.
func (e *AmbiguousError) Hint() string { return "give more of the number" }

// Code is the error's stable word.
func (e *AmbiguousError) Code() string { return "ambiguous" }

// renumberHint says how to get out of a merge of two clones that have both
// registered the next number.
func renumberHint(err error) error {
	var state *gitstore.StateError
	if !errors.As(err, &state) {
		return err
	}
	for _, p := range state.AddedTwice {
		if number, ok := numberOfPath(p); ok {
			state.Hint = fmt.Sprintf("%s, then e1 renumber %s, and git merge the other side (a rebase would bring the number back)", state.Abort, number)
			break
		}
	}
	return err
}
