package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
)

func newTaskWithdrawCmd(a *app) *cobra.Command {
	return taskVerbCmd(a, taskVerb{
		name: "withdraw", use: "TASK", short: "Take an open task back; the route goes on behind it", comment: "say why",
		event: func(id int, comment string) engine.Event { return engine.Withdraw{Task: id, Comment: comment} },
	})
}
