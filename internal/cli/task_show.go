package cli

import (
	"fmt"
	"io"
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
	if err := a.style().Tasks(a.result, r.Now(), []render.Task{v.task(d, t)}); err != nil {
		return err
	}
	v.taskFacts(a.result, d, t)
	for _, c := range outcomesOf(r, in, t) {
		line := fmt.Sprintf("e1 advance %s %s", taskNumber(d.Number, t.ID), c.Name)
		if c.Comment {
			line += " --comment …"
		}
		_ = v.style.Line(a.result, 2, render.Normal, line+"   "+c.Title)
	}
	return nil
}

// taskFacts says what a list of tasks has no room for.
func (v *cardView) taskFacts(w io.Writer, d *document.Document, t *document.Task) {
	s := v.style
	line := func(name, value string) {
		if value != "" {
			_ = s.Line(w, 0, render.Normal, name+": "+value)
		}
	}
	when := func(at time.Time) string { return s.DateTime(inZone(at, v.r)) }
	fmt.Fprintln(w)
	switch t.Kind {
	case engine.KindPart:
		line(s.Word("Part of task"), taskNumber(d.Number, t.Of)+", "+v.user(t.Giver))
	case engine.KindExtension:
		line(s.Word("Asks for another deadline of task"), taskNumber(d.Number, t.Of)+", "+v.user(t.Giver))
		line(s.Word("New deadline"), when(t.Until))
	}
	line(s.Word("For"), v.userOrNone(t.For))
	line(s.Word("Controller"), v.userOrNone(t.Controller))
	line(s.Word("Reminded"), when(t.Reminded))
	line(s.Word("Escalated"), when(t.Escalated))
	for _, in := range d.Routes {
		for _, o := range in.Tasks {
			if o.Of == t.ID && o.Kind != "" {
				view := v.task(d, &o)
				line(view.ID, o.Title+", "+view.Who+": "+view.State)
			}
		}
	}
	for _, text := range []string{v.taskText(d, t), t.Comment} {
		for _, l := range strings.Split(strings.TrimSpace(text), "\n") {
			if text != "" {
				_ = s.Line(w, 0, render.Normal, l)
			}
		}
	}
}

func taskPlain(number string, t *document.Task) render.Table {
	return render.Table{Rows: [][]render.Cell{render.Row(taskNumber(number, t.ID), t.Step, t.State, t.Who,
		document.FormatTime(t.Assigned), document.FormatTime(t.Due), document.FormatTime(t.Done), t.Outcome, t.Title)}}
}
