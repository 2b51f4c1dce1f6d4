package office

import (
	"context"
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/repo"
)

// handPaths are the parts of a work tree that belong to e1; `e1 commit`
// leaves everything else to git.
var handPaths = []string{
	"documents", definition.FormsDir, definition.DirectoriesDir, definition.RoutesDir, definition.CalendarsDir, definition.ImportsDir,
	definition.ReportsDir, definition.RulesDir, definition.TemplatesDir, "e1.yaml", "org.yaml", ".e1", ".gitattributes",
}

// Commit checks what people edited by hand and commits it as they left it.
// Their roles must allow it, as if a command had done it.
func (o *Office) Commit(ctx context.Context, message string) (*Done, error) {
	return o.update(ctx, "commit", func(tx *repo.Tx, done *Done) error {
		edits, err := tx.Repo().Git().HandEdits(ctx, handPaths...)
		if err != nil || len(edits) == 0 {
			return err
		}
		for _, e := range edits {
			if e.Kind == gitstore.EditUnusable {
				done.problems.Add(diag.Problem{Code: lint.DataUnusable.Code, Slug: lint.DataUnusable.Slug, Message: "this is no ordinary file and cannot be committed", At: part(nil).in(repo.File{Path: e.Path})})
				continue
			}
			tx.Adopt(e.Path)
		}
		h, err := o.byHand(tx, edits)
		if err != nil {
			return err
		}
		if err := joinDenied(h.denied); err != nil {
			return err
		}
		done.problems = append(done.problems, h.problems...)
		subject := message
		if subject == "" {
			subject = handSubject(edits)
		}
		tx.Subject("%s", subject)
		return nil
	})
}

func handSubject(edits []gitstore.Edit) string {
	if len(edits) == 1 {
		return fmt.Sprintf("edit %s by hand", edits[0].Path)
	}
	return fmt.Sprintf("edit %d files by hand", len(edits))
}

func isDocumentFile(path string) bool { return strings.HasPrefix(path, "documents/") }
