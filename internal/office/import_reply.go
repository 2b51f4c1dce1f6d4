package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/message"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/outbox"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/template"
)

// A letter that answers one about a task is what its performer answers to the
// task. It is carried out in the performer's name, in a commit of its own, and
// kept with the document: it is the proof of the answer, and its identity makes
// sure that it counts once.

// reply is the task that a letter answers to.
type reply struct {
	number string
	task   int
}

// replyOf finds the task that a letter answers to: that of the nearest letter
// it refers to, nil when that is not one about a task.
func replyOf(look repo.Lookup, m *message.Message) (*reply, error) {
	nearest := slices.Clone(m.References)
	slices.Reverse(nearest)
	for _, id := range slices.Concat(m.InReplyTo, nearest) {
		number, err := look.ByMessageID(id)
		if err != nil {
			return nil, err
		}
		if number == "" {
			continue
		}
		d, err := look.Document(number)
		if err != nil || d == nil {
			return nil, err
		}
		i := slices.IndexFunc(d.Letters, func(l document.Letter) bool { return l.ID == id && l.Task > 0 })
		if i < 0 {
			return nil, nil
		}
		return &reply{number, d.Letters[i].Task}, nil
	}
	return nil, nil
}

// answer carries out a letter that answers to a task.
func (im *importing) answer(ctx context.Context, l *letter, re *reply) (*outcome, error) {
	out := &outcome{letter: l, kind: intake.Answer, number: re.number, task: re.task}
	if kind, sign := l.message.Automatic(); kind != message.ByPerson {
		out.kind, out.reason = intake.Ignore, fmt.Sprintf("%s (%s)", kind, sign)
		return out, nil
	}
	people, problems, err := im.repo.Definitions().Org()
	if err == nil && problems.HasErrors() {
		err = problems.Err()
	}
	if err != nil {
		return nil, err
	}
	sender := l.message.Sender().Address
	u := people.ByEmail(sender)
	if u == nil || !u.Active {
		out.kind, out.reason = intake.Quarantine, fmt.Sprintf("it answers to task %s/%d, and %q is the address of nobody who works here", re.number, re.task, sender)
		return out, nil
	}
	o := &Office{repo: im.repo, opt: im.opt, actor: Actor{ID: u.ID, User: u, Name: u.Name, Email: u.Email(), From: "letter"}}
	done, err := o.update(ctx, "answer", func(tx *repo.Tx, done *Done) error {
		*out = outcome{letter: l, kind: intake.Answer, number: re.number, task: re.task}
		number, err := tx.Lookup().ByLetter(l.identity)
		if err != nil {
			return err
		}
		if out.duplicate = number != "" || im.known[l.identity]; out.duplicate {
			return nil
		}
		return o.answer(tx, done, l, re, out)
	})
	if err != nil {
		return nil, err
	}
	im.known[l.identity] = true
	for _, n := range done.Notes {
		if !slices.Contains(im.run.Notes, n) {
			im.run.Notes = append(im.run.Notes, n)
		}
	}
	if done.Receipt.Commit != "" {
		im.run.Commits = append(im.run.Commits, done.Receipt.Commit)
	}
	return out, nil
}

// answer advances the task as the letter says, or tells its author why not.
func (o *Office) answer(tx *repo.Tx, done *Done, l *letter, re *reply, out *outcome) error {
	said := intake.ReadAnswer(l.message.Text)
	err := attempt(tx, done, func() error {
		var err error
		out.answer, err = o.obey(tx, done, re, said)
		return err
	})
	var why *unclearError
	if err != nil && !errors.As(err, &why) {
		if !aboutLetter(err) {
			return err
		}
		why = &unclearError{err.Error()}
	}
	d, err := tx.Document(re.number)
	if err != nil {
		return err
	}
	if _, err := tx.Attach(d, "letter.eml", l.raw, "", o.actor.ID); err != nil {
		return err
	}
	file := &d.Files[len(d.Files)-1]
	file.Message, file.MessageID = l.identity, l.message.ID
	in, t := d.Task(re.task)
	if t != nil {
		out.title = t.Title
		o.actsFor(tx, t)
	}
	if why == nil {
		tx.Subject("answer %s/%d by letter: %s [%s]", re.number, re.task, out.title, out.answer)
		return nil
	}
	out.reason = why.text
	tx.Subject("letter about %s/%d: %s", re.number, re.task, shortened(why.text))
	o.comment(tx, d, strings.TrimSpace(said.First+"\n"+said.Rest))
	if t == nil {
		return nil
	}
	conf, _, err := tx.Definitions().Settings()
	if err != nil {
		return err
	}
	back := outbox.Letter{To: []string{l.message.Sender().Address}, InReplyTo: l.message.ID, References: l.message.References, Automatic: "auto-replied"}
	err = o.writeNotice(tx, done, &conf.Mail, in, t, notice{document: re.number, task: re.task, about: template.Unclear}, back, why.text)
	if err != nil {
		done.note("%s: no answer about task %d was written: %v", re.number, re.task, err)
	}
	return nil
}

// unclearError says, in the reader's language, why a letter cannot be carried
// out.
type unclearError struct{ text string }

func (e *unclearError) Error() string { return e.text }

// obey does what a letter says about a task, and tells what that was.
func (o *Office) obey(tx *repo.Tx, done *Done, re *reply, said intake.Said) (answer string, err error) {
	language := o.language(tx)
	unclear := func(ru, en string, args ...any) error {
		if language == "ru" {
			en = ru
		}
		return &unclearError{fmt.Sprintf(en, args...)}
	}
	d, err := tx.Document(re.number)
	if err != nil {
		return "", err
	}
	in, t := d.Task(re.task)
	if t == nil {
		return "", unclear("этого задания больше нет", "there is no such task any more")
	}
	set, err := tx.Definitions().Forms()
	if err != nil {
		return "", err
	}
	if !concerned(set.Org(), o.actor.ID, t, expr.DateOf(tx.Now())) {
		return "", unclear("это задание другого исполнителя", "it is somebody else's task")
	}
	event, before := engine.Advance{Task: t.ID, Comment: said.Rest}, *t
	if t.State == engine.TaskInform { // whatever is said, it has been read
		event.Comment = strings.TrimSpace(said.First + "\n" + said.Rest)
	} else if engine.Pending(t.State) {
		def, err := (judged{tx.Definitions(), done, tx}).Pinned(in.Definition)
		if err != nil {
			return "", err
		}
		if event.Outcome = chosen(said, engine.Outcomes(def, t, "ru"), engine.Outcomes(def, t, "en")); event.Outcome == "" {
			if said.First == "" {
				return "", unclear("в письме нет ответа", "the letter has no answer")
			}
			return "", unclear("первая строка «%s» не отвечает на это задание", "the first line %q is no answer to this task", shortened(said.First))
		}
	}
	err = o.apply(tx, done, d, event)
	var refusal *engine.Refusal
	if !errors.As(err, &refusal) {
		if now, e := tx.Document(re.number); err == nil && e == nil {
			_, t = now.Task(re.task)
			return engine.Answer(&before, t, event.Outcome), nil
		}
		return "", err
	}
	switch refusal.Reason {
	case engine.TaskClosed:
		return "", unclear("задание уже закрыто", "the task is closed already")
	case engine.NotRunning:
		return "", unclear("маршрут уже завершён", "the route has ended")
	case engine.CommentNeeded:
		return "", unclear("к этому ответу нужно замечание, со второй строки письма", "this answer needs a comment, from the second line on")
	case engine.FieldsNeeded:
		return "", unclear("сначала нужно заполнить в карточке: %s", "to be filled in the card first: %s", strings.Join(labels(set.Form(d.Form), refusal.Possible, language), ", "))
	case engine.PartsOpen:
		return "", unclear("не закончены части задания: %s", "parts of the task are not done: %s", strings.Join(refusal.Possible, ", "))
	}
	return "", &unclearError{refusal.Message}
}

// concerned tells whether a task is for somebody: for them, or for one they act
// for. Admins may do everything, but not by letter.
func concerned(people *org.Org, user string, t *document.Task, day expr.Date) bool {
	if t.For == user {
		return true
	}
	return slices.ContainsFunc(engine.Awaited(t), func(id string) bool { return id == user || people.ActsFor(user, id, day) })
}

// chosen is the outcome that a letter names by its name or its title in one of
// the languages; "" when it names none.
func chosen(said intake.Said, languages ...[]engine.Choice) string {
	names := make([][]string, len(languages[0]))
	for _, choices := range languages {
		for i, c := range choices {
			names[i] = append(names[i], c.Name, c.Title)
		}
	}
	if i := said.Chosen(names); i >= 0 {
		return languages[0][i].Name
	}
	return ""
}

// labels are fields as people read them.
func labels(f *form.Form, names []string, language string) []string {
	out := slices.Clone(names)
	for i, name := range out {
		if field := f.Field(name); field != nil && field.Label.In(language) != "" {
			out[i] = field.Label.In(language)
		}
	}
	return out
}

// shortened is a text for one line of a message.
func shortened(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return text
}
