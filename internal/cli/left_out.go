package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/repo"
)

// namedAtMost bounds the numbers in a note.
const namedAtMost = 5

// noteLeftOut tells what an answer leaves out: documents whose files cannot be
// used, of one form or of all, and those of forms that cannot be read.
func (a *app) noteLeftOut(r *repo.Repo, form string) error {
	if broken := r.Definitions().BrokenForms(); len(broken) > 0 && (form == "" || slices.Contains(broken, form)) {
		a.note("documents of forms with errors may be missing here: %s; see e1 lint", strings.Join(broken, ", "))
	}
	db, err := r.Index()
	if err != nil {
		return err
	}
	aside, err := db.Aside("")
	if err != nil {
		return err
	}
	var numbers []string
	for _, f := range aside {
		if form == "" || f.Form == form {
			numbers = append(numbers, f.Number)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	count := plural(len(numbers), "document")
	if more := len(numbers) - namedAtMost; more > 0 {
		numbers = append(numbers[:namedAtMost], fmt.Sprintf("%d more", more))
	}
	a.note("left out: %s whose file cannot be used: %s; e1 check says why", count, strings.Join(numbers, ", "))
	return nil
}
