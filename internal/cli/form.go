package cli

import "github.com/spf13/cobra"

func newFormCmd(a *app) *cobra.Command {
	return group("form", "Card forms", newFormListCmd(a), newFormShowCmd(a), newFormFieldCmd(a))
}
