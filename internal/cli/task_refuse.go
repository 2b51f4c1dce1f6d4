package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
)

func newTaskRefuseCmd(a *app) *cobra.Command {
	return taskVerbCmd(a, taskVerb{
		name: "refuse", use: "TASK --comment TEXT", short: "Give a task back, saying why", comment: "say why",
		event: func(id int, comment string) engine.Event { return engine.Refuse{Task: id, Comment: comment} },
	})
}
