package cli

import "github.com/spf13/cobra"

func newRowSetCmd(a *app) *cobra.Command {
	return rowVerbCmd(a, rowVerb{
		name: "set", use: "NUMBER TABLE ROW FIELD=VALUE…", short: "Change columns of a row", numbered: true, least: 4, most: -1,
	})
}
