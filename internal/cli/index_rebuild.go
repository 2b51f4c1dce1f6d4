package cli

import "github.com/spf13/cobra"

func newIndexRebuildCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "rebuild",
		Short: "Build the index anew from the documents",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runIndexRebuild(cmd, a) },
	}
}

func runIndexRebuild(cmd *cobra.Command, a *app) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	if a.flags.dryRun {
		a.message("would build the index anew")
		return nil
	}
	db, err := r.RebuildIndex()
	if err != nil {
		return err
	}
	return a.indexState(db)
}
