package cli

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/trial"
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

// tested is everything a run of route tests found.
type tested struct {
	results  []*trial.Result
	broken   diag.List // of files that could not be run
	coverage []*trial.Coverage
	failed   int
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
	t, err := a.tryRoutes(r, args)
	if err != nil {
		return err
	}
	for _, out := range outs {
		var b bytes.Buffer
		if err := a.tested(&b, r, t, out.format); err != nil {
			return err
		}
		if err := writeFile(out.file, b.Bytes()); err != nil {
			return err
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
	for _, c := range t.coverage {
		if c.Percent() < o.least {
			below += fmt.Sprintf("; %s is covered by %d %%, less than %d %%", c.Route.Name.Text, c.Percent(), o.least)
		}
	}
	if !a.flags.json {
		a.message("%s, %d failed%s", plural(len(t.results), "test"), t.failed, below)
	}
	if t.failed > 0 || len(t.broken) > 0 || below != "" {
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

// tryRoutes runs the tests of routes and files; of all for none.
func (a *app) tryRoutes(r *repo.Repo, args []string) (*tested, error) {
	defs := r.WorkDefinitions()
	base, err := defs.Trial()
	if err != nil {
		return nil, err
	}
	files, err := defs.RouteTests()
	if err != nil {
		return nil, err
	}
	routes, paths, err := a.testArguments(r, base, files, args)
	if err != nil {
		return nil, err
	}
	t := &tested{language: r.Language()}
	seen := map[string]bool{}
	for _, f := range files {
		inFile := len(paths) > 0 && slices.Contains(paths, f.Source.Name)
		if len(paths) > 0 && !inFile && len(routes) == 0 {
			continue
		}
		problems := f.Problems
		if f.File != nil && !problems.HasErrors() {
			problems = append(slices.Clone(problems), base.Check(f.File)...)
		}
		if problems.HasErrors() {
			t.broken = append(t.broken, problems...)
			continue
		}
		for _, res := range base.Run(f.File) {
			name := res.Test.Route.Text
			if len(args) > 0 && !inFile && !slices.Contains(routes, name) {
				continue
			}
			t.results = append(t.results, res)
			seen[name] = true
			if !res.OK() {
				t.failed++
			}
		}
	}
	for _, def := range base.Routes {
		if len(args) == 0 || seen[def.Name.Text] || slices.Contains(routes, def.Name.Text) {
			t.coverage = append(t.coverage, trial.Cover([]*route.Route{def}, t.results)...)
		}
	}
	return t, nil
}

// testArguments tells the names of routes from the files of tests.
func (a *app) testArguments(r *repo.Repo, base *trial.Base, files []definition.RouteTest, args []string) (routes, paths []string, err error) {
	for _, arg := range args {
		if slices.Contains(base.Names, arg) {
			routes = append(routes, arg)
			continue
		}
		if !strings.ContainsAny(arg, `/\.`) {
			return nil, nil, &repo.UnknownError{What: "route", Name: arg, Known: base.Names, Try: "e1 route list"}
		}
		file, err := below(r, arg)
		if err != nil {
			return nil, nil, err
		}
		known := []string{}
		for _, f := range files {
			known = append(known, f.Source.Name)
			if f.Source.Name == file || strings.HasPrefix(f.Source.Name, file+"/") {
				paths = append(paths, f.Source.Name)
			}
		}
		if len(paths) == 0 {
			return nil, nil, &repo.UnknownError{What: "file of route tests", Name: arg, Known: known, Try: "ls " + definition.RouteTestsDir}
		}
	}
	return routes, paths, nil
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
	source := func(file string) []byte {
		src, err := os.ReadFile(filepath.Join(r.Root(), filepath.FromSlash(file)))
		if err != nil {
			return nil
		}
		return src
	}
	if err := style.Problems(w, "text", render.Problems{List: t.broken, Source: source}); err != nil {
		return err
	}
	for _, res := range t.results {
		mark := style.Paint(render.Good, "ok  ")
		if !res.OK() {
			mark = style.Paint(render.Bad, "FAIL")
		}
		fmt.Fprintf(w, "%s  %s: %s\n", mark, res.Test.Route.Text, res.Test.Name(t.language))
		if err := style.Problems(w, "text", render.Problems{List: res.Problems, Source: source}); err != nil {
			return err
		}
	}
	if len(t.coverage) == 0 {
		return nil
	}
	table := render.Table{Columns: []render.Column{
		{Title: a.either(t.language, "route", "маршрут"), Whole: true}, {Title: a.either(t.language, "tests", "тестов"), Align: render.Right},
		{Title: a.either(t.language, "steps", "шаги"), Align: render.Right}, {Title: a.either(t.language, "branches", "ветви"), Align: render.Right},
		{Title: a.either(t.language, "covered", "покрыто"), Align: render.Right},
	}}
	for _, c := range t.coverage {
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
	for _, c := range t.coverage {
		for _, spot := range c.Missed {
			if first {
				fmt.Fprintf(w, "\n%s\n", a.either(t.language, "not covered:", "не покрыто:"))
			}
			first = false
			fmt.Fprintf(w, "%s: %s\n", spot.At, spot.Text)
		}
	}
	return nil
}

// either gives a text in the repository's language.
func (a *app) either(language, en, ru string) string {
	if language == "ru" {
		return ru
	}
	return en
}

func share(s trial.Share) string { return fmt.Sprintf("%d/%d", s.Covered, s.Total) }

// count gives the number of tests of a route.
func (t *tested) count(r *route.Route) int {
	n := 0
	for _, res := range t.results {
		if res.Test.Route.Text == r.Name.Text {
			n++
		}
	}
	return n
}

func (t *tested) plain() render.Table {
	var out render.Table
	for _, res := range t.results {
		mark := "ok"
		if !res.OK() {
			mark = "FAIL"
		}
		out.Rows = append(out.Rows, render.Row(mark, res.Test.Route.Text, res.Test.File.Source.Name, fmt.Sprint(res.Test.At.Start.Line), res.Test.Name(t.language)))
	}
	return out
}

func (t *tested) object() render.Object {
	tests := []render.Object{}
	for _, res := range t.results {
		tests = append(tests, render.Object{
			{Key: "route", Value: res.Test.Route.Text}, {Key: "test", Value: res.Test.Name(t.language)}, {Key: "ok", Value: res.OK()},
			{Key: "file", Value: res.Test.File.Source.Name}, {Key: "line", Value: res.Test.At.Start.Line},
			{Key: "problems", Value: render.ProblemObjects(res.Problems)},
		})
	}
	coverage := []render.Object{}
	for _, c := range t.coverage {
		missed := []render.Object{}
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
	return render.Object{{Key: "tests", Value: tests}, {Key: "total", Value: len(t.results)}, {Key: "failed", Value: t.failed},
		{Key: "problems", Value: render.ProblemObjects(t.broken)}, {Key: "coverage", Value: coverage}}
}

func (t *tested) cases() []render.Case {
	var out []render.Case
	for _, p := range t.broken {
		out = append(out, render.Case{Class: "routes", Name: p.At.File, File: p.At.File, Line: p.At.Start.Line, Failures: []string{p.Headline()}})
	}
	for _, res := range t.results {
		name := strings.TrimSuffix(path.Base(res.Test.File.Source.Name), definition.Ext)
		c := render.Case{Class: "routes." + name, Name: res.Test.Route.Text + ": " + res.Test.Name(t.language), File: res.Test.File.Source.Name, Line: res.Test.At.Start.Line}
		for _, p := range res.Problems {
			c.Failures = append(c.Failures, p.Headline())
		}
		out = append(out, c)
	}
	return out
}
