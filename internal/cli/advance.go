package cli

import "github.com/spf13/cobra"

// newAdvanceCmd is the short form of `task advance`.
func newAdvanceCmd(a *app) *cobra.Command { return newTaskAdvanceCmd(a) }
