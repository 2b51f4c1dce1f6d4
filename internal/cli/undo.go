package cli

import "github.com/spf13/cobra"

func newUndoCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "undo [COMMIT]",
		Short: "Take back one command, by default your last one, as a new commit",
		Long: `Takes back what one command did, as a new commit: nothing disappears from the
history. A registration taken back leaves the document void; its number stays
taken. Refused, with the reason, when later changes depend on it.`,
		Args:              argsBetween(0, 1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runUndo(cmd, a, args) },
		ValidArgsFunction: a.completeUndo,
	}
}

func runUndo(cmd *cobra.Command, a *app, args []string) error {
	o, err := a.act(cmd)
	if err != nil {
		return err
	}
	commit := ""
	if len(args) > 0 {
		commit = args[0]
	}
	done, err := o.Undo(cmd.Context(), commit)
	if err != nil {
		return err
	}
	return a.documentResult(o.Repo(), done)
}
