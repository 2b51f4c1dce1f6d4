package cli

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/render"
)

// plainCard prints everything of a document as lines of cells: what it is, then
// its value or values, as programs read them.
func (v *cardView) plainCard(a *app, d *document.Document) error {
	var t render.Table
	add := func(cells ...string) { t.Rows = append(t.Rows, render.Row(cells...)) }
	for _, of := range [][2]string{
		{"number", d.Number}, {"form", d.Form}, {"uid", d.UID}, {"status", d.Status}, {"title", v.r.Title(d)},
		{"registered", document.FormatTime(d.Registered)}, {"by", d.By},
	} {
		if of[1] != "" {
			add(of[0], of[1])
		}
	}
	for _, number := range d.Aliases {
		add("alias", number)
	}
	v.plainFields(d, add)
	for _, l := range d.Links {
		add("link."+l.Kind, l.To)
	}
	edges, err := backlinks(v.r, d.Number)
	if err != nil {
		return err
	}
	for _, e := range edges {
		kind := e.Kind
		if e.Field != "" {
			kind = e.Field
		}
		add("backlink", e.From, kind)
	}
	for _, f := range d.Files {
		add("file", f.Name, fmt.Sprint(f.Size), f.By, document.FormatTime(f.At))
	}
	for _, l := range d.Letters {
		if l.Task != 0 {
			continue
		}
		add("letter", l.State, strings.Join(l.To, ","), l.Subject, l.ID, document.FormatTime(l.At), document.FormatTime(l.Sent))
	}
	for _, in := range d.Routes {
		add("route", fmt.Sprint(in.ID), in.Route, in.State, document.FormatTime(in.Started), document.FormatTime(in.Ended), in.End, document.FormatTime(in.Due))
		for _, task := range in.Tasks {
			who := task.Who
			if who == "" {
				who = strings.Join(task.Candidates, "|")
			}
			add("task", taskNumber(d.Number, task.ID), task.Step, task.State, who, document.FormatTime(task.Assigned), document.FormatTime(task.Due),
				document.FormatTime(task.Done), task.Outcome, task.Title, task.Comment)
		}
	}
	for _, m := range d.Comments {
		add("comment", document.FormatTime(m.At), m.By, m.Text)
	}
	return render.PlainTable(a.result, t)
}

// plainFields adds the card in the order of the form, computed fields included;
// what the form does not know, or what does not fit it, as it is stored.
func (v *cardView) plainFields(d *document.Document, add func(...string)) {
	f := v.set.Form(d.Form)
	stored := func(name string, value *document.Value) {
		for i, row := range value.Rows {
			for _, cell := range row {
				add(fmt.Sprintf("card.%s.%d.%s", name, i+1, cell.Name), cell.Text)
			}
		}
		if value.Text != "" {
			add("card."+name, value.Text)
		}
	}
	if f == nil {
		for _, e := range d.Card {
			stored(e.Name, &e.Value)
		}
		return
	}
	scope := v.set.Scope(f, d, v.r.Context(d.By))
	for _, field := range f.Fields() {
		value, err := scope.Value("card." + field.Name)
		rows, isTable := value.([]expr.Row)
		switch {
		case err != nil:
			if raw := f.Stored(d, field); raw != nil {
				stored(field.Name, raw)
			}
		case isTable:
			for i, row := range rows {
				for _, c := range field.Columns {
					if row[c.Name] != nil {
						add(fmt.Sprintf("card.%s.%d.%s", field.Name, i+1, c.Name), v.set.ExprType(c).Format(row[c.Name]))
					}
				}
			}
		case value != nil:
			add("card."+field.Name, v.set.ExprType(field).Format(value))
		}
	}
	for _, e := range d.Card {
		if f.Field(e.Name) == nil {
			stored(e.Name, &e.Value)
		}
	}
}
