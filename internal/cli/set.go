package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
)

func newSetCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set NUMBER FIELD=VALUE…",
		Short: "Change fields of a card; an empty value clears",
		Example: `  e1 set con7 amount='1 500 000,50' valid_until=31.12.2027
  e1 set CLI-000001 site=
  e1 set inq42 lines+='[{item: Обучение, qty: 2, price: 15000}]'`,
		Args:              argsBetween(2, -1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runSet(cmd, a, args[0], args[1:]) },
		ValidArgsFunction: a.completeSet,
	}
	a.ifCommitFlag(cmd)
	return cmd
}

func runSet(cmd *cobra.Command, a *app, number string, args []string) error {
	values, err := assignments(args)
	if err != nil {
		return err
	}
	return a.change(cmd, number, func(o *office.Office, number string) (*office.Done, error) {
		return o.Set(cmd.Context(), number, values)
	})
}
