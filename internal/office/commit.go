package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
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

// LintFunc checks the definitions of the work tree.
type LintFunc func(*definition.Set) (diag.List, error)

// Commit checks what people edited by hand and commits it.
func (o *Office) Commit(ctx context.Context, message string, check LintFunc) (*Done, error) {
	return o.update(ctx, "commit", func(tx *repo.Tx, done *Done) error {
		edits, err := tx.Repo().Git().HandEdits(ctx, handPaths...)
		if err != nil {
			return err
		}
		if len(edits) == 0 {
			return nil
		}
		var problems diag.List
		definitions := map[string]bool{}
		for _, e := range edits {
			if e.Kind == gitstore.EditUnusable {
				problems.Add(diag.Problem{Code: lint.DataUnusable.Code, Slug: lint.DataUnusable.Slug, Message: "this is no ordinary file and cannot be committed", At: diag.Span{File: e.Path}})
				continue
			}
			number, isDocument := repo.NumberOfPath(e.Path)
			switch {
			case isDocument:
				found, err := o.handDocument(tx, e, number)
				if err != nil {
					return err
				}
				problems = append(problems, found...)
			case strings.HasPrefix(e.Path, "documents/"):
				// An attachment: the document's list of files is checked with it.
			default:
				definitions[e.Path] = true
			}
			tx.Adopt(e.Path)
		}
		if len(definitions) > 0 {
			found, err := check(tx.Repo().WorkDefinitions())
			if err != nil {
				return err
			}
			for _, p := range found {
				if definitions[p.At.File] {
					problems = append(problems, p)
				}
			}
		}
		problems.Sort()
		if err := problems.Err(); err != nil {
			return err
		}
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

// handDocument checks one document that was edited by hand. What was wrong in
// it before the edit does not stand in the way.
func (o *Office) handDocument(tx *repo.Tx, e gitstore.Edit, number string) (diag.List, error) {
	var problems diag.List
	complain := func(format string, args ...any) {
		problems.Add(diag.Problem{
			Code: lint.DataMisplaced.Code, Slug: lint.DataMisplaced.Slug, Message: fmt.Sprintf(format, args...),
			At: diag.Span{File: e.Path, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}},
		})
	}
	was, err := tx.Repo().ReadHead(number)
	var unknown *repo.UnknownError
	var loose *repo.NotCommittedError
	if err != nil && !errors.As(err, &unknown) && !errors.As(err, &loose) {
		was = nil // a broken document is being repaired
	}
	if e.Kind == gitstore.EditDeleted {
		complain("documents are not deleted: their numbers stay taken; `git checkout -- %s` brings it back, e1 undo makes it void", e.Path)
		return problems, nil
	}
	src, err := os.ReadFile(filepath.Join(tx.Repo().Root(), filepath.FromSlash(e.Path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d, found := document.ReadFile(e.Path, src)
	problems = append(problems, found...)
	if found.HasErrors() {
		return problems, nil
	}
	if d.Number != number {
		complain("the file is named after %s, but holds %s", number, d.Number)
	}
	if was != nil && (was.UID != d.UID || was.Form != d.Form) {
		complain("form and uid of a document never change")
	}
	set, err := tx.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	f := set.Form(d.Form)
	if f == nil {
		complain("the form %q does not exist or has errors", d.Form)
		return problems, nil
	}
	if p, err := form.PathOf(f, d.Number); err != nil || p != e.Path {
		complain("%s belongs at %q", d.Number, p)
	}
	now := set.Check(f, d, tx.Context())
	if was != nil {
		now = form.NewProblems(set.Check(f, was, tx.Context()), now)
	}
	file := repo.File{Path: e.Path, Number: number, Src: src}
	for _, p := range now {
		if p.Severity == diag.Error {
			problems.Add(diag.Problem{Code: lint.DataUnfit.Code, Slug: lint.DataUnfit.Slug, Message: repo.ProblemText(p), Help: p.Hint, At: placeOf(file, p)})
		}
	}
	return problems, nil
}

// Renumber gives a document that was not published yet another number. Links
// to it are rewritten.
func (o *Office) Renumber(ctx context.Context, number string) (*Done, error) {
	return o.update(ctx, "renumber", func(tx *repo.Tx, done *Done) error {
		d, err := tx.Document(number)
		if err != nil {
			return err
		}
		f, err := tx.Definitions().Form(d.Form)
		if err != nil {
			return err
		}
		if err := o.may(f, "register", f.May.Register); err != nil {
			return err
		}
		moved, err := o.renumber(tx, d, "")
		if err != nil {
			return err
		}
		tx.Subject("renumber %s to %s", number, moved.Number)
		done.Document = moved
		return nil
	})
}

// renumber moves a document that was not published to another number, the
// next free one when none is given, and rewrites what points to it.
func (o *Office) renumber(tx *repo.Tx, d *document.Document, to string) (*document.Document, error) {
	number := d.Number
	if published, err := o.published(tx, d); err != nil {
		return nil, err
	} else if published {
		return nil, refusef("", "%s was published; its number stays for ever", number)
	}
	db, err := tx.Repo().Index()
	if err != nil {
		return nil, err
	}
	edges, err := db.RefsTo(number, 0)
	if err != nil {
		return nil, err
	}
	moved, err := tx.Renumber(d, to)
	if err != nil {
		return nil, err
	}
	numbers := map[string]string{number: moved.Number}
	for _, e := range edges {
		other, err := tx.Document(e.From)
		if err != nil {
			return nil, err
		}
		of, err := tx.Definitions().Form(other.Form)
		if err != nil {
			return nil, err
		}
		engine.PutNumbers(of, other, numbers)
	}
	return moved, nil
}

// published reports whether somebody outside may know the number: it was
// pushed, mailed, or generated into a file.
func (o *Office) published(tx *repo.Tx, d *document.Document) (bool, error) {
	for _, l := range d.Letters {
		if l.State != document.LetterWithdrawn {
			return true, nil // it may be on its way already
		}
	}
	for _, f := range d.Files {
		if f.Template != "" {
			return true, nil
		}
	}
	p, err := pastOf(tx.Repo(), d.Number)
	if err != nil {
		return false, err
	}
	versions, err := p.under(d.Number, 0)
	if err != nil {
		return false, err
	}
	// The first commit that has the number is what counts: whatever had it
	// before was another document.
	for _, v := range slices.Backward(versions) {
		if v.brings() {
			id, err := gitstore.ParseHash(v.rec.ID)
			if err != nil {
				return false, err
			}
			return tx.Repo().Git().Published(id)
		}
	}
	return false, nil
}
