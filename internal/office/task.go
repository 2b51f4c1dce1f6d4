package office

import (
	"context"
	"fmt"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/repo"
)

// Task carries out an event of the engine on a task or on a route of a
// document: accept, refuse, advance, start, stop and so on.
func (o *Office) Task(ctx context.Context, op, number string, task int, event engine.Event) (*Done, error) {
	subject := fmt.Sprintf("%s %s", op, number)
	if task > 0 {
		subject = fmt.Sprintf("%s %s/%d", op, number, task)
	}
	event, err := cleaned(event)
	if err != nil {
		return nil, err
	}
	return o.change(ctx, op, number, nil, func(tx *repo.Tx, done *Done, _ *form.Form, d *document.Document) error {
		var before document.Task
		if _, t := d.Task(task); t != nil {
			before = *t
		}
		if err := o.apply(tx, done, d, event); err != nil {
			return err
		}
		now, err := tx.Document(number)
		if err != nil {
			return err
		}
		if _, t := now.Task(task); t != nil {
			o.actsFor(tx, t)
			if t.Title != "" {
				subject += ": " + t.Title
			}
			advance, _ := event.(engine.Advance)
			if answer := engine.Answer(&before, t, advance.Outcome); answer != "" {
				subject += " [" + answer + "]"
			}
		}
		tx.Subject("%s", subject)
		return nil
	})
}

// cleaned is an event with what was written as cards and comments keep it.
func cleaned(event engine.Event) (_ engine.Event, err error) {
	switch e := event.(type) {
	case engine.Advance:
		e.Comment, err = form.Lines(e.Comment)
		return e, err
	case engine.Accept:
		e.Comment, err = form.Lines(e.Comment)
		return e, err
	case engine.Refuse:
		e.Comment, err = form.Lines(e.Comment)
		return e, err
	case engine.Remark:
		e.Text, err = form.Lines(e.Text)
		return e, err
	case engine.Reassign:
		e.Comment, err = form.Lines(e.Comment)
		return e, err
	case engine.Extend:
		e.Comment, err = form.Lines(e.Comment)
		return e, err
	case engine.Part:
		e.Text, err = form.Lines(e.Text)
		return e, err
	case engine.Withdraw:
		e.Comment, err = form.Lines(e.Comment)
		return e, err
	case engine.Stop:
		e.Comment, err = form.Lines(e.Comment)
		return e, err
	}
	return event, nil
}

// actsFor records for whom a substitute has acted.
func (o *Office) actsFor(tx *repo.Tx, t *document.Task) {
	if t.For != "" && t.For != o.actor.ID && (t.By == o.actor.ID || t.Who == o.actor.ID) {
		tx.ActsFor(t.For)
	}
}

// TaskOf finds a task of a document; the error lists the tasks there are.
func TaskOf(d *document.Document, id int) (*document.Instance, *document.Task, error) {
	in, t := d.Task(id)
	if t != nil {
		return in, t, nil
	}
	hint := "e1 tasks --all"
	if len(d.Routes) > 0 {
		hint = "e1 show " + d.Number
	}
	return nil, nil, refusef(hint, "%s has no task %d", d.Number, id)
}

// Read marks what people are to know as read, in one commit. What somebody has
// read meanwhile is passed over.
func (o *Office) Read(ctx context.Context, refs []engine.TaskRef) (*Done, error) {
	return o.update(ctx, "read", func(tx *repo.Tx, done *Done) error {
		var names []string
		for _, ref := range refs {
			d, err := tx.Document(ref.Document)
			if err != nil {
				return err
			}
			_, t, err := TaskOf(d, ref.Task)
			if err != nil {
				return err
			}
			name := fmt.Sprintf("%s/%d", d.Number, t.ID)
			switch {
			case engine.Pending(t.State):
				return refusef("e1 task show "+name, "task %s (%s) is to be done, not only read", name, t.Title)
			case t.State != engine.TaskInform:
				continue
			}
			if err := o.apply(tx, done, d, engine.Advance{Task: t.ID}); err != nil {
				return err
			}
			names = append(names, name)
		}
		tx.Subject("read %s", shorten(names, 3))
		return nil
	})
}
