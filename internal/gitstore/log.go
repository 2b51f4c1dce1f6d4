package gitstore

import (
	"container/heap"
	"errors"
	"slices"
)

// ErrStop, returned by a callback of Log, ends the walk without error.
var ErrStop = errors.New("stop")

// Log walks every ancestor of from, about in the order of time, newest first:
// where clocks differ or seconds are equal a commit may come before a child of
// it. A commit for which until is true is not visited, nor anything only
// reachable through it; until may be nil. fn may return ErrStop. At the end of a
// shallow clone the walk ends.
func (r *Repo) Log(from Hash, until func(Hash) bool, fn func(Commit) error) error {
	if from.IsZero() {
		return nil
	}
	queue := &commitQueue{}
	seen := map[Hash]bool{}
	push := func(id Hash, optional bool) error {
		if seen[id] || until != nil && until(id) {
			return nil
		}
		seen[id] = true
		c, err := r.Commit(id)
		if optional && errors.Is(err, ErrMissing) && r.Shallow() {
			return nil // behind the edge of a shallow clone
		}
		if err != nil {
			return err
		}
		heap.Push(queue, c)
		return nil
	}
	if err := push(from, false); err != nil {
		return err
	}
	for queue.Len() > 0 {
		c := heap.Pop(queue).(Commit)
		if err := fn(c); err != nil {
			if errors.Is(err, ErrStop) {
				return nil
			}
			return err
		}
		for _, p := range c.Parents {
			if err := push(p, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// commitQueue is a heap of commits, newest first, then by name.
type commitQueue []Commit

func (q commitQueue) Len() int      { return len(q) }
func (q commitQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *commitQueue) Push(x any)   { *q = append(*q, x.(Commit)) }
func (q commitQueue) Less(i, j int) bool {
	if c := q[j].Committer.When.Compare(q[i].Committer.When); c != 0 {
		return c < 0
	}
	return slices.Compare(q[i].ID[:], q[j].ID[:]) < 0
}
func (q *commitQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// IsAncestor reports whether a is b or one of its ancestors. Commit times
// are used to find it soon, not to decide.
func (r *Repo) IsAncestor(a, b Hash) (bool, error) {
	found := false
	err := r.Log(b, nil, func(c Commit) error {
		if c.ID == a {
			found = true
			return ErrStop
		}
		return nil
	})
	return found, err
}

// Published reports whether a commit was pushed: whether it is reachable from
// a remote-tracking ref. Only what HEAD has beyond those refs is walked, so a
// commit that is not in the history of HEAD counts as published as soon as
// there is any remote-tracking ref: the answer errs on that side.
func (r *Repo) Published(commit Hash) (bool, error) {
	remotes, err := r.Refs("refs/remotes/")
	if err != nil || len(remotes) == 0 {
		return false, err
	}
	head, err := r.Head()
	if err != nil {
		return false, err
	}
	unpublished := false
	err = r.unpublished(head.Commit, remotes, func(id Hash) bool {
		unpublished = id == commit
		return !unpublished
	})
	return !unpublished && err == nil, err
}

// Unpublished returns the commits of HEAD that no remote-tracking ref
// reaches. all is true when there is no such ref: then nothing was published.
func (r *Repo) Unpublished() (commits []Hash, all bool, err error) {
	remotes, err := r.Refs("refs/remotes/")
	if err != nil || len(remotes) == 0 {
		return nil, err == nil, err
	}
	head, err := r.Head()
	if err != nil {
		return nil, false, err
	}
	err = r.unpublished(head.Commit, remotes, func(id Hash) bool {
		commits = append(commits, id)
		return true
	})
	slices.SortFunc(commits, func(a, b Hash) int { return slices.Compare(a[:], b[:]) })
	return commits, false, err
}

// unpublished walks HEAD and the remote refs together, newest first, painting
// what a remote reaches, until nothing unpainted is waiting. Commit times out
// of order can leave a published commit unpainted when it is met; so results
// are given out only at the end, after the paint of each is known.
func (r *Repo) unpublished(head Hash, remotes []Ref, fn func(Hash) bool) error {
	if head.IsZero() {
		return nil
	}
	type mark struct {
		painted bool
		commit  Commit
	}
	marks := map[Hash]*mark{}
	queue := &commitQueue{}
	waiting := 0 // unpainted commits in the queue
	paint := func(id Hash) {
		for stack := []Hash{id}; len(stack) > 0; {
			id, stack = stack[len(stack)-1], stack[:len(stack)-1]
			if m := marks[id]; m != nil && !m.painted {
				m.painted = true
				stack = append(stack, m.commit.Parents...)
			}
		}
	}
	push := func(id Hash, painted bool) error {
		if m := marks[id]; m != nil {
			if painted {
				paint(id)
			}
			return nil
		}
		c, err := r.Commit(id)
		if err != nil {
			if errors.Is(err, ErrMissing) && r.Shallow() {
				return nil // behind the edge of a shallow clone
			}
			return err
		}
		marks[id] = &mark{painted, c}
		heap.Push(queue, c)
		return nil
	}
	for _, ref := range remotes {
		if o, err := r.odb.get(ref.ID); err != nil || o.kind.String() != "commit" {
			continue
		}
		if err := push(ref.ID, true); err != nil {
			return err
		}
	}
	if err := push(head, false); err != nil {
		return err
	}
	var order []Hash
	for queue.Len() > 0 {
		waiting = 0
		for _, c := range *queue {
			if !marks[c.ID].painted {
				waiting++
				break
			}
		}
		if waiting == 0 {
			break
		}
		c := heap.Pop(queue).(Commit)
		order = append(order, c.ID)
		for _, p := range c.Parents {
			if err := push(p, marks[c.ID].painted); err != nil {
				return err
			}
		}
	}
	for _, id := range order {
		if !marks[id].painted && !fn(id) {
			return nil
		}
	}
	return nil
}
