package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/repo"
)

type taskPartOptions struct {
	taskOptions
	to, due string
}

func newTaskPartCmd(a *app) *cobra.Command {
	o := &taskPartOptions{taskOptions: taskOptions{app: a}}
	cmd := &cobra.Command{
		Use:   "part TASK TEXT|- --to USER",
		Short: "Give a part of your task to somebody else",
		Long: `Gives a part of an open task to somebody else, with a deadline of its own, else
that of the task. The task cannot be finished before its parts are done or
withdrawn (e1 task withdraw).`,
		Example:           `  e1 task part con7/3 'проверить приложение № 2' --to ivanova --due 4wh`,
		Args:              argsBetween(2, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runTaskPart(cmd, o, args[0], args[1]) },
		ValidArgsFunction: a.completeTasks,
	}
	o.toFlag(cmd, &o.to, "who gets the part, a `USER`")
	cmd.Flags().StringVar(&o.due, "due", "", "its `DEADLINE`: 4wh, 2wd, a date or a time")
	a.ifCommitFlag(cmd)
	return cmd
}

func runTaskPart(cmd *cobra.Command, o *taskPartOptions, task, text string) error {
	if o.to == "" {
		return &usageError{message: "--to says who gets the part", hint: cmd.CommandPath() + " --help"}
	}
	o.comment = text
	return o.event(cmd, "part", task, func(r *repo.Repo, id int, text string) (engine.Event, error) {
		to, err := r.Definitions().User(o.to)
		if err != nil {
			return nil, err
		}
		event := engine.Part{Task: id, To: to.ID, Text: text}
		if o.due != "" {
			event.Due, err = deadline(o.due, r.Now())
		}
		return event, err
	})
}
