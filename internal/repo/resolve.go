package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

// NotCommittedError says that a document's file lies in the work tree and was
// never committed.
type NotCommittedError struct{ Number, Path string }

func (e *NotCommittedError) Error() string {
	return fmt.Sprintf("%s is not committed: %q", e.Number, e.Path)
}

// Hint is the command that commits it.
func (e *NotCommittedError) Hint() string { return "e1 commit" }

// MisplacedError says that the file of a document holds another one: it was
// copied or renamed by hand.
type MisplacedError struct {
	Path, Number, Holds string
	hint                string // what to do with it; "": it is committed
}

func (e *MisplacedError) Error() string {
	return fmt.Sprintf("%q is named after %s, but holds %s", e.Path, e.Number, e.Holds)
}

// Hint says how to get rid of it.
func (e *MisplacedError) Hint() string {
	if e.hint != "" {
		return e.hint
	}
	return "e1 check shows what else is wrong; git rm removes a copy"
}

// misplaced refuses to take a document for another one.
func misplaced(path, number string, d *document.Document) error {
	if d == nil || d.Number == number {
		return nil
	}
	return &MisplacedError{Path: path, Number: number, Holds: d.Number}
}

// unknownDocument is the error for a number nothing has.
func (r *Repo) unknownDocument(number string) error {
	hint, why := "", ""
	if set, err := r.defs.Forms(); err == nil {
		if f := set.FormOf(strings.ToUpper(number)); f != nil {
			hint = "e1 list " + f.Name
		}
		for _, f := range set.Forms() {
			if hint == "" && len(f.Numbers) == 0 {
				hint = "e1 lint " + path.Join(definition.FormsDir, f.Name+definition.Ext)
				why = fmt.Sprintf("the form %q has errors and tells no numbers", f.Name)
			}
		}
	}
	if strings.Contains(number, "/") {
		hint = "e1 task show " + number
	}
	if hint == "" {
		hint = "e1 search " + strconv.Quote(number)
	}
	return &UnknownError{What: "document", Name: number, Try: hint, Why: why}
}

// pathOf gives the path of a document from its number alone.
func (r *Repo) pathOf(number string) (string, error) {
	set, err := r.defs.Forms()
	if err != nil {
		return "", err
	}
	f := set.FormOf(number)
	if f == nil {
		return "", r.unknownDocument(number)
	}
	return form.PathOf(f, number)
}

// Path gives the path of a document below the root.
func (r *Repo) Path(number string) (string, error) { return r.pathOf(number) }

// Read returns a document as it lies in the work tree. When that differs from
// HEAD the user is told so.
func (r *Repo) Read(number string) (*document.Document, error) {
	p, err := r.pathOf(number)
	if err != nil {
		return nil, err
	}
	src, err := os.ReadFile(filepath.Join(r.git.Root(), filepath.FromSlash(p)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	there := err == nil
	e, err := r.git.Lookup(r.tree, p)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	committed := err == nil
	if there && committed && gitHash(src) == e.ID {
		d, problems := r.ReadDocument(p, src)
		return d, errors.Join(problems.Err(), misplaced(p, number, d))
	}
	if unfinished, err := r.git.Unfinished(p); err == nil && unfinished {
		r.opt.note(fmt.Sprintf("%s is shown as it was committed; its file is not written yet, since the command that does it was interrupted or is still at work", number))
		return r.ReadHead(number)
	}
	switch edited := !r.overtaken(p, src, there); {
	case !there:
		head, err := r.ReadHead(number)
		if err == nil && edited && r.git.InWorkTree(p) {
			r.opt.note(fmt.Sprintf("%s is missing in the work tree; this is what was committed", number))
		}
		return head, err
	case edited:
		r.opt.note(r.uncommitted(number, committed))
	}
	d, problems := r.ReadDocument(p, src)
	wrong := misplaced(p, number, d)
	var m *MisplacedError
	if errors.As(wrong, &m) {
		if m.hint = "rm " + p; committed {
			m.hint = "git checkout -- " + p
		}
	}
	return d, errors.Join(problems.Err(), wrong)
}

// uncommitted says that the file of a document is not what is committed, and how
// it comes to be: in the middle of a merge it is git that goes on.
func (r *Repo) uncommitted(number string, committed bool) string {
	var state *gitstore.StateError
	switch err := renumberHint(r.git.Idle()); {
	case errors.As(err, &state):
		return fmt.Sprintf("%s differs from what is committed, since %s; %s", number, state.What, state.Hint)
	case committed:
		return fmt.Sprintf("%s was edited by hand and is not committed; `e1 commit` does it", number)
	}
	return fmt.Sprintf("%s is not committed; `e1 commit` does it", number)
}

// overtaken reports whether a file is as another command has committed it since
// this one looked at HEAD.
func (r *Repo) overtaken(p string, src []byte, there bool) bool {
	now, err := r.git.Head()
	if err != nil || now.Commit == r.head.Commit || now.Unborn {
		return false
	}
	c, err := r.git.Commit(now.Commit)
	if err != nil {
		return false
	}
	e, err := r.git.Lookup(c.Tree, p)
	if errors.Is(err, fs.ErrNotExist) {
		return !there
	}
	return err == nil && there && gitHash(src) == e.ID
}

// ReadHead returns a document as it was committed last.
func (r *Repo) ReadHead(number string) (*document.Document, error) {
	p, src, err := r.headFile(number)
	if err != nil {
		return nil, err
	}
	d, problems := r.ReadDocument(p, src)
	return d, errors.Join(problems.Err(), misplaced(p, number, d))
}

// ReadRow returns the document that a row of the index stands for, wherever its
// file lies.
func (r *Repo) ReadRow(row index.Row) (*document.Document, error) {
	src, err := r.content(blobRef{row.Path, row.Blob})
	if err != nil {
		return nil, err
	}
	d, problems := r.ReadDocument(row.Path, src)
	return d, problems.Err()
}

// ReadDocument reads the file of a document that is to be worked with: its
// fields have the names that they have now.
func (r *Repo) ReadDocument(name string, src []byte) (*document.Document, diag.List) {
	d, problems := document.ReadFile(name, src)
	r.Present(d)
	return d, problems
}

// Present brings the names of a document's fields up to its form.
func (r *Repo) Present(d *document.Document) {
	if d == nil {
		return
	}
	if set, err := r.defs.Forms(); err == nil && set.Form(d.Form) != nil {
		set.Form(d.Form).Rename(d)
	}
}

// Resolve gives the full number that a short form means: `INQ-42`, `inq42`,
// `inq-2026-42`, a former number. Without a year the current year is meant.
// What fits several documents is refused with the candidates.
func (r *Repo) Resolve(text string) (string, error) {
	set, err := r.defs.Forms()
	if err != nil {
		return "", err
	}
	var found []string
	meant := set.Expand(text, r.Now().Year(), nil)
	for _, number := range meant {
		if p, err := r.pathOf(number); err == nil && r.there(p) {
			found = append(found, number)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		sort.Strings(found)
		return "", &AmbiguousError{Text: text, Candidates: found}
	case len(meant) == 1:
		return r.alias(meant[0])
	}
	return "", r.unknownDocument(text)
}

// alias finds the document that was once published under a number.
func (r *Repo) alias(number string) (string, error) {
	db, err := r.Index()
	if err != nil {
		return "", err
	}
	rows, err := db.ByKey(aliasKey, number, 2)
	if err != nil {
		return "", err
	}
	if len(rows) == 1 {
		return rows[0].Number, nil
	}
	return "", r.unknownDocument(number)
}

// there reports whether a document's file exists, committed or not.
func (r *Repo) there(p string) bool {
	if _, err := os.Lstat(filepath.Join(r.git.Root(), filepath.FromSlash(p))); err == nil {
		return true
	}
	_, err := r.git.Lookup(r.tree, p)
	return err == nil
}

// TaskNumber takes `INQ-2026-000042/1` apart: the full number and the task's id.
func (r *Repo) TaskNumber(text string) (number string, task int, err error) {
	short, id, ok := strings.Cut(text, "/")
	if !ok {
		return "", 0, &UnknownError{What: "task", Name: text, Try: "a task is written NUMBER/ID, for instance INQ-2026-000042/1; see e1 tasks"}
	}
	task, err = strconv.Atoi(strings.TrimSpace(id))
	if err != nil || task < 1 {
		return "", 0, &UnknownError{What: "task", Name: text, Try: "a task is written NUMBER/ID, for instance INQ-2026-000042/1; see e1 tasks"}
	}
	number, err = r.Resolve(short)
	return number, task, err
}
