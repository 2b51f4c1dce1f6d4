package engine

import (
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
)

// PutNumbers puts real numbers in the place of a Result's placeholders, or new
// ones in the place of former ones, where a document's number is meant. Text that
// merely looks like one stays.
func PutNumbers(f *form.Form, d *document.Document, numbers map[string]string) {
	if len(numbers) == 0 {
		return
	}
	eachNumber(f, d, func(text *string) {
		if n, ok := numbers[*text]; ok {
			*text = n
		}
	})
}

// Numbers are the documents that one points to.
func Numbers(f *form.Form, d *document.Document) []string {
	var out []string
	eachNumber(f, d, func(text *string) {
		if *text != "" && !slices.Contains(out, *text) {
			out = append(out, *text)
		}
	})
	return out
}

// eachNumber visits the places where a document's number is meant: reference
// fields, links and what a route remembers.
func eachNumber(f *form.Form, d *document.Document, visit func(*string)) {
	for i := range d.Card {
		field := f.Field(d.Card[i].Name)
		if field == nil {
			continue
		}
		v := &d.Card[i].Value
		if field.Type == expr.Document {
			visit(&v.Text)
		}
		for _, row := range v.Rows {
			for k := range row {
				if c := field.Column(row[k].Name); c != nil && c.Type == expr.Document {
					visit(&row[k].Text)
				}
			}
		}
	}
	for i := range d.Links {
		visit(&d.Links[i].To)
	}
	for i := range d.Routes {
		for j := range d.Routes[i].Vars {
			visit(&d.Routes[i].Vars[j].Value.Text)
		}
		for j := range d.Routes[i].Open {
			for k := range d.Routes[i].Open[j].Started {
				visit(&d.Routes[i].Open[j].Started[k])
			}
		}
	}
}
