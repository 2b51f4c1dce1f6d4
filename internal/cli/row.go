package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
)

func newRowCmd(a *app) *cobra.Command {
	return group("row", "Change the rows of a table", newRowAddCmd(a), newRowSetCmd(a), newRowRmCmd(a))
}

// rowVerb is one of the commands on a row of a table.
type rowVerb struct {
	name, use, short string
	numbered         bool // the row has a number already
	least, most      int  // how many arguments
}

func rowVerbCmd(a *app, v rowVerb) *cobra.Command {
	cmd := &cobra.Command{
		Use:               v.name + " " + v.use,
		Short:             v.short,
		Args:              argsBetween(v.least, v.most),
		RunE:              func(cmd *cobra.Command, args []string) error { return runRowVerb(cmd, a, v, args) },
		ValidArgsFunction: a.completeRow(v.numbered),
	}
	a.ifCommitFlag(cmd)
	return cmd
}

func runRowVerb(cmd *cobra.Command, a *app, v rowVerb, args []string) error {
	edit := office.RowEdit{Verb: v.name, Table: args[1]}
	rest := args[2:]
	if v.numbered {
		n, err := strconv.Atoi(rest[0])
		if err != nil || n < 1 {
			return usagef("%q is no row; rows are counted from 1", rest[0])
		}
		edit.Row, rest = n, rest[1:]
	}
	var err error
	if edit.Cells, err = assignments(rest); err != nil {
		return err
	}
	return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
		return o.Row(cmd.Context(), number, edit)
	})
}
