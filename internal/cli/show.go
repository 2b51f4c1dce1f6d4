package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/render"
)

type showOptions struct {
	approvals bool
	app       *app
	number    string
}

func newShowCmd(a *app) *cobra.Command {
	o := &showOptions{app: a}
	cmd := &cobra.Command{
		Use:   "show NUMBER",
		Short: "Show a document: card, tasks, links both ways, files, comments",
		Example: `  e1 show INQ-2026-000042
  e1 show inq42 --json
  e1 show con7 --approvals`,
		Args: argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.number = args[0]
			return runShow(cmd, o)
		},
		ValidArgsFunction: a.completeNumbers(1),
	}
	cmd.Flags().BoolVar(&o.approvals, "approvals", false, "the sheet of approval: who decided what and when")
	return cmd
}

func runShow(cmd *cobra.Command, o *showOptions) error {
	a := o.app
	r, number, err := a.resolve(cmd, o.number)
	if err != nil {
		return err
	}
	d, err := r.Read(number)
	if err != nil {
		return err
	}
	if o.approvals {
		return a.showApprovals(r, d)
	}
	if a.flags.json {
		view, err := documentJSON(r, d, true)
		if err != nil {
			return err
		}
		return render.JSON(a.result, render.Object{{Key: "document", Value: view}, {Key: "commit", Value: r.Head().Commit.String()}})
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	if a.flags.plain {
		return v.plainCard(a, d)
	}
	card, err := v.card(d)
	if err != nil {
		return err
	}
	return v.style.Card(a.result, card)
}
