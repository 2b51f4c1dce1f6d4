package gitstore

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// UnfinishedError says that a commit happened but that work tree or git index
// could not be brought to it; the next writing command completes them.
type UnfinishedError struct {
	Commit Hash
	Err    error
}

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("commit %s was made, but the work tree is not complete yet: %v", e.Commit.String()[:10], e.Err)
}

func (e *UnfinishedError) Unwrap() error { return e.Err }
func (e *UnfinishedError) hint() string {
	return "remove the cause; the next e1 command that writes completes it"
}

// landing is how a commit happens, of whatever size: all of it durable, the
// journal too, then the ref, then work tree and git index.
type landing struct {
	to      Hash
	who     Signature
	subject string
	journal journal               // its Files, or Whole
	prepare func(j journal) error // makes objects and journal durable
	follow  func() error          // brings work tree and git index to the commit
}

// land makes a commit happen and releases the locks.
func (tx *Tx) land(l landing) (Hash, error) {
	defer tx.Rollback()
	l.journal.Version, l.journal.Command = journalVersion, tx.opt.Command
	l.journal.Ref, l.journal.Old, l.journal.New = tx.head.Ref, hexOrEmpty(tx.head.Commit), l.to.String()
	derived := tx.derive(l.to)
	err := l.prepare(l.journal)
	moved := false
	if err == nil {
		moved, err = tx.r.moveRef(tx.ctx, tx.refMove(l))
	}
	wait := derived(moved && err == nil)
	if !moved {
		wait()
		return Hash{}, errors.Join(Unwritable(err), tx.r.removeJournal())
	}
	if err == nil {
		err = l.follow()
	}
	tx.notes = append(tx.notes, wait()...)
	if err == nil {
		err = tx.r.removeJournal()
	}
	if err != nil {
		tx.abandon() // as if killed: journal and index lock stay
		return l.to, &UnfinishedError{l.to, err}
	}
	tx.Rollback() // the locks
	tx.r.runPostCommit(tx.ctx, tx.opt.Output)
	return l.to, nil
}

func (tx *Tx) refMove(l landing) refMove {
	reflog := "commit: "
	if tx.head.Unborn {
		reflog = "commit (initial): "
	}
	m := refMove{head: tx.head, to: l.to, who: l.who, message: reflog + l.subject, deadline: tx.deadline, command: tx.opt.Command}
	if soon := time.Now().Add(time.Second); m.deadline.Before(soon) {
		m.deadline = soon
	}
	return m
}

// derive begins the functions of Derive. They are told by the first call
// whether the commit was made; the second waits for them. With a fault hook they
// are run by the second, and only after a commit.
func (tx *Tx) derive(id Hash) func(made bool) (wait func() []Note) {
	var notes []Note
	outcome := make(chan bool, 1)
	made := sync.OnceValues(func() (Hash, bool) { return id, <-outcome })
	done := tx.r.disk.beside(func() {
		for _, fn := range tx.derived {
			if err := fn(made); err != nil {
				notes = append(notes, Note{Text: fmt.Sprintf("derived data could not be brought up to date: %v", err)})
			}
		}
	})
	return func(happened bool) func() []Note {
		outcome <- happened
		if !happened && tx.r.disk.fault != nil {
			return func() []Note { return nil }
		}
		return func() []Note { done(); return notes }
	}
}

// abandon drops the locks that die with a process and keeps those that a
// killed process leaves.
func (tx *Tx) abandon() {
	tx.done = true
	tx.lock.Release()
}
