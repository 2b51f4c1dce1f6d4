package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
)

func newFormFieldSetCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "set FORM FIELD KEY=VALUE…",
		Short:             "Change keys of a field; field=NEW renames it",
		Args:              argsBetween(3, -1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runFormFieldSet(cmd, a, args) },
		ValidArgsFunction: a.completeFormField,
	}
	return cmd
}

func runFormFieldSet(cmd *cobra.Command, a *app, args []string) error {
	keys, err := fieldKeys(args[2:])
	if err != nil {
		return err
	}
	return a.editForm(cmd, args[0], "change field "+args[1]+" of "+args[0], func(file string, src []byte) ([]byte, error) {
		return form.SetField(file, src, args[1], keys)
	})
}
