package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

type taskListOptions struct {
	app     *app
	user    string
	mine    bool
	all     bool
	overdue bool
	done    bool
	unread  bool
	form    string
	limit   int
}

func newTaskListCmd(a *app) *cobra.Command { return taskListCmd(a, "list") }

func taskListCmd(a *app, name string) *cobra.Command {
	o := &taskListOptions{app: a}
	cmd := &cobra.Command{
		Use:   name,
		Short: "List open tasks, by deadline; without a flag your own",
		Long: `Lists open tasks, by deadline, and behind them what there is to be read: what a
route informs of, tasks of others that are late, answers to parts and requests.
"e1 task read" marks that as read; what a closed task was late with goes by
itself. A task under review is its controller's.`,
		Example: `  e1 tasks --mine
  e1 tasks --all --overdue
  e1 tasks --user petrova --form contracts`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runTaskList(cmd, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.user, "user", "", "tasks of this `USER`")
	f.BoolVar(&o.mine, "mine", false, "your own tasks (the default)")
	f.BoolVar(&o.all, "all", false, "tasks of everybody")
	f.BoolVar(&o.overdue, "overdue", false, "only those that are late")
	f.BoolVar(&o.done, "done", false, "finished tasks instead of open ones")
	f.BoolVar(&o.unread, "unread", false, "only what is to be read")
	f.StringVar(&o.form, "form", "", "only tasks on documents of this `FORM`")
	limitFlag(cmd, &o.limit, 200, "tasks")
	cmd.MarkFlagsMutuallyExclusive("user", "mine", "all")
	cmd.MarkFlagsMutuallyExclusive("overdue", "done", "unread")
	a.completeFlag(cmd, "user", a.userNames)
	a.completeFlag(cmd, "form", a.formNames)
	return cmd
}

func runTaskList(cmd *cobra.Command, o *taskListOptions) error {
	a := o.app
	limit, err := a.limit(cmd, o.limit)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	q := index.TaskQuery{Open: !o.done && !o.unread, Awaited: !o.done && !o.unread, Closed: o.done, Unread: o.unread, Form: o.form, Limit: limit, Newest: o.done || o.unread}
	if o.overdue {
		q.Overdue = r.Now()
	}
	if o.form != "" {
		if _, err := r.Definitions().Form(o.form); err != nil {
			return err
		}
	}
	switch {
	case o.all:
	case o.user != "":
		u, err := r.Definitions().User(o.user)
		if err != nil {
			return err
		}
		q.Users = []string{u.ID}
	default:
		of, err := a.act(cmd)
		if err != nil {
			return err
		}
		people, _, err := r.Definitions().Org()
		if err != nil {
			return err
		}
		me := of.Actor().ID
		q.Users = append([]string{me}, people.ActingFor(me, expr.DateOf(r.Now()))...)
	}
	db, err := r.Index()
	if err != nil {
		return err
	}
	tasks, total, err := db.Tasks(q)
	if err != nil {
		return err
	}
	if err := a.noteLeftOut(r, o.form); err != nil {
		return err
	}
	var unread []index.TaskRow
	if q.Open && !o.overdue && !o.all {
		q.Open, q.Awaited, q.Unread, q.Newest = false, false, true, true
		if unread, _, err = db.Tasks(q); err != nil {
			return err
		}
	}
	defer a.cut(len(tasks), total, false)
	switch {
	case a.flags.json:
		return a.taskListJSON(r, tasks, unread, total)
	case a.flags.plain:
		return render.PlainTable(a.result, taskListPlain(tasks))
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	var views []render.Task
	for _, t := range slices.Concat(tasks, unread) {
		views = append(views, v.taskRow(t))
	}
	if err := a.style().Tasks(a.result, r.Now(), views); err != nil {
		return err
	}
	if len(views) == 0 {
		a.message("no tasks")
	}
	return nil
}

func (a *app) taskListJSON(r *repo.Repo, tasks, unread []index.TaskRow, total int) error {
	outcomes := map[string][]string{}
	rows := func(list []index.TaskRow) []render.Object {
		var out []render.Object
		for _, t := range list {
			out = append(out, taskRowJSON(r, t, outcomes))
		}
		return out
	}
	return render.JSON(a.result, render.Object{{Key: "tasks", Value: rows(tasks)}, {Key: "total", Value: total}, {Key: "unread", Value: rows(unread)}})
}

// taskRowJSON is T of the contract, of a row of the index.
func taskRowJSON(r *repo.Repo, t index.TaskRow, outcomes map[string][]string) render.Object {
	return render.Object{
		{Key: "task", Value: taskNumber(t.Number, t.ID)}, {Key: "document", Value: t.Number}, {Key: "form", Value: t.Form},
		{Key: "title", Value: t.Title}, {Key: "step", Value: t.Step}, {Key: "route", Value: t.Route}, {Key: "who", Value: t.Who},
		{Key: "candidates", Value: t.Candidates}, {Key: "state", Value: t.State}, {Key: "assigned", Value: inZone(t.Assigned, r)},
		{Key: "due", Value: inZone(t.Due, r)}, {Key: "overdue", Value: engine.Late(t.State, t.Due, t.Done, r.Now())},
		{Key: "accepted", Value: inZone(t.Accepted, r)}, {Key: "done", Value: inZone(t.Done, r)},
		{Key: "outcome", Value: t.Outcome}, {Key: "outcomes", Value: taskRowOutcomes(r, t, outcomes)}, {Key: "comment", Value: t.Comment},
		{Key: "kind", Value: t.Kind}, {Key: "of", Value: ofTask(t.Number, t.Of)}, {Key: "giver", Value: t.Giver}, {Key: "text", Value: t.Text},
		{Key: "until", Value: inZone(t.Until, r)}, {Key: "for", Value: t.For}, {Key: "cycle", Value: t.Cycle},
		{Key: "reminded", Value: inZone(t.Reminded, r)}, {Key: "escalated", Value: inZone(t.Escalated, r)},
		{Key: "controller", Value: t.Controller},
	}
}

// taskRowOutcomes lists what an open task can be answered. The definition is
// that of its document's instance, read once per step.
func taskRowOutcomes(r *repo.Repo, t index.TaskRow, known map[string][]string) []string {
	if !t.Open && !t.Unread {
		return nil
	}
	d, err := r.Lookup().Document(t.Number)
	if err != nil || d == nil {
		return nil
	}
	in, task := d.Task(t.ID)
	if task == nil {
		return nil
	}
	key := in.Definition + " " + task.Step + " " + task.Kind + " " + task.State
	if o, ok := known[key]; ok {
		return o
	}
	var names []string
	for _, c := range outcomesOf(r, in, task) {
		names = append(names, c.Name)
	}
	known[key] = names
	return names
}

func taskListPlain(tasks []index.TaskRow) render.Table {
	var t render.Table
	for _, row := range tasks {
		who := row.Who
		if who == "" {
			who = strings.Join(row.Candidates, "|")
		}
		t.Rows = append(t.Rows, render.Row(taskNumber(row.Number, row.ID), row.Step, row.State, who,
			document.FormatTime(row.Assigned), document.FormatTime(row.Due), document.FormatTime(row.Done), row.Outcome, row.Title, row.DocumentTitle))
	}
	return t
}
