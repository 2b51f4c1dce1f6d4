package cli

import (
	"io"
	"strings"

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
		var script strings.Builder
		if err := root.GenBashCompletionV2(&script, true); err != nil {
			return err
		}
		// Bash quotes a comma, which nobody types with a backslash.
		text := strings.ReplaceAll(script.String(), `$(printf "%q" "${compline%%$tab*}")`, `$(printf "%q" "${compline%%$tab*}"); comp=${comp//\\,/,}`)
		text = strings.ReplaceAll(text, `COMPREPLY[0]=$(printf "%q" "${COMPREPLY[0]%%$tab*}")`, `COMPREPLY[0]=$(printf "%q" "${COMPREPLY[0]%%$tab*}"); COMPREPLY[0]=${COMPREPLY[0]//\\,/,}`)
		_, err := io.WriteString(a.result, text+bashWords)
		return err
	case "zsh":
		return root.GenZshCompletion(a.result)
	case "fish":
		return root.GenFishCompletion(a.result, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(a.result)
	}
	return usagef("%s", diag.Unknown("shell", shell, cmd.ValidArgs))
}

// bashWords does without the package bash-completion, which cobra's script asks
// for the words of the line and which many machines do not have.
const bashWords = `
# Without the package bash-completion the words that bash has split at = and :
# are put together here.
__e1_init_completion()
{
    COMPREPLY=()
    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    local i word space line="${COMP_LINE:0:COMP_POINT}"
    words=() cword=0
    for ((i = 0; i <= COMP_CWORD; i++)); do
        space="${line%%[![:space:]]*}"
        line="${line#"$space"}"
        word="${COMP_WORDS[i]}"
        if ((i == COMP_CWORD)); then
            word="$line"
        fi
        line="${line#"$word"}"
        if ((i > 0)) && [[ -z $space ]]; then
            words[cword]+="$word"
        else
            words+=("$word")
            cword=$((${#words[@]} - 1))
        fi
    done
    cur="${words[cword]}" prev=""
    if ((cword > 0)); then
        prev="${words[cword-1]}"
    fi
}
`
