package cli

import (
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

// attributes are what lists can show of every document besides its card; the
// index counts its comments and files.
var attributes = append(form.Attributes(), "comments", "files")

func knownColumn(f *form.Form, name string) error {
	for _, attr := range attributes {
		if name == attr {
			return nil
		}
	}
	field := f.Field(name)
	if field == nil {
		return &repo.UnknownError{What: "field", Name: name, Known: append(f.FieldNames(), attributes...), Try: "e1 form show " + f.Name}
	}
	if field.Type == expr.Table {
		return usagef("%s: %q is a table and cannot be a column", f.Name, name)
	}
	return nil
}

func (a *app) listJSON(r *repo.Repo, found index.Result) error {
	var docs []render.Object
	for _, row := range found.Rows {
		d, err := r.ReadRow(row)
		if err != nil {
			return err
		}
		view, err := documentJSON(r, d, false)
		if err != nil {
			return err
		}
		docs = append(docs, view)
	}
	a.cut(len(docs), found.Total, false)
	return render.JSON(a.result, render.Object{{Key: "documents", Value: docs}, {Key: "total", Value: found.Total}})
}

// printRows prints documents as a table, or as plain lines.
func (a *app) printRows(v *cardView, f *form.Form, columns []string, found index.Result) error {
	t := render.Table{}
	for _, name := range columns {
		t.Columns = append(t.Columns, v.column(f, name))
	}
	for _, row := range found.Rows {
		of := f
		if of == nil {
			of = v.set.Form(row.Form)
		}
		cells := make([]render.Cell, len(columns))
		for i, name := range columns {
			cells[i] = v.cell(of, row, name)
		}
		t.Rows = append(t.Rows, cells)
	}
	if err := a.listing(t, nil); err != nil {
		return err
	}
	if found.Total == 0 && len(found.Rows) == 0 {
		a.message("nothing found")
	}
	a.cut(len(found.Rows), found.Total, found.Estimated)
	return nil
}

// attributeTitles are the headings of what is no field.
var attributeTitles = map[string]string{
	"number": "Number", "status": "Status", "title": "Title", "registered": "Registered", "by": "Author", "form": "Form", "uid": "UID",
	"comments": "Comments", "files": "Files",
}

func (v *cardView) column(f *form.Form, name string) render.Column {
	if title, ok := attributeTitles[name]; ok {
		c := render.Column{Title: v.style.Word(title)}
		switch name {
		case "number", "registered", "uid":
			c.Whole = true
		case "comments", "files":
			c.Align = render.Right
		case "title", "status", "form":
			c.Flex = true
		}
		return c
	}
	c := render.Column{Title: name, Flex: true}
	if f != nil {
		if field := f.Field(name); field != nil {
			c.Title = field.Label.In(v.lang)
			if field.Type.IsNumber() {
				c.Align, c.Flex = render.Right, false
			}
		}
	}
	return c
}

func (v *cardView) cell(f *form.Form, row index.Row, name string) render.Cell {
	switch name {
	case "number":
		return render.Cell{Text: row.Number, Tone: render.Accent}
	case "status":
		return render.Cell{Text: v.status(f, row.Status), Raw: row.Status, Tone: statusTone(f, row.Status)}
	case "title":
		return render.Cell{Text: row.Title}
	case "registered":
		at := inZone(row.Registered, v.r)
		return render.Cell{Text: v.style.Date(at), Raw: document.FormatTime(at)}
	case "by":
		return render.Cell{Text: v.user(row.By), Raw: row.By}
	case "form":
		if f != nil {
			return render.Cell{Text: f.One.In(v.lang), Raw: row.Form}
		}
		return render.Cell{Text: row.Form}
	case "uid":
		return render.Cell{Text: row.UID}
	case "comments":
		return render.Cell{Text: format(row.Comments)}
	case "files":
		return render.Cell{Text: format(row.Files)}
	}
	field := f.Field(name)
	if field == nil {
		return render.Cell{}
	}
	text := format(row.Value(field.Name))
	return render.Cell{Text: v.shown(field, text), Raw: text}
}

// shown is a stored text as people read it.
func (v *cardView) shown(field *form.Field, text string) string {
	if text == "" {
		return ""
	}
	switch field.Type {
	case expr.Choice:
		if title := field.Title(text, v.lang); title != "" {
			return title
		}
		return text
	case expr.Directory:
		if dir := v.set.Directory(field.Directory); dir != nil {
			if e, ok := dir.Entry(text); ok {
				return e.Title.In(v.lang)
			}
		}
		return text
	case expr.UserKind:
		return v.user(text)
	}
	return v.text(field.Type, text)
}
