package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/schema"
)

// completeRegisterFlags completes the flags of register that name something.
func (a *app) completeRegisterFlags(cmd *cobra.Command) {
	number := func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		return a.numbers(cmd, typed), noFiles
	}
	_ = cmd.RegisterFlagCompletionFunc("for", number)
	_ = cmd.RegisterFlagCompletionFunc("like", func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		r, err := a.open(cmd)
		if err != nil || len(args) == 0 {
			return nil, noFiles
		}
		db, err := r.Index()
		if err != nil {
			return nil, noFiles
		}
		return a.numbersOf(r, db, typed, args[0]), noFiles
	})
	_ = cmd.RegisterFlagCompletionFunc("link", func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		kind, number, ok := strings.Cut(typed, "=")
		if !ok {
			var out []string
			for _, k := range a.linkKinds(cmd) {
				name, title, _ := strings.Cut(k, "\t")
				out = append(out, described(name+"=", title))
			}
			return out, noFiles | cobra.ShellCompDirectiveNoSpace
		}
		var out []string
		for _, n := range a.numbers(cmd, number) {
			out = append(out, kind+"="+n)
		}
		return out, noFiles
	})
	_ = cmd.RegisterFlagCompletionFunc("status", a.completeFormPart(statusNames))
	_ = cmd.RegisterFlagCompletionFunc("from", cobra.FixedCompletions([]string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt))
}

// completeFormPart completes a flag from the form that is the first argument.
func (a *app) completeFormPart(names func(f *form.Form, lang string) []string) completer {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, noFiles
		}
		f, lang := a.formNamed(cmd, args[0])
		if f == nil {
			return nil, noFiles
		}
		return names(f, lang), noFiles
	}
}

func statusNames(f *form.Form, lang string) []string {
	var out []string
	for _, s := range f.Statuses {
		out = append(out, described(s.ID, s.Title.In(lang)))
	}
	return out
}

func fieldNames(f *form.Form, lang string) []string {
	var out []string
	for _, field := range f.Fields() {
		out = append(out, described(field.Name, field.Label.In(lang)))
	}
	return out
}

func groupNames(f *form.Form, lang string) []string {
	var out []string
	for _, g := range f.Groups {
		out = append(out, described(g.Name, g.Title.In(lang)))
	}
	return out
}

// completeFormField completes FORM FIELD KEY=VALUE….
func (a *app) completeFormField(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return a.formNames(cmd), noFiles
	case 1:
		if cmd.Name() == "add" {
			return nil, noFiles // a name that is not there yet
		}
		return a.completeFormPart(fieldNames)(cmd, args, toComplete)
	}
	r, err := a.open(cmd)
	if err != nil || cmd.Name() != "add" && cmd.Name() != "set" {
		return nil, noFiles
	}
	keys, err := schema.FieldKeys(r.Definitions())
	if err != nil {
		return nil, noFiles
	}
	var out []string
	name, _, given := strings.Cut(toComplete, "=")
	for _, k := range keys {
		switch {
		case given && k.Name == name:
			for _, v := range k.Values {
				out = append(out, name+"="+v)
			}
		case !given && !assigned(args[2:], k.Name):
			out = append(out, described(k.Name+"=", k.About))
		}
	}
	if given {
		return out, noFiles
	}
	return out, noFiles | cobra.ShellCompDirectiveNoSpace
}

// linkKinds are the kinds of links with what they are called.
func (a *app) linkKinds(cmd *cobra.Command) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	set, err := r.Definitions().Forms()
	if err != nil {
		return nil
	}
	var out []string
	for _, l := range set.Settings().Links {
		out = append(out, described(l.Kind, l.Title.In(r.Language())))
	}
	return out
}

func (a *app) completeLink(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0, 2:
		return a.numbers(cmd, toComplete), noFiles
	case 1:
		return a.linkKinds(cmd), noFiles
	}
	return nil, noFiles
}

// completeUnlink completes with the links that there are.
func (a *app) completeUnlink(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.numbers(cmd, toComplete), noFiles
	}
	r, number, err := a.resolve(cmd, args[0])
	if err != nil || len(args) > 2 {
		return nil, noFiles
	}
	d, err := r.Read(number)
	if err != nil {
		return nil, noFiles
	}
	edges, err := backlinks(r, number)
	if err != nil {
		return nil, noFiles
	}
	links := d.Links
	for _, e := range edges {
		if e.Field == "" { // fields are cleared, not unlinked
			links = append(links, document.Link{Kind: e.Kind, To: e.From})
		}
	}
	var out []string
	for _, l := range links {
		title := ""
		if other, err := r.Lookup().Document(l.To); err == nil && other != nil {
			title = r.Title(other)
		}
		switch {
		case len(args) == 1:
			out = append(out, described(l.Kind, l.To+" "+title))
		case l.Kind == args[1]:
			out = append(out, described(l.To, title))
		}
	}
	return out, noFiles
}

// undoable is how many commits undo offers.
const undoable = 20

// completeUndo offers the latest commits that e1 has made, the last one first.
func (a *app) completeUndo(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	r, err := a.open(cmd)
	if err != nil || len(args) > 0 {
		return nil, noFiles
	}
	entries, err := office.Log(r, "", undoable)
	if err != nil {
		return nil, noFiles
	}
	people, _, err := r.Definitions().Org()
	if err != nil {
		return nil, noFiles
	}
	var out []string
	for _, e := range entries {
		if e.Op != "" && e.Op != "init" {
			title := e.Subject // of a machine it says which
			if u := people.User(e.Actor); u != nil {
				title = u.Name + ": " + title
			}
			out = append(out, described(shortID(e.Commit), title))
		}
	}
	return out, noFiles | cobra.ShellCompDirectiveKeepOrder
}

// letterIDs are the letters of the outbox.
func (a *app) letterIDs(cmd *cobra.Command) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	entries, err := office.Outbox(r).List()
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		out = append(out, described(e.ID, e.Document+" "+e.Subject))
	}
	return out
}

func (a *app) completeLetters(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return a.letterIDs(cmd), noFiles
}
