package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/render"
)

func newFormListCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the forms",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runFormList(cmd, a) },
	}
}

func runFormList(cmd *cobra.Command, a *app) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	names, err := r.Definitions().FormNames()
	if err != nil {
		return err
	}
	s := a.style()
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Form"), Whole: true}, {Title: s.Word("Title"), Flex: true, Wrap: true}, {Title: s.Word("Number")}, {Title: s.Word("Fields"), Align: render.Right},
	}}
	var out []render.Object
	for _, name := range names {
		f, err := r.Definitions().Form(name)
		if err != nil {
			t.Rows = append(t.Rows, []render.Cell{{Text: name, Tone: render.Bad}, {Text: s.Word("has errors: e1 lint"), Tone: render.Bad}})
			out = append(out, render.Object{{Key: "form", Value: name}, {Key: "broken", Value: true}})
			continue
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: name, Tone: render.Accent}, {Text: f.Title.In(s.Language)}, {Text: f.Numbers[0].String()}, {Text: fmt.Sprint(len(f.Fields()))}})
		out = append(out, render.Object{
			{Key: "form", Value: name}, {Key: "title", Value: f.Title.In(r.Language())}, {Key: "number", Value: f.Numbers[0].String()},
			{Key: "fields", Value: len(f.Fields())}, {Key: "broken", Value: false},
		})
	}
	return a.listing(t, render.Object{{Key: "forms", Value: out}})
}
