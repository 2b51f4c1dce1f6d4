package cli

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
)

func newAttachCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "attach NUMBER FILE…",
		Short: "Attach files to a document",
		Args:  argsBetween(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAttach(cmd, a, args[0], args[1:])
		},
		ValidArgsFunction: a.completeNumbersThenFiles,
	}
}

func runAttach(cmd *cobra.Command, a *app, number string, names []string) error {
	files, err := attachments(names)
	if err != nil {
		return err
	}
	return a.change(cmd, number, func(o *office.Office, number string) (*office.Done, error) {
		return o.Attach(cmd.Context(), number, files)
	})
}

// attachments are files of the user's that are to be attached.
func attachments(names []string) ([]office.Attachment, error) {
	var out []office.Attachment
	for _, name := range names {
		if _, err := os.Stat(name); err != nil {
			return nil, cannotRead(name, err)
		}
		out = append(out, office.Attachment{Name: filepath.Base(name), Source: name})
	}
	return out, nil
}
