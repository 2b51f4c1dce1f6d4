package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
)

func newUnlinkCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "unlink NUMBER KIND NUMBER",
		Short:             "Remove a link between two documents",
		Example:           "  e1 unlink inq42 reply_to inq7",
		Args:              argsBetween(3, 3),
		RunE:              func(cmd *cobra.Command, args []string) error { return runLink(cmd, a, args, (*office.Office).Unlink) },
		ValidArgsFunction: a.completeUnlink,
	}
}
