package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/repo"
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
	if by, err := o.takenBack(db, r); err != nil {
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
		return nil, refusef("e1 log shows the commits; e1 undo COMMIT takes one back", "user %q has nothing left to undo", o.actor.ID)
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
		if by, err := o.takenBack(db, r); err != nil {
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
// both touched, under the number that it has by now as well.
func (o *Office) takenBack(db *index.DB, r index.CommitRecord) (string, error) {
	if len(r.Docs) == 0 {
		return "", nil
	}
	numbers := r.Docs[:1]
	if to, err := o.numberNow(r, r.Docs[0]); err != nil {
		return "", err
	} else if to != "" {
		numbers = []string{r.Docs[0], to}
	}
	var records []index.CommitRecord
	for _, number := range numbers {
		count := 0
		err := db.CommitsOf(number, func(later index.CommitRecord) error {
			records = append(records, later)
			if count++; later.ID == r.ID || count == undoDepth {
				return index.ErrEnough
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	slices.SortStableFunc(records, func(a, b index.CommitRecord) int { return cmp.Compare(b.Place, a.Place) })
	return undone(records)[r.ID], nil
}

// numberNow finds which number a document has by now that a commit touched under
// another one; "" when it has not changed, or is gone.
func (o *Office) numberNow(r index.CommitRecord, number string) (string, error) {
	path, err := o.repo.Path(number)
	if err != nil {
		return "", nil // no form has such numbers any more
	}
	blob, err := blobAt(o.repo.Git(), r.ID, path)
	if err != nil {
		return "", err
	}
	d, err := documentAt(o.repo, blob)
	if d == nil || err != nil {
		return "", err
	}
	if now, err := o.repo.ReadHead(number); err == nil && now.UID == d.UID {
		return "", nil
	}
	return o.repo.Renumbered(number, d.UID)
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

// short is a commit id as people read it.
func short(id string) string {
	if len(id) > 10 {
		return id[:10]
	}
	return id
}
