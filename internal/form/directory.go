package form

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// ParseDirectory reads a directory (reference book). What cannot be read is reported and left out; the directory
// is nil only when there is nothing to read.
func ParseDirectory(file *yamlsrc.File) (*Directory, diag.List) {
	if file == nil || file.Root == nil {
		return nil, nil
	}
	return yamlsrc.Forgiving(file, parseDirectory)
}

func parseDirectory(file *yamlsrc.File) (*Directory, diag.List) {
	var problems diag.List
	p := newParser(file, &problems)
	m := p.Mapping(file.Root, "directory")
	d := &Directory{Name: m.Required("directory"), Title: m.Label("title"), File: file, At: m.Span("directory"), byID: map[string]int{}}
	p.definitionName(m, "directory", d.Name)
	m.Present("title")
	for _, n := range m.Items("fields") {
		p.directoryField(n, d)
	}
	p.vague = len(d.Fields) < len(m.Items("fields"))
	m.Present("entries")
	for _, n := range m.Items("entries") {
		p.entry(n, d)
	}
	m.Done()
	return d, problems
}

func (p *parser) directoryField(n *yamlsrc.Node, d *Directory) {
	f := p.field(n, true)
	switch {
	case f.Name == "":
	case slices.Contains([]string{"id", "title", "closed"}, f.Name):
		p.errorf(reservedName, n.Get("field"), "field %q: every entry has it already", f.Name)
	case d.Field(f.Name) != nil:
		p.errorf(duplicate, n.Get("field"), "field %q is there twice", f.Name)
	case f.Computed || f.Type == expr.Document:
		p.errorf(wrongType, n.Get("type"), "field %q: entries of a directory hold plain values", f.Name)
	default:
		d.Fields = append(d.Fields, f)
	}
}

func (p *parser) entry(n *yamlsrc.Node, d *Directory) {
	m := p.Mapping(n, "entry")
	e := Entry{ID: m.Required("id"), Values: map[string]string{}, At: p.f.Span(n)}
	if e.ID != "" {
		m = p.Mapping(n, fmt.Sprintf("entry %q", e.ID))
		m.Know("id")
	}
	e.Title, e.Closed = m.Label("title"), m.Bool("closed", false)
	m.Present("title")
	for _, f := range d.Fields {
		v := m.TextNode(f.Name)
		if v == nil {
			if f.RequiredAlways {
				m.Present(f.Name)
			}
			continue
		}
		value, err := expr.ParseValue(f.exprType(nil), v.Value)
		if err == nil {
			err = f.wellFormed(v.Value)
		}
		if err != nil {
			p.errorf(badValue, v, "entry %q: %s: %s", e.ID, f.Name, err)
			continue
		}
		if value != nil {
			e.Values[f.Name] = f.exprType(nil).Format(value)
		}
	}
	if !p.vague { // else it may be one of the fields that could not be read
		m.Done()
	}
	switch _, taken := d.byID[e.ID]; {
	case e.ID == "":
	case !validID(e.ID):
		p.errorf(badName, n.Get("id"), "entry %q: an id has small letters, digits, hyphens and underscores", e.ID)
	case taken:
		p.errorf(duplicate, n.Get("id"), "entry %q is listed twice", e.ID)
	default:
		d.byID[e.ID] = len(d.Entries)
		d.Entries = append(d.Entries, e)
	}
}

// Field finds a field of the directory's entries, nil when there is none.
func (d *Directory) Field(name string) *Field {
	for _, f := range d.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Entry finds an entry by id.
func (d *Directory) Entry(id string) (Entry, bool) {
	i, ok := d.byID[id]
	if !ok {
		return Entry{}, false
	}
	return d.Entries[i], true
}

// IDs lists the ids of all entries in file order, closed ones included.
func (d *Directory) IDs() []string {
	ids := make([]string, len(d.Entries))
	for i, e := range d.Entries {
		ids[i] = e.ID
	}
	return ids
}
