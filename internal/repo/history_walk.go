package repo

import (
	"container/heap"
	"context"
	"errors"

	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

// longHistory is how many unknown commits make it likely that there are very
// many.
const longHistory = 5000

// historyChange finds what brings the history that db has recorded to that of
// head. Only commits that were never recorded are read from git; of the others
// those are visited in which the two histories differ.
func (r *Repo) historyChange(db *index.DB, head gitstore.Hash) (index.HistoryChange, error) {
	edge, err := r.git.ShallowEdge()
	if err != nil {
		return index.HistoryChange{}, err
	}
	change := index.HistoryChange{Head: head.String(), Edge: edge}
	was, wasEdge, err := db.HistoryHead()
	if err != nil {
		return change, err
	}
	if _, known, err := db.Recorded(was); err != nil {
		return change, err
	} else if !known || edge != wasEdge {
		// What a shallow clone knew of parents may be wrong by now.
		change.Clear = true
	}
	w := &historyWalk{r: r, db: db, change: &change, places: map[string]index.Place{}, at: map[string]int{}}
	if err := w.forward(head.String()); err != nil {
		return change, err
	}
	if err := w.number(); err != nil {
		return change, err
	}
	if !change.Clear && !w.met[was] {
		err = w.backward(was)
	}
	return change, err
}

// historyWalk is one comparison of histories.
type historyWalk struct {
	r      *Repo
	db     *index.DB
	change *index.HistoryChange
	// found are commits that were never recorded, in the order they were met,
	// and at is where each stands.
	found []foundCommit
	at    map[string]int
	// places are those of the recorded commits that were met, and met are those
	// of them at which the walk stopped, since all before them is known.
	places map[string]index.Place
	met    map[string]bool
}

type foundCommit struct {
	index.CommitRecord
	made     gitstore.Signature
	numbered bool
}

// forward walks from head to what belongs to the recorded history.
func (w *historyWalk) forward(head string) error {
	w.met = map[string]bool{}
	bar := w.r.opt.progress("history", 0)
	defer bar.Done()
	ctx, stop := context.WithCancel(w.r.ctx)
	defer stop()
	seen := map[string]bool{head: true}
	stack := []string{head}
	push := func(parents []string) {
		for i := len(parents) - 1; i >= 0; i-- {
			if p := parents[i]; !seen[p] {
				seen[p] = true
				stack = append(stack, p)
			}
		}
	}
	for len(stack) > 0 {
		id := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !w.change.Clear {
			known, ok, err := w.db.Recorded(id)
			if err != nil {
				return err
			}
			if ok {
				w.places[id] = known.Place
				if known.Live {
					w.met[id] = true
					continue
				}
				w.change.Revived = append(w.change.Revived, id)
				push(known.Parents)
				continue
			}
		}
		if err := w.read(id, id == head); err != nil {
			return err
		}
		i, ok := w.at[id]
		if !ok {
			continue
		}
		push(w.found[i].Parents)
		if n := len(w.found); n%1000 == 0 {
			bar.Set(n)
			if n == longHistory {
				go w.r.git.ReadAhead(ctx)
			}
		}
	}
	return nil
}

// read reads a commit that was never recorded. One that is not there, behind
// the edge of a shallow clone, is no part of the history.
func (w *historyWalk) read(id string, must bool) error {
	if err := w.r.ctx.Err(); err != nil {
		return err
	}
	hash, err := gitstore.ParseHash(id)
	if err != nil {
		return err
	}
	c, err := w.r.git.Commit(hash)
	if errors.Is(err, gitstore.ErrMissing) && !must {
		return nil
	}
	if err != nil {
		return err
	}
	rec, err := w.r.record(c)
	if err != nil {
		return err
	}
	w.at[id] = len(w.found)
	w.found = append(w.found, foundCommit{CommitRecord: rec, made: c.Committer})
	return nil
}

// number gives the commits that were found their places, parents first.
func (w *historyWalk) number() error {
	for i := range w.found {
		stack := []int{i}
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			c := &w.found[at]
			waits := false
			var parents []index.Place
			for _, p := range c.Parents {
				if place, ok := w.places[p]; ok {
					parents = append(parents, place)
				} else if j, ok := w.at[p]; ok {
					if !w.found[j].numbered {
						stack, waits = append(stack, j), true
						continue
					}
					parents = append(parents, w.found[j].Place)
				}
			}
			if waits {
				continue
			}
			stack = stack[:len(stack)-1]
			if !c.numbered {
				c.Place, c.numbered = index.PlaceAfter(c.made.When, parents...), true
				w.change.New = append(w.change.New, c.CommitRecord)
			}
		}
	}
	return nil
}

// backward finds the commits that belonged to the history of was and do not
// belong to the new one: those on the way from was that none of the commits at
// which the walk from head stopped descends from. The latest is looked at
// first, so that whether a commit stays is known when it is its turn, and the
// search ends where the histories meet.
func (w *historyWalk) backward(was string) error {
	q := &placeQueue{}
	stays := map[string]bool{}
	leaving := 0
	reach := func(id string, staying bool) error {
		if before, met := stays[id]; met {
			if staying && !before {
				stays[id] = true
				leaving--
			}
			return nil
		}
		known, ok, err := w.db.Recorded(id)
		if err != nil || !ok {
			return err
		}
		if stays[id] = staying; !staying {
			leaving++
		}
		heap.Push(q, placed{id, known})
		return nil
	}
	if err := reach(was, false); err != nil {
		return err
	}
	for id := range w.met {
		if err := reach(id, true); err != nil {
			return err
		}
	}
	for leaving > 0 {
		c := heap.Pop(q).(placed)
		if !stays[c.id] {
			leaving--
			w.change.Dead = append(w.change.Dead, c.id)
		}
		for _, p := range c.Parents {
			if err := reach(p, stays[c.id]); err != nil {
				return err
			}
		}
	}
	return nil
}

type placed struct {
	id string
	index.Recorded
}

// placeQueue is a heap of commits, the latest first.
type placeQueue []placed

func (q placeQueue) Len() int           { return len(q) }
func (q placeQueue) Less(i, j int) bool { return q[i].Place > q[j].Place }
func (q placeQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *placeQueue) Push(x any)        { *q = append(*q, x.(placed)) }
func (q *placeQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}
