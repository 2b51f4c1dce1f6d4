package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/org"
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
		return runAbsentList(cmd, o, args)
	}
	switch {
	case len(args) == 0:
		return &usageError{message: "say who is absent, or use --list", hint: cmd.CommandPath() + " --help"}
	case o.from == "" && !o.remove:
		return &usageError{message: "--from says when the absence begins", hint: cmd.CommandPath() + " --help"}
	}
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	r := of.Repo()
	user, err := r.Definitions().User(args[0])
	if err != nil {
		return err
	}
	absence := office.Absence{User: user.ID}
	if absence.From, absence.To, err = o.days(r.Now()); err != nil {
		return err
	}
	if o.substitute != "" {
		substitute, err := r.Definitions().User(o.substitute)
		if err != nil {
			return err
		}
		absence.Substitute = substitute.ID
	}
	var done *office.Done
	if o.remove {
		done, err = of.Present(cmd.Context(), user.ID, absence.From)
	} else {
		done, err = of.Absent(cmd.Context(), absence)
	}
	if err != nil {
		return err
	}
	list, err := absencesOf(r, user.ID, true)
	if err != nil {
		return err
	}
	return a.doneResult(r, done, render.Member{Key: "user", Value: user.ID}, render.Member{Key: "absences", Value: absencesJSON(list)})
}

// days are the first and the last day of an absence; without --to it is one.
func (o *absentOptions) days(now time.Time) (from, to expr.Date, err error) {
	if from, err = flagDay("--from", o.from, now); err != nil || o.to == "" {
		return from, from, err
	}
	to, err = flagDay("--to", o.to, now)
	return from, to, err
}

// flagDay reads the day that a flag gives; none is the zero one.
func flagDay(flag, text string, now time.Time) (expr.Date, error) {
	if text == "" {
		return expr.Date{}, nil
	}
	d, err := form.ParseDay(text, now)
	if err != nil {
		return d, &usageError{message: flag + ": " + err.Error(), hint: "for instance 2026-11-23, 23.11.2026, 23.11, today"}
	}
	return d, nil
}

// runAbsentList lists absences that are not over, or all.
func runAbsentList(cmd *cobra.Command, o *absentOptions, args []string) error {
	a := o.app
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	user := ""
	if len(args) > 0 {
		u, err := r.Definitions().User(args[0])
		if err != nil {
			return err
		}
		user = u.ID
	}
	list, err := absencesOf(r, user, o.all)
	if err != nil {
		return err
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	s := v.style
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Name"), Flex: true, Wrap: true}, {Title: s.Word("From"), Whole: true}, {Title: s.Word("To"), Whole: true}, {Title: s.Word("Substitute"), Flex: true, Wrap: true},
	}}
	day := func(d expr.Date) render.Cell {
		return render.Cell{Text: s.Human(expr.DateKind.String(), d.String()), Raw: d.String()}
	}
	for _, x := range list {
		t.Rows = append(t.Rows, []render.Cell{{Text: v.user(x.User), Raw: x.User}, day(x.From), day(x.To), {Text: v.userOrNone(x.Substitute), Raw: x.Substitute}})
	}
	if len(list) == 0 {
		a.message("nobody is absent")
	}
	return a.listing(t, render.Object{{Key: "absences", Value: absencesJSON(list)}})
}

// absencesOf lists absences by their first day; of one user or of all.
func absencesOf(r *repo.Repo, user string, all bool) ([]org.Absence, error) {
	people, _, err := r.Definitions().Org()
	if err != nil {
		return nil, err
	}
	var out []org.Absence
	for _, x := range people.AbsencesFrom(expr.DateOf(r.Now()), all) {
		if user == "" || x.User == user {
			out = append(out, x)
		}
	}
	return out, nil
}

func absencesJSON(list []org.Absence) []render.Object {
	var out []render.Object
	for _, x := range list {
		out = append(out, render.Object{
			{Key: "user", Value: x.User}, {Key: "from", Value: x.From.String()}, {Key: "to", Value: x.To.String()}, {Key: "substitute", Value: x.Substitute},
		})
	}
	return out
}
