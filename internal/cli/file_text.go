package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/filetext"
	"github.com/e1-dms/e1/internal/render"
)

func newFileTextCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "text NUMBER NAME",
		Short:             "Print the text of a file: plain text, letters",
		Args:              argsBetween(2, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runFileText(cmd, a, args[0], args[1]) },
		ValidArgsFunction: a.completeFiles,
	}
}

func runFileText(cmd *cobra.Command, a *app, text, name string) error {
	f, err := a.attached(cmd, text, name)
	if err != nil {
		return err
	}
	out, ok := filetext.Of(f.name, f.data)
	if !ok {
		return &usageError{
			message: fmt.Sprintf("%q is not a kind of file whose text e1 can read", f.name),
			hint:    fmt.Sprintf("e1 file get %s %q -o %q", f.number, f.name, f.name),
		}
	}
	out = strings.TrimRight(out, "\n")
	if a.flags.json {
		return render.JSON(a.result, render.Object{{Key: "document", Value: f.number}, {Key: "name", Value: f.name}, {Key: "text", Value: out}})
	}
	if a.OutTTY {
		out = render.CleanLines(out)
	}
	_, err = fmt.Fprintln(a.result, out)
	return err
}
