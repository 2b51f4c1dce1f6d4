package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

func newLintCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Check definitions: forms, routes, reports, imports, organisation, calendars",
		Long: `Checks the definitions of the work tree and prints every problem of every file,
with its place. Exit code 1 when there are errors. --plain prints one line a
problem, --json one object.`,
		Args: argsBetween(0, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return runLint(cmd, a, args) },
	}
}

func runLint(cmd *cobra.Command, a *app, args []string) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	paths := make([]string, len(args))
	for i, arg := range args {
		if paths[i], err = below(r, arg); err != nil {
			return err
		}
	}
	found, err := lint.Run(r.WorkDefinitions(), paths...)
	if err != nil {
		return err
	}
	if len(args) > 0 && len(found.Files) == 0 {
		return &repo.UnknownError{What: "definition", Name: args[0], Try: "e1 lint checks all of them"}
	}
	return a.problems(r, render.Problems{Files: len(found.Files), Counts: "files", List: found.Problems}, plural(len(found.Files), "file"))
}

// below gives a path as the repository names it.
func below(r *repo.Repo, arg string) (string, error) {
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

// lintDefinitions is what `e1 commit` asks of edited definitions.
func lintDefinitions(defs *definition.Set) (diag.List, error) {
	found, err := lint.Run(defs)
	if err != nil {
		return nil, err
	}
	return found.Problems, nil
}

func newExplainCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "explain CODE",
		Short:   "Explain a problem that lint or check reports",
		Example: "  e1 explain R012",
		Args:    argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, ok := lint.Explain(args[0])
			if !ok {
				var names []string
				for _, known := range lint.Codes() {
					names = append(names, known.Code, known.Slug)
				}
				return &repo.UnknownError{What: "code", Name: args[0], Known: names}
			}
			if a.flags.json {
				return render.JSON(a.result, render.Object{{Key: "code", Value: c.Code}, {Key: "slug", Value: c.Slug}, {Key: "summary", Value: c.Summary}})
			}
			_, err := fmt.Fprintf(a.result, "%s %s\n%s\n", c.Code, c.Slug, c.Summary)
			return err
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var out []string
			for _, c := range lint.Codes() {
				out = append(out, described(c.Code, c.Slug))
			}
			return out, noFiles
		},
	}
}
