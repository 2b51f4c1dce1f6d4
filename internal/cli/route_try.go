package cli

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/trial"
	"github.com/e1-dms/e1/internal/wholefile"
)

type routeTestOptions struct {
	junit string
	out   []string
	least int
}

func newRouteTestCmd(a *app) *cobra.Command {
	o := &routeTestOptions{}
	cmd := &cobra.Command{
		Use:   "test [ROUTE|FILE…]",
		Short: "Run the route tests of routes/tests and show what they cover",
		Long: `Runs the tests of routes/tests/*.yaml on the definitions of the work tree: of
all routes, of some, or those of some files. Documents, people and the clock are
invented; nothing is written. Exit code 1 when a test fails or the coverage of a
route is below --min-coverage.`,
		Example: `  e1 route test
  e1 route test retail --min-coverage 100
  e1 route test --junit e1-routes.xml -q`,
		Args: argsBetween(0, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return runRouteTest(cmd, a, o, args) },
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			names, _ := a.completeRoutes(cmd, nil, toComplete)
			return names, cobra.ShellCompDirectiveDefault
		},
	}
	cmd.Flags().StringVar(&o.junit, "junit", "", "write the results as JUnit XML to `FILE`")
	cmd.Flags().StringArrayVar(&o.out, "out", nil, "write `FORMAT=FILE` too: text, json or junit")
	cmd.Flags().IntVar(&o.least, "min-coverage", 0, "fail when less than `N` percent of a route is covered")
	return cmd
}

// tested is a run of route tests as it is shown.
type tested struct {
	*definition.TestRun
	language string
}

func runRouteTest(cmd *cobra.Command, a *app, o *routeTestOptions, args []string) error {
	if o.least < 0 || o.least > 100 {
		return usagef("--min-coverage takes a percentage from 0 to 100, not %d", o.least)
	}
	outs, err := o.outputs()
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	defs := r.WorkDefinitions()
	routes, files, err := testArguments(r, defs, args)
	if err != nil {
		return err
	}
	run, err := defs.RunTests(routes, files)
	if err != nil {
		return err
	}
	t := &tested{run, a.style().Language}
	for _, out := range outs {
		var b bytes.Buffer
		if err := a.tested(&b, r, t, out.format); err != nil {
			return err
		}
		if err := wholefile.Write(out.file, b.Bytes()); err != nil {
			return cannotWrite(out.file, err)
		}
	}
	format := "text"
	if a.flags.json {
		format = "json"
	} else if a.flags.plain {
		format = "plain"
	}
	var b bytes.Buffer
	if err := a.tested(&b, r, t, format); err != nil {
		return err
	}
	if _, err := a.result.Write(b.Bytes()); err != nil {
		return err
	}
	below := ""
	for _, c := range t.Below(o.least) {
		below += fmt.Sprintf("; %s is covered by %d %%, less than %d %%", c.Route.Name.Text, c.Percent(), o.least)
	}
	if !a.flags.json {
		a.message("%s, %d failed%s", plural(len(t.Results), "test"), t.Failed, below)
	}
	if t.Failed > 0 || len(t.Broken) > 0 || below != "" {
		return errNo
	}
	return nil
}

// routeOutput is a file to be written besides what is printed.
type routeOutput struct{ format, file string }

func (o *routeTestOptions) outputs() ([]routeOutput, error) {
	var out []routeOutput
	if o.junit != "" {
		out = append(out, routeOutput{"junit", o.junit})
	}
	formats := []string{"text", "json", "junit"}
	for _, text := range o.out {
		format, file, ok := strings.Cut(text, "=")
		if !slices.Contains(formats, format) {
			return nil, usagef("--out: %s", diag.Unknown("format", format, formats))
		}
		if !ok || file == "" {
			return nil, usagef("--out: say where: --out %s=FILE", format)
		}
		out = append(out, routeOutput{format, file})
	}
	return out, nil
}

// testArguments tells the names of routes from the files of tests. An argument
// that means nothing is refused: its tests would silently not be run.
func testArguments(r *repo.Repo, defs *definition.Set, args []string) (routes, files []string, err error) {
	names, err := defs.RouteNames()
	if err != nil {
		return nil, nil, err
	}
	tests, err := defs.RouteTests()
	if err != nil {
		return nil, nil, err
	}
	var known []string
	for _, f := range tests {
		known = append(known, f.Source.Name)
	}
	var problems []string
	for _, arg := range args {
		if slices.Contains(names, arg) {
			routes = append(routes, arg)
			continue
		}
		if !strings.ContainsAny(arg, `/\.`) {
			problems = append(problems, diag.Unknown("route", arg, names))
			continue
		}
		path, err := inRepository(r, arg)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		found := under(known, path)
		if len(found) == 0 {
			problems = append(problems, diag.Unknown("file of route tests", arg, known))
		}
		files = append(files, found...)
	}
	if len(problems) > 0 {
		return nil, nil, &usageError{message: strings.Join(problems, "\n"), hint: "e1 route list, ls " + definition.RouteTestsDir}
	}
	return routes, files, nil
}

// under are the files that a path means: itself, or those in the folder.
func under(files []string, path string) []string {
	var out []string
	for _, f := range files {
		if path == "." || f == path || strings.HasPrefix(f, path+"/") {
			out = append(out, f)
		}
	}
	return out
}

// tested writes the results in one format.
func (a *app) tested(w *bytes.Buffer, r *repo.Repo, t *tested, format string) error {
	switch format {
	case "json":
		return render.JSON(w, t.object())
	case "junit":
		return render.Cases(w, t.cases())
	case "plain":
		return render.PlainTable(w, t.plain())
	}
	return a.testedText(w, r, t)
}

func (a *app) testedText(w *bytes.Buffer, r *repo.Repo, t *tested) error {
	style := a.style()
	source := workFiles(r)
	if err := style.Problems(w, "text", render.Problems{List: t.Broken, Source: source}); err != nil {
		return err
	}
	for _, res := range t.Results {
		mark := style.Paint(render.Good, "ok  ")
		if !res.OK() {
			mark = style.Paint(render.Bad, "FAIL")
		}
		fmt.Fprintf(w, "%s  %s: %s\n", mark, res.Test.Route.Text, render.Clean(res.Test.Name(t.language)))
		if err := style.Problems(w, "text", render.Problems{List: res.Problems, Source: source}); err != nil {
			return err
		}
	}
	if len(t.Coverage) == 0 {
		return nil
	}
	table := render.Table{Columns: []render.Column{
		{Title: style.Word("Route"), Whole: true}, {Title: style.Word("Tests"), Align: render.Right},
		{Title: style.Word("Steps"), Align: render.Right}, {Title: style.Word("Branches"), Align: render.Right},
		{Title: style.Word("Covered"), Align: render.Right},
	}}
	for _, c := range t.Coverage {
		tone := render.Good
		if c.Percent() < 100 {
			tone = render.Warn
		}
		table.Rows = append(table.Rows, []render.Cell{{Text: c.Route.Name.Text, Tone: render.Accent}, {Text: fmt.Sprint(t.count(c.Route))},
			{Text: share(c.Steps)}, {Text: share(c.Branch)}, {Text: fmt.Sprintf("%d %%", c.Percent()), Tone: tone}})
	}
	w.WriteByte('\n')
	if err := style.Table(w, table); err != nil {
		return err
	}
	first := true
	for _, c := range t.Coverage {
		for _, spot := range c.Missed {
			if first {
				fmt.Fprintf(w, "\n%s\n", style.Word("not covered")+":")
			}
			first = false
			if err := style.Line(w, 0, render.Normal, fmt.Sprintf("%s: %s", spot.At, spot.Text)); err != nil {
				return err
			}
		}
	}
	return nil
}

func share(s trial.Share) string { return fmt.Sprintf("%d/%d", s.Covered, s.Total) }

// count gives the number of tests of a route.
func (t *tested) count(r *route.Route) int {
	n := 0
	for _, res := range t.Results {
		if res.Test.Route.Text == r.Name.Text {
			n++
		}
	}
	return n
}

func (t *tested) plain() render.Table {
	var out render.Table
	for _, res := range t.Results {
		mark := "ok"
		if !res.OK() {
			mark = "FAIL"
		}
		out.Rows = append(out.Rows, render.Row(mark, res.Test.Route.Text, res.Test.File.Source.Name, fmt.Sprint(res.Test.At.Start.Line), res.Test.Name(t.language)))
	}
	return out
}

func (t *tested) object() render.Object {
	var tests, coverage []render.Object
	for _, res := range t.Results {
		tests = append(tests, render.Object{
			{Key: "route", Value: res.Test.Route.Text}, {Key: "test", Value: res.Test.Name(t.language)}, {Key: "ok", Value: res.OK()},
			{Key: "file", Value: res.Test.File.Source.Name}, {Key: "line", Value: res.Test.At.Start.Line},
			{Key: "problems", Value: render.ProblemObjects(res.Problems)},
		})
	}
	for _, c := range t.Coverage {
		var missed []render.Object
		for _, s := range c.Missed {
			missed = append(missed, render.Object{{Key: "step", Value: s.Step}, {Key: "what", Value: s.Text},
				{Key: "file", Value: s.At.File}, {Key: "line", Value: s.At.Start.Line}, {Key: "column", Value: s.At.Start.Column}})
		}
		of := func(s trial.Share) render.Object {
			return render.Object{{Key: "covered", Value: s.Covered}, {Key: "total", Value: s.Total}}
		}
		coverage = append(coverage, render.Object{{Key: "route", Value: c.Route.Name.Text}, {Key: "steps", Value: of(c.Steps)},
			{Key: "branches", Value: of(c.Branch)}, {Key: "percent", Value: c.Percent()}, {Key: "missed", Value: missed}})
	}
	return render.Object{{Key: "tests", Value: tests}, {Key: "total", Value: len(t.Results)}, {Key: "failed", Value: t.Failed},
		{Key: "problems", Value: render.ProblemObjects(t.Broken)}, {Key: "coverage", Value: coverage}}
}

func (t *tested) cases() []render.Case {
	var out []render.Case
	for _, p := range t.Broken {
		out = append(out, render.Case{Class: "routes", Name: p.At.File, File: p.At.File, Line: p.At.Start.Line, Failures: []string{p.Headline()}})
	}
	for _, res := range t.Results {
		name := strings.TrimSuffix(path.Base(res.Test.File.Source.Name), definition.Ext)
		c := render.Case{Class: "routes." + name, Name: res.Test.Route.Text + ": " + res.Test.Name(t.language), File: res.Test.File.Source.Name, Line: res.Test.At.Start.Line}
		for _, p := range res.Problems {
			c.Failures = append(c.Failures, p.Headline())
		}
		out = append(out, c)
	}
	return out
}
