package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/render"
)

type commitOptions struct {
	app     *app
	message string
}

func newCommitCmd(a *app) *cobra.Command {
	o := &commitOptions{app: a}
	cmd := &cobra.Command{
		Use:   "commit",
		Short: "Check and commit what was edited by hand",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runCommit(cmd, o) },
	}
	cmd.Flags().StringVarP(&o.message, "message", "m", "", "the commit's `TEXT`")
	return cmd
}

func runCommit(cmd *cobra.Command, o *commitOptions) error {
	of, err := o.app.act(cmd)
	if err != nil {
		return err
	}
	done, err := of.Commit(cmd.Context(), o.message)
	if err != nil {
		return err
	}
	return o.app.doneResult(of.Repo(), done, render.Member{Key: "files", Value: done.Receipt.Paths})
}
