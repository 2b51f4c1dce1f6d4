package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
)

// completeColumns completes the last of a list of fields, as --columns and
// --sort take them; the form is the command's first argument.
func (a *app) completeColumns(cmd *cobra.Command, flag string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		directive := noFiles | cobra.ShellCompDirectiveNoSpace
		if len(args) == 0 {
			return nil, directive
		}
		f, lang := a.formNamed(cmd, args[0])
		if f == nil {
			return nil, directive
		}
		before := toComplete[:strings.LastIndexByte(toComplete, ',')+1]
		if flag == "sort" && strings.HasPrefix(toComplete[len(before):], "-") {
			before += "-"
		}
		var out []string
		for _, field := range f.Fields() {
			if field.Type != expr.Table {
				out = append(out, described(before+field.Name, field.Label.In(lang)))
			}
		}
		for _, name := range attributes {
			out = append(out, before+name)
		}
		return out, directive
	})
}

// completeRow completes NUMBER TABLE [ROW] COLUMN=VALUE…
func (a *app) completeRow(hasRow bool) completer {
	return func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return a.numbers(cmd, toComplete), noFiles
		}
		f, lang := a.formNamed(cmd, a.formOf(cmd, args[0]))
		if f == nil {
			return nil, noFiles
		}
		var out []string
		if len(args) == 1 {
			for _, field := range f.Fields() {
				if field.Type == expr.Table {
					out = append(out, described(field.Name, field.Label.In(lang)))
				}
			}
			return out, noFiles
		}
		table := f.Field(args[1])
		if table == nil || table.Type != expr.Table {
			return nil, noFiles
		}
		if hasRow && len(args) == 2 {
			return a.rowNumbers(cmd, args[0], table), noFiles | cobra.ShellCompDirectiveKeepOrder
		}
		if name, value, ok := strings.Cut(toComplete, "="); ok {
			if column := table.Column(name); column != nil {
				for _, v := range a.values(cmd, column, value) {
					out = append(out, name+"="+v)
				}
			}
			return out, noFiles
		}
		for _, column := range table.Columns {
			if !column.Computed && !assigned(args[2:], column.Name) {
				out = append(out, described(column.Name+"=", column.Label.In(lang)))
			}
		}
		return out, noFiles | cobra.ShellCompDirectiveNoSpace
	}
}

// rowNumbers are the rows of a table of a document, each with what stands in its
// first columns.
func (a *app) rowNumbers(cmd *cobra.Command, text string, table *form.Field) []string {
	r, number, err := a.resolve(cmd, text)
	if err != nil {
		return nil
	}
	d, err := r.Read(number)
	if err != nil {
		return nil
	}
	v, err := a.cardView(r)
	if err != nil {
		return nil
	}
	value := d.Card.Get(table.Name)
	if value == nil {
		return nil
	}
	var out []string
	for i, row := range value.Rows {
		var cells []string
		for _, column := range table.Columns {
			if text := row.Text(column.Name); text != "" && len(cells) < rowTitleColumns {
				cells = append(cells, v.shown(column, text))
			}
		}
		out = append(out, described(strconv.Itoa(i+1), strings.Join(cells, " · ")))
	}
	return out
}

// rowTitleColumns is how many columns tell one row from the others.
const rowTitleColumns = 3

// formNamed finds a form and the language of its labels; nil when there is
// none of that name, for completion never complains.
func (a *app) formNamed(cmd *cobra.Command, name string) (*form.Form, string) {
	r, err := a.open(cmd)
	if err != nil {
		return nil, ""
	}
	f, err := r.Definitions().Form(name)
	if err != nil {
		return nil, ""
	}
	return f, r.Language()
}
