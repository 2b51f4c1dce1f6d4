package cli

import "github.com/spf13/cobra"

func newUserCmd(a *app) *cobra.Command {
	return group("user", "People of the organisation", newUserListCmd(a))
}
