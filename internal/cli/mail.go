package cli

import "github.com/spf13/cobra"

func newMailCmd(a *app) *cobra.Command {
	return group("mail", "Outgoing letters: list, send, drop", newMailListCmd(a), newMailSendCmd(a), newMailDropCmd(a))
}
