package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
)

func newRenumberCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "renumber NUMBER",
		Short:             "Give an unpublished document another number; links follow",
		Args:              argsBetween(1, 1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runRenumber(cmd, a, args[0]) },
		ValidArgsFunction: a.completeNumbers(1),
	}
}

func runRenumber(cmd *cobra.Command, a *app, number string) error {
	return a.change(cmd, number, func(o *office.Office, number string) (*office.Done, error) {
		return o.Renumber(cmd.Context(), number)
	})
}
