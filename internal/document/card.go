package document

import (
	"slices"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Card holds the values of a document's fields in the order of the file. The
// zero value is an empty card.
type Card []Entry

// Entry is one field of a card.
type Entry struct {
	Name  string
	Value Value
}

// Value is one value of a card: text, unless one of the other fields is not
// nil.
type Value struct {
	Text string
	Rows []Row         // a table
	List []string      // several texts
	Node *yamlsrc.Node // any other shape, kept as it is
}

// Row is a row of a table: texts by column, in the order of the file.
type Row []Cell

// Cell is one value of a row; Node holds a value that is no text, kept as it
// is.
type Cell struct {
	Name, Text string
	Node       *yamlsrc.Node
}

// Text makes a value of a text.
func Text(s string) *Value { return &Value{Text: s} }

// IsEmpty tells whether there is nothing in the value; such values are not
// written.
func (v *Value) IsEmpty() bool {
	return v == nil || v.Text == "" && len(v.Rows) == 0 && len(v.List) == 0 && v.Node == nil
}

func (c Card) index(name string) int {
	for i := range c {
		if c[i].Name == name {
			return i
		}
	}
	return -1
}

// Get gives the value of a field, nil when it is absent. The pointer reaches
// into the card until fields are added or deleted.
func (c Card) Get(name string) *Value {
	if i := c.index(name); i >= 0 {
		return &c[i].Value
	}
	return nil
}

// Text gives the text of a field, "" when it is absent or no text.
func (c Card) Text(name string) string {
	if i := c.index(name); i >= 0 {
		return c[i].Value.Text
	}
	return ""
}

// Has tells whether a field is there.
func (c Card) Has(name string) bool { return c.index(name) >= 0 }

// Names lists the fields in order.
func (c Card) Names() []string {
	names := make([]string, len(c))
	for i := range c {
		names[i] = c[i].Name
	}
	return names
}

// Set gives a field a value; an empty or nil value deletes the field. New
// fields go to the end.
func (c *Card) Set(name string, v *Value) {
	if v.IsEmpty() {
		c.Delete(name)
		return
	}
	if i := c.index(name); i >= 0 {
		(*c)[i].Value = *v
		return
	}
	*c = append(*c, Entry{name, *v})
}

// SetText gives a field a text; "" deletes the field.
func (c *Card) SetText(name, text string) { c.Set(name, &Value{Text: text}) }

// Delete removes a field.
func (c *Card) Delete(name string) {
	if i := c.index(name); i >= 0 {
		*c = slices.Delete(*c, i, i+1)
	}
}

// Clone copies the card.
func (c Card) Clone() Card {
	if c == nil {
		return nil
	}
	out := make(Card, len(c))
	for i := range c {
		out[i] = Entry{c[i].Name, c[i].Value.Clone()}
	}
	return out
}

// Clone copies the value.
func (v Value) Clone() Value {
	v.List = slices.Clone(v.List)
	v.Node = v.Node.Clone()
	if v.Rows != nil {
		rows := make([]Row, len(v.Rows))
		for i := range v.Rows {
			rows[i] = v.Rows[i].Clone()
		}
		v.Rows = rows
	}
	return v
}

func (r Row) index(name string) int {
	for i := range r {
		if r[i].Name == name {
			return i
		}
	}
	return -1
}

// Text gives the text of a column, "" when it is absent.
func (r Row) Text(name string) string {
	if i := r.index(name); i >= 0 {
		return r[i].Text
	}
	return ""
}

// Has tells whether a column has a value in the row.
func (r Row) Has(name string) bool { return r.index(name) >= 0 }

// Names lists the columns in order.
func (r Row) Names() []string {
	names := make([]string, len(r))
	for i := range r {
		names[i] = r[i].Name
	}
	return names
}

// Set gives a column a text; "" deletes it. New columns go to the end.
func (r *Row) Set(name, text string) {
	i := r.index(name)
	switch {
	case text == "":
		r.Delete(name)
	case i >= 0:
		(*r)[i] = Cell{Name: name, Text: text}
	default:
		*r = append(*r, Cell{Name: name, Text: text})
	}
}

// Delete removes a column.
func (r *Row) Delete(name string) {
	if i := r.index(name); i >= 0 {
		*r = slices.Delete(*r, i, i+1)
	}
}

// Clone copies the row.
func (r Row) Clone() Row {
	if r == nil {
		return nil
	}
	out := make(Row, len(r))
	for i, c := range r {
		out[i] = Cell{c.Name, c.Text, c.Node.Clone()}
	}
	return out
}
