package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

func newTaskCmd(a *app) *cobra.Command {
	return group("task", "Tasks of people",
		newTaskListCmd(a), newTaskShowCmd(a), newTaskAdvanceCmd(a), newTaskAcceptCmd(a), newTaskReadCmd(a), newTaskRefuseCmd(a), newTaskDelegateCmd(a),
		newTaskCommentCmd(a), newTaskWithdrawCmd(a), newTaskExtendCmd(a), newTaskPartCmd(a))
}

// taskOptions are those of the commands that do something to a task.
type taskOptions struct {
	app     *app
	comment string
}

// commentFlag adds --comment; what says what it is for.
func (o *taskOptions) commentFlag(cmd *cobra.Command, what string) {
	cmd.Flags().StringVar(&o.comment, "comment", "", what+" (`TEXT`); - reads it from standard input")
}

// toFlag adds --to for a colleague.
func (o *taskOptions) toFlag(cmd *cobra.Command, to *string, what string) {
	cmd.Flags().StringVar(to, "to", "", what)
	o.app.completeFlag(cmd, "to", o.app.userNames)
}

// event runs an event of the engine on a task. Its maker is told the comment
// that was given.
func (o *taskOptions) event(cmd *cobra.Command, op, task string, make func(r *repo.Repo, id int, comment string) (engine.Event, error)) error {
	a := o.app
	comment, err := a.text(o.comment)
	if err != nil {
		return err
	}
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	r := of.Repo()
	number, id, err := r.TaskNumber(task)
	if err != nil {
		return err
	}
	event, err := make(r, id, comment)
	if err != nil {
		return err
	}
	done, err := of.Task(cmd.Context(), op, number, id, event)
	if err != nil {
		return err
	}
	return a.taskResult(of, done, op, id)
}

// taskResult prints what happened to a task, and whose it is by when if that is
// what was changed.
func (a *app) taskResult(of *office.Office, done *office.Done, op string, id int) error {
	r := of.Repo()
	in, t, err := office.TaskOf(done.Document, id)
	if err != nil {
		return err
	}
	if !a.flags.json {
		a.changed(r, done)
		if again := op == "delegate" || op == "extend"; again && len(done.Opened) == 0 && t.State == engine.TaskOpen {
			a.message("task %s%s", taskNumber(done.Document.Number, id), a.taskLine(r, done, done.Document.Number, id))
		}
		if t.State == engine.TaskReview && t.Controller != of.Actor().ID {
			a.message("task %s: %s, to be confirmed by %s", taskNumber(done.Document.Number, id), t.Title, t.Controller)
		}
		return nil
	}
	d, err := documentJSON(r, done.Document, true)
	if err != nil {
		return err
	}
	a.changed(r, done)
	return render.JSON(a.result, append(render.Object{
		{Key: "task", Value: taskJSON(r, done.Document, in, t)}, {Key: "document", Value: d},
	}, outcome(r, done)...))
}
