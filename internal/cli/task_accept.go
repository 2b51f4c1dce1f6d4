package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
)

func newTaskAcceptCmd(a *app) *cobra.Command {
	return taskVerbCmd(a, taskVerb{
		name: "accept", use: "TASK", short: "Take a task", comment: "say something",
		event: func(id int, comment string) engine.Event { return engine.Accept{Task: id, Comment: comment} },
	})
}
