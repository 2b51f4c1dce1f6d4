package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/office"
)

type routeAddOptions struct {
	app      *app
	instance int
}

func newRouteAddCmd(a *app) *cobra.Command {
	o := &routeAddOptions{app: a}
	cmd := &cobra.Command{
		Use:   "add NUMBER STEP USER",
		Short: "Add a person to an `each` that allows it, while it is at work",
		Long: "Begins the steps of an `each` with `allow: add` for one more person. Rows added\n" +
			"to a table that an `each` goes over are begun by themselves.",
		Example: "  e1 route add con7 experts ivanova",
		Args:    argsBetween(3, 3),
		RunE:    func(cmd *cobra.Command, args []string) error { return runRouteAdd(cmd, o, args) },
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			switch len(args) {
			case 0:
				return a.numbers(cmd, toComplete), noFiles
			case 2:
				return a.userNames(cmd), noFiles
			}
			return nil, noFiles
		},
	}
	cmd.Flags().IntVar(&o.instance, "route", 0, "of this running route of the document, by its `ID`")
	return cmd
}

func runRouteAdd(cmd *cobra.Command, o *routeAddOptions, args []string) error {
	return o.app.change(cmd, args[0], func(of *office.Office, number string) (*office.Done, error) {
		return of.Task(cmd.Context(), "add", number, 0, engine.Add{Instance: o.instance, Step: args[1], Item: args[2]})
	})
}
