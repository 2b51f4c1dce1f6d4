package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

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
	db, err := o.repo.History()
	if err != nil {
		return nil, err
	}
	id := commit
	if id == "" {
		if id, err = o.lastOperation(db); err != nil {
			return nil, err
		}
	} else if id, err = o.repo.ResolveCommit(commit); err != nil {
		return nil, err
	}
	if _, ours, err := db.Commit(id); err != nil {
		return nil, err
	} else if !ours {
		return nil, refusef("e1 log", "commit %s is not in the history of this branch", short(id))
	}
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

// lastOperation finds the newest commit of the actor that is neither an undo
// nor taken back already.
func (o *Office) lastOperation(db *index.DB) (string, error) {
	records, err := db.Recent(undoDepth, o.actor.ID)
	if err != nil {
		return "", err
	}
	undone := map[string]bool{}
	for _, r := range records {
		if r.Op == "undo" {
			undone[r.Undoes] = true
			continue
		}
		if r.Op != "" && r.Op != "init" && !undone[r.ID] {
			return r.ID, nil
		}
	}
	return "", refusef("e1 log shows the commits; e1 undo COMMIT takes one back", "user %q has done nothing that could be undone", o.actor.ID)
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
	moved, err := o.renumber(tx, d, to)
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
	after, err := readBlob(git, ch.New.ID, ch.Path)
	if err != nil {
		return err
	}
	if ch.Old.ID.IsZero() {
		return o.void(tx, done, now, after, registered)
	}
	before, err := readBlob(git, ch.Old.ID, ch.Path)
	if err != nil {
		return err
	}
	merged, err := restore(now, after, before)
	if err != nil {
		return err
	}
	done.Document = merged
	return tx.Replace(merged)
}

func dependsOn(what, why string) error {
	return refusef("e1 log "+what, "%s: cannot be undone: %s", what, why)
}

func readBlob(git *gitstore.Repo, id gitstore.Hash, path string) (*document.Document, error) {
	if id.IsZero() {
		return nil, dependsOn(path, "the commit deleted it; git revert brings it back")
	}
	src, err := git.Blob(id)
	if err != nil {
		return nil, err
	}
	d, problems := document.ReadFile(path, src)
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
			if d, err := tx.Document(e.From); err == nil && !pointsTo(d, now.Number) {
				continue // this very undo removes the reference
			}
			from = append(from, e.From)
		}
	}
	if len(from) > 0 {
		return dependsOn(now.Number, "these documents point to it: "+strings.Join(from, ", "))
	}
	now.Status = form.Void
	now.Letters = withdrawn(now, nil)
	for i := range now.Routes {
		in := &now.Routes[i]
		if in.State != engine.Running {
			continue
		}
		in.State, in.Ended, in.Open = engine.Stopped, tx.Now(), nil
		for j := range in.Tasks {
			if t := &in.Tasks[j]; t.State == engine.TaskOpen || t.State == engine.TaskReview || t.State == engine.TaskInform {
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

// same compares what two documents, or parts of them, say. Whether a letter
// has been sent meanwhile is no change that stands in the way of an undo.
func same(a, b *document.Document) bool {
	return len(document.Diff(unsent(a), unsent(b))) == 0
}

func unsent(d *document.Document) *document.Document {
	if !slices.ContainsFunc(d.Letters, func(l document.Letter) bool { return l.State == document.LetterSent }) {
		return d
	}
	out := *d
	out.Letters = slices.Clone(d.Letters)
	for i := range out.Letters {
		if out.Letters[i].State == document.LetterSent {
			out.Letters[i].State, out.Letters[i].Sent = document.LetterQueued, time.Time{}
		}
	}
	return &out
}

// restore takes one operation back in a document: what it changed goes back
// to what was before, what others changed since stays. Where both touched the
// same, the undo is refused.
func restore(now, after, before *document.Document) (*document.Document, error) {
	if same(now, after) {
		out := before.Clone()
		out.Letters = withdrawn(now, before)
		return out, nil
	}
	out := now.Clone()
	out.Letters = withdrawn(now, before)
	var clashes []string
	names := map[string]bool{}
	for _, c := range [][]string{after.Card.Names(), before.Card.Names()} {
		for _, name := range c {
			if names[name] {
				continue
			}
			names[name] = true
			old, did, is := before.Card.Get(name), after.Card.Get(name), now.Card.Get(name)
			if sameValue(old, did) {
				continue
			}
			if !sameValue(is, did) {
				clashes = append(clashes, fmt.Sprintf("field %q", name))
				continue
			}
			if old == nil {
				out.Card.Delete(name)
				continue
			}
			v := old.Clone()
			out.Card.Set(name, &v)
		}
	}
	section := func(name string, get func(*document.Document) *document.Document, set func()) {
		old, did, is := get(before), get(after), get(now)
		switch {
		case same(old, did):
		case same(is, did):
			set()
		default:
			clashes = append(clashes, name)
		}
	}
	section("the status", func(d *document.Document) *document.Document { return &document.Document{Status: d.Status} },
		func() { out.Status = before.Status })
	section("the tasks", func(d *document.Document) *document.Document { return &document.Document{Routes: d.Routes} },
		func() { out.Routes = before.Clone().Routes })
	section("the links", func(d *document.Document) *document.Document { return &document.Document{Links: d.Links} },
		func() { out.Links = before.Clone().Links })
	section("the files", func(d *document.Document) *document.Document { return &document.Document{Files: d.Files} },
		func() { out.Files = before.Clone().Files })
	section("the unknown keys", func(d *document.Document) *document.Document { return &document.Document{Extra: d.Extra} },
		func() { out.Extra = before.Clone().Extra })
	// Comments are only ever added, so the operation's own are removed.
	had := map[string]bool{}
	for _, c := range before.Comments {
		had[c.ID] = true
	}
	added := map[string]bool{}
	for _, c := range after.Comments {
		added[c.ID] = !had[c.ID]
	}
	out.Comments = slices.DeleteFunc(out.Comments, func(c document.Comment) bool { return added[c.ID] })
	if len(clashes) > 0 {
		return nil, dependsOn(now.Number, strings.Join(clashes, ", ")+" changed again later; undo that first")
	}
	return out, nil
}

// withdrawn gives the letters of a document with those taken back that were
// not there before: who waits in the outbox is not sent. A letter that has left
// stays recorded, whatever is undone.
func withdrawn(now, before *document.Document) []document.Letter {
	out := slices.Clone(now.Letters)
	for i, l := range out {
		had := before != nil && slices.ContainsFunc(before.Letters, func(b document.Letter) bool { return b.ID == l.ID })
		if !had && l.State == document.LetterQueued {
			out[i].State = document.LetterWithdrawn
		}
	}
	return out
}

func sameValue(a, b *document.Value) bool {
	wrap := func(v *document.Value) *document.Document {
		d := &document.Document{}
		d.Card.Set("v", v)
		return d
	}
	return same(wrap(a), wrap(b))
}

// short is a commit id as people read it.
func short(id string) string {
	if len(id) > 10 {
		return id[:10]
	}
	return id
}
