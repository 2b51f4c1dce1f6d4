package office

import (
	"context"
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/repo"
)

// Office works on one repository in the name of one actor.
type Office struct {
	repo  *repo.Repo
	actor Actor
	opt   Options
}

// Options are the circumstances of a run.
type Options struct {
	Identity Identity
	// Command is told to processes that wait for our lock.
	Command string
	DryRun  bool
	// IfCommit refuses to change a document that is another one than at this
	// commit; empty: whatever it is by now.
	IfCommit string
}

// Open identifies the actor.
func Open(r *repo.Repo, opt Options) (*Office, error) {
	o := &Office{repo: r, opt: opt}
	a, err := o.identify(opt.Identity)
	if err != nil {
		return nil, err
	}
	o.actor = a
	return o, nil
}

// Machine opens an office for work that no person does, such as an import.
func Machine(r *repo.Repo, name string, opt Options) *Office {
	return &Office{repo: r, opt: opt, actor: Actor{ID: name, Name: name, From: "machine"}}
}

// Actor is in whose name the office works.
func (o *Office) Actor() Actor { return o.actor }

// Repo is the repository.
func (o *Office) Repo() *repo.Repo { return o.repo }

// Done is what an operation led to.
type Done struct {
	Receipt  repo.Receipt
	Document *document.Document // after the operation; nil for operations on no document
	Others   []*document.Document
	Opened   []engine.TaskRef
	// Effects are what people are to be told, and Over the waits that ended;
	// of new documents under the numbers they got.
	Effects []engine.Effect
	Over    []engine.Over
	Reached []engine.Reached // dates that rules have had
	Notes   []string
	Papers  []Paper // files and letters made of templates
	// Warnings are what a person should look at: possible duplicates and the
	// like. They do not refuse the write.
	Warnings []form.Problem
	problems diag.List      // of hand edits; errors among them refuse the write
	moved    []engine.Moved // positions of migrated routes
}

// attempt runs a part of an operation that may fail on its own: after an error
// the transaction and what it noted are as they were before.
func attempt(tx *repo.Tx, done *Done, fn func() error) error {
	kept := *done
	kept.Others, kept.Opened, kept.Notes, kept.Papers = slices.Clone(done.Others), slices.Clone(done.Opened), slices.Clone(done.Notes), slices.Clone(done.Papers)
	kept.Effects, kept.Over, kept.Reached = slices.Clone(done.Effects), slices.Clone(done.Over), slices.Clone(done.Reached)
	kept.Warnings, kept.moved = slices.Clone(done.Warnings), slices.Clone(done.moved)
	err := tx.Attempt(fn)
	if err != nil {
		*done = kept
	}
	return err
}

// remarks are the notes and warnings of work that no person looks at while it
// is done.
func (d *Done) remarks() []string {
	out := slices.Clone(d.Notes)
	for _, w := range d.Warnings {
		out = append(out, w.Message)
	}
	return out
}

// add notes another document that the operation changed; a later state of one
// noted already takes its place.
func (d *Done) add(other *document.Document) {
	for i, have := range d.Others {
		if have.Number == other.Number {
			d.Others[i] = other
			return
		}
	}
	d.Others = append(d.Others, other)
}

// operation describes a transaction of this office.
func (o *Office) operation(name string) repo.Operation {
	return repo.Operation{
		Name: name, Actor: o.actor.ID, Author: o.signature(), Command: o.opt.Command, DryRun: o.opt.DryRun,
	}
}

// update runs one transaction and fills in what it did.
func (o *Office) update(ctx context.Context, name string, decide func(*repo.Tx, *Done) error) (*Done, error) {
	return o.updateAs(ctx, o.operation(name), decide)
}

func (o *Office) updateAs(ctx context.Context, op repo.Operation, decide func(*repo.Tx, *Done) error) (*Done, error) {
	done := &Done{}
	receipt, err := o.repo.Update(ctx, op, func(tx *repo.Tx) error {
		*done = Done{}
		if err := decide(tx, done); err != nil {
			return err
		}
		if err := o.tell(tx, done); err != nil {
			return err
		}
		if err := o.keepRows(tx, done); err != nil {
			return err
		}
		if err := refuseBreaks(tx, done); err != nil {
			return err
		}
		return refreshSchemas(tx)
	})
	if err != nil {
		return nil, err
	}
	done.Receipt = receipt
	return done, nil
}

// title is what a commit's subject says about a document.
func (o *Office) title(tx *repo.Tx, d *document.Document) string {
	if t := tx.Repo().Title(d); t != "" {
		return d.Number + ": " + t
	}
	return d.Number
}

// plural counts things: "1 document", "2 documents".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
