package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

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
	form    string
	limit   int
}

// newTasksCmd is the short form of `task list`.
func newTasksCmd(a *app) *cobra.Command { return newTaskListCmd(a, "tasks") }

func newTaskListCmd(a *app, name string) *cobra.Command {
	o := &taskListOptions{app: a}
	cmd := &cobra.Command{
		Use:   name,
		Short: "List open tasks, by deadline; without a flag your own",
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
	f.StringVar(&o.form, "form", "", "only tasks on documents of this `FORM`")
	f.IntVar(&o.limit, "limit", 200, "show at most `N`; 0 shows all")
	cmd.MarkFlagsMutuallyExclusive("user", "mine", "all")
	a.completeFlag(cmd, "user", a.userNames)
	a.completeFlag(cmd, "form", a.formNames)
	return cmd
}

func runTaskList(cmd *cobra.Command, o *taskListOptions) error {
	a := o.app
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	q := index.TaskQuery{Open: !o.done, Closed: o.done, Form: o.form, Limit: o.limit, Newest: o.done}
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
		people, _, err := r.Definitions().Org()
		if err != nil {
			return err
		}
		found := people.Find(o.user)
		if len(found) != 1 {
			return &repo.UnknownError{What: "user", Name: o.user, Known: people.UserIDs(), Try: "e1 user list"}
		}
		q.Users = []string{found[0].ID}
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
	switch {
	case a.flags.json:
		return a.taskListJSON(r, tasks, total)
	case a.flags.plain:
		return render.PlainTable(a.result, taskListPlain(tasks))
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	views := make([]render.Task, len(tasks))
	for i, t := range tasks {
		views[i] = v.taskRow(t)
	}
	if err := a.style().Tasks(a.result, r.Now(), views); err != nil {
		return err
	}
	switch {
	case len(tasks) == 0:
		a.message("no tasks")
	case total > len(tasks):
		a.message("%d of %d tasks; --limit 0 shows all", len(tasks), total)
	}
	return nil
}

func (v *cardView) taskRow(t index.TaskRow) render.Task {
	candidates := make([]string, len(t.Candidates))
	for i, c := range t.Candidates {
		candidates[i] = v.user(c)
	}
	who := ""
	if t.Who != "" {
		who = v.user(t.Who)
	}
	return render.Task{
		ID: taskNumber(t.Number, t.ID), Title: t.Title, Document: t.DocumentTitle, Who: whoText(who, candidates),
		State: taskState(t.State, v.lang), Outcome: t.Outcome, Comment: t.Comment, Due: inZone(t.Due, v.r), Done: inZone(t.Done, v.r),
		Overdue: rowOverdue(t, v.r.Now()), Closed: !t.Open, Mark: taskMark(t.Open, t.Reminded, t.Escalated, v.lang),
	}
}

// taskMark says what time has done to an open task.
func taskMark(open bool, reminded, escalated time.Time, lang string) string {
	switch {
	case !open || reminded.IsZero() && escalated.IsZero():
		return ""
	case escalated.IsZero() && lang == "ru":
		return "напомнено"
	case escalated.IsZero():
		return "reminded"
	case lang == "ru":
		return "эскалация"
	}
	return "escalated"
}

// inZone shows a time in the repository's zone.
func inZone(t time.Time, r *repo.Repo) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(r.Now().Location())
}

func rowOverdue(t index.TaskRow, now time.Time) bool {
	if t.Due.IsZero() {
		return false
	}
	if !t.Done.IsZero() {
		return t.Done.After(t.Due)
	}
	return t.Open && now.After(t.Due)
}

func (a *app) taskListJSON(r *repo.Repo, tasks []index.TaskRow, total int) error {
	out := []render.Object{}
	outcomes := map[string][]string{}
	for _, t := range tasks {
		candidates := t.Candidates
		if candidates == nil {
			candidates = []string{}
		}
		out = append(out, render.Object{
			{Key: "task", Value: taskNumber(t.Number, t.ID)}, {Key: "document", Value: t.Number}, {Key: "form", Value: t.Form},
			{Key: "title", Value: t.Title}, {Key: "step", Value: t.Step}, {Key: "route", Value: t.Route}, {Key: "who", Value: t.Who},
			{Key: "candidates", Value: candidates}, {Key: "state", Value: t.State}, {Key: "assigned", Value: inZone(t.Assigned, r)},
			{Key: "due", Value: inZone(t.Due, r)}, {Key: "overdue", Value: rowOverdue(t, r.Now())},
			{Key: "accepted", Value: inZone(t.Accepted, r)}, {Key: "done", Value: inZone(t.Done, r)},
			{Key: "outcome", Value: t.Outcome}, {Key: "outcomes", Value: taskRowOutcomes(r, t, outcomes)}, {Key: "comment", Value: t.Comment},
			{Key: "kind", Value: t.Kind}, {Key: "of", Value: ofTask(t.Number, t.Of)}, {Key: "giver", Value: t.Giver}, {Key: "text", Value: t.Text},
			{Key: "until", Value: inZone(t.Until, r)}, {Key: "for", Value: t.For}, {Key: "cycle", Value: t.Cycle},
			{Key: "reminded", Value: inZone(t.Reminded, r)}, {Key: "escalated", Value: inZone(t.Escalated, r)},
		})
	}
	return render.JSON(a.result, render.Object{{Key: "tasks", Value: out}, {Key: "total", Value: total}})
}

// taskRowOutcomes lists what an open task can be answered. The definition is
// that of its document's instance, read once per step.
func taskRowOutcomes(r *repo.Repo, t index.TaskRow, known map[string][]string) []string {
	none := []string{}
	if !t.Open {
		return none
	}
	d, err := r.Lookup().Document(t.Number)
	if err != nil || d == nil {
		return none
	}
	in, task := d.Task(t.ID)
	if task == nil {
		return none
	}
	key := in.Definition + " " + task.Step + " " + task.Kind + " " + task.State
	if o, ok := known[key]; ok {
		return o
	}
	names := none
	for _, c := range outcomesOf(r, in, task) {
		names = append(names, c.Name)
	}
	known[key] = names
	return names
}

func taskListPlain(tasks []index.TaskRow) render.Table {
	var t render.Table
	when := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format(time.RFC3339)
	}
	for _, row := range tasks {
		who := row.Who
		if who == "" {
			who = strings.Join(row.Candidates, "|")
		}
		t.Rows = append(t.Rows, render.Row(taskNumber(row.Number, row.ID), row.Step, row.State, who, when(row.Assigned), when(row.Due), when(row.Done), row.Outcome, row.Title, row.DocumentTitle))
	}
	return t
}
