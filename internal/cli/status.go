package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
)

func newStatusCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "status NUMBER STATUS",
		Short:             "Change the status of a document",
		Args:              argsBetween(2, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runStatus(cmd, a, args[0], args[1]) },
		ValidArgsFunction: a.completeStatus,
	}
	a.ifCommitFlag(cmd)
	return cmd
}

func runStatus(cmd *cobra.Command, a *app, number, status string) error {
	return a.change(cmd, number, func(o *office.Office, number string) (*office.Done, error) {
		return o.Status(cmd.Context(), number, status)
	})
}
