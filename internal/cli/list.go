package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/repo"
)

type listOptions struct {
	app     *app
	form    string
	where   string
	sort    string
	columns string
	limit   int
	void    bool
}

func newListCmd(a *app) *cobra.Command {
	o := &listOptions{app: a}
	cmd := &cobra.Command{
		Use:   "list FORM",
		Short: "List documents of a form, newest first",
		Example: `  e1 list inquiries --where 'kind == training and status == "new"'
  e1 list clients --where 'manager == petrova' --columns name,inn,phone
  e1 list contracts --where 'client.industry == "trade" and amount > 1_000_000'`,
		Args: argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.form = args[0]
			return runList(cmd, o)
		},
		ValidArgsFunction: a.completeForms(1),
	}
	f := cmd.Flags()
	f.StringVar(&o.where, "where", "", "only documents for which this `EXPR` holds")
	f.StringVar(&o.sort, "sort", "", "order by `F,-F`: fields or attributes, - for descending")
	f.StringVar(&o.columns, "columns", "", "show these `FIELDS`, separated by commas")
	limitFlag(cmd, &o.limit, usualLimit, "documents")
	a.completeColumns(cmd, "sort")
	a.completeColumns(cmd, "columns")
	f.BoolVar(&o.void, "void", false, "void documents too")
	return cmd
}

func runList(cmd *cobra.Command, o *listOptions) error {
	a := o.app
	limit, err := a.limit(cmd, o.limit)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	f, err := r.Definitions().Form(o.form)
	if err != nil {
		return err
	}
	columns, err := listColumns(f, o.columns)
	if err != nil {
		return err
	}
	order, err := listOrder(f, o.sort)
	if err != nil {
		return err
	}
	found, err := r.Select(repo.Selection{
		Form: f.Name, Where: o.where, OrderBy: order, Limit: limit, Void: o.void, Exact: a.flags.json, Columns: fieldsOnly(f, columns),
	})
	if err != nil {
		return err
	}
	if err := a.noteLeftOut(r, f.Name); err != nil {
		return err
	}
	if a.flags.json {
		return a.listJSON(r, found)
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	return a.printRows(v, f, columns, found)
}

// listColumns are the columns asked for, or the form's most telling ones.
func listColumns(f *form.Form, text string) ([]string, error) {
	if text == "" {
		return []string{"number", "registered", "status", "title"}, nil
	}
	var out []string
	for _, name := range strings.Split(text, ",") {
		name = strings.TrimSpace(name)
		if err := knownColumn(f, name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, nil
}

func fieldsOnly(f *form.Form, columns []string) []string {
	var out []string
	for _, c := range columns {
		if field := f.Field(c); field != nil {
			out = append(out, field.Name)
		}
	}
	return out
}

func listOrder(f *form.Form, text string) ([]index.Order, error) {
	var out []index.Order
	if text == "" {
		return []index.Order{{Column: "registered", Desc: true}}, nil
	}
	for _, name := range strings.Split(text, ",") {
		name, desc := strings.CutPrefix(strings.TrimSpace(name), "-")
		if err := knownColumn(f, name); err != nil {
			return nil, err
		}
		out = append(out, index.Order{Column: name, Desc: desc})
	}
	return out, nil
}
