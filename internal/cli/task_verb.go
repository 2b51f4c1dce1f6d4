package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/repo"
)

// taskVerb is a command on one task whose only words are flags.
type taskVerb struct {
	name, use, short string
	comment          string // what --comment is for
	event            func(id int, comment string) engine.Event
}

func taskVerbCmd(a *app, v taskVerb) *cobra.Command {
	o := &taskOptions{app: a}
	cmd := &cobra.Command{
		Use:   v.name + " " + v.use,
		Short: v.short,
		Args:  argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.event(cmd, v.name, args[0], func(_ *repo.Repo, id int, comment string) (engine.Event, error) {
				return v.event(id, comment), nil
			})
		},
		ValidArgsFunction: a.completeTasks,
	}
	o.commentFlag(cmd, v.comment)
	a.ifCommitFlag(cmd)
	return cmd
}
