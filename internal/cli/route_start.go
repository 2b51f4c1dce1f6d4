package cli

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/repo"
)

type routeStartOptions struct {
	file  string
	steps string
	due   []string
}

func newRouteStartCmd(a *app) *cobra.Command {
	o := &routeStartOptions{}
	cmd := &cobra.Command{
		Use:   "start NUMBER [ROUTE]",
		Short: "Send a document along a route, or along one of your own",
		Long: `Sends a document along a route of the repository, or along an individual one:
from a file (--file), or written on one line (--steps):

  VERB WHO ['TITLE'] [DEADLINE]; …        VERB is task, approve or inform

WHO is a user, a role, a department, author, or several with commas; steps with
| between them are done at once. A route with errors is not started; all its
errors are shown with their places. Other people's routes go on.`,
		Example: `  e1 route start con7 contract-approval
  e1 route start con7 --steps "approve lawyer 1wd; task petrova 'отправить' 2wd"
  e1 route start con7 contract-approval -n`,
		Args: argsBetween(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error { return runRouteStart(cmd, a, o, args) },
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			switch len(args) {
			case 0:
				return a.numbers(cmd, toComplete), noFiles
			case 1:
				return a.routeNames(cmd, a.formOf(cmd, args[0])), noFiles
			}
			return nil, noFiles
		},
	}
	cmd.Flags().StringVar(&o.file, "file", "", "an individual route: its definition in `FILE`, or -")
	cmd.Flags().StringVar(&o.steps, "steps", "", "an individual route on one line of `STEPS`")
	cmd.Flags().StringArrayVar(&o.due, "due", nil, "a deadline by hand: `STEP=WHEN`; may be repeated")
	return cmd
}

func runRouteStart(cmd *cobra.Command, a *app, o *routeStartOptions, args []string) error {
	given := 0
	for _, is := range []bool{len(args) > 1, cmd.Flags().Changed("file"), cmd.Flags().Changed("steps")} {
		if is {
			given++
		}
	}
	if given != 1 {
		return &usageError{message: "say along which route: ROUTE, --file or --steps, one of them", hint: "e1 route list"}
	}
	s := office.Starting{Steps: o.steps, File: o.file}
	if len(args) > 1 {
		s.Route = args[1]
	}
	if cmd.Flags().Changed("steps") && strings.TrimSpace(o.steps) == "" {
		return usagef("--steps is empty; write for instance: approve lawyer 1wd; task petrova 'send originals' 2wd")
	}
	if o.file != "" {
		var err error
		if s.Source, err = a.readFile(o.file); err != nil {
			return err
		}
	}
	return a.change(cmd, args[0], func(of *office.Office, number string) (*office.Done, error) {
		var err error
		if s.Due, err = deadlines(of.Repo().Now(), o.due); err != nil {
			return nil, err
		}
		done, err := of.Start(cmd.Context(), number, s)
		var unknown *definition.UnknownError
		if errors.As(err, &unknown) && unknown.What == "route" && unknown.Name == s.Route {
			if names, _ := of.Repo().WorkDefinitions().RouteNames(); slices.Contains(names, s.Route) {
				return nil, &repo.NotCommittedError{Number: "route " + s.Route, Path: path.Join(definition.RoutesDir, s.Route+definition.Ext)}
			}
		}
		if errors.As(err, &unknown) && len(unknown.Known) == 0 {
			unknown.Known, _ = of.Repo().Definitions().RouteNames()
		}
		return done, err
	})
}
