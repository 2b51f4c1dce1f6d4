package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
)

func newFormFieldMoveCmd(a *app) *cobra.Command {
	p := &fieldPlace{}
	cmd := &cobra.Command{
		Use:               "move FORM FIELD [--group GROUP] [--after FIELD]",
		Short:             "Move a field",
		Args:              argsBetween(2, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runFormFieldMove(cmd, a, p, args) },
		ValidArgsFunction: a.completeFormField,
	}
	p.addFlags(a, cmd)
	return cmd
}

func runFormFieldMove(cmd *cobra.Command, a *app, p *fieldPlace, args []string) error {
	return a.editForm(cmd, args[0], "move field "+args[1]+" of "+args[0], func(file string, src []byte) ([]byte, error) {
		return form.MoveField(file, src, args[1], p.group, p.after)
	})
}
