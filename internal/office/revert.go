package office

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/schema"
)

// reversal is the undoing of one commit.
type reversal struct {
	o    *Office
	tx   *repo.Tx
	done *Done
	head gitstore.Hash // the tree that is now
	// registered are the documents that the commit brought; they become void.
	registered map[string]bool
	// numbers are those that documents of the commit, or which these point to, have
	// got since.
	numbers map[string]string
}

// revert undoes every file that a commit changed.
func (o *Office) revert(tx *repo.Tx, done *Done, c gitstore.Commit) error {
	git := tx.Repo().Git()
	parent, err := git.Commit(c.Parents[0])
	if err != nil {
		return err
	}
	head, err := git.Commit(tx.Repo().Head().Commit)
	if err != nil {
		return err
	}
	var changes []gitstore.Change
	err = git.DiffTrees(parent.Tree, c.Tree, func(ch gitstore.Change) error {
		changes = append(changes, ch)
		return nil
	})
	if err != nil {
		return err
	}
	v := &reversal{o: o, tx: tx, done: done, head: head.Tree, registered: map[string]bool{}}
	if v.numbers, err = o.renumberedSince(changes); err != nil {
		return err
	}
	var problems []error
	// Registrations come last: what the same commit made point to them must be
	// taken back before it is asked what still points to them.
	var order, last []gitstore.Change
	for _, ch := range changes {
		if number, ok := repo.NumberOfPath(ch.Path); ok && ch.Old.ID.IsZero() {
			v.registered[v.present(number)] = true
			last = append(last, ch)
			continue
		}
		order = append(order, ch)
	}
	for _, ch := range append(order, last...) {
		if err := v.file(ch); err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// revertRenumber gives a renumbered document its former number back. All that
// points to it follows, also what came later.
func (o *Office) revertRenumber(tx *repo.Tx, done *Done, c gitstore.Commit) error {
	git := tx.Repo().Git()
	parent, err := git.Commit(c.Parents[0])
	if err != nil {
		return err
	}
	var from, to string
	err = git.DiffTrees(parent.Tree, c.Tree, func(ch gitstore.Change) error {
		number, ok := repo.NumberOfPath(ch.Path)
		switch {
		case !ok:
		case ch.New.ID.IsZero():
			to = number
		case ch.Old.ID.IsZero():
			from = number
		}
		return nil
	})
	if err != nil {
		return err
	}
	if from == "" || to == "" {
		return dependsOn(short(c.ID.String()), "it renumbers no document")
	}
	d, err := tx.Document(from)
	if err != nil {
		return dependsOn(from, err.Error())
	}
	moved, err := o.renumber(tx, done, d, to)
	if err != nil {
		return err
	}
	done.Document = moved
	return nil
}

// renumberedSince finds the present numbers of documents that had another one
// when a commit changed them; by now that may be the number of another document.
func (o *Office) renumberedSince(changes []gitstore.Change) (map[string]string, error) {
	numbers := map[string]string{}
	for _, ch := range changes {
		number, ok := repo.NumberOfPath(ch.Path)
		if !ok {
			continue
		}
		d, err := documentAt(o.repo, ch.New.ID)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		if now, err := o.repo.ReadHead(number); err == nil && now.UID == d.UID {
			continue
		}
		switch to, err := o.repo.Renumbered(number, d.UID); {
		case err != nil:
			return nil, err
		case to != "":
			numbers[number] = to
		}
	}
	return numbers, nil
}

// present is the number by now of the document that the commit knew by one.
func (v *reversal) present(number string) string {
	if to := v.numbers[number]; to != "" {
		return to
	}
	return number
}

func (v *reversal) file(ch gitstore.Change) error {
	if strings.HasPrefix(ch.Path, schema.Dir+"/") {
		return nil // made anew from the definitions
	}
	if strings.HasPrefix(ch.Path, definition.PinnedDir+"/") {
		return nil // a kept definition harms nobody, and other instances may run on it
	}
	if number, ok := repo.NumberOfPath(ch.Path); ok {
		return v.document(v.present(number), ch)
	}
	at := ch.Path
	if owner := repo.OwnerOfPath(ch.Path); owner != "" {
		number := v.present(owner)
		if v.registered[number] {
			return nil // the files of a document that becomes void stay with it
		}
		if number != owner {
			p, err := v.o.repo.Path(number)
			if err != nil {
				return err
			}
			at = path.Join(strings.TrimSuffix(p, definition.Ext), path.Base(ch.Path))
		}
	}
	git := v.o.repo.Git()
	now, err := git.Lookup(v.head, at)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if now.ID != ch.New.ID {
		return dependsOn(at, "was changed again later")
	}
	if ch.Old.ID.IsZero() {
		v.tx.DeleteFile(at)
		return nil
	}
	old, err := git.Blob(ch.Old.ID)
	if err != nil {
		return err
	}
	v.tx.PutFile(at, old)
	return nil
}

func (v *reversal) document(number string, ch gitstore.Change) error {
	now, err := v.tx.Document(number)
	if err != nil {
		return dependsOn(number, err.Error())
	}
	after, err := v.version(ch.New.ID, ch.Path)
	if err != nil {
		return err
	}
	if ch.Old.ID.IsZero() {
		return v.void(now, after)
	}
	before, err := v.version(ch.Old.ID, ch.Path)
	if err != nil {
		return err
	}
	merged, err := restore(now, after, before, v.o.waits)
	if err != nil {
		return err
	}
	v.done.Document = merged
	return v.tx.Replace(merged)
}

// version reads what a document was, under the numbers that are now.
func (v *reversal) version(id gitstore.Hash, path string) (*document.Document, error) {
	if id.IsZero() {
		return nil, dependsOn(path, "the commit deleted it; git revert brings it back")
	}
	src, err := v.o.repo.Git().Blob(id)
	if err != nil {
		return nil, err
	}
	d, problems := v.o.repo.ReadDocument(path, src)
	if err := problems.Err(); err != nil {
		return d, err
	}
	f, err := v.tx.Definitions().Form(d.Form)
	if err != nil {
		return nil, err
	}
	for _, number := range engine.Numbers(f, d) {
		if _, err := v.o.repo.Path(number); err != nil || v.numbers[number] != "" {
			continue // no number, only text of a variable
		}
		if _, err := v.o.repo.ReadHead(number); err == nil {
			continue
		}
		switch to, err := v.o.repo.Renumbered(number, ""); {
		case err != nil:
			return nil, err
		case to != "":
			v.numbers[number] = to
		}
	}
	d.Number = v.present(d.Number)
	engine.PutNumbers(f, d, v.numbers)
	return d, nil
}

// dependsOn refuses to undo what was done to a document or a file.
func dependsOn(what, why string) error {
	hint := "e1 log " + what
	if strings.Contains(what, "/") {
		hint = "git log -p -- " + what
	}
	return refusef(hint, "%s: cannot be undone: %s", what, why)
}

// void takes a registration back: the document keeps its number and the
// identity of its letter, nothing is expected of it any more.
func (v *reversal) void(now, after *document.Document) error {
	tx := v.tx
	if !same(untold(now), untold(after)) {
		return dependsOn(now.Number, "the document was changed later; undo that first")
	}
	db, err := tx.Repo().Index()
	if err != nil {
		return err
	}
	edges, err := db.RefsTo(now.Number, 0)
	if err != nil {
		return err
	}
	var from []string
	for _, e := range edges {
		if !v.registered[e.From] && !slices.Contains(from, e.From) && e.From != now.Number {
			if d, err := tx.Document(e.From); err == nil && (isVoid(d) || !pointsTo(d, now.Number)) {
				continue // nothing is expected of it, or this very undo removes the reference
			}
			from = append(from, e.From)
		}
	}
	if len(from) > 0 {
		return dependsOn(now.Number, "these documents point to it: "+strings.Join(from, ", "))
	}
	now.Status = form.Void
	now.Letters = withdrawn(now, nil, v.o.waits)
	for i := range now.Routes {
		in := &now.Routes[i]
		if in.State != engine.Running {
			continue
		}
		in.State, in.Ended, in.Open = engine.Stopped, tx.Now(), nil
		for j := range in.Tasks {
			if t := &in.Tasks[j]; engine.Pending(t.State) || t.State == engine.TaskInform {
				t.State, t.Done = engine.TaskCancelled, tx.Now()
			}
		}
	}
	v.done.Document = now
	return nil
}

// untold leaves out the letters about tasks: whether people were told once more,
// as they are of another number, stands in nobody's way.
func untold(d *document.Document) *document.Document {
	out := *d
	out.Letters = slices.DeleteFunc(slices.Clone(d.Letters), func(l document.Letter) bool { return l.Task != 0 })
	return &out
}

func pointsTo(d *document.Document, number string) bool {
	for _, e := range d.Card {
		if e.Value.Text == number {
			return true
		}
		for _, row := range e.Value.Rows {
			for _, c := range row {
				if c.Text == number {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(d.Links, func(l document.Link) bool { return l.To == number })
}
