package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
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

func newMaintainCmd(a *app) *cobra.Command {
	all := false
	cmd := &cobra.Command{
		Use:   "maintain",
		Short: "Pack loose objects, bound the index and caches",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := a.open(cmd)
			if err != nil {
				return err
			}
			if a.flags.dryRun {
				a.message("would pack loose objects")
				return nil
			}
			opt := gitstore.MaintainOptions{}
			if all {
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
				a.message("nothing to do: %d loose objects", stats.Loose)
			} else {
				a.message("packed %d objects into %s", stats.Packed, a.style().Size(stats.Bytes))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "even when there is little to pack")
	return cmd
}

func newIndexCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "index", Short: "The derived index", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(
		&cobra.Command{Use: "status", Short: "Show what the index describes", Args: noArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				r, err := a.open(cmd)
				if err != nil {
					return err
				}
				db, err := r.Index()
				if err != nil {
					return err
				}
				return a.indexState(db)
			}},
		&cobra.Command{Use: "rebuild", Short: "Build the index anew from the documents", Args: noArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				r, err := a.open(cmd)
				if err != nil {
					return err
				}
				if a.flags.dryRun {
					a.message("would build the index anew")
					return nil
				}
				db, err := r.RebuildIndex()
				if err != nil {
					return err
				}
				return a.indexState(db)
			}},
	)
	return cmd
}

func (a *app) indexState(db *index.DB) error {
	s := db.State()
	if a.flags.json {
		return render.JSON(a.result, render.Object{{Key: "commit", Value: s.Commit}, {Key: "documents", Value: s.Documents}, {Key: "unusable", Value: s.Aside}})
	}
	a.message("the index describes %d documents at %s", s.Documents, shortID(s.Commit))
	if s.Aside > 0 {
		a.message("%s cannot be used as a document; e1 check says why", plural(s.Aside, "file"))
	}
	return nil
}

func newCommitCmd(a *app) *cobra.Command {
	message := ""
	cmd := &cobra.Command{
		Use:   "commit",
		Short: "Check and commit what was edited by hand",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := a.act(cmd)
			if err != nil {
				return err
			}
			done, err := o.Commit(cmd.Context(), message)
			if err != nil {
				return err
			}
			if a.flags.json {
				return render.JSON(a.result, append(render.Object{{Key: "files", Value: done.Receipt.Paths}}, outcome(done)...))
			}
			a.changed(o.Repo(), done)
			return nil
		},
	}
	cmd.Flags().StringVarP(&message, "message", "m", "", "the commit's `TEXT`")
	return cmd
}

func newRenumberCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "renumber NUMBER",
		Short: "Give a document that was not published another number; links follow",
		Args:  argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
				return o.Renumber(cmd.Context(), number)
			})
		},
		ValidArgsFunction: a.completeNumbers(1),
	}
}

// plural counts things: "1 error", "2 errors".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
