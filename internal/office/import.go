package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/filelock"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/maildir"
	"github.com/e1-dms/e1/internal/message"
	"github.com/e1-dms/e1/internal/repo"
)

// A batch of letters is one transaction; it is bounded by number and by bytes.
const (
	batchLetters = 50
	batchBytes   = 64 << 20
)

// ImportRequest says which letters to import.
type ImportRequest struct {
	Names []string // imports; none: all
	Limit int      // at most so many letters; 0: all
	Retry bool     // letters in quarantine are tried again
}

// ImportRun is what became of the letters.
type ImportRun struct {
	Imports []*Imported // those asked for, by name
	Commits []string
	Notes   []string // what people should know, such as rules that were not carried out
	Failed  []error  // what stays to be done, each for one letter or folder
}

// Imported is what one import did.
type Imported struct {
	Name        string
	Seen        int
	Registered  []ImportedLetter
	Attached    []ImportedLetter
	Duplicates  int
	Quarantined []SetAside
	Ignored     []SetAside
	Answered    []AnsweredLetter
}

// AnsweredLetter is a letter that answers to a task: with which outcome, or why
// it was not carried out.
type AnsweredLetter struct {
	Number                         string
	Task                           int
	Title, Source, Outcome, Reason string
}

// ImportedLetter is a letter that led to a document.
type ImportedLetter struct{ Number, Title, Source string }

// SetAside is a letter that did not, with the reason.
type SetAside struct{ Source, Reason string }

// importing is one run.
type importing struct {
	repo *repo.Repo
	opt  Options
	run  *ImportRun
	left int // letters still to be taken; negative: any number
	// known are identities this run has met, for dry runs, which leave nothing
	// in the index.
	known map[string]bool
}

// letter is one letter on its way.
type letter struct {
	item     maildir.Item
	raw      []byte
	message  *message.Message
	identity string
	cause    string // why it cannot even be read; it goes to quarantine
}

// outcome is what became of a letter.
type outcome struct {
	letter        *letter
	kind          intake.Kind
	duplicate     bool
	number, title string
	reason        string
	task          int    // that it answers to
	answer        string // the outcome
}

// Import imports waiting letters: each becomes a document, is added to one,
// goes to quarantine or is put aside, exactly once. What fails is in the result
// and does not stop the rest; the error is for what stops everything.
func Import(ctx context.Context, r *repo.Repo, opt Options, req ImportRequest) (*ImportRun, error) {
	im := &importing{repo: r, opt: opt, run: &ImportRun{}, left: -1, known: map[string]bool{}}
	if req.Limit > 0 {
		im.left = req.Limit
	}
	if !opt.DryRun {
		release, err := r.LockImports(ctx)
		if err != nil {
			return nil, err
		}
		defer release()
	}
	names, err := importNames(r.Definitions(), req.Names)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		im.run.Imports = append(im.run.Imports, &Imported{Name: name})
	}
	boxes, err := Boxes(r, r.Definitions())
	if err != nil {
		return im.run, err
	}
	for _, b := range boxes {
		if !slices.ContainsFunc(names, b.holds) {
			continue
		}
		if len(b.Broken) > 0 {
			im.run.Failed = append(im.run.Failed, b.Broken...)
			continue
		}
		if err := im.box(ctx, b, names, req.Retry); err != nil {
			if fatal(err) {
				return im.run, err
			}
			im.run.Failed = append(im.run.Failed, err)
		}
	}
	return im.run, nil
}

// importNames checks the names asked for; none means all there are.
func importNames(defs *definition.Set, asked []string) ([]string, error) {
	all, err := defs.Imports()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, i := range all {
		if len(asked) == 0 || slices.Contains(asked, i.Name) {
			names = append(names, i.Name)
		}
	}
	for _, name := range asked {
		if _, err := defs.Import(name); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// fatal reports whether an error concerns every letter alike.
func fatal(err error) bool {
	var locked *filelock.LockedError
	var state *gitstore.StateError
	var unsupported *gitstore.UnsupportedError
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &locked) || errors.As(err, &state) || errors.As(err, &unsupported)
}

// box imports the letters of one folder, in the order they were delivered.
func (im *importing) box(ctx context.Context, b *Box, names []string, retry bool) error {
	folder, err := b.Folder()
	if err != nil {
		return err
	}
	if retry {
		if err := im.release(folder); err != nil {
			return err
		}
	}
	items, err := folder.Waiting()
	if err != nil {
		return err
	}
	for len(items) > 0 && im.left != 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch, rest := im.read(folder, items)
		items = rest
		if err := im.batch(ctx, b, folder, names, batch); err != nil {
			return err
		}
	}
	return nil
}

// release puts letters in quarantine back to those that wait.
func (im *importing) release(folder *maildir.Folder) error {
	held, err := folder.Quarantined()
	if err != nil || im.opt.DryRun {
		return err
	}
	for _, h := range held {
		if _, err := folder.Release(h); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// read takes the next letters of the folder, as many as a batch holds.
func (im *importing) read(folder *maildir.Folder, items []maildir.Item) (batch []*letter, rest []maildir.Item) {
	size := int64(0)
	for len(items) > 0 && (len(batch) == 0 || len(batch) < batchLetters && size+items[0].Size <= batchBytes) {
		item := items[0]
		items = items[1:]
		raw, err := folder.Read(item)
		var path *fs.PathError
		switch {
		case errors.Is(err, fs.ErrNotExist): // somebody else has taken it
			continue
		case err != nil && errors.As(err, &path) && !errors.Is(err, fs.ErrPermission):
			im.run.Failed = append(im.run.Failed, fmt.Errorf("%s: %w", item.Name, err))
			continue
		case err != nil:
			batch = append(batch, &letter{item: item, message: &message.Message{}, cause: "the letter cannot be read: " + err.Error()})
			continue
		}
		size += item.Size
		batch = append(batch, newLetter(item, raw))
	}
	return batch, items
}

func newLetter(item maildir.Item, raw []byte) *letter {
	m := message.Parse(raw)
	return &letter{item: item, raw: raw, message: m, identity: m.Identity()}
}

// batch imports some letters of a folder, import by import, those first that
// are tried first: answers are read by the most general one, after the letters
// they answer.
func (im *importing) batch(ctx context.Context, b *Box, folder *maildir.Folder, names []string, batch []*letter) error {
	byImport := map[string][]*letter{}
	var strangers []*letter
	for _, l := range batch {
		i := b.choose(l.message)
		answers, err := im.answers(ctx, b, folder, names, i, l)
		switch {
		case err != nil:
			return err
		case answers:
			continue
		}
		switch {
		case i == nil || l.cause != "":
			// Somebody else's letters wait for a run of all imports.
			if !slices.ContainsFunc(b.Names, func(n string) bool { return !slices.Contains(names, n) }) && im.take() {
				strangers = append(strangers, l)
			}
		case slices.Contains(names, i.Name) && im.take():
			byImport[i.Name] = append(byImport[i.Name], l)
		}
	}
	outcomes, err := im.unrecognised(strangers)
	if err != nil {
		return err
	}
	if err := im.settle(folder, b.last(), outcomes); err != nil {
		return err
	}
	for _, i := range b.Imports {
		if len(byImport[i.Name]) == 0 {
			continue
		}
		if err := im.transact(ctx, b, folder, i.Name, byImport[i.Name]); err != nil {
			return err
		}
	}
	return nil
}

// answers deals with a letter that answers to a task, and tells whether it is
// one.
func (im *importing) answers(ctx context.Context, b *Box, folder *maildir.Folder, names []string, i *intake.Import, l *letter) (bool, error) {
	if l.cause != "" {
		return false, nil
	}
	re, err := replyOf(im.repo.Lookup(), l.message)
	if err != nil || re == nil {
		return false, err
	}
	by := b.last()
	if i != nil {
		by = i.Name
	}
	if !slices.Contains(names, by) || !im.take() {
		return true, nil
	}
	out, err := im.answer(ctx, l, re)
	switch {
	case err == nil:
		return true, im.settle(folder, by, []*outcome{out})
	case fatal(err):
		return true, err
	}
	im.imported(by).Seen++
	im.run.Failed = append(im.run.Failed, fmt.Errorf("import %s: %s: %w", by, l.item.Name, err))
	return true, nil
}

// take counts a letter against the limit.
func (im *importing) take() bool {
	if im.left == 0 {
		return false
	}
	if im.left > 0 {
		im.left--
	}
	return true
}

// unrecognised decides about letters that no import reads.
func (im *importing) unrecognised(letters []*letter) ([]*outcome, error) {
	var out []*outcome
	for _, l := range letters {
		o := &outcome{letter: l, kind: intake.Quarantine, reason: l.cause}
		if l.cause == "" {
			number, err := im.repo.Lookup().ByLetter(l.identity)
			if err != nil {
				return nil, err
			}
			result := intake.Decide(nil, l.message, nil)
			o.duplicate, o.number = number != "", number
			o.kind, o.reason = result.Kind, result.Reason
		}
		out = append(out, o)
	}
	return out, nil
}

// transact imports letters in one transaction. When that fails for one letter,
// it fails for all; they are then tried one by one, so that the others get in.
func (im *importing) transact(ctx context.Context, b *Box, folder *maildir.Folder, name string, letters []*letter) error {
	outcomes, err := im.commit(ctx, b, name, letters)
	switch {
	case err == nil:
		return im.settle(folder, name, outcomes)
	case fatal(err):
		return err
	case len(letters) > 1:
		for _, l := range letters {
			if err := im.transact(ctx, b, folder, name, []*letter{l}); err != nil {
				return err
			}
		}
		return nil
	}
	l := letters[0]
	var unfit *repo.UnfitError
	if errors.As(err, &unfit) {
		return im.settle(folder, name, []*outcome{{letter: l, kind: intake.Quarantine, reason: err.Error()}})
	}
	im.imported(name).Seen++
	im.run.Failed = append(im.run.Failed, fmt.Errorf("import %s: %s: %w", name, l.item.Name, err))
	return nil
}

// settle moves letters to where they belong now that the commit stands, and
// notes what became of them. Killed before, the next run finds their identity
// and moves them.
func (im *importing) settle(folder *maildir.Folder, name string, outcomes []*outcome) error {
	entry := im.imported(name)
	for _, o := range outcomes {
		entry.Seen++
		entry.add(o)
		if im.opt.DryRun || folder == nil {
			continue
		}
		var err error
		if o.kind == intake.Quarantine && !o.duplicate {
			_, err = folder.Quarantine(o.letter.item, o.reason)
		} else {
			_, err = folder.Done(o.letter.item)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			im.run.Failed = append(im.run.Failed, fmt.Errorf("import %s: %s is dealt with and cannot be moved away: %w", name, o.letter.item.Name, err))
		}
	}
	return nil
}

func (e *Imported) add(o *outcome) {
	source := o.letter.item.Name
	switch {
	case o.duplicate:
		e.Duplicates++
	case o.kind == intake.Register:
		e.Registered = append(e.Registered, ImportedLetter{Number: o.number, Title: o.title, Source: source})
	case o.kind == intake.Attach:
		e.Attached = append(e.Attached, ImportedLetter{Number: o.number, Title: o.title, Source: source})
	case o.kind == intake.Answer:
		e.Answered = append(e.Answered, AnsweredLetter{Number: o.number, Task: o.task, Title: o.title, Source: source, Outcome: o.answer, Reason: o.reason})
	case o.kind == intake.Quarantine:
		e.Quarantined = append(e.Quarantined, SetAside{source, o.reason})
	default:
		e.Ignored = append(e.Ignored, SetAside{source, o.reason})
	}
}

// imported is the entry of an import in the result.
func (im *importing) imported(name string) *Imported {
	for _, e := range im.run.Imports {
		if e.Name == name {
			return e
		}
	}
	e := &Imported{Name: name}
	im.run.Imports = append(im.run.Imports, e)
	return e
}
