package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/repo"
)

func newTaskAdvanceCmd(a *app) *cobra.Command {
	o := &taskOptions{app: a}
	cmd := &cobra.Command{
		Use:   "advance TASK [OUTCOME] [FIELD=VALUE…]",
		Short: "Finish a task with an outcome; the route moves on",
		Example: `  e1 advance inq42/1 accepted
  e1 advance con7/3 reject --comment 'нет реквизитов'
  e1 advance con7/1 amount=1500000 valid_until=31.12.2027`,
		Args:              argsBetween(1, -1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runTaskAdvance(cmd, o, args[0], args[1:]) },
		ValidArgsFunction: a.completeAdvance,
	}
	o.commentFlag(cmd, "say why")
	a.ifCommitFlag(cmd)
	return cmd
}

func runTaskAdvance(cmd *cobra.Command, o *taskOptions, task string, rest []string) error {
	outcome := ""
	if len(rest) > 0 && !isAssignment(rest[0]) {
		outcome, rest = rest[0], rest[1:]
	}
	values, err := assignments(rest)
	if err != nil {
		return err
	}
	var fields []engine.Field
	for _, v := range values {
		if v.Append {
			return usagef("%s+=: a task fills fields, it does not add to them; use e1 row add", v.Field)
		}
		fields = append(fields, engine.Field{Name: v.Field, Text: v.Text})
	}
	return o.event(cmd, "advance", task, func(_ *repo.Repo, id int, comment string) (engine.Event, error) {
		return engine.Advance{Task: id, Outcome: outcome, Comment: comment, Fields: fields}, nil
	})
}

func isAssignment(arg string) bool {
	for _, r := range arg {
		switch {
		case r == '=':
			return true
		case r == '_' || r == '+' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
		default:
			return false
		}
	}
	return false
}
