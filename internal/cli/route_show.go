package cli

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/route"
	"github.com/spf13/cobra"
)

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
	s := a.style()
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Step"), Whole: true}, {Title: s.Word("Verb")}, {Title: s.Word("Title"), Flex: true, Wrap: true},
		{Title: s.Word("Performer"), Flex: true, Wrap: true}, {Title: s.Word("Due"), Flex: true, Wrap: true, Min: 17}, {Title: s.Word("Outcomes"), Flex: true, Wrap: true},
	}}
	var steps []render.Object
	for _, step := range def.Steps() {
		who, due := "", ""
		if step.Who != nil {
			who = step.Who.String()
		}
		if step.Due != nil {
			due = dueText(step.Due)
		}
		var outcomes []string
		for _, o := range step.Outcomes {
			outcomes = append(outcomes, o.Name)
		}
		title := step.Label(lang)
		if title == step.ID && !a.flags.plain {
			title = "" // it stands in front already
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: step.ID, Tone: render.Accent}, {Text: string(step.Verb)}, {Text: title}, {Text: who}, {Text: due}, {Text: strings.Join(outcomes, ", ")}})
		steps = append(steps, render.Object{
			{Key: "step", Value: step.ID}, {Key: "verb", Value: string(step.Verb)}, {Key: "title", Value: step.Label(lang)},
			{Key: "who", Value: who}, {Key: "due", Value: due}, {Key: "outcomes", Value: outcomes},
		})
	}
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{{Key: "route", Value: name}, {Key: "title", Value: def.Title.In(lang)}, {Key: "form", Value: def.For.Text}, {Key: "steps", Value: steps}})
	case a.flags.plain:
		return render.PlainTable(a.result, t)
	}
	fmt.Fprintf(a.result, "%s  %s  %s\n\n", s.Paint(render.Strong, def.Title.In(lang)), name, def.For.Text)
	return s.Table(a.result, t)
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
