package cli

import (
	"strconv"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/office"
	"github.com/spf13/cobra"
)

func newRouteStopCmd(a *app) *cobra.Command {
	comment := ""
	cmd := &cobra.Command{
		Use:   "stop NUMBER [ID] --comment TEXT",
		Short: "Stop a running route of a document; its open tasks are withdrawn",
		Args:  argsBetween(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := 0
			if len(args) > 1 {
				n, err := strconv.Atoi(args[1])
				if err != nil || n < 1 {
					return usagef("%q is no route of a document; e1 show lists them by number", args[1])
				}
				id = n
			}
			return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
				return o.Task(cmd.Context(), "stop", number, 0, engine.Stop{Instance: id, Comment: comment})
			})
		},
		ValidArgsFunction: a.completeNumbers(1),
	}
	cmd.Flags().StringVar(&comment, "comment", "", "say why")
	return cmd
}
