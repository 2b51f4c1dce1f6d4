package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/demo"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

type demoOptions struct {
	app       *app
	documents int
	history   int
	seed      uint64
}

func newDemoCmd(a *app) *cobra.Command {
	o := &demoOptions{app: a}
	cmd := &cobra.Command{
		Use:    "demo --documents N | --history N",
		Short:  "Fill a fresh repository with lifelike, linked data, always the same for a seed",
		Hidden: true,
		Example: `  e1 init big --sample && e1 -C big demo --documents 1000000
  e1 init old --sample && e1 -C old demo --history 200000`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd, o) },
	}
	cmd.Flags().IntVar(&o.documents, "documents", 0, "how many documents")
	cmd.Flags().IntVar(&o.history, "history", 0, "how many small commits")
	cmd.Flags().Uint64Var(&o.seed, "seed", 1, "which of all possible worlds")
	return cmd
}

func runDemo(cmd *cobra.Command, o *demoOptions) error {
	a := o.app
	if o.documents < 1 && o.history < 1 {
		return &usageError{message: "--documents or --history says how much", hint: "e1 demo --documents 1000"}
	}
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	if !of.Actor().Admin() {
		return office.Denied("user " + of.Actor().ID + " may not fill a repository with demo data")
	}
	var bar *render.Progress
	stage := ""
	fill := demo.FillOptions{
		Documents: o.documents, Seed: o.seed, Actor: of.Actor().ID, Author: of.Signature(),
		Bulk: gitstore.BulkOptions{
			BeginOptions: gitstore.BeginOptions{Wait: a.conf.Wait, Command: cmd.CommandPath(), Output: a.Err, DryRun: a.flags.dryRun},
			Progress: func(name string, done, total int) {
				if name != stage {
					if bar != nil {
						bar.Close()
					}
					stage, bar = name, render.NewProgress(a.Err, a.ErrTTY && !a.flags.quiet, a.style(), name, int64(total))
				}
				bar.Set(int64(done))
			},
		},
	}
	var filled demo.Filled
	if o.history > 0 {
		filled, err = demo.History(cmd.Context(), of.Repo(), demo.HistoryOptions{FillOptions: fill, Commits: o.history})
	} else {
		filled, err = demo.Fill(cmd.Context(), of.Repo(), fill)
	}
	if bar != nil {
		bar.Close()
	}
	if err != nil {
		return err
	}
	for _, n := range filled.Notes {
		a.note("%s", n.String())
	}
	commit := ""
	if !a.flags.dryRun {
		commit = filled.Commit.String()
	}
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{{Key: "documents", Value: total(filled.Documents)}, {Key: "commits", Value: filled.Commits}, {Key: "commit", Value: commit}})
	case a.flags.dryRun:
		a.message("would write %s in %s", plural(total(filled.Documents), "document"), plural(filled.Commits, "commit"))
	default:
		a.message("wrote %s in %s (%s)", plural(total(filled.Documents), "document"), plural(filled.Commits, "commit"), shortID(commit))
	}
	return nil
}

func total(counts []demo.Count) int {
	n := 0
	for _, c := range counts {
		n += c.N
	}
	return n
}
