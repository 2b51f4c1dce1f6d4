package cli

import (
	"bytes"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

type logOptions struct {
	app    *app
	number string
	limit  int
}

func newLogCmd(a *app) *cobra.Command {
	o := &logOptions{app: a}
	cmd := &cobra.Command{
		Use:   "log [NUMBER]",
		Short: "Show who did what and, of a document, which field was what",
		Args:  argsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.number = args[0]
			}
			return runLog(cmd, o)
		},
		ValidArgsFunction: a.completeNumbers(1),
	}
	limitFlag(cmd, &o.limit, usualLimit, "commits")
	return cmd
}

func runLog(cmd *cobra.Command, o *logOptions) error {
	a := o.app
	limit, err := a.limit(cmd, o.limit)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	number := ""
	if o.number != "" {
		if number, err = r.Resolve(o.number); err != nil {
			return err
		}
	}
	ask := limit
	if limit > 0 {
		ask++ // one more tells whether there are more
	}
	entries, err := office.Log(r, number, ask)
	if err != nil {
		return err
	}
	more := limit > 0 && len(entries) > limit
	if more {
		entries = entries[:limit]
		defer a.message("the last %d; --limit 0 shows all", limit)
	}
	switch {
	case a.flags.json:
		return a.logJSON(entries, more)
	case a.flags.plain:
		return a.logPlain(entries)
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	f := (*form.Form)(nil)
	if number != "" {
		f = v.set.FormOf(number)
	}
	var b bytes.Buffer
	for _, e := range entries {
		v.entry(&b, f, e)
	}
	if len(entries) == 0 {
		a.message("no commits")
	}
	_, err = a.result.Write(b.Bytes())
	return err
}

func (a *app) logJSON(entries []office.LogEntry, more bool) error {
	var out []render.Object
	for _, e := range entries {
		var changes []render.Object
		for _, c := range e.Changes {
			changes = append(changes, render.Object{{Key: "path", Value: c.Path}, {Key: "old", Value: c.Old}, {Key: "new", Value: c.New}})
		}
		out = append(out, render.Object{
			{Key: "commit", Value: e.Commit}, {Key: "when", Value: e.When}, {Key: "op", Value: e.Op}, {Key: "actor", Value: e.Actor},
			{Key: "for", Value: e.For}, {Key: "subject", Value: e.Subject}, {Key: "documents", Value: e.Documents},
			{Key: "undoes", Value: e.Undoes}, {Key: "changes", Value: changes},
		})
	}
	return render.JSON(a.result, render.Object{{Key: "commits", Value: out}, {Key: "more", Value: more}})
}

func (a *app) logPlain(entries []office.LogEntry) error {
	var t render.Table
	for _, e := range entries {
		t.Rows = append(t.Rows, render.Row(e.Commit, document.FormatTime(e.When), e.Op, e.Actor, e.Subject))
		for _, c := range e.Changes {
			t.Rows = append(t.Rows, render.Row(e.Commit, "", c.Path, c.Old, c.New))
		}
	}
	return render.PlainTable(a.result, t)
}
