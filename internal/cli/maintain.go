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
		Short: "Pack loose objects, bound the index and caches",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runMaintain(cmd, o) },
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
	if a.flags.dryRun {
		a.message("would pack loose objects")
		return nil
	}
	opt := gitstore.MaintainOptions{}
	if o.all {
		opt.MinLoose = 1
	}
	stats, err := r.Git().Maintain(cmd.Context(), opt)
	if err != nil {
		return err
	}
	if a.flags.json {
		return render.JSON(a.result, render.Object{
			{Key: "loose", Value: stats.Loose}, {Key: "packed", Value: stats.Packed}, {Key: "pruned", Value: stats.Pruned}, {Key: "bytes", Value: stats.Bytes},
		})
	}
	if stats.Packed == 0 {
		a.message("nothing to do: %s", plural(stats.Loose, "loose object"))
	} else {
		a.message("packed %s into %s", plural(stats.Packed, "object"), a.style().Size(stats.Bytes))
	}
	return nil
}
