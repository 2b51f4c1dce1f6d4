package cli

import (
	"fmt"
	"strings"
	"time"

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
		Short: "Show who did what; with a number, which field changed from what to what",
		Args:  argsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.number = args[0]
			}
			return runLog(cmd, o)
		},
		ValidArgsFunction: a.completeNumbers(1),
	}
	cmd.Flags().IntVar(&o.limit, "limit", 50, "show at most `N` commits; 0 shows all")
	return cmd
}

func runLog(cmd *cobra.Command, o *logOptions) error {
	a := o.app
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
	entries, err := office.Log(r, number, o.limit)
	if err != nil {
		return err
	}
	switch {
	case a.flags.json:
		return a.logJSON(entries)
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
	for _, e := range entries {
		a.logEntry(v, f, e)
	}
	if len(entries) == 0 {
		a.message("no commits")
	}
	return nil
}

func (a *app) logEntry(v *cardView, f *form.Form, e office.LogEntry) {
	who := v.user(e.Actor)
	if e.For != "" {
		who += " (" + e.For + ")"
	}
	head := fmt.Sprintf("%s  %s  %s", shortID(e.Commit), v.style.DateTime(inZone(e.When, v.r)), who)
	fmt.Fprintln(a.result, v.style.Paint(render.Strong, head))
	fmt.Fprintln(a.result, "  "+e.Subject)
	for _, c := range e.Changes {
		if e.Registered && !strings.HasPrefix(c.Path, "card.") && c.Path != "status" {
			continue
		}
		fmt.Fprintln(a.result, "    "+v.changeLine(f, c))
	}
}

// changeLine says what changed: label, old value, new value.
func (v *cardView) changeLine(f *form.Form, c document.Change) string {
	label, old, now := c.Path, c.Old, c.New
	if name, ok := strings.CutPrefix(c.Path, "card."); ok && f != nil {
		top, rest, _ := strings.Cut(name, ".")
		if field := f.Field(top); field != nil {
			label = field.Label.In(v.lang)
			if rest != "" {
				label += " " + rest
			} else {
				old, now = v.shown(field, old), v.shown(field, now)
			}
		}
	} else if c.Path == "status" {
		old, now = v.status(f, old), v.status(f, now)
	}
	switch {
	case old == "":
		return fmt.Sprintf("%s: + %s", label, oneLine(now))
	case now == "":
		return fmt.Sprintf("%s: - %s", label, oneLine(old))
	}
	return fmt.Sprintf("%s: %s → %s", label, oneLine(old), oneLine(now))
}

// oneLine makes a text fit on a line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

func (a *app) logJSON(entries []office.LogEntry) error {
	out := []render.Object{}
	for _, e := range entries {
		changes := []render.Object{}
		for _, c := range e.Changes {
			changes = append(changes, render.Object{{Key: "path", Value: c.Path}, {Key: "old", Value: c.Old}, {Key: "new", Value: c.New}})
		}
		docs := e.Documents
		if docs == nil {
			docs = []string{}
		}
		out = append(out, render.Object{
			{Key: "commit", Value: e.Commit}, {Key: "when", Value: e.When}, {Key: "op", Value: e.Op}, {Key: "actor", Value: e.Actor},
			{Key: "for", Value: e.For}, {Key: "subject", Value: e.Subject}, {Key: "documents", Value: docs},
			{Key: "undoes", Value: e.Undoes}, {Key: "changes", Value: changes},
		})
	}
	return render.JSON(a.result, render.Object{{Key: "commits", Value: out}})
}

func (a *app) logPlain(entries []office.LogEntry) error {
	var t render.Table
	for _, e := range entries {
		t.Rows = append(t.Rows, render.Row(e.Commit, e.When.Format(time.RFC3339), e.Op, e.Actor, e.Subject))
		for _, c := range e.Changes {
			t.Rows = append(t.Rows, render.Row(e.Commit, "", c.Path, c.Old, c.New))
		}
	}
	return render.PlainTable(a.result, t)
}

func newUndoCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "undo [COMMIT]",
		Short: "Take back one command, by default your last one, as a new commit",
		Long: `Takes back what one command did, as a new commit: nothing disappears from the
history. A registration taken back leaves the document void; its number stays
taken. Refused, with the reason, when later changes depend on it.`,
		Args: argsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := a.act(cmd)
			if err != nil {
				return err
			}
			commit := ""
			if len(args) > 0 {
				commit = args[0]
			}
			done, err := o.Undo(cmd.Context(), commit)
			if err != nil {
				return err
			}
			return a.documentResult(o.Repo(), done)
		},
	}
}
