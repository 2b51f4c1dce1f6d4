package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

func newTaskCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "task", Short: "Tasks of people", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(
		newTaskListCmd(a, "list"), newTaskShowCmd(a), newTaskAdvanceCmd(a, "advance"),
		newTaskAcceptCmd(a), newTaskRefuseCmd(a), newTaskDelegateCmd(a), newTaskCommentCmd(a), newTaskWithdrawCmd(a), newTaskExtendCmd(a), newTaskPartCmd(a),
	)
	return cmd
}

// newAdvanceCmd is the short form of `task advance`.
func newAdvanceCmd(a *app) *cobra.Command { return newTaskAdvanceCmd(a, "advance") }

type taskOptions struct {
	app     *app
	task    string
	comment string
}

// event runs an event of the engine on a task.
func (o *taskOptions) event(cmd *cobra.Command, op string, make func(id int) engine.Event) error {
	a := o.app
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	r := of.Repo()
	number, id, err := r.TaskNumber(o.task)
	if err != nil {
		return err
	}
	done, err := of.Task(cmd.Context(), op, number, id, make(id))
	if err != nil {
		return err
	}
	return a.taskResult(of, done, id)
}

// taskResult prints what happened to a task.
func (a *app) taskResult(of *office.Office, done *office.Done, id int) error {
	r := of.Repo()
	a.changed(r, done)
	if !a.flags.json {
		return nil
	}
	in, t, err := office.TaskOf(done.Document, id)
	if err != nil {
		return err
	}
	d, err := documentJSON(r, done.Document, true)
	if err != nil {
		return err
	}
	return render.JSON(a.result, append(render.Object{
		{Key: "task", Value: taskJSON(r, done.Document, in, t)}, {Key: "opened", Value: openedJSON(r, done)}, {Key: "document", Value: d},
	}, outcome(done)...))
}

func newTaskAdvanceCmd(a *app, name string) *cobra.Command {
	o := &taskOptions{app: a}
	cmd := &cobra.Command{
		Use:   name + " TASK [OUTCOME] [FIELD=VALUE…]",
		Short: "Finish a task with an outcome; the route moves on",
		Example: `  e1 advance inq42/1 accepted
  e1 advance con7/3 reject --comment 'нет реквизитов'
  e1 advance con7/1 amount=1500000 valid_until=31.12.2027`,
		Args: argsBetween(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.task = args[0]
			rest := args[1:]
			outcome := ""
			if len(rest) > 0 && !isAssignment(rest[0]) {
				outcome, rest = rest[0], rest[1:]
			}
			values, err := assignments(rest)
			if err != nil {
				return err
			}
			var fields []engine.Field
			for _, v := range values {
				if v.Append {
					return usagef("%s+=: a task fills fields, it does not add to them; use e1 row add", v.Field)
				}
				fields = append(fields, engine.Field{Name: v.Field, Text: v.Text})
			}
			comment, err := a.text(o.comment)
			if err != nil {
				return err
			}
			return o.event(cmd, "advance", func(id int) engine.Event {
				return engine.Advance{Task: id, Outcome: outcome, Comment: comment, Fields: fields}
			})
		},
		ValidArgsFunction: a.completeAdvance,
	}
	cmd.Flags().StringVar(&o.comment, "comment", "", "say why in `TEXT`; - reads it from standard input")
	a.ifCommitFlag(cmd)
	return cmd
}

// ifCommitFlag lets a command refuse when somebody was faster.
func (a *app) ifCommitFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.flags.ifCommit, "if-commit", "", "only if unchanged since `COMMIT`, the one you saw")
}

func isAssignment(arg string) bool {
	for _, r := range arg {
		switch {
		case r == '=':
			return true
		case r == '_' || r == '+' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
		default:
			return false
		}
	}
	return false
}

// text reads standard input where somebody gave "-".
func (a *app) text(s string) (string, error) {
	if s != "-" {
		return s, nil
	}
	data, err := io.ReadAll(a.In)
	return string(data), err
}

// taskVerb is a command on one task whose only words are flags.
type taskVerb struct {
	name, use, short string
	comment          string // what --comment is for
	event            func(id int, comment string) (engine.Event, error)
}

func newTaskVerbCmd(a *app, v taskVerb) *cobra.Command {
	o := &taskOptions{app: a}
	cmd := &cobra.Command{
		Use:   v.name + " " + v.use,
		Short: v.short,
		Args:  argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.task = args[0]
			comment, err := a.text(o.comment)
			if err != nil {
				return err
			}
			if _, err := v.event(0, comment); err != nil {
				return err
			}
			return o.event(cmd, v.name, func(id int) engine.Event {
				event, _ := v.event(id, comment)
				return event
			})
		},
		ValidArgsFunction: a.completeTasks,
	}
	cmd.Flags().StringVar(&o.comment, "comment", "", v.comment+" (`TEXT`); - reads it from standard input")
	a.ifCommitFlag(cmd)
	return cmd
}

func newTaskAcceptCmd(a *app) *cobra.Command {
	return newTaskVerbCmd(a, taskVerb{
		name: "accept", use: "TASK", short: "Take a task", comment: "say something",
		event: func(id int, comment string) (engine.Event, error) {
			return engine.Accept{Task: id, Comment: comment}, nil
		},
	})
}

func newTaskRefuseCmd(a *app) *cobra.Command {
	return newTaskVerbCmd(a, taskVerb{
		name: "refuse", use: "TASK --comment TEXT", short: "Give a task back, saying why", comment: "say why",
		event: func(id int, comment string) (engine.Event, error) {
			return engine.Refuse{Task: id, Comment: comment}, nil
		},
	})
}

func newTaskWithdrawCmd(a *app) *cobra.Command {
	return newTaskVerbCmd(a, taskVerb{
		name: "withdraw", use: "TASK", short: "Take an open task back; the route goes on behind it", comment: "say why",
		event: func(id int, comment string) (engine.Event, error) {
			return engine.Withdraw{Task: id, Comment: comment}, nil
		},
	})
}

func newTaskDelegateCmd(a *app) *cobra.Command {
	to := ""
	cmd := newTaskVerbCmd(a, taskVerb{
		name: "delegate", use: "TASK --to USER", short: "Give an open task to somebody else", comment: "say why",
		event: func(id int, comment string) (engine.Event, error) {
			if to == "" {
				return nil, usagef("--to says who gets the task")
			}
			return engine.Reassign{Task: id, To: to, Comment: comment}, nil
		},
	})
	cmd.Flags().StringVar(&to, "to", "", "the new performer, a `USER`")
	a.completeFlag(cmd, "to", a.userNames)
	return cmd
}

func newTaskCommentCmd(a *app) *cobra.Command {
	o := &taskOptions{app: a}
	cmd := &cobra.Command{
		Use:   "comment TASK TEXT|-",
		Short: "Add a comment about a task",
		Args:  argsBetween(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.task = args[0]
			text, err := a.text(args[1])
			if err != nil {
				return err
			}
			return o.event(cmd, "comment", func(id int) engine.Event { return engine.Remark{Task: id, Text: text} })
		},
		ValidArgsFunction: a.completeTasks,
	}
	a.ifCommitFlag(cmd)
	return cmd
}

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
	a.taskFacts(v, d, t)
	for _, c := range outcomesOf(r, in, t) {
		need := ""
		if c.Comment {
			need = " --comment …"
		}
		fmt.Fprintf(a.result, "  e1 advance %s %s%s   %s\n", taskNumber(d.Number, t.ID), c.Name, need, c.Title)
	}
	return nil
}

// taskFacts says what a list of tasks has no room for.
func (a *app) taskFacts(v *cardView, d *document.Document, t *document.Task) {
	label := func(ru, en string) string {
		if v.lang == "ru" {
			return ru
		}
		return en
	}
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(a.result, "%s: %s\n", name, value)
		}
	}
	when := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return v.style.DateTime(at)
	}
	fmt.Fprintln(a.result)
	switch t.Kind {
	case engine.KindPart:
		line(label("Часть задания", "Part of task"), taskNumber(d.Number, t.Of)+", "+v.user(t.Giver))
	case engine.KindExtension:
		line(label("Просит продлить срок задания", "Asks for another deadline of task"), taskNumber(d.Number, t.Of)+", "+v.user(t.Giver))
		line(label("Новый срок", "New deadline"), when(t.Until))
	}
	line(label("За кого", "For"), v.userOrNone(t.For))
	line(label("Контролёр", "Controller"), v.userOrNone(t.Controller))
	line(label("Напоминание", "Reminded"), when(t.Reminded))
	line(label("Эскалация", "Escalated"), when(t.Escalated))
	for _, in := range d.Routes {
		for _, o := range in.Tasks {
			if o.Of == t.ID && o.Kind != "" {
				view := v.task(d, &o)
				line(view.ID, o.Title+", "+view.Who+": "+view.State)
			}
		}
	}
	if text := v.taskText(d, t); text != "" {
		fmt.Fprintf(a.result, "%s\n", text)
	}
	if t.Comment != "" {
		fmt.Fprintf(a.result, "%s\n", t.Comment)
	}
}

func taskPlain(number string, t *document.Task) render.Table {
	when := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format(time.RFC3339)
	}
	return render.Table{Rows: [][]render.Cell{render.Row(taskNumber(number, t.ID), t.Step, t.State, t.Who, when(t.Assigned), when(t.Due), when(t.Done), t.Outcome, t.Title)}}
}
