package cli

import (
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/route"
	"github.com/spf13/cobra"
)

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
	s := a.style()
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Route"), Whole: true}, {Title: s.Word("Title"), Flex: true, Wrap: true}, {Title: s.Word("Form"), Whole: true},
		{Title: s.Word("Starts"), Flex: true, Wrap: true}, {Title: s.Word("Steps"), Align: render.Right},
	}}
	var out []render.Object
	for _, name := range names {
		def, err := lint.Startable(defs, name)
		if err != nil {
			row, object := brokenRoute(defs, name, lang, err)
			t.Rows, out = append(t.Rows, row), append(out, object)
			continue
		}
		starts := startTexts(def)
		t.Rows = append(t.Rows, []render.Cell{
			{Text: name, Tone: render.Accent}, {Text: def.Title.In(s.Language)}, {Text: def.For.Text},
			{Text: strings.Join(starts, "; ")}, {Text: strconv.Itoa(len(def.Steps()))},
		})
		out = append(out, render.Object{
			{Key: "route", Value: name}, {Key: "title", Value: def.Title.In(lang)}, {Key: "form", Value: def.For.Text},
			{Key: "starts", Value: starts}, {Key: "steps", Value: len(def.Steps())}, {Key: "broken", Value: false},
		})
	}
	return a.listing(t, render.Object{{Key: "routes", Value: out}})
}

func startTexts(def *route.Route) []string {
	var out []string
	for _, s := range def.Starts {
		text := string(s.On)
		if s.If != nil {
			text += " if " + s.If.Text
		}
		out = append(out, text)
	}
	return out
}
