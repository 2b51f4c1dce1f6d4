package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

func newCheckCmd(a *app) *cobra.Command {
	opt := &findings{}
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check all data: documents, links, numbers, files, history, index",
		Long: `Checks every committed document against its form, its links, numbers and
attachments, the history and the index: every row is compared with what the
document says, full text by its checksum, every recorded commit with git's.
Formats and exit codes are those of e1 lint.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCheck(cmd, a, opt) },
	}
	opt.addFlags(a, cmd)
	return cmd
}

func runCheck(cmd *cobra.Command, a *app, opt *findings) error {
	to, err := opt.destinations(a)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	checked, err := office.Check(r)
	if err != nil {
		return err
	}
	return opt.finish(a, r, to, found{
		command: "e1 check", looked: plural(checked.Documents, "document"),
		problem: render.Problems{Files: checked.Documents, Counts: "documents", List: checked.Problems},
	})
}
