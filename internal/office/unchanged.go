package office

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/repo"
)

// unchanged refuses when a document is another one than at the commit that the
// person saw (Options.IfCommit): what two people change at the same time must
// not silently become what the second one typed.
func (o *Office) unchanged(tx *repo.Tx, d *document.Document) error {
	if o.opt.IfCommit == "" {
		return nil
	}
	commit, err := o.repo.ResolveCommit(o.opt.IfCommit)
	if err != nil {
		return err
	}
	path, err := o.repo.Path(d.Number)
	if err != nil {
		return err
	}
	blob, err := blobAt(o.repo.Git(), commit, path)
	if err != nil {
		return err
	}
	seen, err := documentAt(o.repo, blob)
	if err != nil {
		return err
	}
	return changedSince(seen, tx.Before(d.Number))
}

// changedSince refuses with what has become different since somebody looked.
func changedSince(seen, now *document.Document) error {
	var names []string
	for _, c := range document.Diff(seen, now) {
		name := strings.TrimPrefix(c.Path, "card.")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	if len(names) > 8 {
		names = append(names[:8], "…")
	}
	return refusef("e1 log "+now.Number, "%s was changed since you looked: %s", now.Number, strings.Join(names, ", "))
}
