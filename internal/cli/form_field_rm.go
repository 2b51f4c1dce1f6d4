package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
)

func newFormFieldRmCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "rm FORM FIELD",
		Short:             "Remove a field; documents keep what they hold, e1 check reports it",
		Args:              argsBetween(2, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runFormFieldRm(cmd, a, args) },
		ValidArgsFunction: a.completeFormField,
	}
	return cmd
}

func runFormFieldRm(cmd *cobra.Command, a *app, args []string) error {
	return a.editForm(cmd, args[0], "remove field "+args[1]+" from "+args[0], func(file string, src []byte) ([]byte, error) {
		return form.RemoveField(file, src, args[1])
	})
}
