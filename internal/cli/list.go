package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
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
	f.IntVar(&o.limit, "limit", 50, "show at most `N`; 0 shows all")
	a.completeColumns(cmd, "sort")
	a.completeColumns(cmd, "columns")
	f.BoolVar(&o.void, "void", false, "void documents too")
	return cmd
}

// attributes are what lists can show of every document besides its card; the
// index counts its comments and files.
var attributes = append(form.Attributes(), "comments", "files")

func runList(cmd *cobra.Command, o *listOptions) error {
	a := o.app
	if o.limit < 0 {
		return usagef("--limit takes a number from 0, not %d; 0 shows all", o.limit)
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
	sel := repo.Selection{Form: f.Name, Where: o.where, OrderBy: order, Limit: o.limit, Void: o.void, Exact: a.flags.json, Columns: fieldsOnly(f, columns)}
	if a.flags.limitless() && !cmd.Flags().Changed("limit") {
		sel.Limit = 0
	}
	found, err := r.Select(sel)
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

// limitless reports whether output goes to a program that wants everything.
func (g globalFlags) limitless() bool { return g.plain }

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

func knownColumn(f *form.Form, name string) error {
	for _, attr := range attributes {
		if name == attr {
			return nil
		}
	}
	field := f.Field(name)
	if field == nil {
		return &repo.UnknownError{What: "field", Name: name, Known: append(f.FieldNames(), attributes...), Try: "e1 form show " + f.Name}
	}
	if field.Type == expr.Table {
		return usagef("%s: %q is a table and cannot be a column", f.Name, name)
	}
	return nil
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

func (a *app) listJSON(r *repo.Repo, found index.Result) error {
	docs := []render.Object{}
	for _, row := range found.Rows {
		d, err := r.ReadRow(row)
		if err != nil {
			return err
		}
		view, err := documentJSON(r, d, false)
		if err != nil {
			return err
		}
		docs = append(docs, view)
	}
	return render.JSON(a.result, render.Object{{Key: "documents", Value: docs}, {Key: "total", Value: found.Total}})
}

// namedAtMost bounds the numbers in a note.
const namedAtMost = 5

// noteLeftOut tells what an answer leaves out: documents whose files cannot be
// used, of one form or of all.
func (a *app) noteLeftOut(r *repo.Repo, form string) error {
	db, err := r.Index()
	if err != nil {
		return err
	}
	aside, err := db.Aside("")
	if err != nil {
		return err
	}
	var numbers []string
	for _, f := range aside {
		if form == "" || f.Form == form {
			numbers = append(numbers, f.Number)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	count := plural(len(numbers), "document")
	if more := len(numbers) - namedAtMost; more > 0 {
		numbers = append(numbers[:namedAtMost], fmt.Sprintf("%d more", more))
	}
	a.note("left out: %s whose file cannot be used: %s; e1 check says why", count, strings.Join(numbers, ", "))
	return nil
}

// printRows prints documents as a table, or as plain lines.
func (a *app) printRows(v *cardView, f *form.Form, columns []string, found index.Result) error {
	t := render.Table{}
	for _, name := range columns {
		t.Columns = append(t.Columns, v.column(f, name))
	}
	for _, row := range found.Rows {
		of := f
		if of == nil {
			of = v.set.Form(row.Form)
		}
		cells := make([]render.Cell, len(columns))
		for i, name := range columns {
			cells[i] = v.cell(of, row, name, a.flags.plain)
		}
		t.Rows = append(t.Rows, cells)
	}
	if a.flags.plain {
		return render.PlainTable(a.result, t)
	}
	if len(t.Rows) > 0 {
		if err := a.style().Table(a.result, t); err != nil {
			return err
		}
	}
	switch {
	case found.Total == 0 && len(found.Rows) == 0:
		a.message("nothing found")
	case found.Estimated && found.Total > len(found.Rows):
		a.message("%d shown of more than %d; --limit 0 shows all", len(found.Rows), found.Total)
	case found.Total > len(found.Rows):
		a.message("%d of %d; --limit 0 shows all", len(found.Rows), found.Total)
	}
	return nil
}

func (v *cardView) column(f *form.Form, name string) render.Column {
	if slices.Contains(attributes, name) {
		return render.Column{Title: heading(name, v.lang), Whole: name == "number" || name == "registered", Flex: name == "title"}
	}
	c := render.Column{Title: name, Flex: true}
	if f != nil {
		if field := f.Field(name); field != nil {
			c.Title = field.Label.In(v.lang)
			if field.Type.IsNumber() {
				c.Align, c.Flex = render.Right, false
			}
		}
	}
	return c
}

func (v *cardView) cell(f *form.Form, row index.Row, name string, plain bool) render.Cell {
	switch name {
	case "number":
		return render.Cell{Text: row.Number, Tone: render.Accent}
	case "status":
		if plain {
			return render.Cell{Text: row.Status}
		}
		return render.Cell{Text: v.status(f, row.Status), Tone: statusTone(f, row.Status)}
	case "title":
		return render.Cell{Text: row.Title}
	case "registered":
		if plain {
			return render.Cell{Text: inZone(row.Registered, v.r).Format("2006-01-02T15:04:05Z07:00")}
		}
		return render.Cell{Text: v.style.Date(inZone(row.Registered, v.r))}
	case "by":
		return render.Cell{Text: row.By}
	case "form":
		if f != nil && !plain {
			return render.Cell{Text: f.One.In(v.lang)}
		}
		return render.Cell{Text: row.Form}
	case "uid":
		return render.Cell{Text: row.UID}
	case "comments":
		return render.Cell{Text: format(row.Comments)}
	case "files":
		return render.Cell{Text: format(row.Files)}
	}
	field := f.Field(name)
	if field == nil {
		return render.Cell{}
	}
	text := format(row.Value(field.Name))
	if plain {
		return render.Cell{Text: text}
	}
	return render.Cell{Text: v.shown(field, text)}
}

// shown is a stored text as people read it.
func (v *cardView) shown(field *form.Field, text string) string {
	if text == "" {
		return ""
	}
	switch field.Type {
	case expr.Choice:
		if title := field.Title(text, v.lang); title != "" {
			return title
		}
		return text
	case expr.Directory:
		if dir := v.set.Directory(field.Directory); dir != nil {
			if e, ok := dir.Entry(text); ok {
				return e.Title.In(v.lang)
			}
		}
		return text
	case expr.UserKind:
		return v.user(text)
	}
	return v.text(field.Type, text)
}

type searchOptions struct {
	app   *app
	words []string
	form  string
	limit int
}

func newSearchCmd(a *app) *cobra.Command {
	o := &searchOptions{app: a}
	cmd := &cobra.Command{
		Use:   "search WORDS…",
		Short: "Full text over cards, comments and files",
		Long: `Finds documents that hold all the words, in any of their forms: «договоры» finds
«договора». "Words in quotes" are looked for as a phrase, a* by its beginning;
requisites and phones are found by their digits.`,
		Example: `  e1 search ромашка обучение
  e1 search 7707083893 --form clients`,
		Args: argsBetween(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.words = args
			return runSearch(cmd, o)
		},
	}
	cmd.Flags().StringVar(&o.form, "form", "", "only documents of this `FORM`")
	cmd.Flags().IntVar(&o.limit, "limit", 50, "show at most `N`; 0 shows all")
	a.completeFlag(cmd, "form", a.formNames)
	return cmd
}

func runSearch(cmd *cobra.Command, o *searchOptions) error {
	a := o.app
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	if o.form != "" {
		if _, err := r.Definitions().Form(o.form); err != nil {
			return err
		}
	}
	db, err := r.Index()
	if err != nil {
		return err
	}
	found, err := db.Search(index.SearchQuery{Words: strings.Join(o.words, " "), Form: o.form, Limit: o.limit})
	if err != nil {
		return err
	}
	if err := a.noteLeftOut(r, o.form); err != nil {
		return err
	}
	if a.flags.json {
		return a.listJSON(r, found)
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	return a.printRows(v, nil, []string{"number", "form", "status", "title"}, found)
}
