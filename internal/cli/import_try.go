package cli

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

func newImportTestCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "test NAME FILE",
		Short: "Show what would become of a letter; change nothing",
		Long: `Shows which import takes the letter, what it reads from it, and the card that
would come of it. The imports are those of the work tree, so that a definition
can be tried while it is written.`,
		Example: "  e1 import test web-orders letter.eml",
		Args:    argsBetween(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runImportTest(cmd, a, args[0], args[1])
		},
		ValidArgsFunction: a.completeImports(1),
	}
}

func runImportTest(cmd *cobra.Command, a *app, name, file string) error {
	raw, err := a.readLetter(file)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	work := r.WorkDefinitions()
	trial, err := office.TryLetter(cmd.Context(), r, a.officeOptions(cmd), work, name, raw)
	if err != nil {
		return err
	}
	a.noteUncommitted(r, work, name)
	if a.flags.json {
		return a.trialJSON(r, trial)
	}
	if err := a.trialValues(trial); err != nil || a.flags.plain {
		return err
	}
	if err := a.style().Line(a.result, 0, render.Normal, trialLine(trial, name)); err != nil {
		return err
	}
	if trial.Document == nil || trial.Kind != intake.Register {
		return nil
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	card, err := v.card(trial.Document)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.result)
	return a.style().Card(a.result, card)
}

// noteUncommitted says that `e1 import` does not see yet what was tried.
func (a *app) noteUncommitted(r *repo.Repo, work *definition.Set, name string) {
	i, err := work.Import(name)
	if err != nil {
		return
	}
	there, err := work.Read(i.File)
	if err != nil {
		return
	}
	if committed, err := r.Definitions().Read(i.File); err != nil || !bytes.Equal(there, committed) {
		a.note("%s is not committed; e1 import goes by the committed one", i.File)
	}
}

// trialLine says in one line what would become of the letter.
func trialLine(t *office.Trial, asked string) string {
	line := ""
	if t.Import != "" && t.Import != asked {
		line = fmt.Sprintf("not for %s: the import %s takes it; ", asked, t.Import)
	}
	switch {
	case t.Duplicate:
		return line + "duplicate: this letter led to " + t.Number + " already"
	case t.Kind == intake.Register:
		return line + "would be registered in " + t.Form
	case t.Kind == intake.Answer && t.Reason != "":
		return line + "answers to task " + taskNumber(t.Number, t.Task) + "; not carried out: " + oneLine(t.Reason)
	case t.Kind == intake.Answer:
		return line + "would answer task " + taskNumber(t.Number, t.Task) + ": " + t.Outcome
	case t.Kind == intake.Attach:
		return line + "would be added to " + t.Number + ": " + t.Reason
	case t.Kind == intake.Quarantine:
		return line + "would go to quarantine: " + oneLine(t.Reason)
	}
	return line + "would be ignored: " + oneLine(t.Reason)
}

// trialValues lists what was read from the letter, with its labels and lines.
func (a *app) trialValues(t *office.Trial) error {
	s := a.style()
	table := render.Table{Columns: []render.Column{
		{Title: s.Word("Field"), Whole: true}, {Title: s.Word("Value"), Flex: true}, {Title: s.Word("Label in the letter"), Flex: true}, {Title: s.Word("Line"), Align: render.Right},
	}}
	add := func(v intake.Value, field, text string) {
		line := ""
		if v.Line > 0 {
			line = strconv.Itoa(v.Line)
		}
		if !a.flags.plain {
			text = oneLine(text)
		}
		table.Rows = append(table.Rows, []render.Cell{{Text: field, Tone: render.Accent}, {Text: text}, {Text: v.Label}, {Text: line}})
	}
	for _, v := range t.Values {
		if v.Rows == nil {
			add(v, v.Field, v.Text)
		}
		for i, row := range v.Rows {
			var cells []string
			for _, c := range row {
				cells = append(cells, c.Column+"="+c.Text)
			}
			add(v, fmt.Sprintf("%s, row %d", v.Field, i+1), strings.Join(cells, "; "))
		}
	}
	if a.flags.plain {
		return render.PlainTable(a.result, table)
	}
	if len(table.Rows) == 0 {
		return nil
	}
	if err := a.style().Table(a.result, table); err != nil {
		return err
	}
	for _, n := range t.Notes {
		a.note("%s", n)
	}
	return nil
}

func (a *app) trialJSON(r *repo.Repo, t *office.Trial) error {
	var values []render.Object
	for _, v := range t.Values {
		o := render.Object{{Key: "field", Value: v.Field}, {Key: "text", Value: v.Text}, {Key: "label", Value: v.Label}, {Key: "line", Value: v.Line}}
		if v.Rows != nil {
			var rows []render.Object
			for _, row := range v.Rows {
				cells := render.Object{}
				for _, c := range row {
					cells = append(cells, render.Member{Key: c.Column, Value: c.Text})
				}
				rows = append(rows, cells)
			}
			o = append(o, render.Member{Key: "rows", Value: rows})
		}
		values = append(values, o)
	}
	result := t.Kind.String()
	if t.Duplicate {
		result = "duplicate"
	}
	out := render.Object{
		{Key: "import", Value: t.Import}, {Key: "result", Value: result}, {Key: "number", Value: t.Number},
		{Key: "reason", Value: t.Reason}, {Key: "values", Value: values}, {Key: "notes", Value: t.Notes},
	}
	if t.Kind == intake.Answer {
		out = append(out, render.Member{Key: "task", Value: taskNumber(t.Number, t.Task)}, render.Member{Key: "outcome", Value: t.Outcome})
	}
	if t.Document != nil && t.Kind == intake.Register {
		d, err := documentJSON(r, t.Document, true)
		if err != nil {
			return err
		}
		out = append(out, render.Member{Key: "document", Value: d})
	}
	return render.JSON(a.result, out)
}
