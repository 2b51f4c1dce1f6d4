package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/render"
)

type maintainOptions struct {
	app *app
	all bool
}

func newMaintainCmd(a *app) *cobra.Command {
	o := &maintainOptions{app: a}
	cmd := &cobra.Command{
		Use:   "maintain",
		Short: "Pack loose objects, merge small packs",
		Long: `Completes what an interrupted command has left, packs loose objects when there
are a thousand, and merges packs when there are many small ones, without git.
Packs that git made with deltas, bitmaps or to be kept stay as they are. e1 tick
does this from time to time.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runMaintain(cmd, o) },
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "even when there is little to pack")
	return cmd
}

func runMaintain(cmd *cobra.Command, o *maintainOptions) error {
	a := o.app
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	if err := r.Recover(cmd.Context(), cmd.CommandPath()); err != nil {
		return err
	}
	opt := gitstore.MaintainOptions{Wait: a.conf.Wait, DryRun: a.flags.dryRun}
	if o.all {
		opt.MinLoose, opt.MinPacks, opt.MaxObjects = 1, 2, 1_000_000
	}
	stats, err := r.Git().Maintain(cmd.Context(), opt)
	if err != nil {
		return err
	}
	if a.flags.json {
		return render.JSON(a.result, render.Object{
			{Key: "loose", Value: stats.Loose}, {Key: "packed", Value: stats.Packed}, {Key: "pruned", Value: stats.Pruned}, {Key: "bytes", Value: stats.Bytes},
			{Key: "merged", Value: stats.Merged},
		})
	}
	a.maintained(stats)
	return nil
}

// maintained says what was done, or what there is to do.
func (a *app) maintained(stats gitstore.MaintainStats) {
	packed, merged := "packed", "merged"
	if a.flags.dryRun {
		packed, merged = "would pack", "would merge"
	}
	if stats.Packed > 0 {
		a.message("%s %s", packed, plural(stats.Packed, "object"))
	}
	if stats.Merged > 0 {
		a.message("%s %s into one", merged, plural(stats.Merged, "pack"))
	}
	if stats.Packed+stats.Merged == 0 {
		a.message("nothing to do: %s", plural(stats.Loose, "loose object"))
	}
}
