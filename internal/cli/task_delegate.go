package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/repo"
)

type taskDelegateOptions struct {
	taskOptions
	to string
}

func newTaskDelegateCmd(a *app) *cobra.Command {
	o := &taskDelegateOptions{taskOptions: taskOptions{app: a}}
	cmd := &cobra.Command{
		Use:               "delegate TASK --to USER",
		Short:             "Give an open task to somebody else",
		Args:              argsBetween(1, 1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runTaskDelegate(cmd, o, args[0]) },
		ValidArgsFunction: a.completeTasks,
	}
	o.toFlag(cmd, &o.to, "the new performer, a `USER`")
	o.commentFlag(cmd, "say why")
	a.ifCommitFlag(cmd)
	return cmd
}

func runTaskDelegate(cmd *cobra.Command, o *taskDelegateOptions, task string) error {
	if o.to == "" {
		return &usageError{message: "--to says who gets the task", hint: cmd.CommandPath() + " --help"}
	}
	return o.event(cmd, "delegate", task, func(r *repo.Repo, id int, comment string) (engine.Event, error) {
		to, err := r.Definitions().User(o.to)
		if err != nil {
			return nil, err
		}
		return engine.Reassign{Task: id, To: to.ID, Comment: comment}, nil
	})
}
