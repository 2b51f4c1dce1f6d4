package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/route"
)

func newRouteCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "route", Short: "Routes: list them, start and stop them on documents", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newRouteListCmd(a), newRouteShowCmd(a), newRouteGraphCmd(a), newRouteTestCmd(a), newRouteSimCmd(a), newRouteStartCmd(a), newRouteStopCmd(a),
		newRouteMigrateCmd(a), newRouteAddCmd(a))
	return cmd
}

func newRouteListCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the routes",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runRouteList(cmd, a) },
	}
}

func runRouteList(cmd *cobra.Command, a *app) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	defs, lang := r.Definitions(), r.Language()
	names, err := defs.RouteNames()
	if err != nil {
		return err
	}
	t := render.Table{Columns: []render.Column{{Title: a.either(lang, "route", "маршрут"), Whole: true}, {Title: a.either(lang, "title", "название"), Flex: true}, {Title: a.either(lang, "form", "форма")},
		{Title: a.either(lang, "starts", "начало"), Flex: true, Wrap: true}, {Title: a.either(lang, "steps", "шагов"), Align: render.Right}}}
	out := []render.Object{}
	for _, name := range names {
		def, err := defs.UsableRoute(name)
		if err == nil {
			err = lint.Startable(defs, def)
		}
		if err != nil {
			t.Rows = append(t.Rows, []render.Cell{{Text: name, Tone: render.Bad}, {Text: a.either(lang, "has errors: e1 lint", "ошибки: e1 lint"), Tone: render.Bad}})
			out = append(out, render.Object{{Key: "route", Value: name}, {Key: "broken", Value: true}})
			continue
		}
		starts := startTexts(def)
		t.Rows = append(t.Rows, []render.Cell{
			{Text: name, Tone: render.Accent}, {Text: def.Title.In(lang)}, {Text: def.For.Text},
			{Text: strings.Join(starts, "; ")}, {Text: strconv.Itoa(len(def.Steps()))},
		})
		out = append(out, render.Object{
			{Key: "route", Value: name}, {Key: "title", Value: def.Title.In(lang)}, {Key: "form", Value: def.For.Text},
			{Key: "starts", Value: starts}, {Key: "steps", Value: len(def.Steps())}, {Key: "broken", Value: false},
		})
	}
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{{Key: "routes", Value: out}})
	case a.flags.plain:
		return render.PlainTable(a.result, t)
	}
	return a.style().Table(a.result, t)
}

func startTexts(def *route.Route) []string {
	out := []string{}
	for _, s := range def.Starts {
		text := string(s.On)
		if s.If != nil {
			text += " if " + s.If.Text
		}
		out = append(out, text)
	}
	return out
}

func newRouteShowCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "show ROUTE",
		Short:             "Show the steps of a route as the work tree has them",
		Args:              argsBetween(1, 1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runRouteShow(cmd, a, args[0]) },
		ValidArgsFunction: a.completeRoutes,
	}
}

func runRouteShow(cmd *cobra.Command, a *app, name string) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	def, err := r.WorkDefinitions().UsableRoute(name)
	if err != nil {
		return err
	}
	lang := r.Language()
	t := render.Table{Columns: []render.Column{{Title: a.either(lang, "step", "шаг"), Whole: true}, {Title: a.either(lang, "verb", "вид")}, {Title: a.either(lang, "title", "название"), Flex: true, Wrap: true},
		{Title: a.either(lang, "who", "кто"), Flex: true}, {Title: a.either(lang, "due", "срок")}, {Title: a.either(lang, "outcomes", "исходы"), Flex: true, Wrap: true}}}
	steps := []render.Object{}
	for _, s := range def.Steps() {
		who, due := "", ""
		if s.Who != nil {
			who = s.Who.String()
		}
		if s.Due != nil {
			due = dueText(s.Due)
		}
		outcomes := []string{}
		for _, o := range s.Outcomes {
			outcomes = append(outcomes, o.Name)
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: s.ID, Tone: render.Accent}, {Text: string(s.Verb)}, {Text: s.Label(lang)}, {Text: who}, {Text: due}, {Text: strings.Join(outcomes, ", ")}})
		steps = append(steps, render.Object{
			{Key: "step", Value: s.ID}, {Key: "verb", Value: string(s.Verb)}, {Key: "title", Value: s.Label(lang)},
			{Key: "who", Value: who}, {Key: "due", Value: due}, {Key: "outcomes", Value: outcomes},
		})
	}
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{{Key: "route", Value: name}, {Key: "title", Value: def.Title.In(lang)}, {Key: "form", Value: def.For.Text}, {Key: "steps", Value: steps}})
	case a.flags.plain:
		return render.PlainTable(a.result, t)
	}
	fmt.Fprintf(a.result, "%s  %s  %s\n\n", a.style().Paint(render.Strong, def.Title.In(lang)), name, def.For.Text)
	return a.style().Table(a.result, t)
}

func dueText(d *route.Due) string {
	if d.ByHand {
		return "by hand"
	}
	var parts []string
	for _, e := range d.Exprs {
		parts = append(parts, e.Text)
	}
	return strings.Join(parts, ", ")
}

func newRouteStopCmd(a *app) *cobra.Command {
	comment := ""
	cmd := &cobra.Command{
		Use:   "stop NUMBER [ID] --comment TEXT",
		Short: "Stop a running route of a document; its open tasks are withdrawn",
		Args:  argsBetween(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := 0
			if len(args) > 1 {
				n, err := strconv.Atoi(args[1])
				if err != nil || n < 1 {
					return usagef("%q is no route of a document; e1 show lists them by number", args[1])
				}
				id = n
			}
			return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
				return o.Task(cmd.Context(), "stop", number, 0, engine.Stop{Instance: id, Comment: comment})
			})
		},
		ValidArgsFunction: a.completeNumbers(1),
	}
	cmd.Flags().StringVar(&comment, "comment", "", "say why")
	return cmd
}

func (a *app) completeRoutes(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, noFiles
	}
	r, err := a.open(cmd)
	if err != nil {
		return nil, noFiles
	}
	routes, err := r.Definitions().Routes()
	if err != nil {
		return nil, noFiles
	}
	var out []string
	for _, def := range routes {
		out = append(out, described(def.Name.Text, def.Title.In(r.Language())))
	}
	return out, noFiles
}
