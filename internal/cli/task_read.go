package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

func newTaskReadCmd(a *app) *cobra.Command {
	all := false
	cmd := &cobra.Command{
		Use:   "read TASK…",
		Short: "Mark what you were told as read",
		Long: `Marks as read what "e1 tasks" lists as to be read, in one commit: some of it, or
with --all everything that is yours.`,
		Example: "  e1 task read con7/5\n  e1 task read --all",
		Args:    argsBetween(0, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return &usageError{message: "name what you have read, or say --all", hint: "e1 tasks --unread"}
			}
			return runTaskRead(cmd, a, args)
		},
		ValidArgsFunction: a.completeTasks,
	}
	cmd.Flags().BoolVar(&all, "all", false, "everything that is yours to read")
	return cmd
}

func runTaskRead(cmd *cobra.Command, a *app, args []string) error {
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	var refs []engine.TaskRef
	for _, text := range args {
		number, id, err := of.Repo().TaskNumber(text)
		if err != nil {
			return err
		}
		refs = append(refs, engine.TaskRef{Document: number, Task: id})
	}
	if len(args) == 0 {
		if refs, err = unreadOf(of); err != nil {
			return err
		}
		if len(refs) == 0 {
			a.message("nothing to do")
		}
	}
	done := &office.Done{}
	if len(refs) > 0 {
		if done, err = of.Read(cmd.Context(), refs); err != nil {
			return err
		}
		a.changed(of.Repo(), done)
	}
	if !a.flags.json {
		return nil
	}
	read := []string{}
	for _, ref := range refs {
		read = append(read, taskNumber(ref.Document, ref.Task))
	}
	return render.JSON(a.result, render.Object{{Key: "read", Value: read}, {Key: "commit", Value: done.Receipt.Commit}})
}

// unreadOf lists what the acting user, or who they act for, has to read.
func unreadOf(of *office.Office) ([]engine.TaskRef, error) {
	people, _, err := of.Repo().Definitions().Org()
	if err != nil {
		return nil, err
	}
	db, err := of.Repo().Index()
	if err != nil {
		return nil, err
	}
	me := of.Actor().ID
	rows, _, err := db.Tasks(index.TaskQuery{Users: append([]string{me}, people.ActingFor(me, expr.DateOf(of.Repo().Now()))...), Unread: true, MaxCount: -1})
	if err != nil {
		return nil, err
	}
	var refs []engine.TaskRef
	for _, t := range rows {
		refs = append(refs, engine.TaskRef{Document: t.Number, Task: t.ID})
	}
	return refs, nil
}
