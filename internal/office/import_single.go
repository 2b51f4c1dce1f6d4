package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/maildir"
	"github.com/e1-dms/e1/internal/repo"
)

// stdinName is what a letter is called that lies in no folder.
const stdinName = "-"

// Deliver imports one letter that a mail server hands over, as if it lay in the
// folder of the named import. It returns without an error only when the letter
// is safe: in the repository, or in that folder's quarantine or cur/.
func Deliver(ctx context.Context, r *repo.Repo, opt Options, name string, raw []byte) (*ImportRun, error) {
	b, err := boxOf(r, r.Definitions(), name)
	if err != nil {
		return nil, err
	}
	im := &importing{repo: r, opt: opt, run: &ImportRun{}, left: -1, known: map[string]bool{}}
	l := newLetter(maildir.Item{Name: stdinName}, raw)
	by := b.last()
	outcomes, err := im.unrecognised([]*letter{l})
	if err != nil {
		return nil, err
	}
	re, err := replyOf(r.Lookup(), l.message)
	if err != nil {
		return nil, err
	}
	chosen := b.choose(l.message)
	if chosen != nil {
		by = chosen.Name
	}
	switch {
	case re != nil:
		out, err := im.answer(ctx, l, re)
		if err != nil {
			return nil, err
		}
		outcomes = []*outcome{out}
	case chosen != nil:
		if outcomes, err = im.commit(ctx, b, by, []*letter{l}); err != nil {
			return nil, err
		}
	}
	if !opt.DryRun {
		if err := b.keep(outcomes[0]); err != nil {
			return nil, err
		}
	}
	return im.run, im.settle(nil, by, outcomes)
}

// keep stores a delivered letter that led to no document.
func (b *Box) keep(o *outcome) error {
	if o.duplicate || o.kind != intake.Quarantine && o.kind != intake.Ignore {
		return nil
	}
	folder, err := b.make()
	if err != nil {
		return err
	}
	if o.kind == intake.Quarantine {
		if there, err := quarantined(folder, o.letter.identity); there || err != nil {
			return err
		}
		_, err = folder.DeliverQuarantined(o.letter.raw, o.reason)
		return err
	}
	item, err := folder.Deliver(o.letter.raw)
	if err != nil {
		return err
	}
	_, err = folder.Done(item)
	return err
}

// quarantined tells whether a letter lies in quarantine already: a mail server
// that was not told of the first delivery delivers it again.
func quarantined(folder *maildir.Folder, identity string) (bool, error) {
	held, err := folder.Quarantined()
	if err != nil {
		return false, err
	}
	for _, h := range held {
		raw, err := os.ReadFile(h.Item.Path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // somebody has just dragged it back
		}
		if err != nil {
			return false, err
		}
		if newLetter(h.Item, raw).identity == identity {
			return true, nil
		}
	}
	return false, nil
}

// boxOf is the folder of one import.
func boxOf(r *repo.Repo, defs *definition.Set, name string) (*Box, error) {
	i, err := defs.Import(name)
	if err != nil {
		return nil, err
	}
	boxes, err := Boxes(r, defs)
	if err != nil {
		return nil, err
	}
	for _, b := range boxes {
		if !b.holds(name) {
			continue
		}
		if len(b.Broken) > 0 {
			return nil, b.Broken[0]
		}
		return b, nil
	}
	return nil, &BrokenImportError{Name: name, Err: i.Problems.Err()}
}

// Trial is what would become of a letter.
type Trial struct {
	Import    string // the import that takes it; empty for none
	Kind      intake.Kind
	Duplicate bool
	Number    string // of the document it belongs to, or came to before
	Reason    string
	Task      int    // that it answers to
	Outcome   string // with this outcome
	Form      string
	Values    []intake.Value
	Notes     []string
	Document  *document.Document // as it would be registered, or with the letter added
}

// TryLetter says what would become of a letter in the folder of an import, and
// changes nothing. The definitions are given, so that one being written can be
// tried before it is committed.
func TryLetter(ctx context.Context, r *repo.Repo, opt Options, defs *definition.Set, name string, raw []byte) (*Trial, error) {
	b, err := boxOf(r, defs, name)
	if err != nil {
		return nil, err
	}
	l := newLetter(maildir.Item{Name: stdinName}, raw)
	def := b.choose(l.message)
	re, err := replyOf(r.Lookup(), l.message)
	if err != nil {
		return nil, err
	}
	if re != nil {
		opt.DryRun = true
		im := &importing{repo: r, opt: opt, run: &ImportRun{}, left: -1, known: map[string]bool{}}
		out, err := im.answer(ctx, l, re)
		if err != nil {
			return nil, err
		}
		return &Trial{Kind: out.kind, Duplicate: out.duplicate, Number: out.number, Task: out.task, Outcome: out.answer, Reason: out.reason}, nil
	}
	if def == nil {
		result := intake.Decide(nil, l.message, nil)
		return &Trial{Kind: result.Kind, Reason: result.Reason}, nil
	}
	o := Machine(r, "import/"+def.Name, opt)
	trial := &Trial{Import: def.Name, Form: def.Form}
	op := o.operation("import")
	op.Trial = true
	_, err = o.updateAs(ctx, op, func(tx *repo.Tx, done *Done) error {
		lookup := &letterLookup{tx: tx}
		result := def.Read(l.message, lookup)
		if lookup.err != nil {
			return lookup.err
		}
		trial.Values, trial.Notes = result.Values, slices.Concat(result.Notes)
		out, err := o.receive(tx, done, def, l, nil)
		if err != nil {
			return err
		}
		trial.Kind, trial.Duplicate, trial.Number, trial.Reason = out.kind, out.duplicate, out.number, out.reason
		if !out.duplicate && out.number != "" {
			trial.Document, err = tx.Document(out.number)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", def.Name, err)
	}
	return trial, nil
}
