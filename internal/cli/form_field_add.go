package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
)

func newFormFieldAddCmd(a *app) *cobra.Command {
	p := &fieldPlace{}
	cmd := &cobra.Command{
		Use:               "add FORM FIELD KEY=VALUE…",
		Short:             "Add a field",
		Example:           "  e1 form field add clients region type=text label=Регион --group main",
		Args:              argsBetween(2, -1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runFormFieldAdd(cmd, a, p, args) },
		ValidArgsFunction: a.completeFormField,
	}
	p.addFlags(a, cmd)
	return cmd
}

func runFormFieldAdd(cmd *cobra.Command, a *app, p *fieldPlace, args []string) error {
	keys, err := fieldKeys(args[2:])
	if err != nil {
		return err
	}
	return a.editForm(cmd, args[0], "add field "+args[1]+" to "+args[0], func(file string, src []byte) ([]byte, error) {
		return form.AddField(file, src, args[1], p.group, p.after, keys)
	})
}
