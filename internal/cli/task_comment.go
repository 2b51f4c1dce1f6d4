package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/repo"
)

func newTaskCommentCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "comment TASK TEXT|-",
		Short:             "Add a comment about a task",
		Args:              argsBetween(2, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runTaskComment(cmd, a, args[0], args[1]) },
		ValidArgsFunction: a.completeTasks,
	}
	a.ifCommitFlag(cmd)
	return cmd
}

func runTaskComment(cmd *cobra.Command, a *app, task, text string) error {
	o := &taskOptions{app: a, comment: text}
	return o.event(cmd, "comment", task, func(_ *repo.Repo, id int, text string) (engine.Event, error) {
		return engine.Remark{Task: id, Text: text}, nil
	})
}
