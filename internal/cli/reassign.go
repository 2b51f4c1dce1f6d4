package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

type reassignOptions struct {
	app      *app
	form     string
	from, to string
	where    string
}

func newReassignCmd(a *app) *cobra.Command {
	o := &reassignOptions{app: a}
	cmd := &cobra.Command{
		Use:   "reassign FORM --from USER --to USER [--where EXPR]",
		Short: "Hand documents and their open tasks over to somebody else",
		Example: `  e1 reassign clients --from petrova --to ivanova
  e1 reassign clients --from petrova --to ivanova --where 'industry == trade'`,
		Args: argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.form = args[0]
			return runReassign(cmd, o)
		},
		ValidArgsFunction: a.completeForms(1),
	}
	cmd.Flags().StringVar(&o.from, "from", "", "`USER` who has them now")
	cmd.Flags().StringVar(&o.to, "to", "", "`USER` who gets them")
	cmd.Flags().StringVar(&o.where, "where", "", "only documents for which this `EXPR` holds")
	a.completeFlag(cmd, "from", a.userNames)
	a.completeFlag(cmd, "to", a.userNames)
	return cmd
}

func runReassign(cmd *cobra.Command, o *reassignOptions) error {
	a := o.app
	if o.from == "" || o.to == "" {
		return usagef("--from and --to say who hands over to whom")
	}
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	batches, err := of.Reassign(cmd.Context(), office.Reassignment{Form: o.form, From: o.from, To: o.to, Where: o.where})
	docs, commits, all := []string{}, []string{}, &office.Done{}
	for _, done := range batches {
		docs = append(docs, done.Receipt.Documents...)
		all.Warnings, all.Notes = append(all.Warnings, done.Warnings...), append(all.Notes, done.Notes...)
		if all.Receipt = done.Receipt; done.Receipt.Commit != "" {
			commits = append(commits, done.Receipt.Commit)
		}
		if err != nil || !a.flags.json {
			a.changed(of.Repo(), done) // what was done stays done
		}
	}
	if err != nil || !a.flags.json {
		return err
	}
	return render.JSON(a.result, append(append(render.Object{{Key: "documents", Value: docs}}, outcome(all)...), render.Member{Key: "commits", Value: commits}))
}
