package cli

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

// lintOptions are the flags of `e1 lint`.
type lintOptions struct {
	findings
	since string
}

func newLintCmd(a *app) *cobra.Command {
	opt := &lintOptions{}
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Check definitions: forms, routes, reports, organisation, …",
		Long: `Checks the definitions of the work tree and prints every problem of every file,
with its place. Needs no index, no documents and no history, so it works in
sparse clones of depth 1.

--out writes in other formats, several in one run: text, oneline, json, sarif,
github, gitlab, junit, checkstyle; --json and --plain are --out json and --out
oneline. Exit code 1 when there are errors: --fail-on and --max-warnings change
that.

--changed-since REF reports the problems of the files that changed since HEAD
left REF (their merge base), edits not committed included, and problems
elsewhere that were not there before. It needs history back to that commit.`,
		Example: `  e1 lint
  e1 lint routes forms/clients.yaml
  e1 lint --out sarif=e1.sarif --out junit=e1.xml --out text
  e1 lint --changed-since origin/main --fail-on warning`,
		Args: argsBetween(0, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return runLint(cmd, a, opt, args) },
	}
	opt.addFlags(a, cmd)
	cmd.Flags().StringVar(&opt.since, "changed-since", "", "only problems that came since HEAD left this `REF`")
	return cmd
}

func runLint(cmd *cobra.Command, a *app, opt *lintOptions, args []string) error {
	to, err := opt.destinations(a)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	var paths, problems []string
	for _, arg := range args {
		path, err := inRepository(r, arg)
		if err != nil {
			problems = append(problems, err.Error())
		}
		paths = append(paths, path)
	}
	if len(problems) > 0 {
		return &usageError{message: strings.Join(problems, "\n")}
	}
	var since *repo.Since
	if cmd.Flags().Changed("changed-since") {
		if since, err = r.Since(opt.since); err != nil {
			return err
		}
	}
	result, err := lint.Run(r.WorkDefinitions(), paths...)
	if err != nil {
		return err
	}
	if err := unmatched(r, result.Files, args, paths); err != nil {
		return err
	}
	if since != nil {
		before, err := lint.Run(since.Definitions, paths...)
		if err != nil {
			return err
		}
		read := workFiles(r)
		result = result.Since(before, func(file string) bool { return since.Changed(file, read(file)) })
	}
	return opt.finish(a, r, to, found{
		command: "e1 lint", looked: plural(len(result.Files), "file"), files: result.Files, stepAt: result.StepAt,
		problem: render.Problems{Files: len(result.Files), Counts: "files", List: result.Problems},
	})
}

// unmatched refuses arguments that mean no definition: nothing of them would be
// checked, and everything seem to be right.
func unmatched(r *repo.Repo, files, args, paths []string) error {
	var problems []string
	var known []string
	for i, path := range paths {
		if len(under(files, path)) > 0 {
			continue
		}
		if known == nil {
			all, err := lint.Run(r.WorkDefinitions())
			if err != nil {
				return err
			}
			known = all.Files
		}
		problems = append(problems, diag.Unknown("definition", args[i], known))
	}
	if len(problems) == 0 {
		return nil
	}
	return &usageError{message: strings.Join(problems, "\n"), hint: "e1 lint checks all of them"}
}

// inRepository gives a path as the repository names it.
func inRepository(r *repo.Repo, arg string) (string, error) {
	abs, err := filepath.Abs(arg)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	rel, err := filepath.Rel(r.Root(), abs)
	if err != nil || strings.HasPrefix(rel, "..") {
		return "", usagef("%q lies outside of the repository", arg)
	}
	return filepath.ToSlash(rel), nil
}
