package cli

import (
	"github.com/spf13/cobra"
)

func newRouteCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "route", Short: "Routes: list them, start and stop them on documents", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newRouteListCmd(a), newRouteShowCmd(a), newRouteGraphCmd(a), newRouteTestCmd(a), newRouteSimCmd(a), newRouteStartCmd(a), newRouteStopCmd(a),
		newRouteMigrateCmd(a), newRouteAddCmd(a))
	return cmd
}
