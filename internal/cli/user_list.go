package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/render"
)

func newUserListCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List users with department, roles and today's absence",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runUserList(cmd, a) },
	}
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
	today, s := expr.DateOf(r.Now()), a.style()
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Id"), Whole: true}, {Title: s.Word("Name"), Wrap: true}, {Title: s.Word("Department"), Flex: true, Wrap: true},
		{Title: s.Word("Roles"), Flex: true, Wrap: true}, {Title: s.Word("Absent"), Wrap: true},
	}}
	var users []render.Object
	for _, u := range people.Users {
		var away *org.Absence
		if ab, ok := people.Absent(u.ID, today); ok {
			away = &ab
		}
		t.Rows = append(t.Rows, userRow(people, u, away, s))
		o := render.Object{
			{Key: "id", Value: u.ID}, {Key: "name", Value: u.Name}, {Key: "emails", Value: u.Emails},
			{Key: "department", Value: u.Department}, {Key: "roles", Value: u.Roles}, {Key: "active", Value: u.Active}, {Key: "absent", Value: nil},
		}
		if away != nil {
			o[len(o)-1].Value = render.Object{{Key: "from", Value: away.From.String()}, {Key: "to", Value: away.To.String()}, {Key: "substitute", Value: away.Substitute}}
		}
		users = append(users, o)
	}
	return a.listing(t, render.Object{{Key: "users", Value: users}})
}

func userRow(people *org.Org, u *org.User, away *org.Absence, s render.Style) []render.Cell {
	department := render.Cell{Text: u.Department, Raw: u.Department}
	if d := people.Department(u.Department); d != nil && d.Title.In(s.Language) != "" {
		department.Text = d.Title.In(s.Language)
	}
	tone, absent := render.Normal, render.Cell{Tone: render.Warn}
	if away != nil {
		absent.Text = s.Human("date", away.From.String()) + " – " + s.Human("date", away.To.String())
		absent.Raw = away.From.String() + " – " + away.To.String()
		if away.Substitute != "" {
			absent.Text += ", " + away.Substitute
			absent.Raw += ", " + away.Substitute
		}
	}
	if !u.Active {
		tone, absent = render.Dim, render.Cell{Text: s.Word("not active"), Raw: "not active", Tone: render.Dim}
	}
	return []render.Cell{{Text: u.ID, Tone: render.Accent}, {Text: u.Name, Tone: tone}, department, {Text: strings.Join(u.Roles, ", ")}, absent}
}
