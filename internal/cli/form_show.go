package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/render"
)

func newFormShowCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "show FORM",
		Short:             "Show the fields of a form",
		Args:              argsBetween(1, 1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runFormShow(cmd, a, args[0]) },
		ValidArgsFunction: a.completeForms(1),
	}
}

// runFormShow shows the form of the work tree, so that a half-edited one can
// be looked at.
func runFormShow(cmd *cobra.Command, a *app, name string) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	defs := r.WorkDefinitions()
	f, err := defs.Form(name)
	if err != nil {
		return err
	}
	if a.flags.json {
		return render.JSON(a.result, formJSON(f, r.Language()))
	}
	s := a.style()
	lang := s.Language
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Field"), Whole: true}, {Title: s.Word("Label"), Flex: true, Wrap: true}, {Title: s.Word("Type"), Flex: true}, {Title: "", Flex: true, Wrap: true},
	}}
	for _, g := range f.Groups {
		if !a.flags.plain {
			t.Rows = append(t.Rows, []render.Cell{{Text: g.Title.In(lang), Tone: render.Strong}})
		}
		for _, field := range g.Fields {
			t.Rows = append(t.Rows, fieldRow(field, "", lang))
			for _, c := range field.Columns {
				t.Rows = append(t.Rows, fieldRow(c, field.Name+".", lang))
			}
		}
	}
	if a.flags.plain {
		return render.PlainTable(a.result, t)
	}
	fmt.Fprintf(a.result, "%s  %s  %s\n\n", s.Paint(render.Strong, f.Title.In(lang)), f.Name, f.Numbers[0].String())
	if err := s.Table(a.result, t); err != nil {
		return err
	}
	var statuses []string
	for _, s := range f.Statuses {
		statuses = append(statuses, s.ID+" "+s.Title.In(lang))
	}
	if len(statuses) > 0 {
		fmt.Fprintf(a.result, "\n%s\n", s.Wrap(strings.Join(statuses, " · ")))
	}
	return nil
}

func fieldRow(f *form.Field, prefix, lang string) []render.Cell {
	kind := f.Type.String()
	switch {
	case f.Computed:
		kind = "computed " + kind
	case f.Directory != "":
		kind = f.Directory
	case f.Form != "":
		kind = "→ " + f.Form
	}
	return []render.Cell{{Text: prefix + f.Name, Tone: render.Accent}, {Text: f.Label.In(lang)}, {Text: kind}, {Text: strings.Join(fieldMarks(f), ", ")}}
}

func fieldMarks(f *form.Field) []string {
	var marks []string
	switch {
	case f.RequiredAlways:
		marks = append(marks, "required")
	case f.Required != nil:
		marks = append(marks, "required if "+f.Required.Source)
	}
	if f.Unique {
		marks = append(marks, "unique")
	}
	if f.Default != nil {
		marks = append(marks, "default "+f.Default.Source)
	}
	if f.ShownIf != nil {
		marks = append(marks, "shown if "+f.ShownIf.Source)
	}
	if f.Check != nil {
		marks = append(marks, "check "+f.Check.Source)
	}
	if f.Computed {
		marks = append(marks, f.Value.Source)
	}
	for _, v := range f.Values {
		marks = append(marks, v.Value)
	}
	return marks
}

func formJSON(f *form.Form, lang string) render.Object {
	var groups []render.Object
	for _, g := range f.Groups {
		var fields []render.Object
		for _, field := range g.Fields {
			fields = append(fields, fieldJSON(field, lang))
		}
		groups = append(groups, render.Object{{Key: "group", Value: g.Name}, {Key: "title", Value: g.Title.In(lang)}, {Key: "fields", Value: fields}})
	}
	var statuses []render.Object
	for _, s := range f.Statuses {
		statuses = append(statuses, render.Object{{Key: "status", Value: s.ID}, {Key: "title", Value: s.Title.In(lang)}, {Key: "closed", Value: s.Closed}})
	}
	return render.Object{
		{Key: "form", Value: f.Name}, {Key: "title", Value: f.Title.In(lang)}, {Key: "number", Value: f.Numbers[0].String()},
		{Key: "statuses", Value: statuses}, {Key: "groups", Value: groups},
	}
}

func fieldJSON(f *form.Field, lang string) render.Object {
	var values []string
	for _, v := range f.Values {
		values = append(values, v.Value)
	}
	var columns []render.Object
	for _, c := range f.Columns {
		columns = append(columns, fieldJSON(c, lang))
	}
	return render.Object{
		{Key: "field", Value: f.Name}, {Key: "type", Value: f.Type.String()}, {Key: "computed", Value: f.Computed},
		{Key: "label", Value: f.Label.In(lang)}, {Key: "required", Value: f.RequiredAlways}, {Key: "unique", Value: f.Unique},
		{Key: "directory", Value: f.Directory}, {Key: "form", Value: f.Form}, {Key: "values", Value: values}, {Key: "columns", Value: columns},
	}
}
