package office

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/outbox"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/template"
)

// notice is one letter that tells people about a task.
type notice struct {
	document string
	task     int
	about    string // a word of settings.Told
	people   []string
}

// tell writes letters to the people whom an operation has told something, as
// e1.yaml wants it: once it is known what the operation has led to, so that a
// task which came and went in it is not written about. A letter that cannot be
// written never keeps anybody from working.
func (o *Office) tell(tx *repo.Tx, done *Done) error {
	if len(done.Effects) == 0 {
		return nil
	}
	conf, _, err := tx.Definitions().Settings()
	if err != nil || len(conf.Mail.Tell) == 0 {
		return err
	}
	for _, n := range gathered(done.Effects) {
		d, err := tx.Lookup().Document(n.document)
		if err == nil && d != nil && !isVoid(d) {
			d, err = tx.Document(n.document)
		}
		if err != nil {
			return err
		}
		if d == nil || isVoid(d) {
			continue
		}
		in, t := d.Task(n.task)
		if t == nil || !stillSo(t, &n) {
			continue
		}
		supersede(d, n.task, n.about)
		to, err := o.addresses(tx, conf.Mail.Tell[n.about], n.people)
		if err != nil {
			return err
		}
		if len(to) == 0 {
			continue
		}
		if err := o.writeNotice(tx, done, &conf.Mail, in, t, n, outbox.Letter{To: to, Automatic: "auto-generated"}, ""); err != nil {
			done.note("no letter about task %s/%d was written: %v", n.document, n.task, err)
		}
	}
	return nil
}

func (d *Done) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(d.Notes, text) {
		d.Notes = append(d.Notes, text)
	}
}

// gathered makes letters of effects: one for each task and what there is to be
// said about it.
func gathered(effects []engine.Effect) []notice {
	var out []notice
	add := func(e engine.Effect, task int, people ...string) {
		about := string(e.Kind)
		if !slices.Contains(settings.Told(), about) || task == 0 {
			return
		}
		i := slices.IndexFunc(out, func(n notice) bool { return n.document == e.Document && n.task == task && n.about == about })
		if i < 0 {
			out = append(out, notice{document: e.Document, task: task, about: about})
			i = len(out) - 1
		}
		for _, p := range people {
			if !slices.Contains(out[i].people, p) {
				out[i].people = append(out[i].people, p)
			}
		}
	}
	for _, e := range effects {
		if e.Notices == nil {
			add(e, e.Task, e.To...)
			continue
		}
		for i, task := range e.Notices {
			add(e, task, e.To[i])
		}
	}
	return out
}

// stillSo tells whether there is still something to be said at the end of an
// operation, and keeps those whom it concerns.
func stillSo(t *document.Task, n *notice) bool {
	if !engine.Pending(t.State) && t.State != engine.TaskInform {
		return false
	}
	n.people = slices.DeleteFunc(n.people, func(id string) bool { return !slices.Contains(engine.Awaited(t), id) })
	return len(n.people) > 0
}

// addresses are those of the people who belong to an audience, and of who acts
// for the absent ones. Nobody is written to about what they have just done
// themselves.
func (o *Office) addresses(tx *repo.Tx, audience settings.Audience, people []string) ([]string, error) {
	set, err := tx.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	day := expr.DateOf(tx.Now())
	var out []string
	for _, id := range people {
		u := set.Org().User(id)
		if u == nil || id == o.actor.ID || !audience.Includes(u.Roles) {
			continue
		}
		readers := []*org.User{u}
		if acting, _, err := set.Org().Substitute(id, day); err == nil && acting != id && acting != "" && acting != o.actor.ID {
			readers = append(readers, set.Org().User(acting))
		}
		for _, r := range readers {
			if a := r.Email(); a != "" && !strings.HasSuffix(a, "@"+machineDomain) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out, nil
}

// writeNotice queues a letter about a task.
func (o *Office) writeNotice(tx *repo.Tx, done *Done, conf *settings.Mail, in *document.Instance, t *document.Task, n notice, l outbox.Letter, reason string) error {
	if conf.From == "" {
		return refusef("write mail: {from: …} into e1.yaml", "there is no address to write letters from")
	}
	s, err := o.stationery(tx, n.document)
	if err != nil {
		return err
	}
	tmpl, err := tx.Definitions().Template(template.NoticeName(n.about))
	if err != nil {
		return err
	}
	about := o.about(tx, s, done, in, t)
	about.Reason = reason
	made, err := tmpl.RenderNotice(s.env, s.scope, s.language, about)
	if err != nil {
		return err
	}
	l.From, l.ReplyTo, l.Subject, l.Date, l.Text = conf.From, conf.ReplyTo, made.Subject, tx.Now(), string(made.Data)
	if len(about.Answers) > 0 {
		l.Text = intake.ReplyLine(s.language) + "\n\n" + l.Text
	}
	return s.post(conf, &l, document.Letter{Task: t.ID, About: n.about})
}

// supersede withdraws what waits to be said about a task and is not news any
// more: the same said before, and all of it once the task is somebody's anew.
func supersede(d *document.Document, task int, about string) {
	for i := range d.Letters {
		l := &d.Letters[i]
		if l.Task == task && l.State == document.LetterQueued && (l.About == about || about == string(engine.TellAssigned)) {
			l.State = document.LetterWithdrawn
		}
	}
}

// withdrawGone withdraws the letters about tasks that are closed by now.
func withdrawGone(d *document.Document) {
	for i := range d.Letters {
		l := &d.Letters[i]
		if l.Task == 0 || l.State != document.LetterQueued || l.About == template.Unclear {
			continue
		}
		if _, t := d.Task(l.Task); t == nil || !engine.Pending(t.State) && t.State != engine.TaskInform {
			l.State = document.LetterWithdrawn
		}
	}
}

// about says of a task what a letter about it can say. What cannot be found out
// is left out.
func (o *Office) about(tx *repo.Tx, s *stationery, done *Done, in *document.Instance, t *document.Task) template.Notice {
	n := template.Notice{Number: fmt.Sprintf("%s/%d", s.d.Number, t.ID), Title: t.Title, Text: t.Text, Due: t.Due}
	of := t
	if t.Kind == engine.KindNotice { // who is to do it and by when is said of what it is about
		if _, of = s.d.Task(t.Of); of == nil {
			of = &document.Task{Due: in.Due}
		}
		n.Due = of.Due
	}
	if !n.Due.IsZero() {
		n.Due = n.Due.In(tx.Now().Location())
	}
	n.Late = engine.Late(of.State, of.Due, of.Done, tx.Now())
	set, err := tx.Definitions().Forms()
	if err != nil {
		return n
	}
	var names []string
	for _, id := range engine.Performers(of) {
		if u := set.Org().User(id); u != nil {
			id = u.Name
		}
		names = append(names, id)
	}
	n.Who = strings.Join(names, ", ")
	n.Document = documentLine(set, s.d, tx, s.language)
	if t.Kind == engine.KindNotice || t.State == engine.TaskInform {
		return n
	}
	def, err := (judged{tx.Definitions(), done, tx}).Pinned(in.Definition)
	if err != nil {
		return n
	}
	if step := def.Step(t.Step); step != nil && t.Kind == "" {
		n.Approval = step.Verb == route.Approve
		n.Text = strings.TrimSpace(step.Text.In(s.language) + "\n" + t.Text) // with why the controller has given it back
	}
	for _, c := range engine.Outcomes(def, t, s.language) {
		n.Answers = append(n.Answers, template.Answer{Title: c.Title, Comment: c.Comment})
	}
	return n
}

// documentLine is a document in a line: what it is, its number, its title.
func documentLine(set *form.Set, d *document.Document, tx *repo.Tx, language string) string {
	line := d.Number
	f := set.Form(d.Form)
	if f != nil && f.One.In(language) != "" {
		line = f.One.In(language) + " " + line
	}
	if title := tx.Repo().Title(d); title != "" && title != d.Number {
		line += ": " + title
	}
	return line
}
