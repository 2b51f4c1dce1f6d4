package cli

import "github.com/spf13/cobra"

func newRowRmCmd(a *app) *cobra.Command {
	return rowVerbCmd(a, rowVerb{name: "rm", use: "NUMBER TABLE ROW", short: "Remove a row", numbered: true, least: 3, most: 3})
}
