package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
)

func newIndexCmd(a *app) *cobra.Command {
	return group("index", "The derived index", newIndexStatusCmd(a), newIndexRebuildCmd(a))
}

// indexState prints what the index describes.
func (a *app) indexState(db *index.DB) error {
	commit := db.State().Commit
	documents, aside, err := db.Count()
	if err != nil {
		return err
	}
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{
			{Key: "commit", Value: commit}, {Key: "documents", Value: documents}, {Key: "unusable", Value: aside},
		})
	case a.flags.plain:
		return render.PlainTable(a.result, render.Table{Rows: [][]render.Cell{render.Row(commit, fmt.Sprint(documents), fmt.Sprint(aside))}})
	}
	_, err = fmt.Fprintf(a.result, "the index describes %s at %s\n", plural(documents, "document"), shortID(commit))
	if aside > 0 {
		a.message("%s cannot be used as a document; e1 check says why", plural(aside, "file"))
	}
	return err
}
