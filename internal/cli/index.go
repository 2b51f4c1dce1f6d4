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
	s := db.State()
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{
			{Key: "commit", Value: s.Commit}, {Key: "documents", Value: s.Documents}, {Key: "unusable", Value: s.Aside},
		})
	case a.flags.plain:
		return render.PlainTable(a.result, render.Table{Rows: [][]render.Cell{render.Row(s.Commit, fmt.Sprint(s.Documents), fmt.Sprint(s.Aside))}})
	}
	_, err := fmt.Fprintf(a.result, "the index describes %s at %s\n", plural(s.Documents, "document"), shortID(s.Commit))
	if s.Aside > 0 {
		a.message("%s cannot be used as a document; e1 check says why", plural(s.Aside, "file"))
	}
	return err
}
