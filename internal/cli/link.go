package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
)

func newLinkCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "link NUMBER KIND NUMBER",
		Short: "Link two documents; both show it",
		Long: `Links two documents. The first one points and stores the link, both show it. The
kinds of links are those of links: in e1.yaml; another one takes --yes.`,
		Example:           "  e1 link inq42 reply_to inq7",
		Args:              argsBetween(3, 3),
		RunE:              func(cmd *cobra.Command, args []string) error { return runLink(cmd, a, args, (*office.Office).Link) },
		ValidArgsFunction: a.completeLink,
	}
}

// runLink makes or removes a link.
func runLink(cmd *cobra.Command, a *app, args []string, do func(*office.Office, context.Context, string, office.LinkTo) (*office.Done, error)) error {
	return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
		to, err := o.Repo().Resolve(args[2])
		if err != nil {
			return nil, err
		}
		return do(o, cmd.Context(), number, office.LinkTo{Kind: args[1], To: to, NewKind: a.flags.yes})
	})
}
