package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/render"
)

func newWhoamiCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "whoami",
		Short: "Show in whose name commands act, and why",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runWhoami(cmd, a) },
	}
}

func runWhoami(cmd *cobra.Command, a *app) error {
	o, err := a.act(cmd)
	if err != nil {
		return err
	}
	who := o.Actor()
	if a.flags.json {
		return render.JSON(a.result, render.Object{
			{Key: "user", Value: who.ID}, {Key: "name", Value: who.Name}, {Key: "roles", Value: who.User.Roles},
			{Key: "from", Value: who.From}, {Key: "self", Value: who.Self},
		})
	}
	if a.flags.plain {
		_, err := fmt.Fprintf(a.result, "%s\t%s\t%s\t%s\n", who.ID, who.Name, strings.Join(who.User.Roles, ","), who.From)
		return err
	}
	line := fmt.Sprintf("%s (%s), roles %s; known by %s", who.ID, who.Name, strings.Join(who.User.Roles, ", "), who.From)
	if who.Self != "" && who.Self != who.ID {
		line += ", really " + who.Self
	}
	_, err = fmt.Fprintln(a.result, line)
	return err
}

func newUserCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "People of the organisation", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(&cobra.Command{
		Use:   "list",
		Short: "List users with department, roles and today's absence",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runUserList(cmd, a) },
	})
	return cmd
}

func runUserList(cmd *cobra.Command, a *app) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	people, _, err := r.Definitions().Org()
	if err != nil {
		return err
	}
	today := expr.DateOf(r.Now())
	lang := r.Language()
	t := render.Table{Columns: []render.Column{{Title: heading("user", lang), Whole: true}, {Title: heading("name", lang)}, {Title: heading("department", lang)}, {Title: heading("roles", lang), Flex: true, Wrap: true}, {Title: heading("absent", lang)}}}
	users := []render.Object{}
	for _, u := range people.Users {
		dept := u.Department
		if d := people.Department(dept); d != nil && d.Title.In(lang) != "" && !a.flags.plain {
			dept = d.Title.In(lang)
		}
		away := ""
		if ab, ok := people.Absent(u.ID, today); ok {
			away = ab.From.String() + " – " + ab.To.String()
			if ab.Substitute != "" {
				away += ", " + ab.Substitute
			}
		}
		tone := render.Normal
		if !u.Active {
			tone, away = render.Dim, "not active"
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: u.ID, Tone: render.Accent}, {Text: u.Name, Tone: tone}, {Text: dept}, {Text: strings.Join(u.Roles, ", ")}, {Text: away, Tone: render.Warn}})
		users = append(users, render.Object{
			{Key: "id", Value: u.ID}, {Key: "name", Value: u.Name}, {Key: "emails", Value: u.Emails},
			{Key: "department", Value: u.Department}, {Key: "roles", Value: u.Roles}, {Key: "active", Value: u.Active},
			{Key: "absent", Value: away},
		})
	}
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{{Key: "users", Value: users}})
	case a.flags.plain:
		return render.PlainTable(a.result, t)
	}
	return a.style().Table(a.result, t)
}

func newVersionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.flags.json {
				return render.JSON(a.result, render.Object{{Key: "version", Value: a.programVersion()}})
			}
			_, err := fmt.Fprintln(a.result, "e1", a.programVersion())
			return err
		},
	}
}
