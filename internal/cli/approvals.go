package cli

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

// showApprovals prints the sheet of approval of a document.
func (a *app) showApprovals(r *repo.Repo, d *document.Document) error {
	sheet, err := office.Approvals(r, d)
	if err != nil {
		return err
	}
	switch {
	case a.flags.json:
		return a.approvalsJSON(d, sheet)
	case a.flags.plain:
		var t render.Table
		for _, x := range sheet {
			t.Rows = append(t.Rows, render.Row(taskNumber(d.Number, x.Task), fmt.Sprint(x.Cycle), x.Step, asked(x), x.By, x.For, x.State, x.Outcome, document.FormatTime(x.Done), x.Comment))
		}
		return render.PlainTable(a.result, t)
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	return v.approvals(a, d, sheet)
}

// asked is who was asked for an approval.
func asked(x engine.Approval) string {
	if x.Who != "" {
		return x.Who
	}
	return strings.Join(x.Candidates, "|")
}

func (v *cardView) approvals(a *app, d *document.Document, sheet []engine.Approval) error {
	out, st := a.result, v.style
	fmt.Fprintf(out, "%s  %s  %s\n", st.Paint(render.Strong, v.style.Word("Sheet of approval")), d.Number, v.r.Title(d))
	if len(sheet) == 0 {
		fmt.Fprintf(out, "\n%s\n", v.style.Word("Nobody was asked to approve."))
		return nil
	}
	for i := 0; i < len(sheet); {
		first := sheet[i]
		if i == 0 || sheet[i-1].Instance != first.Instance {
			fmt.Fprintln(out)
			if err := st.Line(out, 0, render.Normal, v.approvalRoute(d, first)); err != nil {
				return err
			}
		}
		t := render.Table{Columns: []render.Column{
			{Title: v.style.Word("Who"), Flex: true, Wrap: true, Min: 18}, {Title: v.style.Word("Answer"), Wrap: true, Flex: true, Min: 11},
			{Title: v.style.Word("When"), Whole: true}, {Title: v.style.Word("Comment"), Flex: true, Wrap: true, Min: 16},
		}}
		for ; i < len(sheet) && sheet[i].Instance == first.Instance && sheet[i].Cycle == first.Cycle; i++ {
			t.Rows = append(t.Rows, v.approvalRow(d, sheet[i]))
		}
		fmt.Fprintf(out, "\n%s %d\n", st.Paint(render.Strong, v.style.Word("Cycle")), first.Cycle)
		if err := st.Table(out, t); err != nil {
			return err
		}
	}
	return nil
}

// approvalRoute is the line about a route: when it began and how it ended.
func (v *cardView) approvalRoute(d *document.Document, x engine.Approval) string {
	line := x.Route
	in := d.Instance(x.Instance)
	if in == nil {
		return line
	}
	line += ", " + v.style.Word("begun") + " " + v.style.DateTime(in.Started) + ", " + v.user(in.By)
	if !in.Ended.IsZero() {
		line += "; " + v.style.Word("ended") + " " + v.style.DateTime(in.Ended)
		if in.End != "" {
			line += ": " + v.endTitle(in, in.End)
		}
	}
	return line
}

func (v *cardView) approvalRow(d *document.Document, x engine.Approval) []render.Cell {
	people := make([]string, len(x.Candidates))
	for i, c := range x.Candidates {
		people[i] = v.user(c)
	}
	who := v.userOrNone(x.Who)
	if who == "" {
		who = strings.Join(people, ", ")
	}
	if x.By != "" {
		who = v.user(x.By)
	}
	switch {
	case x.For != "":
		who += " (" + v.style.Word("for") + ": " + v.user(x.For) + ")"
	case x.By != "" && x.Who != "" && x.By != x.Who:
		who += " (" + v.style.Word("instead of") + ": " + v.user(x.Who) + ")"
	}
	answer, tone := x.Answer, render.Normal
	when := ""
	if !x.Done.IsZero() {
		when = v.style.DateTime(x.Done)
	}
	switch x.State {
	case engine.TaskOpen:
		answer, tone = v.style.Word("awaited"), render.Warn
		if !x.Due.IsZero() {
			when = v.style.Word("by") + " " + v.style.DateTime(x.Due)
		}
	case engine.TaskReview:
		answer += " (" + v.style.Word("review") + ")"
	case engine.TaskCancelled:
		answer, tone = v.style.Word("cancelled"), render.Dim
	case engine.TaskRefused:
		answer, tone = v.style.Word("given back"), render.Dim
	}
	comment := x.Comment
	if len(x.Changed) > 0 {
		if comment != "" {
			comment += "\n"
		}
		comment += v.style.Word("changed afterwards") + ": " + strings.Join(v.fieldLabels(d, x.Changed), ", ")
	}
	return []render.Cell{{Text: x.Title + "\n" + who}, {Text: answer, Tone: tone}, {Text: when}, {Text: comment}}
}

// fieldLabels are the names of fields as people read them.
func (v *cardView) fieldLabels(d *document.Document, names []string) []string {
	out := make([]string, len(names))
	f := v.set.Form(d.Form)
	for i, name := range names {
		out[i] = name
		if f == nil {
			continue
		}
		if field := f.Field(name); field != nil && field.Label.In(v.lang) != "" {
			out[i] = field.Label.In(v.lang)
		}
	}
	return out
}

func (a *app) approvalsJSON(d *document.Document, sheet []engine.Approval) error {
	var rows []render.Object
	for _, x := range sheet {
		rows = append(rows, render.Object{
			{Key: "task", Value: taskNumber(d.Number, x.Task)}, {Key: "route", Value: d.Instance(x.Instance).Route}, {Key: "instance", Value: x.Instance},
			{Key: "cycle", Value: x.Cycle}, {Key: "step", Value: x.Step}, {Key: "title", Value: x.Title},
			{Key: "who", Value: x.Who}, {Key: "candidates", Value: x.Candidates}, {Key: "by", Value: x.By}, {Key: "for", Value: x.For},
			{Key: "state", Value: x.State}, {Key: "outcome", Value: x.Outcome}, {Key: "answer", Value: x.Answer}, {Key: "comment", Value: x.Comment},
			{Key: "assigned", Value: x.Assigned}, {Key: "due", Value: x.Due}, {Key: "done", Value: x.Done}, {Key: "changed_after", Value: x.Changed},
		})
	}
	return render.JSON(a.result, render.Object{{Key: "number", Value: d.Number}, {Key: "approvals", Value: rows}})
}
