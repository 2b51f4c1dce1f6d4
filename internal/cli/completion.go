package cli

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/spf13/cobra"
)

func newCompletionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print the completion script of a shell",
		Example: `  source <(e1 completion bash)
  e1 completion zsh > "${fpath[1]}/_e1"
  e1 completion fish > ~/.config/fish/completions/e1.fish`,
		Args:      argsBetween(1, 1),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.result, true)
			case "zsh":
				return root.GenZshCompletion(a.result)
			case "fish":
				return root.GenFishCompletion(a.result, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.result)
			}
			return usagef("%s", diag.Unknown("shell", args[0], cmd.ValidArgs))
		},
	}
}
