package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

type explainOptions struct {
	app  *app
	list bool
}

func newExplainCmd(a *app) *cobra.Command {
	o := &explainOptions{app: a}
	cmd := &cobra.Command{
		Use:   "explain CODE|SLUG",
		Short: "Explain a problem that lint or check reports, with an example",
		Long: `Explains what a code means, with a fault and its remedy: - marks the lines with
the fault, + what stands there instead. Works offline and outside of a
repository.`,
		Example: "  e1 explain R012\n  e1 explain join-waits-forever\n  e1 explain --list",
		Args:    argsBetween(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			return runExplain(o, args)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, noFiles
			}
			var out []string
			for _, c := range lint.Codes() {
				out = append(out, described(c.Code, c.Slug))
			}
			return out, noFiles
		},
	}
	cmd.Flags().BoolVar(&o.list, "list", false, "list every code there is")
	return cmd
}

func runExplain(o *explainOptions, args []string) error {
	switch {
	case o.list != (len(args) == 0):
		return &usageError{message: "explain takes a code, or --list", hint: "e1 explain --list"}
	case o.list:
		return explainAll(o.app)
	}
	return explain(o.app, args[0])
}

// abridged says how long texts of examples are written.
const abridged = "⟨20×text⟩ stands for the text twenty times, with its number in the place of #."

// explained is a kind of problem as programs are told of it.
func explained(c lint.Code, severity string, whole bool) render.Object {
	out := render.Object{{Key: "code", Value: c.Code}, {Key: "slug", Value: c.Slug}, {Key: "severity", Value: severity}, {Key: "summary", Value: c.Summary}}
	if e, ok := lintExample(c.Code); ok && whole {
		var files []render.Object
		for _, f := range e {
			files = append(files, render.Object{{Key: "file", Value: f.Path}, {Key: "bad", Value: f.Bad}, {Key: "good", Value: f.Good}})
		}
		out = append(out, render.Member{Key: "example", Value: files})
	}
	return out
}

func explainAll(a *app) error {
	severities := lint.Severities()
	t := render.Table{Columns: []render.Column{{Title: "Code", Whole: true}, {Title: "Severity", Whole: true}, {Title: "Problem", Whole: true}, {Title: "What it is", Flex: true, Wrap: true}}}
	var out []render.Object
	for _, c := range lint.Codes() {
		severity := severities[c.Code].String()
		t.Rows = append(t.Rows, []render.Cell{{Text: c.Code, Tone: render.Accent}, {Text: severity}, {Text: c.Slug}, {Text: c.Summary}})
		out = append(out, explained(c, severity, false))
	}
	return a.listing(t, render.Object{{Key: "codes", Value: out}})
}

func explain(a *app, name string) error {
	found := lint.Explain(name)
	if len(found) == 0 {
		var names []string
		for _, known := range lint.Codes() {
			names = append(names, known.Code, known.Slug)
		}
		return &repo.UnknownError{What: "code", Name: name, Known: names, Try: "e1 explain --list"}
	}
	severities := lint.Severities()
	if a.flags.json {
		// One code is the answer itself; a slug may be that of several.
		first := explained(found[0], severities[found[0].Code].String(), true)
		if len(found) > 1 {
			var others []string
			for _, c := range found[1:] {
				others = append(others, c.Code)
			}
			first = append(first, render.Member{Key: "same_slug", Value: others})
		}
		return render.JSON(a.result, first)
	}
	for i, c := range found {
		if i > 0 {
			fmt.Fprintln(a.result)
		}
		style := a.style()
		fmt.Fprintf(a.result, "%s %s (%s)\n%s\n", c.Code, c.Slug, severities[c.Code], style.Wrap(c.Summary+"."))
		if e, ok := lintExample(c.Code); ok {
			fmt.Fprintf(a.result, "\n%s", e.Difference())
			if e.Abridged() {
				fmt.Fprintf(a.result, "\n%s\n", style.Wrap(abridged))
			}
		}
	}
	return nil
}
