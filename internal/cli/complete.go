package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/render"
)

// Completion answers from the index and the definitions; whatever fails
// completes nothing, since a shell has no use for an error there.

const completeAtMost = 50

type completer = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

const noFiles = cobra.ShellCompDirectiveNoFileComp

// described is one completion with its description.
func described(value, title string) string {
	title = render.Clean(oneLine(title))
	if title == "" || title == value {
		return value
	}
	return value + "\t" + title
}

// completeNumbers completes document numbers in the first n arguments.
func (a *app) completeNumbers(n int) completer {
	return func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, noFiles
		}
		return a.numbers(cmd, toComplete), noFiles
	}
}

func (a *app) completeNumbersThenFiles(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return a.numbers(cmd, toComplete), noFiles
}

func (a *app) completeForms(n int) completer {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, noFiles
		}
		return a.formNames(cmd), noFiles
	}
}

func (a *app) formNames(cmd *cobra.Command) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	set, err := r.Definitions().Forms()
	if err != nil {
		return nil
	}
	var out []string
	for _, f := range set.Forms() {
		out = append(out, described(f.Name, f.Title.In(r.Language())))
	}
	return out
}

func (a *app) userNames(cmd *cobra.Command) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	people, _, err := r.Definitions().Org()
	if err != nil {
		return nil
	}
	var out []string
	for _, u := range people.Users {
		if u.Active {
			out = append(out, described(u.ID, u.Name))
		}
	}
	return out
}

// completeWords completes a flag that takes one of a few words.
func (a *app) completeWords(cmd *cobra.Command, flag string, words ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, noFiles))
}

// completeFlag completes a flag's value.
func (a *app) completeFlag(cmd *cobra.Command, flag string, values func(*cobra.Command) []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return values(cmd), noFiles
	})
}

func (a *app) completeRegister(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.formNames(cmd), noFiles
	}
	return a.fields(cmd, args[0], args[1:], toComplete)
}

func (a *app) completeSet(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.numbers(cmd, toComplete), noFiles
	}
	return a.fields(cmd, a.formOf(cmd, args[0]), args[1:], toComplete)
}

// formOf names the form of a document, "" when it is not known.
func (a *app) formOf(cmd *cobra.Command, number string) string {
	r, full, err := a.resolve(cmd, number)
	if err != nil {
		return ""
	}
	set, err := r.Definitions().Forms()
	if err != nil {
		return ""
	}
	if f := set.FormOf(full); f != nil {
		return f.Name
	}
	return ""
}

// fields completes FIELD= and the values of fields that have a list.
func (a *app) fields(cmd *cobra.Command, formName string, given []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	r, err := a.open(cmd)
	if err != nil {
		return nil, noFiles
	}
	f, err := r.Definitions().Form(formName)
	if err != nil {
		return nil, noFiles
	}
	lang := r.Language()
	if name, value, ok := strings.Cut(toComplete, "="); ok {
		field := f.Field(name)
		if field == nil {
			return nil, noFiles
		}
		var out []string
		for _, v := range a.values(cmd, field, value) {
			out = append(out, name+"="+v)
		}
		return out, noFiles
	}
	var out []string
	for _, field := range f.Fields() {
		if !field.Computed && !assigned(given, field.Name) {
			out = append(out, described(field.Name+"=", field.Label.In(lang)))
		}
	}
	return out, noFiles | cobra.ShellCompDirectiveNoSpace
}

func assigned(given []string, name string) bool {
	for _, g := range given {
		if strings.HasPrefix(g, name+"=") {
			return true
		}
	}
	return false
}

// values lists what a field can hold, with titles.
func (a *app) values(cmd *cobra.Command, field *form.Field, prefix string) []string {
	r := a.session.repo
	lang := r.Language()
	var out []string
	switch {
	case len(field.Values) > 0:
		for _, v := range field.Values {
			out = append(out, described(v.Value, v.Title.In(lang)))
		}
	case field.Directory != "":
		set, err := r.Definitions().Forms()
		if err != nil {
			return nil
		}
		if dir := set.Directory(field.Directory); dir != nil {
			for _, e := range dir.Entries {
				if !e.Closed {
					out = append(out, described(e.ID, e.Title.In(lang)))
				}
			}
		}
	case field.Type.String() == "user":
		out = a.userNames(cmd)
	case field.Type.String() == "bool":
		out = []string{"true", "false"}
	case field.Form != "":
		db, err := r.Index()
		if err != nil {
			return nil
		}
		out = a.numbersOf(r, db, prefix, field.Form)
	}
	return out
}

func (a *app) completeStatus(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return a.numbers(cmd, toComplete), noFiles
	case 1:
		name := a.formOf(cmd, args[0])
		if name == "" {
			return nil, noFiles
		}
		f, err := a.session.repo.Definitions().Form(name)
		if err != nil {
			return nil, noFiles
		}
		var out []string
		for _, s := range f.Statuses {
			out = append(out, described(s.ID, s.Title.In(a.session.repo.Language())))
		}
		return out, noFiles
	}
	return nil, noFiles
}

func (a *app) completeAdvance(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.completeTasks(cmd, args, toComplete)
	}
	r, err := a.open(cmd)
	if err != nil {
		return nil, noFiles
	}
	number, id, err := r.TaskNumber(args[0])
	if err != nil {
		return nil, noFiles
	}
	if len(args) == 1 && !strings.Contains(toComplete, "=") {
		d, err := r.Read(number)
		if err != nil {
			return nil, noFiles
		}
		in, t := d.Task(id)
		if t == nil {
			return nil, noFiles
		}
		var out []string
		for _, c := range outcomesOf(r, in, t) {
			out = append(out, described(c.Name, c.Title))
		}
		return out, noFiles
	}
	return a.fields(cmd, a.formOf(cmd, number), args[1:], toComplete)
}

func (a *app) completeRoutes(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, noFiles
	}
	return a.routeNames(cmd, ""), noFiles
}

// routeNames are the routes for a form, or all of them.
func (a *app) routeNames(cmd *cobra.Command, form string) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	routes, err := r.Definitions().Routes()
	if err != nil {
		return nil
	}
	var out []string
	for _, def := range routes {
		if form == "" || def.For.Text == "" || def.For.Text == form {
			out = append(out, described(def.Name.Text, def.Title.In(r.Language())))
		}
	}
	return out
}

func (a *app) completeFiles(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.numbers(cmd, toComplete), noFiles
	}
	r, number, err := a.resolve(cmd, args[0])
	if err != nil || len(args) > 1 {
		return nil, noFiles
	}
	d, err := r.Read(number)
	if err != nil {
		return nil, noFiles
	}
	var out []string
	for _, f := range d.Files {
		of, n := d.Version(f)
		if n < len(d.Versions(of)) {
			of = fmt.Sprintf("%s@%d", of, n)
		}
		out = append(out, described(of, f.Original))
	}
	if d.Message != "" {
		out = append(out, described(document.MessageName, a.style().Word("Letter")))
	}
	return out, noFiles
}

// completeImports completes names of imports in the first n arguments.
func (a *app) completeImports(n int) completer {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if n >= 0 && len(args) >= n {
			return nil, cobra.ShellCompDirectiveDefault
		}
		r, err := a.open(cmd)
		if err != nil {
			return nil, noFiles
		}
		all, err := r.Definitions().Imports()
		if err != nil {
			return nil, noFiles
		}
		var out []string
		for _, i := range all {
			title := ""
			if i.Def != nil {
				title = i.Def.Title.In(r.Language())
			}
			out = append(out, described(i.Name, title))
		}
		return out, noFiles
	}
}

func (a *app) reportNames(cmd *cobra.Command) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	names, err := r.Definitions().ReportNames()
	if err != nil {
		return nil
	}
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name
		if def, _, err := r.Definitions().Report(name); err == nil && def != nil {
			out[i] = described(name, def.Title.In(r.Language()))
		}
	}
	return out
}

// completeReport completes reports, then PARAM= and the values of parameters
// that have a list.
func (a *app) completeReport(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.reportNames(cmd), noFiles
	}
	r, err := a.open(cmd)
	if err != nil {
		return nil, noFiles
	}
	def, source, err := linkedReport(r, args[0])
	if err != nil {
		return nil, noFiles
	}
	if name, _, ok := strings.Cut(toComplete, "="); ok {
		p := def.Param(name)
		if p == nil {
			return nil, noFiles
		}
		names := source.ReportDefinitions()
		var out []string
		for _, id := range p.Type.Values {
			out = append(out, described(name+"="+id, names.Name(def.Form, p.Field, p.Type, id)))
		}
		return out, noFiles
	}
	var out []string
	for _, p := range describeParams(r, source, def) {
		taken := false
		for _, arg := range args[1:] {
			taken = taken || strings.HasPrefix(arg, p.name+"=")
		}
		if !taken {
			out = append(out, described(p.name+"=", p.title))
		}
	}
	return out, noFiles | cobra.ShellCompDirectiveNoSpace
}

// departmentNames completes departments.
func (a *app) departmentNames(cmd *cobra.Command) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	org, _, err := r.Definitions().Org()
	if err != nil {
		return nil
	}
	var out []string
	for _, d := range org.Departments {
		out = append(out, described(d.ID, d.Title.In(r.Language())))
	}
	return out
}
