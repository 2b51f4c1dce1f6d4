package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

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
		return render.PlainTable(a.result, render.Table{Rows: [][]render.Cell{render.Row(who.ID, who.Name, strings.Join(who.User.Roles, ","), who.From)}})
	}
	line := fmt.Sprintf("%s (%s), roles %s; known by %s", who.ID, who.Name, strings.Join(who.User.Roles, ", "), who.From)
	if who.Self != "" && who.Self != who.ID {
		line += ", really " + who.Self
	}
	_, err = fmt.Fprintln(a.result, a.style().Wrap(line))
	return err
}
