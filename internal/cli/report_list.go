package cli

import (
	"strings"

	"github.com/e1-dms/e1/internal/render"
	"github.com/spf13/cobra"
)

func newReportListCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the reports there are",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runReportList(cmd, a) },
	}
}

func runReportList(cmd *cobra.Command, a *app) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	names, err := r.Definitions().ReportNames()
	if err != nil {
		return err
	}
	s := a.style()
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Report"), Whole: true}, {Title: s.Word("Title"), Flex: true, Wrap: true},
	}}
	var out []render.Object
	for _, name := range names {
		def, problems, err := r.Definitions().Report(name)
		if err != nil {
			return err
		}
		title, formName, problem := "", "", ""
		var params []string
		if def != nil {
			title, formName = def.Title.In(r.Language()), def.Form
			params = def.ParamNames()
		}
		tone := render.Normal
		if problems.HasErrors() {
			problem = problems[0].Headline()
			title, tone, def = problem, render.Bad, nil
		}
		// People read what can be asked below the title; to programs it is cells of
		// their own.
		about := render.Cell{Text: title, Raw: title, Tone: tone}
		if def != nil {
			about.Text = def.Title.In(s.Language) + "\n" + formName + ": " + strings.Join(params, ", ")
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: name, Tone: render.Accent}, about, {Text: formName}, {Text: strings.Join(params, ", ")}})
		out = append(out, render.Object{
			{Key: "name", Value: name}, {Key: "title", Value: title}, {Key: "form", Value: formName}, {Key: "params", Value: params}, {Key: "problem", Value: problem},
		})
	}
	return a.listing(t, render.Object{{Key: "reports", Value: out}})
}
