package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/filelock"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/outbox"
	"github.com/e1-dms/e1/internal/repo"
)

// MailActor is in whose name letters are sent.
const MailActor = "mail"

// MailRun is what became of the letters in the outbox.
type MailRun struct {
	Sent    []outbox.Entry
	Later   []outbox.Entry // tried and kept for another try
	Failed  []outbox.Entry // refused for good
	Doubt   []outbox.Entry // nobody knows whether they have gone
	Commits []string
}

// MailRequest says what to send.
type MailRequest struct {
	Limit int    // at most so many letters; 0 sends all that are due
	Again string // Message-ID of a letter to be sent again that has failed or is in doubt
}

// SendMail sends what waits in the outbox and is due. A letter goes only if its
// document at HEAD says that it is queued, judged under the write lock; it is
// marked as being sent before the conversation, and as sent after it. What was
// left in between by a process that died is in doubt and not touched.
func SendMail(ctx context.Context, r *repo.Repo, opt Options, sender outbox.Sender, ask MailRequest) (*MailRun, error) {
	m := &mailing{office: Machine(r, MailActor, opt), box: Outbox(r), run: &MailRun{}, sender: sender, ask: ask}
	wait := r.Wait()
	if ask.Again == "" {
		wait = 0 // what waits is the business of who sends already
	}
	release, err := m.office.lockMail(ctx, m.box, wait)
	var locked *filelock.LockedError
	if errors.As(err, &locked) && ask.Again == "" {
		return m.run, nil
	}
	if err != nil {
		return m.run, err
	}
	defer release()
	entries, err := m.box.List()
	if ask.Again != "" && !slices.ContainsFunc(entries, func(e outbox.Entry) bool { return e.ID == ask.Again }) {
		return m.run, errors.Join(err, goneMeanwhile(ask.Again))
	}
	problems := []error{err}
	var gone []outbox.Entry
	for _, e := range entries {
		if ctx.Err() != nil {
			break
		}
		if e.ID == ask.Again {
			if err := m.again(&e); err != nil {
				return m.run, err
			}
		}
		switch {
		case e.State == outbox.Sending:
			m.run.Doubt = append(m.run.Doubt, e)
		case e.State == outbox.Sent:
			gone = append(gone, e)
		case e.State == outbox.Failed:
			m.run.Failed = append(m.run.Failed, e)
		case e.Next.After(r.Now()), ask.Limit > 0 && m.tried >= ask.Limit:
		default:
			sent, err := m.one(ctx, &e)
			if sent {
				gone = append(gone, e)
			}
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: letter %s: %w", e.Document, e.ID, err))
				if fatal(err) {
					return m.run, errors.Join(append(problems, m.record(context.WithoutCancel(ctx), gone))...)
				}
			}
		}
	}
	problems = append(problems, m.record(context.WithoutCancel(ctx), gone), ctx.Err())
	return m.run, errors.Join(problems...)
}

type mailing struct {
	office *Office
	box    *outbox.Box
	run    *MailRun
	sender outbox.Sender
	ask    MailRequest
	tried  int
}

// lockMail keeps other senders away; a dry run leaves them alone.
func (o *Office) lockMail(ctx context.Context, box *outbox.Box, wait time.Duration) (release func(), err error) {
	if o.opt.DryRun {
		return func() {}, nil
	}
	return box.Lock(ctx, wait)
}

// goneMeanwhile refuses a letter that was there before the lock was ours.
func goneMeanwhile(id string) error {
	return refusef("e1 mail list", "letter %s has left the outbox meanwhile", id)
}

// hasGone refuses a letter that was handed over: its document does not say so
// yet.
func hasGone(e outbox.Entry) error {
	return refusef("e1 mail send notes it on the document", "letter %s of %s has gone already, at %s", e.ID, e.Document, e.Changed.Format("2006-01-02 15:04"))
}

// again lets a letter be sent once more that has failed or is in doubt.
func (m *mailing) again(e *outbox.Entry) error {
	if e.State == outbox.Sent {
		return hasGone(*e)
	}
	e.State, e.Error, e.Attempts, e.Next = outbox.Queued, "", 0, e.Queued
	if m.office.opt.DryRun {
		return nil
	}
	return m.box.Save(*e)
}

// one sends one letter.
func (m *mailing) one(ctx context.Context, e *outbox.Entry) (sent bool, err error) {
	due, err := m.begin(ctx, e)
	if err != nil || !due {
		return false, err
	}
	m.tried++
	if m.office.opt.DryRun {
		m.run.Sent = append(m.run.Sent, *e)
		return false, nil
	}
	letter, err := m.box.Letter(e.ID)
	if err != nil {
		return false, err
	}
	failure := m.sender.Send(ctx, e.From, e.To, letter)
	e.Changed = m.office.repo.Now()
	var refused *outbox.RefusedError
	var doubt *outbox.DoubtError
	switch {
	case failure == nil:
		e.State, e.Error = outbox.Sent, ""
		return true, m.box.Save(*e)
	case errors.As(failure, &doubt):
		e.Error = failure.Error() // it stays "sending"
		m.run.Doubt = append(m.run.Doubt, *e)
	case ctx.Err() != nil:
		e.State = outbox.Queued // stopped before it was handed over: no attempt
	default:
		e.Attempts++
		e.Error = failure.Error()
		next, more := outbox.Again(e.Changed, e.Attempts)
		if errors.As(failure, &refused) || !more {
			e.State = outbox.Failed
			m.run.Failed = append(m.run.Failed, *e)
		} else {
			e.State, e.Next = outbox.Queued, next
			m.run.Later = append(m.run.Later, *e)
		}
	}
	return false, m.box.Save(*e)
}

// begin asks the document, under the write lock, whether the letter is still
// to be sent, and marks it as being sent.
func (m *mailing) begin(ctx context.Context, e *outbox.Entry) (due bool, err error) {
	_, err = m.office.update(ctx, "mail", func(tx *repo.Tx, _ *Done) error {
		l, err := recorded(tx, *e)
		switch {
		case err != nil || l == nil:
			return err // of another branch, or of a transaction that never happened
		case l.State == document.LetterQueued:
			due = true
			if m.office.opt.DryRun {
				return nil
			}
			e.State, e.Changed = outbox.Sending, tx.Now()
			return m.box.Save(*e)
		case m.office.opt.DryRun:
			return nil
		}
		return m.box.Remove(e.ID) // withdrawn
	})
	return due, err
}

// recorded finds the letter on its document; nil when HEAD does not have it.
func recorded(tx *repo.Tx, e outbox.Entry) (*document.Letter, error) {
	d, err := tx.Document(e.Document)
	var unknown *repo.UnknownError
	var loose *repo.NotCommittedError
	if errors.As(err, &unknown) || errors.As(err, &loose) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(d.Letters, func(l document.Letter) bool { return l.ID == e.ID })
	if i < 0 || d.UID != e.UID {
		return nil, nil
	}
	return &d.Letters[i], nil
}

// record lets the documents say that their letters have gone, in one commit,
// and takes them out of the box.
func (m *mailing) record(ctx context.Context, gone []outbox.Entry) error {
	if len(gone) == 0 {
		return nil
	}
	done, err := m.office.update(ctx, "mail", func(tx *repo.Tx, _ *Done) error {
		var numbers []string
		for _, e := range gone {
			l, err := recorded(tx, e)
			if err != nil {
				return err
			}
			if l != nil {
				l.State, l.Sent = document.LetterSent, e.Changed
				if !slices.Contains(numbers, e.Document) {
					numbers = append(numbers, e.Document)
				}
			}
		}
		tx.Subject("mail sent for %s", shorten(numbers, 5))
		return nil
	})
	var unfinished *gitstore.UnfinishedError
	if err != nil && !errors.As(err, &unfinished) {
		return err
	}
	if done != nil && done.Receipt.Commit != "" {
		m.run.Commits = append(m.run.Commits, done.Receipt.Commit)
	}
	for _, e := range gone {
		m.run.Sent = append(m.run.Sent, e)
		if err := m.box.Remove(e.ID); err != nil {
			return err
		}
	}
	return err
}

// FindLetter finds a letter of the outbox by its Message-ID, the beginning of
// it, or the number of its document when that has one letter there.
func FindLetter(r *repo.Repo, text string) (outbox.Entry, error) {
	entries, err := Outbox(r).List()
	if err != nil {
		return outbox.Entry{}, err
	}
	text = strings.Trim(text, "<>")
	number, _ := r.Resolve(text)
	var found []outbox.Entry
	for _, e := range entries {
		if e.ID == text {
			return e, nil
		}
		if strings.HasPrefix(e.ID, strings.ToLower(text)) || e.Document == number && number != "" {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return outbox.Entry{}, refusef("e1 mail list", "there is no letter %q in the outbox", text)
	case 1:
		return found[0], nil
	}
	var ids []string
	for _, e := range found {
		ids = append(ids, e.ID)
	}
	return outbox.Entry{}, refusef("give more of the id", "%q fits several letters: %s", text, shorten(ids, 5))
}

// DropLetters withdraws letters that have not gone, or settles those in doubt:
// with sent they have gone. All of them are one operation.
func (o *Office) DropLetters(ctx context.Context, ids []string, sent bool) (*Done, error) {
	box := Outbox(o.repo)
	release, err := o.lockMail(ctx, box, o.repo.Wait())
	if err != nil {
		return nil, err
	}
	defer release()
	letters, err := stillThere(box, ids, sent)
	if err != nil {
		return nil, err
	}
	done, err := o.update(ctx, "mail", func(tx *repo.Tx, done *Done) error {
		word := "withdraw"
		if sent {
			word = "mark as sent"
		}
		var numbers []string
		for _, e := range letters {
			if !slices.Contains(numbers, e.Document) {
				numbers = append(numbers, e.Document)
			}
			l, err := recorded(tx, e)
			switch {
			case err != nil:
				return err
			case l == nil:
			case !sent && l.State == document.LetterSent:
				return hasGone(e)
			case sent && e.State == outbox.Sent:
				l.State, l.Sent = document.LetterSent, e.Changed
			case sent:
				l.State, l.Sent = document.LetterSent, tx.Now()
			default:
				l.State = document.LetterWithdrawn
			}
		}
		if len(letters) == 1 {
			tx.Subject("%s letter of %s: %s", word, letters[0].Document, letters[0].Subject)
		} else {
			tx.Subject("%s %d letters of %s", word, len(letters), shorten(numbers, 5))
		}
		return nil
	})
	if err != nil || o.opt.DryRun {
		return done, err
	}
	for _, e := range letters {
		err = errors.Join(err, box.Remove(e.ID))
	}
	return done, err
}

// stillThere reads letters as they are under the lock, and refuses those that
// have gone since, unless that is what is to be noted.
func stillThere(box *outbox.Box, ids []string, sent bool) ([]outbox.Entry, error) {
	var letters []outbox.Entry
	var problems []error
	for _, id := range ids {
		e, err := box.Entry(id)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			err = goneMeanwhile(id)
		case err == nil && e.State == outbox.Sent && !sent:
			err = hasGone(e)
		}
		letters, problems = append(letters, e), append(problems, err)
	}
	return letters, errors.Join(problems...)
}
