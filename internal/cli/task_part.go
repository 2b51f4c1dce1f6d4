package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/repo"
)

func newTaskExtendCmd(a *app) *cobra.Command {
	o := &taskOptions{app: a}
	cmd := &cobra.Command{
		Use:   "extend TASK DURATION|DATE --comment TEXT",
		Short: "Move the deadline of a task, or ask for it",
		Long: `Moves the deadline of an open task. Who gave the task, its controller and admins
move it at once. From its performer it is a request: those who may decide it get
a task of their own and answer it with

  e1 advance REQUEST grant
  e1 advance REQUEST deny --comment TEXT

A duration is counted from the deadline there is.`,
		Example: `  e1 task extend con7/3 2wd --comment 'ждём юристов клиента'
  e1 task extend con7/3 01.12.2026
  e1 task extend con7/3 '2026-12-01 15:00'`,
		Args: argsBetween(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.task = args[0]
			comment, err := a.text(o.comment)
			if err != nil {
				return err
			}
			r, err := a.open(cmd)
			if err != nil {
				return err
			}
			due, err := deadline(r, args[1])
			if err != nil {
				return err
			}
			return o.event(cmd, "extend", func(id int) engine.Event {
				return engine.Extend{Task: id, Due: due, Comment: comment}
			})
		},
		ValidArgsFunction: a.completeTasks,
	}
	cmd.Flags().StringVar(&o.comment, "comment", "", "say why (`TEXT`); - reads it from standard input")
	a.ifCommitFlag(cmd)
	return cmd
}

// deadline reads a deadline as people type it.
func deadline(r *repo.Repo, text string) (engine.Deadline, error) {
	due, err := engine.ParseDeadline(text, r.Now().Location())
	if err != nil {
		return "", usagef("%s", err)
	}
	return due, nil
}

// deadlines reads STEP=DEADLINE flags.
func deadlines(zone *time.Location, flags []string) (map[string]engine.Deadline, error) {
	out := map[string]engine.Deadline{}
	for _, f := range flags {
		step, text, ok := strings.Cut(f, "=")
		if !ok || step == "" {
			return nil, usagef("--due takes STEP=DEADLINE, for instance sign=2wd, not %q", f)
		}
		due, err := engine.ParseDeadline(text, zone)
		if err != nil {
			return nil, usagef("--due %s: %s", step, err)
		}
		if _, twice := out[step]; twice {
			return nil, usagef("--due gives step %q two deadlines", step)
		}
		out[step] = due
	}
	return out, nil
}

func newTaskPartCmd(a *app) *cobra.Command {
	o := &taskOptions{app: a}
	var to, due string
	cmd := &cobra.Command{
		Use:   "part TASK TEXT|- --to USER",
		Short: "Give a part of your task to somebody else",
		Long: `Gives a part of an open task to somebody else, with a deadline of its own, else
that of the task. The task cannot be finished before its parts are done or
withdrawn (e1 task withdraw).`,
		Example: `  e1 task part con7/3 'проверить приложение № 2' --to ivanova --due 4wh`,
		Args:    argsBetween(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.task = args[0]
			if to == "" {
				return usagef("--to says who gets the part")
			}
			text, err := a.text(args[1])
			if err != nil {
				return err
			}
			event := engine.Part{To: to, Text: text}
			if due != "" {
				r, err := a.open(cmd)
				if err != nil {
					return err
				}
				if event.Due, err = deadline(r, due); err != nil {
					return err
				}
			}
			return o.event(cmd, "part", func(id int) engine.Event {
				event.Task = id
				return event
			})
		},
		ValidArgsFunction: a.completeTasks,
	}
	cmd.Flags().StringVar(&to, "to", "", "who gets the part, a `USER`")
	cmd.Flags().StringVar(&due, "due", "", "its `DEADLINE`: 4wh, 2wd, a date or a time")
	a.completeFlag(cmd, "to", a.userNames)
	a.ifCommitFlag(cmd)
	return cmd
}

func newRouteAddCmd(a *app) *cobra.Command {
	instance := 0
	cmd := &cobra.Command{
		Use:   "add NUMBER STEP USER",
		Short: "Add a person to an `each` that allows it, while it is at work",
		Long: "Begins the steps of an `each` with `allow: add` for one more person. Rows added\n" +
			"to a table that an `each` goes over are begun by themselves.",
		Example: "  e1 route add con7 experts ivanova",
		Args:    argsBetween(3, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
				return o.Task(cmd.Context(), "add", number, 0, engine.Add{Instance: instance, Step: args[1], Item: args[2]})
			})
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			switch len(args) {
			case 0:
				return a.numbers(cmd, toComplete), noFiles
			case 2:
				return a.userNames(cmd), noFiles
			}
			return nil, noFiles
		},
	}
	cmd.Flags().IntVar(&instance, "route", 0, "of this running route of the document, by its `ID`")
	return cmd
}
