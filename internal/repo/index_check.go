package repo

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

// IndexCheck compares what the index answers with what the documents and the
// history of HEAD say: every row of every document, every commit that is
// recorded. Full text is compared by checksum; what the index remembers of the
// versions that commits made of documents is not looked at again.
type IndexCheck struct {
	r       *Repo
	db      *index.DB
	entries *index.Comparison
	commits int
	// recorded says that there is a history to compare.
	recorded bool
}

// CheckIndex begins a comparison.
func (r *Repo) CheckIndex() (*IndexCheck, error) {
	db, err := r.Index()
	if err != nil {
		return nil, err
	}
	c := &IndexCheck{r: r, db: db}
	if head, _, err := db.HistoryHead(); err != nil {
		return nil, err
	} else if c.recorded = head != ""; c.recorded {
		if c.db, err = r.History(); err != nil {
			return nil, err
		}
	}
	c.entries = c.db.Compare()
	return c, nil
}

// Document names the parts in which the index holds something else than a file
// says; d is nil when that cannot be read.
func (c *IndexCheck) Document(f File, d *document.Document) ([]string, error) {
	d = d.Clone() // the caller looks at it as it is written
	c.r.Present(d)
	e, err := c.r.entryFor(d, blobRef{f.Path, f.ID})
	if err != nil {
		return nil, err
	}
	return c.entries.Document(e)
}

// Commit reports whether the index has a commit as it is, in its place.
func (c *IndexCheck) Commit(made gitstore.Commit) (bool, error) {
	if err := c.r.ctx.Err(); err != nil || !c.recorded {
		return true, err
	}
	c.commits++
	want, err := c.r.record(made)
	if err != nil {
		return false, err
	}
	have, found, err := c.db.Commit(want.ID)
	if err != nil || !found {
		return false, err
	}
	var places []index.Place
	for _, id := range want.Parents {
		p, found, err := c.db.Commit(id)
		if err != nil {
			return false, err
		}
		if found { // else it is behind the edge of a shallow clone
			places = append(places, p.Place)
		}
	}
	return have.Place == index.PlaceAfter(made.Committer.When, places...) && slices.Equal(have.Parents, want.Parents) && slices.Equal(have.Docs, want.Docs) &&
		have.Op == want.Op && have.Actor == want.Actor && have.For == want.For && have.When.Equal(want.When) &&
		have.Subject == want.Subject && have.Undoes == want.Undoes, nil
}

// Left says what the index holds beyond the documents and commits that were
// compared.
func (c *IndexCheck) Left() ([]string, error) {
	out, err := c.entries.Left()
	if err != nil || !c.recorded {
		return out, err
	}
	n, err := c.db.CommitCount()
	if err == nil && n != c.commits {
		out = append(out, fmt.Sprintf("%d commits instead of %d", n, c.commits))
	}
	return out, err
}
