package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/office"
)

type routeStopOptions struct {
	app     *app
	comment string
}

func newRouteStopCmd(a *app) *cobra.Command {
	o := &routeStopOptions{app: a}
	cmd := &cobra.Command{
		Use:               "stop NUMBER [ID]",
		Short:             "Stop a running route of a document; its open tasks are withdrawn",
		Args:              argsBetween(1, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runRouteStop(cmd, o, args) },
		ValidArgsFunction: a.completeNumbers(1),
	}
	cmd.Flags().StringVar(&o.comment, "comment", "", "say why (`TEXT`); - reads it from standard input")
	return cmd
}

func runRouteStop(cmd *cobra.Command, o *routeStopOptions, args []string) error {
	id := 0
	if len(args) > 1 {
		n, err := strconv.Atoi(args[1])
		if err != nil || n < 1 {
			return usagef("%q is no route of a document; e1 show lists them by number", args[1])
		}
		id = n
	}
	comment, err := o.app.text(o.comment)
	if err != nil {
		return err
	}
	return o.app.change(cmd, args[0], func(of *office.Office, number string) (*office.Done, error) {
		return of.Task(cmd.Context(), "stop", number, 0, engine.Stop{Instance: id, Comment: comment})
	})
}
