package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/report"
	"github.com/e1-dms/e1/internal/yamlsrc"
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
	t := render.Table{Columns: []render.Column{{Title: "report", Whole: true}, {Title: "title", Flex: true, Wrap: true}, {Title: "form"}, {Title: "parameters", Flex: true, Wrap: true}}}
	out := []render.Object{}
	for _, name := range names {
		def, problems, err := r.Definitions().Report(name)
		if err != nil {
			return err
		}
		title, formName, params, problem := "", "", []string{}, ""
		if def != nil {
			title, formName = def.Title.In(r.Language()), def.Form
			params = append(params, def.ParamNames()...)
		}
		tone := render.Normal
		if problems.HasErrors() {
			problem = problems[0].Headline()
			title, tone = problem, render.Bad
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: name, Tone: render.Accent}, {Text: title, Tone: tone}, {Text: formName}, {Text: strings.Join(params, ", ")}})
		out = append(out, render.Object{
			{Key: "name", Value: name}, {Key: "title", Value: title}, {Key: "form", Value: formName}, {Key: "params", Value: params}, {Key: "problem", Value: problem},
		})
	}
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{{Key: "reports", Value: out}})
	case a.flags.plain:
		return render.PlainTable(a.result, t)
	}
	return a.style().Table(a.result, t)
}

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
	t := render.Table{Columns: []render.Column{{Title: "parameter", Whole: true}, {Title: "title", Flex: true}, {Title: "restricts", Flex: true}, {Title: "type"}, {Title: "default", Flex: true}}}
	for _, p := range params {
		t.Rows = append(t.Rows, []render.Cell{{Text: p.name, Tone: render.Accent}, {Text: p.title}, {Text: p.restricts}, {Text: p.kind}, {Text: p.fallback}})
	}
	if a.flags.plain {
		return render.PlainTable(a.result, t)
	}
	lang := r.Language()
	fmt.Fprintf(a.result, "%s: %s\n", def.Name, def.Title.In(lang))
	if about := def.About.In(lang); about != "" {
		fmt.Fprintln(a.result, about)
	}
	fmt.Fprintf(a.result, "form %s", def.Form)
	if def.Where != nil {
		fmt.Fprintf(a.result, ", where %s", def.Where.Text)
	}
	fmt.Fprint(a.result, "\n\n")
	if len(t.Rows) > 0 {
		if err := a.style().Table(a.result, t); err != nil {
			return err
		}
		fmt.Fprintln(a.result)
	}
	columns := render.Table{Columns: []render.Column{{Title: "column", Whole: true}, {Title: "title", Flex: true}, {Title: "what it holds", Flex: true, Wrap: true}}}
	for _, c := range reportColumns(source, def, lang) {
		columns.Rows = append(columns.Rows, []render.Cell{{Text: c[0], Tone: render.Accent}, {Text: c[1]}, {Text: c[2]}})
	}
	return a.style().Table(a.result, columns)
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
	given, columns := []render.Object{}, []render.Object{}
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

func (a *app) reportNames(cmd *cobra.Command) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	names, err := r.Definitions().ReportNames()
	if err != nil {
		return nil
	}
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name
		if def, _, err := r.Definitions().Report(name); err == nil && def != nil {
			out[i] = described(name, def.Title.In(r.Language()))
		}
	}
	return out
}

// completeReport completes reports, then PARAM= and the values of parameters
// that have a list.
func (a *app) completeReport(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.reportNames(cmd), noFiles
	}
	r, err := a.open(cmd)
	if err != nil {
		return nil, noFiles
	}
	def, source, err := linkedReport(r, args[0])
	if err != nil {
		return nil, noFiles
	}
	if name, _, ok := strings.Cut(toComplete, "="); ok {
		p := def.Param(name)
		if p == nil {
			return nil, noFiles
		}
		names := source.ReportDefinitions()
		var out []string
		for _, id := range p.Type.Values {
			out = append(out, described(name+"="+id, names.Name(def.Form, p.Field, p.Type, id)))
		}
		return out, noFiles
	}
	var out []string
	for _, p := range describeParams(r, source, def) {
		taken := false
		for _, arg := range args[1:] {
			taken = taken || strings.HasPrefix(arg, p.name+"=")
		}
		if !taken {
			out = append(out, described(p.name+"=", p.title))
		}
	}
	return out, noFiles | cobra.ShellCompDirectiveNoSpace
}
