package cli

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

type tickOptions struct {
	app   *app
	limit int
}

func newTickCmd(a *app) *cobra.Command {
	o := &tickOptions{app: a}
	cmd := &cobra.Command{
		Use:   "tick",
		Short: "Do what is due: waits that are over, reminders, escalations",
		Long: `Lets everything happen that time has brought: waits for a date end, people
are reminded, late tasks escalate. Each happens exactly once, however often this
runs and however long it did not. Nothing is printed when nothing was due, so
that cron can run it every minute. A document that fails is named, the others go
on, and the exit code is 3. Many loose objects are packed in passing.`,
		Example: `  e1 tick
  e1 tick --dry-run
  * * * * * cd /srv/office && e1 tick`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runTick(cmd, o) },
	}
	limitFlag(cmd, &o.limit, 0, "documents")
	return cmd
}

func runTick(cmd *cobra.Command, o *tickOptions) error {
	a := o.app
	limit, err := a.limit(cmd, o.limit)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	run, err := office.Tick(cmd.Context(), r, a.officeOptions(cmd), office.TickRequest{Limit: limit})
	if run == nil {
		return err
	}
	if err == nil && !a.flags.dryRun {
		err = run.Upkeep(cmd.Context(), r)
	}
	if len(run.Failed) > 0 {
		err = errors.Join(err, &failedError{run.Failed})
	}
	return errors.Join(err, a.ticked(r, run))
}

// ticked prints what time has brought; nothing when it was nothing.
func (a *app) ticked(r *repo.Repo, run *office.TickRun) error {
	for _, n := range run.Notes {
		a.note("%s", n)
	}
	if a.flags.json {
		return a.tickedJSON(r, run)
	}
	var t render.Table
	when := func(at time.Time) string { return document.FormatTime(inZone(at, r)) }
	for _, x := range run.Timers {
		t.Rows = append(t.Rows, render.Row("timer", x.Document, x.Step, "", when(x.At), x.Title))
		a.message("%s: %q is over (%s)", x.Document, x.Title, a.style().DateTime(x.At.In(r.Now().Location())))
	}
	for _, x := range run.Dates {
		t.Rows = append(t.Rows, render.Row("date", x.Document, x.Rule, "", when(x.At), x.Field+" "+x.Date))
		a.message("%s: %s %s, rule %s", x.Document, x.Field, x.Date, x.Rule)
	}
	told := func(kind string, list []office.TickTold) {
		for _, x := range list {
			subject := x.Document
			if x.Task != 0 {
				subject = taskNumber(x.Document, x.Task)
			}
			to := whoText("", x.To)
			t.Rows = append(t.Rows, render.Row(kind, subject, "", to, when(x.Due), x.Title))
			line := subject + ": " + kind + " to " + to + ", " + x.Title
			if x.Reassigned {
				line += ", which is now theirs"
			}
			a.message("%s", line)
		}
	}
	told("reminder", run.Reminders)
	told("escalation", run.Escalations)
	for _, c := range run.Commits {
		a.message("commit %s", shortID(c))
	}
	if a.flags.dryRun && run.Documents > 0 {
		a.message("nothing was changed: dry run")
	}
	if run.Packed > 0 {
		a.message("packed %s", plural(run.Packed, "object"))
	}
	if a.flags.plain {
		return render.PlainTable(a.result, t)
	}
	return nil
}

func (a *app) tickedJSON(r *repo.Repo, run *office.TickRun) error {
	var timers []render.Object
	for _, t := range run.Timers {
		timers = append(timers, render.Object{
			{Key: "document", Value: t.Document}, {Key: "form", Value: t.Form}, {Key: "route", Value: t.Route},
			{Key: "step", Value: t.Step}, {Key: "title", Value: t.Title}, {Key: "at", Value: t.At},
		})
	}
	told := func(list []office.TickTold) []render.Object {
		var out []render.Object
		for _, t := range list {
			task := ""
			if t.Task != 0 {
				task = taskNumber(t.Document, t.Task)
			}
			out = append(out, render.Object{
				{Key: "document", Value: t.Document}, {Key: "form", Value: t.Form}, {Key: "task", Value: task}, {Key: "title", Value: t.Title},
				{Key: "to", Value: t.To}, {Key: "due", Value: inZone(t.Due, r)}, {Key: "reassigned", Value: t.Reassigned},
			})
		}
		return out
	}
	var dates []render.Object
	for _, x := range run.Dates {
		dates = append(dates, render.Object{{Key: "document", Value: x.Document}, {Key: "rule", Value: x.Rule}, {Key: "field", Value: x.Field},
			{Key: "date", Value: x.Date}, {Key: "at", Value: x.At}})
	}
	var failed []render.Object
	for _, err := range run.Failed {
		failed = append(failed, render.Object{{Key: "message", Value: err.Error()}})
	}
	return render.JSON(a.result, render.Object{
		{Key: "timers", Value: timers}, {Key: "reminders", Value: told(run.Reminders)}, {Key: "escalations", Value: told(run.Escalations)},
		{Key: "commits", Value: run.Commits}, {Key: "failed", Value: failed}, {Key: "packed", Value: run.Packed}, {Key: "dates", Value: dates},
	})
}
