package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

type routeMigrateOptions struct {
	all   bool
	steps []string
}

func newRouteMigrateCmd(a *app) *cobra.Command {
	o := &routeMigrateOptions{}
	cmd := &cobra.Command{
		Use:   "migrate [NUMBER…] ROUTE",
		Short: "Move running instances of a route to its present definition",
		Long: `Instances run on the definition they were started with. This moves those of some
documents, or with --all of every document, to the present one, which is
analysed first, as lint does. Where a step on which documents stand is gone or
has another name, --map says where they go. What does not fit stays where it is
and is named with the reasons; exit code 1 then. -n only shows.`,
		Example: `  e1 route migrate --all contract-approval -n
  e1 route migrate con7 contract-approval --map legal=lawyer`,
		Args: argsBetween(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return runRouteMigrate(cmd, a, o, args) },
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			names, _ := a.completeRoutes(cmd, nil, toComplete)
			return append(names, a.numbers(cmd, toComplete)...), noFiles
		},
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "every document on which the route runs")
	cmd.Flags().StringSliceVar(&o.steps, "map", nil, "a step that has become another: `OLD=NEW,…`")
	return cmd
}

func runRouteMigrate(cmd *cobra.Command, a *app, o *routeMigrateOptions, args []string) error {
	m := office.Migration{Route: args[len(args)-1], Map: map[string]string{}}
	if o.all == (len(args) > 1) {
		return migrateUsage(cmd, a, m.Route)
	}
	for _, text := range o.steps {
		from, to, ok := strings.Cut(text, "=")
		if !ok || from == "" || to == "" {
			return usagef("--map takes OLD=NEW, not %q", text)
		}
		m.Map[from] = to
	}
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	for _, text := range args[:len(args)-1] {
		number, err := of.Repo().Resolve(text)
		if err != nil {
			return err
		}
		m.Numbers = append(m.Numbers, number)
	}
	list, receipts, err := of.Migrate(cmd.Context(), m)
	if err != nil {
		return err
	}
	var commits []string
	for _, receipt := range receipts {
		a.said(receipt)
		if receipt.Commit != "" {
			commits = append(commits, receipt.Commit)
		}
	}
	if len(receipts) == 0 {
		a.message("nothing to do")
	}
	refused := 0
	for _, one := range list {
		if len(one.Refused) > 0 {
			refused++
		}
	}
	if err := a.migrated(m.Route, list, commits); err != nil {
		return err
	}
	if refused > 0 {
		return errNo
	}
	return nil
}

// migrateUsage says what is missing: the route of a document, or the documents
// of a route.
func migrateUsage(cmd *cobra.Command, a *app, only string) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	number, err := r.Resolve(only)
	if err != nil {
		return &usageError{message: "name the documents, or say --all", hint: "e1 route migrate --all " + only + " -n"}
	}
	hint := "e1 show " + number
	if d, err := r.Read(number); err == nil {
		for _, in := range d.Routes {
			if in.State == engine.Running {
				hint = fmt.Sprintf("e1 route migrate %s %s -n", number, in.Route)
			}
		}
	}
	return &usageError{message: "say which route of " + number, hint: hint}
}

// migrated prints what became of each instance.
func (a *app) migrated(name string, list []office.Migrated, commits []string) error {
	s := a.style()
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Document"), Whole: true}, {Title: s.Word("Instance"), Align: render.Right},
		{Title: ""}, {Title: s.Word("Stands at"), Flex: true, Wrap: true},
	}}
	var out []render.Object
	for _, one := range list {
		mark, tone := s.Word("moved"), render.Good
		if len(one.Refused) > 0 {
			mark, tone = s.Word("stays"), render.Bad
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: one.Number, Tone: render.Accent}, {Text: fmt.Sprint(one.Instance)}, {Text: mark, Tone: tone}, {Text: one.Text()}})
		var moves []render.Object
		for _, move := range one.Moves {
			moves = append(moves, render.Object{{Key: "from", Value: move.From}, {Key: "to", Value: move.To}})
		}
		out = append(out, render.Object{{Key: "document", Value: one.Number}, {Key: "instance", Value: one.Instance}, {Key: "from", Value: one.From},
			{Key: "to", Value: one.To}, {Key: "moves", Value: moves}, {Key: "refused", Value: one.Refused}})
	}
	return a.listing(t, render.Object{{Key: "route", Value: name}, {Key: "instances", Value: out}, {Key: "commits", Value: commits}})
}
