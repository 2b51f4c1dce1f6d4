package repo

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/gitstore"
)

// Since is the state of the definitions at the commit where this branch left
// another one.
type Since struct {
	Base        gitstore.Hash
	Definitions *definition.Set

	source treeSource
}

// BaseError says that the commit where two branches part is not to be had.
type BaseError struct {
	Ref     string
	Shallow bool // the clone's history is cut off
	Known   bool // the ref is there, its common past is not
}

func (e *BaseError) Error() string {
	switch {
	case e.Known && e.Shallow:
		return fmt.Sprintf("this shallow clone does not reach back to where HEAD and %q part", e.Ref)
	case e.Known:
		return fmt.Sprintf("HEAD and %q have no common commit", e.Ref)
	case e.Shallow:
		return fmt.Sprintf("unknown commit %q in this shallow clone", e.Ref)
	}
	return fmt.Sprintf("unknown commit %q", e.Ref)
}

// Hint is what fetches the missing part.
func (e *BaseError) Hint() string {
	switch {
	case e.Known && !e.Shallow:
		return "e1 lint checks everything"
	case e.Known:
		return "git fetch --unshallow; in a workflow fetch-depth: 0, or GIT_DEPTH: 0"
	}
	return "git fetch origin; in a workflow fetch-depth: 0, or GIT_DEPTH: 0"
}

// Code is the error's stable word.
func (e *BaseError) Code() string { return "unknown_commit" }

// Since looks at the commit where HEAD left ref: their merge base.
func (r *Repo) Since(ref string) (*Since, error) {
	id, err := r.git.Revision(ref)
	if errors.Is(err, gitstore.ErrNotExist) || errors.Is(err, gitstore.ErrMissing) {
		return nil, &BaseError{Ref: ref, Shallow: r.git.Shallow()}
	}
	if err != nil {
		return nil, err
	}
	base, err := r.git.MergeBase(r.head.Commit, id)
	if err != nil {
		return nil, err
	}
	if base.IsZero() {
		return nil, &BaseError{Ref: ref, Shallow: r.git.Shallow(), Known: true}
	}
	c, err := r.git.Commit(base)
	if err != nil {
		return nil, err
	}
	src := treeSource{r.git, c.Tree, nil}
	return &Since{Base: base, Definitions: definition.New(src), source: src}, nil
}

// Changed tells whether a file differs from what it was, or is new. Line ends
// that git would put right are no difference.
func (s *Since) Changed(name string, now []byte) bool {
	was, err := s.source.Read(name)
	if err != nil {
		return true
	}
	unix := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }
	return !bytes.Equal(was, now) && !bytes.Equal(unix(was), unix(now))
}
