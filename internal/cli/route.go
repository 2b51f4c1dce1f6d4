package cli

import (
	"github.com/spf13/cobra"
)

func newRouteCmd(a *app) *cobra.Command {
	return group("route", "Routes: list them, start and stop them on documents",
		newRouteListCmd(a), newRouteShowCmd(a), newRouteGraphCmd(a), newRouteTestCmd(a), newRouteSimCmd(a),
		newRouteStartCmd(a), newRouteStopCmd(a), newRouteMigrateCmd(a), newRouteAddCmd(a))
}
