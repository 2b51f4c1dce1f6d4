package cli

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/render"
)

// format writes a value of the index as text; empty values are blank.
func format(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// plainCard prints a document as name and value, one a line, as it is stored.
func plainCard(a *app, d *document.Document, c render.Card) error {
	var t render.Table
	add := func(name, value string) {
		if value != "" {
			t.Rows = append(t.Rows, render.Row(name, value))
		}
	}
	add("number", d.Number)
	add("form", d.Form)
	add("uid", d.UID)
	add("status", d.Status)
	add("title", c.Title)
	add("registered", document.FormatTime(d.Registered))
	add("by", d.By)
	for _, e := range d.Card {
		for i, row := range e.Value.Rows {
			for _, cell := range row {
				add(fmt.Sprintf("card.%s.%d.%s", e.Name, i+1, cell.Name), cell.Text)
			}
		}
		add("card."+e.Name, e.Value.Text)
	}
	for _, l := range d.Links {
		add("link."+l.Kind, l.To)
	}
	for _, l := range c.Backlinks {
		add("backlink", l.Number)
	}
	for _, f := range d.Files {
		add("file", f.Name)
	}
	for _, l := range d.Letters {
		add("letter", fmt.Sprintf("%s %s: %s", l.State, strings.Join(l.To, ", "), l.Subject))
	}
	for _, in := range d.Routes {
		for _, task := range in.Tasks {
			add("task", fmt.Sprintf("%s %s %s %s", taskNumber(d.Number, task.ID), task.Step, task.State, task.Outcome))
		}
	}
	for _, m := range d.Comments {
		add("comment", m.By+": "+m.Text)
	}
	return render.PlainTable(a.result, t)
}
