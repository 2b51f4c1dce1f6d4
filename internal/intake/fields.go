package intake

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/message"
)

// card collects the values of one letter.
type card struct {
	values []Value
	notes  []string
}

func (c *card) value(field string) *Value {
	for i := range c.values {
		if c.values[i].Field == field {
			return &c.values[i]
		}
	}
	return nil
}

// fill sets a value unless the field has one.
func (c *card) fill(v Value) {
	if c.value(v.Field) == nil && (!blank(v.Text) || len(v.Rows) > 0) {
		c.values = append(c.values, v)
	}
}

func (c *card) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

func (c *card) inOrder(fields []string) []Value {
	slices.SortStableFunc(c.values, func(a, b Value) int {
		return slices.Index(fields, a.Field) - slices.Index(fields, b.Field)
	})
	return c.values
}

// readLetter fills what does not come from labelled lines.
func (i *Import) readLetter(c *card, m *message.Message) {
	for _, f := range i.Set {
		c.fill(Value{Field: f.Field, Text: f.Text})
	}
	if i.Subject != "" {
		c.fill(Value{Field: i.Subject, Text: m.Subject})
	}
	if i.Text != "" {
		text := m.Text
		if i.Reading == Letter && i.Subject == "" && m.Subject != "" {
			text = strings.TrimSpace(m.Subject + "\n\n" + text)
		}
		c.fill(Value{Field: i.Text, Text: text})
	}
	author := i.author(m)
	if i.Sender.Email != "" {
		c.fill(Value{Field: i.Sender.Email, Text: author.Address})
	}
	if i.Sender.Name != "" {
		name := author.Name
		if name == "" {
			name = author.Address // better than nobody
		}
		c.fill(Value{Field: i.Sender.Name, Text: name})
	}
}

// author is the person behind a letter. Letters of labelled lines are written
// by a program, whose own address must not become a client's: only Reply-To
// counts there.
func (i *Import) author(m *message.Message) message.Address {
	if i.Reading == Fields {
		if len(m.ReplyTo) > 0 {
			return m.ReplyTo[0]
		}
		return message.Address{}
	}
	a := m.Answer()
	if a.Name == "" && strings.EqualFold(a.Address, m.Sender().Address) {
		a.Name = m.Sender().Name
	}
	return a
}

// reading is the state of going through the lines of a letter.
type reading struct {
	i    *Import
	card *card
	// current is the field that the next line may continue, -1 for none.
	current int
	last    string // the line before, as it was
	table   *heading
}

// readFields reads the labelled lines of a text. Lines that belong to no field
// stay in the text alone.
func (i *Import) readFields(c *card, text string) {
	r := reading{i: i, card: c, current: -1}
	for n, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, ">") { // a quotation
			r.current, r.table = -1, nil
			continue
		}
		if line == "--" || line == "-- " {
			break // a signature
		}
		r.line(line, n+1)
		r.last = line
	}
	for k, v := range c.values {
		c.values[k].Text = strings.TrimSpace(v.Text)
	}
	c.values = slices.DeleteFunc(c.values, func(v Value) bool { return blank(v.Text) && len(v.Rows) == 0 })
	i.translate(c)
}

func (r *reading) line(line string, n int) {
	if strings.TrimFunc(line, isSpace) == "" {
		r.table = nil
		if r.current < 0 {
			return
		}
		f := r.i.Fields[r.current]
		v := r.card.value(f.Field)
		switch {
		case f.Multiline && v != nil:
			v.Text += "\n"
		case v != nil && v.Text == "" && f.Table == nil:
			// The value may stand after the blank line, as HTML letters have it.
		default:
			r.current = -1
		}
		return
	}
	if r.tableRow(line, n) {
		return
	}
	if l, ok := r.i.readLabel(line); ok {
		r.labelled(l, line, n)
		return
	}
	r.goOn(line, n)
}

// labelled takes a line that starts with a label.
func (r *reading) labelled(l labelled, line string, n int) {
	if l.index < 0 {
		if r.current >= 0 && r.i.Fields[r.current].Multiline && r.last != "" {
			r.goOn(line, n) // a sentence with a colon inside a longer text
			return
		}
		r.current = -1
		return
	}
	f := r.i.Fields[l.index]
	r.current = l.index
	if f.Table != nil {
		if l.value != "" {
			r.row(f, strings.Split(l.value, f.Table.Separator), l.label, n)
		}
		return
	}
	v := r.card.value(f.Field)
	switch {
	case v == nil:
		r.card.values = append(r.card.values, Value{Field: f.Field, Text: l.value, Label: l.label, Line: n})
	case blank(v.Text):
		*v = Value{Field: f.Field, Text: l.value, Label: l.label, Line: n}
	case blank(l.value) || normalText(v.Text) == normalText(l.value):
		r.current = -1
	default:
		r.card.note("%q stands in the letter again in line %d with another value: %q", l.label, n, l.value)
		r.current = -1
	}
}

// goOn takes a line without a label: it continues the value above when it is
// indented, when the value is still empty, when the line above was broken for
// its length or ends in a comma, or when the field takes several lines.
func (r *reading) goOn(line string, n int) {
	if r.current < 0 {
		return
	}
	f := r.i.Fields[r.current]
	text := strings.TrimFunc(line, isSpace)
	if f.Table != nil {
		if cells := strings.Split(text, f.Table.Separator); len(cells) > 1 {
			r.row(f, cells, "", n)
			return
		}
		r.current = -1
		return
	}
	v := r.card.value(f.Field)
	if v == nil {
		r.current = -1
		return
	}
	above := strings.TrimRightFunc(r.last, isSpace)
	switch {
	case f.Multiline:
		v.Text += "\n" + strings.TrimRightFunc(line, isSpace)
	case v.Text == "":
		v.Text, v.Line = text, n
	case strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "\u00a0"),
		utf8.RuneCountInString(above) >= 60, strings.HasSuffix(above, ","):
		v.Text += " " + text
	default:
		r.current = -1
	}
}

// translate replaces values that the definition spells in another way.
func (i *Import) translate(c *card) {
	for _, f := range i.Fields {
		v := c.value(f.Field)
		if v == nil || f.Values == nil {
			continue
		}
		if to, ok := f.Values[normalLabel(v.Text)]; ok {
			v.Text = to
		}
	}
}
