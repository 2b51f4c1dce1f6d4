package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/report"
)

type reportOptions struct {
	app    *app
	name   string
	params []string
	format string
	limit  int
}

// reportFormats are those that can be written; laterFormats are not there yet.
var (
	reportFormats = []string{"table", "plain", "csv", "json", "md"}
	laterFormats  = []string{"xlsx", "html", "svg"}
)

func newReportCmd(a *app) *cobra.Command {
	o := &reportOptions{app: a}
	cmd := &cobra.Command{
		Use:   "report NAME [PARAM=VALUE…]",
		Short: "Run a report",
		Long: `Runs a report of reports/*.yaml over the committed documents. Parameters have
defaults where the report says so; PARAM= without a value clears one.`,
		Example: `  e1 report inquiries-by-month
  e1 report works-by-client from=01.11.2026 to=30.11.2026 manager=petrova
  e1 report contracts-by-status --format csv -o contracts.csv
  e1 report show works-by-client`,
		Args: argsBetween(0, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return helpOf(cmd)
			}
			o.name, o.params = args[0], args[1:]
			return runReport(cmd, o)
		},
		ValidArgsFunction: a.completeReport,
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "", "write it as `FORMAT`: table, plain, csv, json, md")
	f.IntVar(&o.limit, "limit", 0, "at most `N` rows instead of what the report says; 0: all")
	a.completeFlag(cmd, "format", func(*cobra.Command) []string { return reportFormats })
	cmd.AddCommand(newReportListCmd(a), newReportShowCmd(a))
	return cmd
}

// reportFormat is the format asked for by --format, --json or --plain.
func (o *reportOptions) reportFormat() (string, error) {
	chosen := o.format
	for _, flag := range []struct {
		given bool
		name  string
	}{{o.app.flags.json, "json"}, {o.app.flags.plain, "plain"}} {
		if !flag.given {
			continue
		}
		if chosen != "" && chosen != flag.name {
			return "", usagef("--%s and --format %s exclude each other", flag.name, chosen)
		}
		chosen = flag.name
	}
	if chosen == "" {
		return "table", nil
	}
	for _, f := range reportFormats {
		if f == chosen {
			return f, nil
		}
	}
	for _, f := range laterFormats {
		if f == chosen {
			return "", &usageError{message: "reports cannot be written as " + f + " yet", hint: "--format csv opens in spreadsheets, --format md in documents"}
		}
	}
	return "", &usageError{message: diag.Unknown("format", chosen, reportFormats), hint: "formats: " + strings.Join(reportFormats, ", ")}
}

func runReport(cmd *cobra.Command, o *reportOptions) error {
	a := o.app
	format, err := o.reportFormat()
	if err != nil {
		return err
	}
	params := map[string]string{}
	for _, arg := range o.params {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			return &usageError{message: fmt.Sprintf("expected PARAM=VALUE, found %q", arg), hint: "e1 report show " + o.name}
		}
		if _, twice := params[name]; twice {
			return usagef("parameter %q is given twice", name)
		}
		params[name] = value
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	def, source, err := linkedReport(r, o.name)
	if err != nil {
		return err
	}
	limit, err := o.rows(cmd, format)
	if err != nil {
		return err
	}
	names := source.ReportDefinitions()
	language := r.Language() // of the titles that programs get
	if format == "table" || format == "md" {
		language = a.style().Language
	}
	result, err := def.Run(report.Run{
		Source: source, Names: names, Now: r.Now(), Language: language, Params: params,
		Author: a.reportAuthor(cmd), Settings: source.ReportSettings(def.Form), Limit: limit, Typed: source.ReportTyped, Value: names.Value,
	})
	var wrong *report.ParamError
	if errors.As(err, &wrong) {
		return &usageError{message: wrong.Error(), hint: wrong.Hint}
	}
	if err != nil {
		return err
	}
	if err := a.noteLeftOut(r, def.Form); err != nil {
		return err
	}
	style := a.style()
	shown := style.ReportOf(result)
	switch format {
	case "json":
		return render.ReportJSON(a.result, shown)
	case "plain":
		return render.ReportPlain(a.result, shown)
	case "csv":
		return render.ReportCSV(a.result, shown, false)
	case "md":
		return style.ReportMarkdown(a.result, shown)
	}
	if err := style.Report(a.result, shown); err != nil {
		return err
	}
	if len(result.Rows) == 0 {
		a.message("no documents in this report")
	}
	return nil
}

// rows is how many rows the report is to have, in its terms: 0 as it says
// itself, -1 all.
func (o *reportOptions) rows(cmd *cobra.Command, format string) (int, error) {
	n, err := o.app.limit(cmd, o.limit)
	switch {
	case err != nil:
		return 0, err
	case n > 0:
		return n, nil
	case cmd.Flags().Changed("limit"), format != "table" && format != "md":
		return -1, nil // programs want everything
	}
	return 0, nil
}

// reportAuthor is whom `author` means; reports can be run by nobody in
// particular, too.
func (a *app) reportAuthor(cmd *cobra.Command) expr.Value {
	of, err := a.act(cmd)
	if err != nil {
		return nil
	}
	people, _, err := of.Repo().Definitions().Org()
	if err != nil {
		return nil
	}
	return people.Value(of.Actor().ID)
}

// linkedReport is a report that can be run, and the documents.
func linkedReport(r *repo.Repo, name string) (*report.Report, *repo.ReportSource, error) {
	def, problems, err := r.Definitions().Report(name)
	if err != nil {
		return nil, nil, err
	}
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	source, err := r.ReportSource()
	return def, source, err
}
