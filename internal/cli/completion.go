package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/diag"
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
		RunE:      func(cmd *cobra.Command, args []string) error { return runCompletion(cmd, a, args[0]) },
	}
}

func runCompletion(cmd *cobra.Command, a *app, shell string) error {
	root := cmd.Root()
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(a.result, true)
	case "zsh":
		return root.GenZshCompletion(a.result)
	case "fish":
		return root.GenFishCompletion(a.result, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(a.result)
	}
	return usagef("%s", diag.Unknown("shell", shell, cmd.ValidArgs))
}
