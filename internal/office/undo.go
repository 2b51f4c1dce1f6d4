package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/schema"
)

// undoDepth bounds how far back the last operation of a user is looked for.
const undoDepth = 1000

// Undo takes back one operation, the acting user's last when no commit is
// given, as a new commit. It refuses when later changes depend on it.
func (o *Office) Undo(ctx context.Context, commit string) (*Done, error) {
	if commit == "" {
		return o.undoLast(ctx)
	}
	id, err := o.repo.ResolveCommit(commit)
	if err != nil {
		return nil, err
	}
	db, err := o.repo.History()
	if err != nil {
		return nil, err
	}
	r, ours, err := db.Commit(id)
	if err != nil {
		return nil, err
	}
	if !ours {
		return nil, refusef("e1 log", "commit %s is not in the history of this branch", short(id))
	}
	if by, err := takenBack(db, r); err != nil {
		return nil, err
	} else if by != "" {
		return nil, refusef("e1 undo "+short(by)+" brings it back", "commit %s was taken back already, by %s", short(id), short(by))
	}
	return o.undo(ctx, id)
}

// undoLast takes back the newest operation of the actor. When that cannot be
// done it says which one that was and how another one is chosen: what stands
// in the way of one does not stand in the way of all before it.
func (o *Office) undoLast(ctx context.Context) (*Done, error) {
	db, err := o.repo.History()
	if err != nil {
		return nil, err
	}
	last, err := o.undoable(db, 2)
	if err != nil {
		return nil, err
	}
	if len(last) == 0 {
		return nil, refusef("e1 log shows the commits; e1 undo COMMIT takes one back", "user %q has done nothing that could be undone", o.actor.ID)
	}
	done, err := o.undo(ctx, last[0].ID)
	if err == nil {
		return done, nil
	}
	hint := fmt.Sprintf("your last one was tried: %s %s", short(last[0].ID), last[0].Subject)
	if len(last) > 1 {
		hint += fmt.Sprintf("\ne1 undo %s takes back the one before it: %s", short(last[1].ID), last[1].Subject)
	}
	var refused *RefusedError
	var breaks *BreaksError
	switch {
	case errors.As(err, &refused):
		return nil, &RefusedError{Message: err.Error(), hint: strings.TrimPrefix(refused.hint+"\n"+hint, "\n")}
	case errors.As(err, &breaks):
		breaks.hint = hint
	}
	return nil, err
}

func (o *Office) undo(ctx context.Context, id string) (*Done, error) {
	hash, err := gitstore.ParseHash(id)
	if err != nil {
		return nil, err
	}
	c, err := o.repo.Git().Commit(hash)
	if err != nil {
		return nil, err
	}
	actor := c.Trailer(repo.TrailerActor)
	if actor != o.actor.ID && !o.actor.Admin() {
		return nil, &DeniedError{
			Message: fmt.Sprintf("commit %s is the work of %q", short(id), actor),
			hint:    "its author or somebody with the role admin can undo it",
		}
	}
	if c.Trailer(repo.TrailerOp) == "init" || len(c.Parents) == 0 {
		return nil, refusef("", "commit %s made the repository and cannot be undone", short(id))
	}
	if len(c.Parents) > 1 {
		return nil, refusef("git revert -m 1 "+short(id), "commit %s is a merge", short(id))
	}
	op := o.operation("undo")
	op.Undoes = id
	return o.updateAs(ctx, op, func(tx *repo.Tx, done *Done) error {
		tx.Subject("undo %s (%s)", c.Subject, short(id))
		tx.Lenient()
		if c.Trailer(repo.TrailerOp) == "renumber" {
			return o.revertRenumber(tx, done, c)
		}
		return o.revert(tx, done, c)
	})
}

// undoable finds the newest commits of the actor, at most so many, that are
// neither undos nor taken back, by whomever.
func (o *Office) undoable(db *index.DB, most int) ([]index.CommitRecord, error) {
	records, err := db.Recent(undoDepth, o.actor.ID)
	if err != nil {
		return nil, err
	}
	own := undone(records)
	var out []index.CommitRecord
	for _, r := range records {
		if r.Op == "" || r.Op == "init" || r.Op == "undo" || own[r.ID] != "" {
			continue
		}
		if by, err := takenBack(db, r); err != nil {
			return nil, err
		} else if by != "" {
			continue
		}
		if out = append(out, r); len(out) == most {
			break
		}
	}
	return out, nil
}

// takenBack gives the undo that took a commit back and is not taken back
// itself; "" for none. It is looked for among the commits of a document that
// both touched.
func takenBack(db *index.DB, r index.CommitRecord) (string, error) {
	if len(r.Docs) == 0 {
		return "", nil
	}
	var records []index.CommitRecord
	err := db.CommitsOf(r.Docs[0], func(later index.CommitRecord) error {
		if records = append(records, later); later.ID == r.ID || len(records) == undoDepth {
			return index.ErrEnough
		}
		return nil
	})
	return undone(records)[r.ID], err
}

// undone tells of commits, newest first, which undo each was taken back by:
// an undo that was undone itself does not count.
func undone(records []index.CommitRecord) map[string]string {
	by := map[string]string{}
	for _, r := range records {
		if r.Op == "undo" && by[r.ID] == "" {
			by[r.Undoes] = r.ID
		}
	}
	return by
}

// refuseVoiding says how a document becomes void.
func (o *Office) refuseVoiding(number string) error {
	hint := "e1 log " + number
	if p, err := pastOf(o.repo, number); err == nil {
		versions, _ := p.versions(number, 0)
		for _, v := range versions {
			if v.brings() {
				hint = "e1 undo " + short(v.rec.ID)
			}
		}
	}
	return refusef(hint, "%s becomes void by undoing its registration", number)
}

// refuseVoid is why nothing is done with a void document, with the undo that
// made it so.
func (o *Office) refuseVoid(number string) error {
	hint := ""
	if db, err := o.repo.History(); err == nil {
		_ = db.CommitsOf(number, func(last index.CommitRecord) error {
			if last.Op == "undo" {
				hint = "e1 undo " + short(last.ID) + " brings it back"
			}
			return index.ErrEnough
		})
	}
	return refusef(hint, "%s is void: its registration was taken back", number)
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
	var problems []error
	registered := map[string]bool{}
	// Registrations come last: what the same commit made point to them must be
	// taken back before it is asked what still points to them.
	var order, last []gitstore.Change
	for _, ch := range changes {
		if number, ok := repo.NumberOfPath(ch.Path); ok && ch.Old.ID.IsZero() {
			registered[number] = true
			last = append(last, ch)
			continue
		}
		order = append(order, ch)
	}
	for _, ch := range append(order, last...) {
		if err := o.revertFile(tx, head.Tree, ch, registered, done); err != nil {
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

func (o *Office) revertFile(tx *repo.Tx, head gitstore.Hash, ch gitstore.Change, registered map[string]bool, done *Done) error {
	if strings.HasPrefix(ch.Path, schema.Dir+"/") {
		return nil // made anew from the definitions
	}
	if strings.HasPrefix(ch.Path, definition.PinnedDir+"/") {
		return nil // a kept definition harms nobody, and other instances may run on it
	}
	git := tx.Repo().Git()
	number, isDocument := repo.NumberOfPath(ch.Path)
	if !isDocument {
		if owner := repo.OwnerOfPath(ch.Path); owner != "" && registered[owner] {
			return nil // the files of a document that becomes void stay with it
		}
		now, err := git.Lookup(head, ch.Path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if now.ID != ch.New.ID {
			return dependsOn(ch.Path, "was changed again later")
		}
		if ch.Old.ID.IsZero() {
			tx.DeleteFile(ch.Path)
			return nil
		}
		old, err := git.Blob(ch.Old.ID)
		if err != nil {
			return err
		}
		tx.PutFile(ch.Path, old)
		return nil
	}
	now, err := tx.Document(number)
	if err != nil {
		return dependsOn(number, err.Error())
	}
	after, err := o.readBlob(ch.New.ID, ch.Path)
	if err != nil {
		return err
	}
	if ch.Old.ID.IsZero() {
		return o.void(tx, done, now, after, registered)
	}
	before, err := o.readBlob(ch.Old.ID, ch.Path)
	if err != nil {
		return err
	}
	merged, err := restore(now, after, before, o.waits)
	if err != nil {
		return err
	}
	done.Document = merged
	return tx.Replace(merged)
}

func dependsOn(what, why string) error {
	return refusef("e1 log "+what, "%s: cannot be undone: %s", what, why)
}

func (o *Office) readBlob(id gitstore.Hash, path string) (*document.Document, error) {
	if id.IsZero() {
		return nil, dependsOn(path, "the commit deleted it; git revert brings it back")
	}
	src, err := o.repo.Git().Blob(id)
	if err != nil {
		return nil, err
	}
	d, problems := o.repo.ReadDocument(path, src)
	return d, problems.Err()
}

// void takes a registration back: the document keeps its number and the
// identity of its letter, nothing is expected of it any more.
func (o *Office) void(tx *repo.Tx, done *Done, now, after *document.Document, registered map[string]bool) error {
	if !same(now, after) {
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
		if !registered[e.From] && !slices.Contains(from, e.From) && e.From != now.Number {
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
	now.Letters = withdrawn(now, nil, o.waits)
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
	done.Document = now
	return nil
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

// short is a commit id as people read it.
func short(id string) string {
	if len(id) > 10 {
		return id[:10]
	}
	return id
}
