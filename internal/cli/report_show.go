package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/report"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

func newReportShowCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Show what a report counts and what can be asked",
		Args:  argsBetween(1, 1),
		RunE:  func(cmd *cobra.Command, args []string) error { return runReportShow(cmd, a, args[0]) },
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, noFiles
			}
			return a.reportNames(cmd), noFiles
		},
	}
}

// reportParam is a parameter as people and programs are told of it.
type reportParam struct{ name, title, kind, restricts, fallback string }

func runReportShow(cmd *cobra.Command, a *app, name string) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	def, source, err := linkedReport(r, name)
	if err != nil {
		return err
	}
	params := describeParams(r, source, def)
	if a.flags.json {
		return a.reportShowJSON(r, source, def, params)
	}
	style := a.style()
	t := render.Table{Columns: []render.Column{
		{Title: style.Word("Parameter"), Whole: true}, {Title: style.Word("Title"), Flex: true, Wrap: true}, {Title: style.Word("Restricts"), Flex: true, Wrap: true},
		{Title: style.Word("Type")}, {Title: style.Word("Default"), Flex: true, Wrap: true},
	}}
	for _, p := range params {
		t.Rows = append(t.Rows, []render.Cell{{Text: p.name, Tone: render.Accent}, {Text: p.title}, {Text: p.restricts}, {Text: p.kind}, {Text: p.fallback}})
	}
	if a.flags.plain {
		return render.PlainTable(a.result, t)
	}
	lang := style.Language
	fmt.Fprintln(a.result, style.Paint(render.Strong, render.Clean(def.Title.In(lang)))+"  "+def.Name)
	if about := def.About.In(lang); about != "" {
		_ = style.Line(a.result, 0, render.Normal, about)
	}
	line := style.Word("Form") + ": " + def.Form
	if def.Where != nil {
		line += ", where " + def.Where.Text
	}
	_ = style.Line(a.result, 0, render.Normal, line)
	fmt.Fprintln(a.result)
	if len(t.Rows) > 0 {
		if err := style.Table(a.result, t); err != nil {
			return err
		}
		fmt.Fprintln(a.result)
	}
	columns := render.Table{Columns: []render.Column{{Title: style.Word("Column"), Whole: true}, {Title: style.Word("Title"), Flex: true, Wrap: true}, {Title: style.Word("Meaning"), Flex: true, Wrap: true}}}
	for _, c := range reportColumns(source, def, lang) {
		columns.Rows = append(columns.Rows, []render.Cell{{Text: c[0], Tone: render.Accent}, {Text: c[1]}, {Text: c[2]}})
	}
	return style.Table(a.result, columns)
}

// reportColumns are name, title and meaning of each column.
func reportColumns(source *repo.ReportSource, def *report.Report, lang string) [][3]string {
	forms := source.ReportDefinitions()
	title := func(own yamlsrc.Label, e *report.Expression) string {
		if text := own.In(lang); text != "" {
			return text
		}
		return forms.FieldLabel(def.Form, e.Text).In(lang)
	}
	var out [][3]string
	for _, g := range def.Groups {
		text := "group by " + g.By.Text
		if g.Per != report.Each {
			text += ", by " + string(g.Per)
		}
		out = append(out, [3]string{g.Name, title(g.Title, g.By), text})
	}
	for _, c := range def.Columns {
		out = append(out, [3]string{c.Name, title(c.Title, c.Value), c.Value.Text})
	}
	return out
}

func describeParams(r *repo.Repo, source *repo.ReportSource, def *report.Report) []reportParam {
	lang := r.Language()
	forms := source.ReportDefinitions()
	var out []reportParam
	for _, p := range def.Params {
		about := reportParam{name: p.Name, title: p.Title.In(lang), kind: p.Type.Kind.String()}
		if p.Field != "" {
			about.restricts = p.Field
			if p.Is != report.Equal {
				about.restricts += " " + string(p.Is)
			}
			if about.title == "" {
				about.title = forms.FieldLabel(def.Form, p.Field).In(lang)
			}
		}
		switch {
		case p.Default != nil:
			about.fallback = p.Default.Text
		case p.Required:
			about.fallback = "(required)"
		}
		out = append(out, about)
	}
	return out
}

func (a *app) reportShowJSON(r *repo.Repo, source *repo.ReportSource, def *report.Report, params []reportParam) error {
	var given, columns []render.Object
	for i, p := range params {
		given = append(given, render.Object{
			{Key: "name", Value: p.name}, {Key: "title", Value: p.title}, {Key: "type", Value: p.kind}, {Key: "restricts", Value: p.restricts},
			{Key: "required", Value: def.Params[i].Required}, {Key: "default", Value: p.fallback},
		})
	}
	for _, c := range reportColumns(source, def, r.Language()) {
		columns = append(columns, render.Object{{Key: "name", Value: c[0]}, {Key: "title", Value: c[1]}, {Key: "value", Value: c[2]}})
	}
	where := ""
	if def.Where != nil {
		where = def.Where.Text
	}
	return render.JSON(a.result, render.Object{
		{Key: "report", Value: def.Name}, {Key: "title", Value: def.Title.In(r.Language())}, {Key: "about", Value: def.About.In(r.Language())},
		{Key: "form", Value: def.Form}, {Key: "where", Value: where}, {Key: "params", Value: given}, {Key: "columns", Value: columns},
	})
}
