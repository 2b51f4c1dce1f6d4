package engine

import (
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
)

// PutNumbers puts real numbers in the place of a Result's placeholders, where
// a document's number is meant: in reference fields, links and what a route
// remembers. Text that merely looks like a placeholder stays.
func PutNumbers(f *form.Form, d *document.Document, numbers map[string]string) {
	if len(numbers) == 0 {
		return
	}
	replace := func(text *string) {
		if n, ok := numbers[*text]; ok {
			*text = n
		}
	}
	for i := range d.Card {
		field := f.Field(d.Card[i].Name)
		if field == nil {
			continue
		}
		v := &d.Card[i].Value
		if field.Type == expr.Document {
			replace(&v.Text)
		}
		for _, row := range v.Rows {
			for k := range row {
				if c := field.Column(row[k].Name); c != nil && c.Type == expr.Document {
					replace(&row[k].Text)
				}
			}
		}
	}
	for i := range d.Links {
		replace(&d.Links[i].To)
	}
	for i := range d.Routes {
		for j := range d.Routes[i].Vars {
			replace(&d.Routes[i].Vars[j].Value.Text)
		}
		for j := range d.Routes[i].Open {
			for k := range d.Routes[i].Open[j].Started {
				replace(&d.Routes[i].Open[j].Started[k])
			}
		}
	}
}
