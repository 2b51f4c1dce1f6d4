package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

type absentOptions struct {
	app          *app
	from, to     string
	substitute   string
	list, remove bool
	all          bool
}

func newAbsentCmd(a *app) *cobra.Command {
	o := &absentOptions{app: a}
	cmd := &cobra.Command{
		Use:   "absent [USER] [--from DATE --to DATE --substitute USER]",
		Short: "Enter who is away, from when to when, and who acts for them",
		Long: `Enters an absence into org.yaml, touching no other line. During these days new
tasks go to the substitute, who is recorded as acting for the absent person, and
the tasks given out before stand in the substitute's list as well.

Everybody enters their own absences, heads those of their people, admins all.`,
		Example: `  e1 absent petrova --from 01.07.2026 --to 14.07.2026 --substitute ivanova
  e1 absent --list
  e1 absent petrova --remove`,
		Args: argsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error { return runAbsent(cmd, o, args) },
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, noFiles
			}
			return a.userNames(cmd), noFiles
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "the first `DATE`")
	f.StringVar(&o.to, "to", "", "the last `DATE`; without it one day")
	f.StringVar(&o.substitute, "substitute", "", "the `USER` who acts for them")
	f.BoolVar(&o.list, "list", false, "list absences that are not over")
	f.BoolVar(&o.all, "all", false, "with --list: past ones too")
	f.BoolVar(&o.remove, "remove", false, "remove an absence; --from says which of several")
	cmd.MarkFlagsMutuallyExclusive("list", "remove")
	a.completeFlag(cmd, "substitute", a.userNames)
	return cmd
}

func runAbsent(cmd *cobra.Command, o *absentOptions, args []string) error {
	a := o.app
	if o.list {
		return a.absences(cmd, args, o.all)
	}
	if len(args) == 0 {
		return &usageError{message: "say who is absent, or use --list", hint: cmd.CommandPath() + " --help"}
	}
	from, err := day("--from", o.from)
	if err != nil {
		return err
	}
	to, err := day("--to", o.to)
	if err != nil {
		return err
	}
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	r := of.Repo()
	user, err := person(r, args[0])
	if err != nil {
		return err
	}
	var done *office.Done
	if o.remove {
		done, err = of.Present(cmd.Context(), user, from)
	} else {
		if o.from == "" {
			return usagef("--from says when the absence begins")
		}
		if o.to == "" {
			to = from
		}
		absence := office.Absence{User: user, From: from, To: to}
		if o.substitute != "" {
			if absence.Substitute, err = person(r, o.substitute); err != nil {
				return err
			}
		}
		done, err = of.Absent(cmd.Context(), absence)
	}
	if err != nil {
		return err
	}
	a.changed(r, done)
	if !a.flags.json {
		return nil
	}
	list, err := absencesOf(r, user, true)
	if err != nil {
		return err
	}
	return render.JSON(a.result, append(render.Object{{Key: "user", Value: user}, {Key: "absences", Value: list}}, outcome(done)...))
}

// day reads a date as people type it; none is the zero date.
func day(flag, text string) (expr.Date, error) {
	if text == "" {
		return expr.Date{}, nil
	}
	d, err := engine.ParseDeadline(text, nil)
	if err == nil {
		if date, err := expr.ParseDate(string(d)); err == nil {
			return date, nil
		}
	}
	return expr.Date{}, usagef("%s: %q is no date; write 2026-07-01 or 01.07.2026", flag, text)
}

// person finds a user by id, e-mail or name.
func person(r *repo.Repo, text string) (string, error) {
	people, _, err := r.Definitions().Org()
	if err != nil {
		return "", err
	}
	found := people.Find(text)
	if len(found) != 1 {
		return "", &repo.UnknownError{What: "user", Name: text, Known: people.UserIDs(), Try: "e1 user list"}
	}
	return found[0].ID, nil
}

func (a *app) absences(cmd *cobra.Command, args []string, all bool) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	user := ""
	if len(args) > 0 {
		if user, err = person(r, args[0]); err != nil {
			return err
		}
	}
	list, err := absencesOf(r, user, all)
	if err != nil {
		return err
	}
	if a.flags.json {
		return render.JSON(a.result, render.Object{{Key: "absences", Value: list}})
	}
	lang := r.Language()
	t := render.Table{Columns: []render.Column{{Title: heading("user", lang), Whole: true}, {Title: heading("from", lang)}, {Title: heading("to", lang)}, {Title: heading("substitute", lang)}}}
	people, _, err := r.Definitions().Org()
	if err != nil {
		return err
	}
	for _, x := range list {
		var row []render.Cell
		for i, m := range x {
			text, _ := m.Value.(string)
			if !a.flags.plain {
				switch u := people.User(text); {
				case u != nil && u.Name != "" && (i == 0 || i == 3):
					text = u.Name
				case i == 1 || i == 2:
					text = a.style().Human(expr.DateKind.String(), text)
				}
			}
			row = append(row, render.Cell{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	if a.flags.plain {
		return render.PlainTable(a.result, t)
	}
	if len(t.Rows) == 0 {
		a.message("nobody is absent")
		return nil
	}
	return a.style().Table(a.result, t)
}

// absencesOf lists absences by their first day; of one user or of all.
func absencesOf(r *repo.Repo, user string, all bool) ([]render.Object, error) {
	people, _, err := r.Definitions().Org()
	if err != nil {
		return nil, err
	}
	out := []render.Object{}
	for _, x := range people.AbsencesFrom(expr.DateOf(r.Now()), all) {
		if user == "" || x.User == user {
			out = append(out, render.Object{
				{Key: "user", Value: x.User}, {Key: "from", Value: x.From.String()}, {Key: "to", Value: x.To.String()}, {Key: "substitute", Value: x.Substitute},
			})
		}
	}
	return out, nil
}
