package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

func newFormCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "form", Short: "Card forms", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the forms", Args: noArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return runFormList(cmd, a) }},
		&cobra.Command{Use: "show FORM", Short: "Show the fields of a form", Args: argsBetween(1, 1),
			RunE:              func(cmd *cobra.Command, args []string) error { return runFormShow(cmd, a, args[0]) },
			ValidArgsFunction: a.completeForms(1)},
		newFormFieldCmd(a),
	)
	return cmd
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
	lang := r.Language()
	t := render.Table{Columns: []render.Column{{Title: heading("form", lang), Whole: true}, {Title: heading("title", lang), Flex: true}, {Title: heading("number", lang)}, {Title: heading("fields", lang), Align: render.Right}}}
	out := []render.Object{}
	for _, name := range names {
		f, err := r.Definitions().Form(name)
		if err != nil {
			t.Rows = append(t.Rows, []render.Cell{{Text: name, Tone: render.Bad}, {Text: "has errors: e1 lint", Tone: render.Bad}})
			out = append(out, render.Object{{Key: "form", Value: name}, {Key: "broken", Value: true}})
			continue
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: name, Tone: render.Accent}, {Text: f.Title.In(lang)}, {Text: f.Numbers[0].String()}, {Text: fmt.Sprint(len(f.Fields()))}})
		out = append(out, render.Object{
			{Key: "form", Value: name}, {Key: "title", Value: f.Title.In(lang)}, {Key: "number", Value: f.Numbers[0].String()},
			{Key: "fields", Value: len(f.Fields())}, {Key: "broken", Value: false},
		})
	}
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{{Key: "forms", Value: out}})
	case a.flags.plain:
		return render.PlainTable(a.result, t)
	}
	return a.style().Table(a.result, t)
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
	lang := r.Language()
	if a.flags.json {
		return render.JSON(a.result, formJSON(f, lang))
	}
	t := render.Table{Columns: []render.Column{
		{Title: heading("field", lang), Whole: true}, {Title: heading("label", lang), Flex: true, Wrap: true}, {Title: heading("type", lang)}, {Title: "", Flex: true, Wrap: true},
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
	fmt.Fprintf(a.result, "%s  %s  %s\n\n", a.style().Paint(render.Strong, f.Title.In(lang)), f.Name, f.Numbers[0].String())
	if err := a.style().Table(a.result, t); err != nil {
		return err
	}
	var statuses []string
	for _, s := range f.Statuses {
		statuses = append(statuses, s.ID+" "+s.Title.In(lang))
	}
	if len(statuses) > 0 {
		fmt.Fprintf(a.result, "\n%s\n", a.style().Wrap(strings.Join(statuses, " · ")))
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
	groups := []render.Object{}
	for _, g := range f.Groups {
		fields := []render.Object{}
		for _, field := range g.Fields {
			fields = append(fields, fieldJSON(field, lang))
		}
		groups = append(groups, render.Object{{Key: "group", Value: g.Name}, {Key: "title", Value: g.Title.In(lang)}, {Key: "fields", Value: fields}})
	}
	statuses := []render.Object{}
	for _, s := range f.Statuses {
		statuses = append(statuses, render.Object{{Key: "status", Value: s.ID}, {Key: "title", Value: s.Title.In(lang)}, {Key: "closed", Value: s.Closed}})
	}
	return render.Object{
		{Key: "form", Value: f.Name}, {Key: "title", Value: f.Title.In(lang)}, {Key: "number", Value: f.Numbers[0].String()},
		{Key: "statuses", Value: statuses}, {Key: "groups", Value: groups},
	}
}

func fieldJSON(f *form.Field, lang string) render.Object {
	values := []string{}
	for _, v := range f.Values {
		values = append(values, v.Value)
	}
	columns := []render.Object{}
	for _, c := range f.Columns {
		columns = append(columns, fieldJSON(c, lang))
	}
	return render.Object{
		{Key: "field", Value: f.Name}, {Key: "type", Value: f.Type.String()}, {Key: "computed", Value: f.Computed},
		{Key: "label", Value: f.Label.In(lang)}, {Key: "required", Value: f.RequiredAlways}, {Key: "unique", Value: f.Unique},
		{Key: "directory", Value: f.Directory}, {Key: "form", Value: f.Form}, {Key: "values", Value: values}, {Key: "columns", Value: columns},
	}
}

type formFieldOptions struct {
	app   *app
	group string
	after string
}

func newFormFieldCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "field",
		Short: "Change the fields of a form; comments and blank lines of the file survive",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o := &formFieldOptions{app: a}
	add := &cobra.Command{
		Use:     "add FORM FIELD KEY=VALUE…",
		Short:   "Add a field",
		Example: `  e1 form field add clients region type=text label=Регион --group main`,
		Args:    argsBetween(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			keys, err := fieldKeys(args[2:])
			if err != nil {
				return err
			}
			return o.edit(cmd, args[0], "add field "+args[1]+" to "+args[0], func(file string, src []byte) ([]byte, error) {
				return form.AddField(file, src, args[1], o.group, o.after, keys)
			})
		},
		ValidArgsFunction: a.completeForms(1),
	}
	set := &cobra.Command{
		Use:   "set FORM FIELD KEY=VALUE…",
		Short: "Change keys of a field; field=NEW renames it, documents keep their values",
		Args:  argsBetween(3, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			keys, err := fieldKeys(args[2:])
			if err != nil {
				return err
			}
			return o.edit(cmd, args[0], "change field "+args[1]+" of "+args[0], func(file string, src []byte) ([]byte, error) {
				return form.SetField(file, src, args[1], keys)
			})
		},
		ValidArgsFunction: a.completeForms(1),
	}
	move := &cobra.Command{
		Use:   "move FORM FIELD [--group GROUP] [--after FIELD]",
		Short: "Move a field",
		Args:  argsBetween(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.edit(cmd, args[0], "move field "+args[1]+" of "+args[0], func(file string, src []byte) ([]byte, error) {
				return form.MoveField(file, src, args[1], o.group, o.after)
			})
		},
		ValidArgsFunction: a.completeForms(1),
	}
	rm := &cobra.Command{
		Use:   "rm FORM FIELD",
		Short: "Remove a field; documents keep what they hold, e1 check reports it",
		Args:  argsBetween(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.edit(cmd, args[0], "remove field "+args[1]+" from "+args[0], func(file string, src []byte) ([]byte, error) {
				return form.RemoveField(file, src, args[1])
			})
		},
		ValidArgsFunction: a.completeForms(1),
	}
	for _, c := range []*cobra.Command{add, move} {
		c.Flags().StringVar(&o.group, "group", "", "put it into this `GROUP`")
		c.Flags().StringVar(&o.after, "after", "", "put it behind this `FIELD`")
	}
	cmd.AddCommand(add, set, move, rm)
	return cmd
}

func fieldKeys(args []string) ([]form.FieldKey, error) {
	values, err := assignments(args)
	if err != nil {
		return nil, err
	}
	var keys []form.FieldKey
	for _, v := range values {
		keys = append(keys, form.FieldKey{Key: v.Field, Value: v.Text})
	}
	return keys, nil
}

func (o *formFieldOptions) edit(cmd *cobra.Command, name, subject string, edit func(string, []byte) ([]byte, error)) error {
	a := o.app
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	done, err := of.EditForm(cmd.Context(), name, subject, edit)
	if errors.Is(err, fs.ErrNotExist) {
		return &repo.UnknownError{What: "form", Name: name}
	}
	if err != nil {
		return err
	}
	if a.flags.json {
		return render.JSON(a.result, append(render.Object{{Key: "form", Value: name}}, outcome(done)...))
	}
	a.changed(of.Repo(), done)
	return nil
}
