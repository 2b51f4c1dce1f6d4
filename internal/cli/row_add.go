package cli

import "github.com/spf13/cobra"

func newRowAddCmd(a *app) *cobra.Command {
	return rowVerbCmd(a, rowVerb{name: "add", use: "NUMBER TABLE FIELD=VALUE…", short: "Add a row", least: 2, most: -1})
}
