package cli

import "github.com/spf13/cobra"

func newIndexStatusCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show what the index describes",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runIndexStatus(cmd, a) },
	}
}

func runIndexStatus(cmd *cobra.Command, a *app) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	db, err := r.Index()
	if err != nil {
		return err
	}
	return a.indexState(db)
}
