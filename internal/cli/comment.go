package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
)

func newCommentCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "comment NUMBER TEXT|-",
		Short: "Add a comment; - reads it from standard input",
		Args:  argsBetween(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runComment(cmd, a, args[0], args[1])
		},
		ValidArgsFunction: a.completeNumbers(1),
	}
}

func runComment(cmd *cobra.Command, a *app, number, given string) error {
	text, err := a.text(given)
	if err != nil {
		return err
	}
	return a.change(cmd, number, func(o *office.Office, number string) (*office.Done, error) {
		return o.Comment(cmd.Context(), number, text)
	})
}
