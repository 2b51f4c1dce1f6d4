package intake

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// heading is the heading row of a table in a letter, whose cells are separated
// by tabs (as package message writes HTML tables).
type heading struct {
	field   Field
	columns []int // for each cell the column it fills, -1 for none
}

// tableRow takes a heading row, or a row below one.
func (r *reading) tableRow(line string, n int) bool {
	if !strings.Contains(line, "\t") {
		r.table = nil
		return false
	}
	cells := strings.Split(line, "\t")
	if len(cells) < 2 {
		return false
	}
	if h := r.i.headingOf(cells); h != nil {
		r.table, r.current = h, -1
		return true
	}
	if r.table == nil {
		return false
	}
	columns := r.table.field.Table.Columns
	row := make([]string, len(columns))
	for k, cell := range cells {
		if k < len(r.table.columns) && r.table.columns[k] >= 0 {
			row[r.table.columns[k]] = cell
		}
	}
	r.row(r.table.field, row, "", n)
	return true
}

// headingOf recognises a heading row: with headings in the definition, at least
// two of them must be there, or all; without, the first cell must be the
// table's label, and the columns follow in order.
func (i *Import) headingOf(cells []string) *heading {
	for _, f := range i.Fields {
		if f.Table == nil {
			continue
		}
		h := heading{field: f, columns: make([]int, len(cells))}
		found := 0
		for k, cell := range cells {
			h.columns[k] = f.Table.column(cell)
			if h.columns[k] >= 0 {
				found++
			}
		}
		if found >= min(2, len(f.Table.Columns)) {
			return &h
		}
		if index, ok := i.known(cells[0]); ok && i.Fields[index].Field == f.Field && len(cells) >= len(f.Table.Columns) && !hasDigit(strings.Join(cells[1:], "")) {
			for k := range cells {
				h.columns[k] = k
				if k >= len(f.Table.Columns) {
					h.columns[k] = -1
				}
			}
			return &h
		}
	}
	return nil
}

// column finds the column of a heading, -1 for none.
func (t *Table) column(cell string) int {
	n := normalLabel(cell)
	return slices.IndexFunc(t.Columns, func(c Column) bool {
		return slices.ContainsFunc(c.Headings, func(h string) bool { return normalLabel(h) == n })
	})
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// enumeration is what people put before a row: «1.», «2)», a bullet.
var enumeration = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:\d{1,3}[.)]\s+|[-–•*]\s+)`) })

// row adds a row to a table. With more cells than columns the first column has
// the separator in it; a row without anything in its first column, and a line
// of totals, are none.
func (r *reading) row(f Field, cells []string, label string, n int) {
	columns := f.Table.Columns
	for len(cells) > len(columns) && strings.TrimFunc(cells[len(cells)-1], isSpace) == "" {
		cells = cells[:len(cells)-1]
	}
	if extra := len(cells) - len(columns); extra > 0 {
		first := strings.Join(cells[:extra+1], f.Table.Separator)
		cells = append([]string{first}, cells[extra+1:]...)
	}
	var row []Cell
	for k, cell := range cells {
		cell = strings.TrimFunc(cell, isSpace)
		if k == 0 {
			cell = enumeration().ReplaceAllString(cell, "")
		} else {
			cell = withoutUnit(cell)
		}
		if !blank(cell) {
			row = append(row, Cell{columns[k].Name, cell})
		}
	}
	if len(row) == 0 || row[0].Column != columns[0].Name || isTotal(row[0].Text) {
		return
	}
	v := r.card.value(f.Field)
	if v == nil {
		r.card.values = append(r.card.values, Value{Field: f.Field, Label: label, Line: n})
		v = r.card.value(f.Field)
	}
	v.Rows = append(v.Rows, row)
}

func isTotal(s string) bool {
	n := normalLabel(s)
	return n == "итого" || n == "всего" || n == "total" || strings.HasPrefix(n, "итого ") || strings.HasPrefix(n, "всего к ")
}

// amount is a number with a unit behind it: «2 шт.», «15 000,00 руб.», «3 чел».
var amount = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^([+-]?\d[\d\s\x{a0}\x{202f}]*(?:[.,]\d+)?)\s*(?:шт|штук[аи]?|ед|экз|чел|мест[оа]?|компл|уп|усл|руб|рублей|рубля|р|₽|rub|pcs)\.?$`)
})

// withoutUnit leaves the number of an amount, and everything else as it is.
func withoutUnit(s string) string {
	if m := amount().FindStringSubmatch(s); m != nil {
		return strings.TrimFunc(m[1], isSpace)
	}
	return s
}
