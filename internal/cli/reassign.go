package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
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
		return &usageError{message: "say who hands over to whom with --from and --to", hint: cmd.CommandPath() + " --help"}
	}
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	defs := of.Repo().Definitions()
	from := o.from
	if u, err := defs.User(from); err == nil {
		from = u.ID // somebody who has left may still have documents
	}
	to, err := defs.User(o.to)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	if from == to.ID {
		return usagef("--from and --to are both %q", from)
	}
	batches, err := of.Reassign(cmd.Context(), office.Reassignment{Form: o.form, From: from, To: to.ID, Where: o.where})
	if len(batches) == 0 {
		return err
	}
	return errors.Join(a.reassigned(of.Repo(), batches), err) // what was done stays done
}

func (a *app) reassigned(r *repo.Repo, batches []*office.Done) error {
	var documents, commits []string
	all := &office.Done{}
	for _, done := range batches {
		a.changed(r, done)
		documents = append(documents, done.Receipt.Documents...)
		if done.Receipt.Commit != "" {
			commits = append(commits, done.Receipt.Commit)
		}
		all.Others = append(append(all.Others, done.Document), done.Others...)
		all.Opened = append(all.Opened, done.Opened...)
		all.Warnings, all.Notes = append(all.Warnings, done.Warnings...), append(all.Notes, done.Notes...)
		all.Receipt = done.Receipt
	}
	if !a.flags.json {
		return nil
	}
	return render.JSON(a.result, append(render.Object{
		{Key: "documents", Value: documents}, {Key: "commits", Value: commits},
	}, outcome(r, all)...))
}
