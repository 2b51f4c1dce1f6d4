package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/spf13/cobra"
)

func newTaskShowCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show TASK",
		Short: "Show a task: what to do, by when, what can be answered",
		Args:  argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTaskShow(cmd, a, args[0])
		},
		ValidArgsFunction: a.completeTasks,
	}
}

func runTaskShow(cmd *cobra.Command, a *app, text string) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	number, id, err := r.TaskNumber(text)
	if err != nil {
		return err
	}
	d, err := r.Read(number)
	if err != nil {
		return err
	}
	in, t, err := office.TaskOf(d, id)
	if err != nil {
		return err
	}
	if a.flags.json {
		return render.JSON(a.result, render.Object{{Key: "task", Value: taskJSON(r, d, in, t)}})
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	if a.flags.plain {
		return render.PlainTable(a.result, taskPlain(d.Number, t))
	}
	if err := v.style.Card(a.result, v.taskCard(d, t)); err != nil {
		return err
	}
	return a.answers(v, d, in, t)
}

// answers lists what can be answered to a task, as commands with what they mean
// beside them.
func (a *app) answers(v *cardView, d *document.Document, in *document.Instance, t *document.Task) error {
	var lines, titles []string
	width := 0
	for _, c := range outcomesOf(v.r, in, t) {
		line := fmt.Sprintf("e1 advance %s %s", taskNumber(d.Number, t.ID), c.Name)
		if c.Comment {
			line += " --comment …"
		}
		title := c.Title
		if title == c.Name {
			title = "" // an answer without a title of its own
		}
		lines, titles, width = append(lines, line), append(titles, title), max(width, render.Width(line))
	}
	if len(lines) > 0 {
		fmt.Fprintln(a.result)
	}
	for i, line := range lines {
		if titles[i] != "" {
			line += strings.Repeat(" ", width-render.Width(line)) + "  " + titles[i]
		}
		if err := v.style.Line(a.result, 2, render.Normal, line); err != nil {
			return err
		}
	}
	return nil
}

// taskCard is a task with what a list of tasks has no room for.
func (v *cardView) taskCard(d *document.Document, t *document.Task) render.Card {
	s, view := v.style, v.task(d, t)
	c := render.Card{Number: view.ID, Form: s.Word("Task"), Title: view.Title, Status: s.Word(t.State), Now: v.r.Now()}
	about := render.Group{Title: d.Number + " " + v.r.Title(d)}
	field := func(label, value string, tone render.Tone) {
		if value != "" {
			about.Fields = append(about.Fields, render.Field{Label: label, Value: value, Tone: tone})
		}
	}
	when := func(at time.Time) string { return s.DateTime(inZone(at, v.r)) }
	late := render.Normal
	if view.Overdue {
		late = render.Bad
	}
	field(s.Word("Performer"), v.performers(t.Who, t.Candidates), render.Normal)
	field(s.Word("Due"), when(t.Due), late)
	field(s.Word("Answer"), view.Outcome, render.Normal)
	field(s.Word("When"), when(t.Done), render.Normal)
	switch t.Kind {
	case engine.KindPart:
		field(s.Word("Part of task"), taskNumber(d.Number, t.Of)+", "+v.user(t.Giver), render.Normal)
	case engine.KindExtension:
		field(s.Word("Asks for another deadline of task"), taskNumber(d.Number, t.Of)+", "+v.user(t.Giver), render.Normal)
		field(s.Word("New deadline"), when(t.Until), render.Normal)
	}
	field(s.Word("For"), v.userOrNone(t.For), render.Normal)
	field(s.Word("Controller"), v.userOrNone(t.Controller), render.Normal)
	field(s.Word("Reminded"), when(t.Reminded), render.Warn)
	field(s.Word("Escalated"), when(t.Escalated), render.Bad)
	text := s.Word("What to do")
	if t.Kind == engine.KindNotice {
		text = s.Word("Comment")
	}
	field(text, v.taskText(d, t), render.Normal)
	field(s.Word("Comment"), t.Comment, render.Normal)
	c.Groups = []render.Group{about}
	for _, l := range d.Letters {
		if l.Task == t.ID {
			c.Letters = append(c.Letters, render.Letter{At: inZone(cmp.Or(l.Sent, l.At), v.r), To: strings.Join(l.To, ", "), Subject: s.Word(l.About), State: s.Word(l.State)})
		}
	}
	for _, in := range d.Routes {
		for _, o := range in.Tasks {
			if o.Of == t.ID && o.Kind != "" {
				c.Tasks = append(c.Tasks, v.task(d, &o))
			}
		}
	}
	return c
}

func taskPlain(number string, t *document.Task) render.Table {
	return render.Table{Rows: [][]render.Cell{render.Row(taskNumber(number, t.ID), t.Step, t.State, t.Who,
		document.FormatTime(t.Assigned), document.FormatTime(t.Due), document.FormatTime(t.Done), t.Outcome, t.Title)}}
}
