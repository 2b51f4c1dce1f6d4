package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/repo"
)

// FillOptions are the circumstances of filling a repository.
type FillOptions struct {
	Documents int
	Seed      uint64
	// Bulk says how to wait for locks and whom to tell how far it has come: the
	// stages are "documents", then those of gitstore.Bulk.
	Bulk gitstore.BulkOptions
	// Actor is recorded as E1-Actor; Author is who commits. A zero Author.When
	// means now by the repository's clock.
	Actor  string
	Author gitstore.Signature
}

// Filled is what was written.
type Filled struct {
	Summary
	Commit  gitstore.Hash // the last one
	Commits int
	Notes   []gitstore.Note
}

// NotEmptyError says that there are documents already.
type NotEmptyError struct{ Form, Example string }

func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("this repository has documents of %s already (%s); demo data goes into a fresh one: e1 init --sample", e.Form, e.Example)
}

// Fill writes demo documents into a repository without any, as one commit in
// one pack.
func Fill(ctx context.Context, r *repo.Repo, opt FillOptions) (Filled, error) {
	return Filled{}, errors.New("not written yet")
}

// HistoryOptions are the circumstances of making a history.
type HistoryOptions struct {
	FillOptions
	// Commits is how many there are to be. Documents is of use only for a
	// repository without any, which is filled first; 0 means 3000.
	Commits int
}

// History makes a long history of small commits that change fields, comments
// and states of a few thousand documents, all in one pack.
func History(ctx context.Context, r *repo.Repo, opt HistoryOptions) (Filled, error) {
	return Filled{}, errors.New("not written yet")
}
