package cli

import "github.com/spf13/cobra"

// newTasksCmd is the short form of `task list`.
func newTasksCmd(a *app) *cobra.Command { return taskListCmd(a, "tasks") }
