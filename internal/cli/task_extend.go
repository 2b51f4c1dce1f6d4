package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
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
		Args:              argsBetween(2, 2),
		RunE:              func(cmd *cobra.Command, args []string) error { return runTaskExtend(cmd, o, args[0], args[1]) },
		ValidArgsFunction: a.completeTasks,
	}
	o.commentFlag(cmd, "say why")
	a.ifCommitFlag(cmd)
	return cmd
}

func runTaskExtend(cmd *cobra.Command, o *taskOptions, task, until string) error {
	return o.event(cmd, "extend", task, func(r *repo.Repo, id int, comment string) (engine.Event, error) {
		due, err := deadline(until, r.Now())
		return engine.Extend{Task: id, Due: due, Comment: comment}, err
	})
}

// deadline reads a deadline as people type it: a duration, a day, a time.
func deadline(text string, now time.Time) (engine.Deadline, error) {
	due, err := engine.ParseDeadline(text, now.Location())
	if err == nil {
		return due, nil
	}
	if day, dayErr := form.ParseDay(text, now); dayErr == nil {
		return engine.Deadline(day.String()), nil
	}
	return "", &usageError{message: err.Error()}
}

// deadlines reads STEP=DEADLINE flags.
func deadlines(now time.Time, flags []string) (map[string]engine.Deadline, error) {
	out := map[string]engine.Deadline{}
	for _, f := range flags {
		step, text, ok := strings.Cut(f, "=")
		if !ok || step == "" {
			return nil, usagef("--due takes STEP=DEADLINE, for instance sign=2wd, not %q", f)
		}
		due, err := deadline(text, now)
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
