package cli

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/render"
)

func newFileGetCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "get NUMBER NAME",
		Short: "Write a file to standard output, or to --output",
		Long: `Writes a file as it is to standard output, or to --output. NAME is its newest
version, NAME@1 the first; message.eml is the letter a document came from.
--json gives it in base64.`,
		Example:           "  e1 file get inq42 offer.pdf -o offer.pdf",
		Args:              argsBetween(2, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runFileGet(cmd, a, args[0], args[1]) },
		ValidArgsFunction: a.completeFiles,
	}
}

func runFileGet(cmd *cobra.Command, a *app, text, name string) error {
	f, err := a.attached(cmd, text, name)
	if err != nil {
		return err
	}
	if a.flags.json {
		sum := sha256.Sum256(f.data)
		return render.JSON(a.result, render.Object{
			{Key: "document", Value: f.number}, {Key: "name", Value: f.name}, {Key: "size", Value: len(f.data)},
			{Key: "sha256", Value: hex.EncodeToString(sum[:])}, {Key: "content", Value: base64.StdEncoding.EncodeToString(f.data)},
		})
	}
	if err := a.forTerminal(f); err != nil {
		return err
	}
	_, err = a.result.Write(f.data)
	return err
}
