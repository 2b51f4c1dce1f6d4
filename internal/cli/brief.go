package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
)

// What a document says about those that point to it: a client about its
// contracts, works and inquiries. Their forms name the fields under `brief`.

const (
	maxTables = 50 // documents that are read for the sake of their tables
	maxStages = 20 // rows shown of each
)

// briefOf describes the documents that edges come from, by number. Values come
// from the index; only tables are read from the documents.
func (v *cardView) briefOf(edges []index.Edge) (map[string][]string, error) {
	byForm := map[string][]string{}
	for _, e := range edges {
		if f := v.set.Form(e.Row.Form); f != nil && len(f.Brief) > 0 && !slices.Contains(byForm[f.Name], e.From) {
			byForm[f.Name] = append(byForm[f.Name], e.From)
		}
	}
	out := map[string][]string{}
	for _, f := range v.set.Forms() {
		numbers := byForm[f.Name]
		if len(numbers) == 0 {
			continue
		}
		if err := v.briefColumns(f, numbers, out); err != nil {
			return nil, err
		}
		if err := v.briefTables(f, numbers[:min(len(numbers), maxTables)], out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// briefColumns makes one line of the values that the index has.
func (v *cardView) briefColumns(f *form.Form, numbers []string, out map[string][]string) error {
	var names []string
	for _, name := range f.Brief {
		if field := f.Field(name); field == nil || field.Type != expr.Table {
			names = append(names, name)
		}
	}
	db, err := v.r.Index()
	if err != nil {
		return err
	}
	values := make([]any, len(numbers))
	for i, n := range numbers {
		values[i] = n
	}
	found, err := db.List(index.Query{Form: f.Name, Where: []index.Cond{index.In{Column: "number", Values: values}}, Columns: fieldsOnly(f, names), MaxCount: -1})
	if err != nil {
		return err
	}
	for _, row := range found.Rows {
		var parts []string
		for _, name := range names {
			if text := v.cell(f, row, name).Text; text != "" {
				parts = append(parts, v.column(f, name).Title+": "+text)
			}
		}
		if len(parts) > 0 {
			out[row.Number] = append(out[row.Number], strings.Join(parts, " · "))
		}
	}
	return nil
}

// briefTables adds a line for each row of a table.
func (v *cardView) briefTables(f *form.Form, numbers []string, out map[string][]string) error {
	for _, name := range f.Brief {
		field := f.Field(name)
		if field == nil || field.Type != expr.Table {
			continue
		}
		for _, number := range numbers {
			d, err := v.r.Lookup().Document(number)
			if err != nil {
				return err
			}
			if d == nil {
				continue
			}
			value, err := v.set.Scope(f, d, v.r.Context(d.By)).Value("card." + field.Name)
			rows, ok := value.([]expr.Row)
			if err != nil || !ok {
				continue // what is wrong with it the document itself shows
			}
			for i, row := range rows {
				if i == maxStages {
					out[number] = append(out[number], fmt.Sprintf("… %d", len(rows)-i))
					break
				}
				var parts []string
				for k, c := range field.Columns {
					value := row[c.Name]
					switch {
					case value == nil:
					case k == 0: // what the row is called
						parts = append(parts, v.value(c, value))
					default:
						parts = append(parts, c.Label.In(v.lang)+": "+v.value(c, value))
					}
				}
				out[number] = append(out[number], fmt.Sprintf("%d. %s", i+1, strings.Join(parts, " · ")))
			}
		}
	}
	return nil
}

// countHeadings says beside each heading how many documents stand below it.
func countHeadings(links []render.Link) {
	count := map[string]int{}
	for _, l := range links {
		count[l.Heading]++
	}
	more := ""
	if len(links) >= maxBacklinks {
		more = "+"
	}
	for i, l := range links {
		links[i].Heading = fmt.Sprintf("%s: %d%s", l.Heading, count[l.Heading], more)
	}
}
