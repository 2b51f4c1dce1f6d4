package office

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/filelock"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/repo"
)

// TickActor is in whose name time does things.
const TickActor = "tick"

// tickBatch is how many documents one transaction of a tick takes: few enough
// that others wait for the lock no longer than a moment.
const tickBatch = 100

// TickRequest bounds a tick.
type TickRequest struct {
	Limit int // documents at most; 0: all that are due
}

// TickRun is what time has brought.
type TickRun struct {
	Timers      []TickTimer
	Reminders   []TickTold
	Escalations []TickTold
	Dates       []engine.Reached // that rules have had
	Opened      []engine.TaskRef
	Notes       []string
	Commits     []string
	Documents   int     // that were looked at
	Failed      []error // each for one document, which stays due
	// Packed tells how many loose objects were packed afterwards.
	Packed int
}

// TickTimer is a wait that has ended.
type TickTimer struct {
	Document, Form, Route, Step, Title string
	At                                 time.Time // when it was due
}

// TickTold is a reminder or an escalation.
type TickTold struct {
	Document, Form string
	Task           int // 0: the route as a whole
	Title          string
	To             []string
	Due            time.Time
	Reassigned     bool // the task is now with somebody else
}

// ticking is one run.
type ticking struct {
	office *Office
	run    *TickRun
	limit  int
	// failed are documents that this run does not try again, taken how often
	// the others were their turn.
	failed map[string]bool
	taken  map[string]int
	// single counts the documents that still go one by one, because nobody
	// knows which of them made a batch fail.
	single int
	asked  []string // the documents of the batch at work
}

// maxTaken bounds how often one document is due within one tick: documents
// that wake each other up without end must not keep a tick from ending.
const maxTaken = 20

// Tick lets everything happen that is due: waits end, people are reminded,
// late tasks escalate. Each happens once: what was done is in the document, and
// a batch is in the repository completely or not at all. What fails is in the
// result and does not stop the rest; the error is for what stops everything.
func Tick(ctx context.Context, r *repo.Repo, opt Options, req TickRequest) (*TickRun, error) {
	t := &ticking{office: Machine(r, TickActor, opt), run: &TickRun{}, limit: req.Limit, failed: map[string]bool{}, taken: map[string]int{}}
	for t.limit == 0 || t.run.Documents < t.limit {
		if err := ctx.Err(); err != nil {
			return t.run, err
		}
		// Without the lock first: mostly there is nothing to do.
		due, err := t.due(r)
		if err != nil || len(due) == 0 {
			return t.run, err
		}
		part, err := t.commit(ctx)
		var one *documentError
		switch {
		case err == nil:
			t.take(part)
			if opt.DryRun {
				return t.run, nil
			}
		case fatal(err):
			return t.run, err
		case errors.As(err, &one):
			t.fail(one)
		case len(t.asked) == 1:
			t.fail(&documentError{t.asked[0], err})
		case len(t.asked) == 0:
			return t.run, err
		default:
			t.single = len(t.asked)
		}
	}
	return t.run, nil
}

// size is how many documents the next batch may take, 0 for all; a dry run,
// which leaves no trace of a first batch, takes everything at once.
func (t *ticking) size() int {
	size := tickBatch
	switch {
	case t.single > 0:
		size = 1
	case t.office.opt.DryRun:
		size = 0
	}
	if left := t.limit - t.run.Documents; t.limit > 0 && (size == 0 || left < size) {
		size = left
	}
	return size
}

// due lists the documents of the next batch, the most urgent first.
func (t *ticking) due(r *repo.Repo) ([]string, error) {
	db, err := r.Index()
	if err != nil {
		return nil, err
	}
	size, ask := t.size(), 0
	if size > 0 {
		ask = size + len(t.failed)
	}
	timers, err := db.TimersDue(r.Now(), ask)
	if err != nil {
		return nil, err
	}
	var out []string
	seen := map[string]bool{}
	for _, timer := range timers {
		if !t.failed[timer.Number] && !seen[timer.Number] && (size == 0 || len(out) < size) {
			seen[timer.Number] = true
			out = append(out, timer.Number)
		}
	}
	return out, nil
}

// documentError is what kept one document from going on.
type documentError struct {
	number string
	err    error
}

func (e *documentError) Error() string { return e.number + ": " + e.err.Error() }
func (e *documentError) Unwrap() error { return e.err }

func (t *ticking) fail(e *documentError) {
	t.failed[e.number] = true
	t.run.Failed = append(t.run.Failed, e)
	t.single = max(0, t.single-1)
}

// commit is one transaction. Which documents are due is asked again under the
// lock: another tick may have been faster.
func (t *ticking) commit(ctx context.Context) (*TickRun, error) {
	part := &TickRun{}
	done, err := t.office.update(ctx, "tick", func(tx *repo.Tx, done *Done) error {
		*part = TickRun{}
		var err error
		if t.asked, err = t.due(tx.Repo()); err != nil {
			return err
		}
		for _, number := range t.asked {
			err := t.one(tx, done, part, number)
			if err == nil && t.taken[number] >= maxTaken {
				err = refusef("e1 log "+number, "it was due %d times at once; something sets it off again and again", maxTaken)
			}
			if err != nil {
				return &documentError{number, err}
			}
		}
		part.Documents = len(t.asked)
		tx.Subject("%s", part.subject())
		return nil
	})
	if err != nil {
		return nil, err
	}
	part.Opened, part.Notes = done.Opened, done.remarks()
	if done.Receipt.Commit != "" {
		part.Commits = []string{done.Receipt.Commit}
	}
	for _, number := range t.asked {
		t.taken[number]++
	}
	t.single = max(0, t.single-len(t.asked))
	return part, nil
}

// one lets time pass for one document.
func (t *ticking) one(tx *repo.Tx, done *Done, part *TickRun, number string) error {
	d, err := tx.Document(number)
	if err != nil {
		return err
	}
	effects, over, reached := len(done.Effects), len(done.Over), len(done.Reached)
	before := d
	if err := t.office.apply(tx, done, d, engine.TimerDue{}); err != nil {
		return err
	}
	part.Dates = append(part.Dates, done.Reached[reached:]...)
	for _, o := range done.Over[over:] {
		of, err := tx.Document(o.Document)
		if err != nil {
			return err
		}
		timer := TickTimer{Document: o.Document, Form: of.Form, Step: o.Step, Title: o.Title, At: o.At}
		if in := of.Instance(o.Instance); in != nil {
			timer.Route = in.Route
		}
		part.Timers = append(part.Timers, timer)
	}
	for _, e := range done.Effects[effects:] {
		if e.Kind != engine.TellReminder && e.Kind != engine.TellEscalated {
			continue
		}
		of, err := tx.Document(e.Document)
		if err != nil {
			return err
		}
		told := TickTold{Document: e.Document, Form: of.Form, Task: e.Task, Title: e.Text, To: e.To}
		if _, now := of.Task(e.Task); now != nil {
			told.Due = now.Due
			_, was := before.Task(e.Task)
			told.Reassigned = e.Kind == engine.TellEscalated && was != nil && was.Who != now.Who
		}
		if e.Kind == engine.TellReminder {
			part.Reminders = append(part.Reminders, told)
		} else {
			part.Escalations = append(part.Escalations, told)
		}
	}
	return nil
}

// subject is the first line of a batch's commit.
func (run *TickRun) subject() string {
	text := "tick: " + plural(len(run.Timers), "timer") + ", " + plural(len(run.Reminders), "reminder") + ", " + plural(len(run.Escalations), "escalation")
	if len(run.Dates) > 0 {
		text += ", " + plural(len(run.Dates), "date")
	}
	return text
}

// take adds a batch to the result.
func (t *ticking) take(part *TickRun) {
	run := t.run
	run.Timers = append(run.Timers, part.Timers...)
	run.Reminders = append(run.Reminders, part.Reminders...)
	run.Escalations = append(run.Escalations, part.Escalations...)
	run.Dates = append(run.Dates, part.Dates...)
	run.Opened = append(run.Opened, part.Opened...)
	run.Commits = append(run.Commits, part.Commits...)
	run.Documents += part.Documents
	for _, n := range part.Notes {
		if !slices.Contains(run.Notes, n) {
			run.Notes = append(run.Notes, n)
		}
	}
}

// The bounds of what a tick packs: it must not keep others waiting.
const (
	tickMinLoose = 2000
	tickMaxPack  = 20_000
)

// Upkeep completes what a killed command has left, so that git is not locked
// until somebody writes again, and packs loose objects when many lie about, so
// that a busy day does not leave a hundred thousand small files. A lock held by
// somebody else is no failure: the next tick will do.
func (run *TickRun) Upkeep(ctx context.Context, r *repo.Repo) error {
	var stats gitstore.MaintainStats
	err := r.Recover(ctx, "e1 tick")
	if err == nil {
		stats, err = r.Git().Maintain(ctx, gitstore.MaintainOptions{MinLoose: tickMinLoose, MaxObjects: tickMaxPack, MaxTime: 10 * time.Second})
	}
	var locked *filelock.LockedError
	if errors.As(err, &locked) {
		return nil
	}
	run.Packed = stats.Packed
	return err
}
