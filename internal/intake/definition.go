package intake

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// The codes of what is wrong with an import beyond its shape.
var (
	badSource    = yamlsrc.Code{Code: "I010", Slug: "bad-source", Summary: "an import without a source, with both a Maildir and a spool folder, or with a path that leads nowhere it may read"}
	badPattern   = yamlsrc.Code{Code: "I011", Slug: "bad-pattern", Summary: "a regular expression between slashes that cannot be read"}
	badMapping   = yamlsrc.Code{Code: "I012", Slug: "bad-field-mapping", Summary: "a field whose labels, columns or separator cannot be used"}
	labelTwice   = yamlsrc.Code{Code: "I013", Slug: "label-used-twice", Summary: "one label that is to fill two fields"}
	neverFilled  = yamlsrc.Code{Code: "I014", Slug: "required-never-filled", Summary: "`require` names a field that nothing in the import fills, so every letter would be quarantined"}
	filledTwice  = yamlsrc.Code{Code: "I015", Slug: "field-filled-twice", Summary: "a field that both `set` and `fields` fill"}
	nothingKept  = yamlsrc.Code{Code: "I016", Slug: "text-not-kept", Summary: "an import without `text`, which would lose what the labels do not explain"}
	fieldsUnread = yamlsrc.Code{Code: "I017", Slug: "fields-not-read", Summary: "`fields` in an import that reads free letters; say `read: fields`"}
)

// Codes lists the codes of this package, for documentation.
func Codes() []yamlsrc.Code {
	return []yamlsrc.Code{badSource, badPattern, badMapping, labelTwice, neverFilled, filledTwice, nothingKept, fieldsUnread}
}

// Import is one definition, ready for reading letters. It is not changed by
// reading.
type Import struct {
	Name    string
	Title   yamlsrc.Label
	From    Source
	Form    string
	Match   Match
	Reading Reading
	Fields  []Field // of labelled lines, in the order of the definition
	Set     []Fixed
	Text    string // field that receives the whole text, empty for none
	Subject string // field that receives the subject, empty for none
	Sender  Sender
	Require []string // fields without which a letter goes to quarantine
	// AcceptAutomatic lets free letters through that a program wrote of its own
	// accord or that went to a list. Bounces and automatic replies never pass.
	AcceptAutomatic bool
	Uses            []FieldUse // every field of the form that is named, for checks against the form

	labels map[string]int // normalised label → index in Fields
}

// Reading is how the text of a letter is read.
type Reading string

// The ways of reading.
const (
	Fields Reading = "fields" // labelled lines
	Letter Reading = "letter" // a free letter
)

// Source is the folder that letters arrive in.
type Source struct {
	Spool bool   // a folder of plain files, else a Maildir
	Path  string // as written
}

// Resolve gives the folder's path: absolute paths as they are, ~/ in the home
// folder, others in the repository's root.
func (s Source) Resolve(root, home string) string {
	if rest, ok := strings.CutPrefix(s.Path, "~/"); ok {
		return filepath.Join(home, rest)
	}
	if filepath.IsAbs(s.Path) {
		return s.Path
	}
	return filepath.Join(root, filepath.FromSlash(s.Path))
}

// Field says which labelled lines fill a field of the form.
type Field struct {
	Field     string
	Labels    []string // as written
	Values    map[string]string
	Multiline bool   // goes on until the next label, line ends kept
	Table     *Table // the lines are rows of a table
}

// Table says how a line is divided into the columns of a table field.
type Table struct {
	Columns   []Column
	Separator string
}

// Column is a column of a table field, with the headings it may have in a
// letter.
type Column struct {
	Name     string
	Headings []string
}

// Fixed is a value that every card of the import gets.
type Fixed struct{ Field, Text string }

// Sender says which fields receive the correspondent, where no labelled line
// has filled them.
type Sender struct{ Name, Email string }

// FieldUse is a place where a definition names a field of its form, or a column
// of a table field.
type FieldUse struct {
	Field, Column string
	Text          string // the fixed value, for checks against the field's type
	Apart         bool   // At is the place of the value, not of the name
	At            diag.Span
}

// Parse reads a definition and reports all problems at once; with errors the
// import must not be used, but what it says can be looked at. It is nil only
// when there is nothing to read. Whether the form and its fields exist is for
// the caller to check, with Form and Uses.
func Parse(f *yamlsrc.File) (*Import, diag.List) {
	if f.Root == nil {
		return nil, nil
	}
	return yamlsrc.Forgiving(f, func(f *yamlsrc.File) (*Import, diag.List) {
		p := parser{file: f, problems: &diag.List{}, i: &Import{labels: map[string]int{}}, filled: map[string]string{}}
		p.definition()
		return p.i, *p.problems
	})
}

type parser struct {
	file     *yamlsrc.File
	problems *diag.List
	i        *Import
	filled   map[string]string // field → the key that fills it
}

func (p *parser) errorf(c yamlsrc.Code, n *yamlsrc.Node, format string, args ...any) {
	p.problems.Errorf(c.Code, c.Slug, p.file.Span(n), format, args...)
}

func (p *parser) definition() {
	i := p.i
	r := yamlsrc.NewReader(p.file, p.problems)
	m := r.Mapping(p.file.Root, "import")
	i.Name = m.Required("import")
	i.Title = m.Label("title")
	p.source(m)
	i.Form = m.Required("form")
	p.match(m)
	if m.Present("read") {
		i.Reading = Reading(m.OneOf("read", string(Fields), string(Fields), string(Letter)))
	}
	p.fields(r, m)
	p.fixed(m)
	for _, target := range []struct {
		key  string
		into *string
	}{{"text", &i.Text}, {"subject", &i.Subject}} {
		if n := m.TextNode(target.key); n != nil {
			*target.into = n.Value
			p.use(n, target.key, "")
		}
	}
	sender := m.Mapping("sender")
	for _, target := range []struct {
		key  string
		into *string
	}{{"name", &i.Sender.Name}, {"email", &i.Sender.Email}} {
		if n := sender.TextNode(target.key); n != nil {
			*target.into = n.Value
			i.Uses = append(i.Uses, FieldUse{Field: n.Value, At: p.file.Span(n)})
		}
	}
	sender.Done()
	i.AcceptAutomatic = m.OneOf("automatic", "ignore", "ignore", "accept") == "accept"
	p.require(m)
	if m.Node("text") == nil {
		p.errorf(nothingKept, p.file.Root.Key("import"), "no field keeps the text of the letter; name one with `text:`")
	}
	m.Done()
}

func (p *parser) source(m *yamlsrc.Mapped) {
	if !m.Present("from") {
		return
	}
	from := m.Mapping("from")
	maildir, spool := from.Text("maildir"), from.Text("spool")
	from.Done()
	switch {
	case maildir != "" && spool != "":
		p.errorf(badSource, m.Node("from"), "letters come from a maildir or a spool folder, not from both")
	case maildir != "":
		p.i.From = Source{Path: maildir}
	case spool != "":
		p.i.From = Source{Spool: true, Path: spool}
	case m.Node("from").Kind == yamlsrc.Mapping && len(m.Node("from").Pairs) == 0:
		p.errorf(badSource, m.Node("from"), "where letters come from is missing; write {maildir: .git/e1/mail} or {spool: DIR}")
	}
}

func (p *parser) match(m *yamlsrc.Mapped) {
	match := m.Mapping("match")
	for _, key := range []struct {
		name string
		into *[]pattern
	}{{"from", &p.i.Match.from}, {"to", &p.i.Match.to}, {"subject", &p.i.Match.subject}} {
		for _, n := range match.TextNodes(key.name) {
			compiled, err := newPattern(n.Value)
			if err != nil {
				p.errorf(badPattern, n, "%s", err)
				continue
			}
			*key.into = append(*key.into, compiled)
		}
	}
	match.Done()
}

func (p *parser) fields(r *yamlsrc.Reader, m *yamlsrc.Mapped) {
	if p.i.Reading == Fields && m.Text("read") == string(Fields) && !m.Present("fields") {
		return
	}
	if n := m.Node("fields"); n != nil && p.i.Reading == Letter {
		p.errorf(fieldsUnread, p.file.Root.Key("fields"), "labelled lines are read with `read: fields`, not with `read: letter`")
	}
	fields := m.Mapping("fields")
	for _, key := range fields.Keys() {
		f := Field{Field: key.Value}
		p.use(key, "fields", "")
		node := fields.Node(key.Value)
		if node.Kind == yamlsrc.Mapping {
			inner := r.Mapping(node, "field "+key.Value)
			inner.Present("label")
			p.labels(inner.TextNodes("label"), &f)
			p.inner(inner, &f)
			inner.Done()
		} else {
			p.labels(fields.TextNodes(key.Value), &f)
		}
		p.i.Fields = append(p.i.Fields, f)
	}
}

func (p *parser) labels(nodes []*yamlsrc.Node, f *Field) {
	for _, n := range nodes {
		label := normalLabel(n.Value)
		if label == "" {
			p.errorf(badMapping, n, "%q is no label: it has no letters", n.Value)
			continue
		}
		if other, twice := p.i.labels[label]; twice {
			at := "this field"
			if other < len(p.i.Fields) {
				at = "field " + p.i.Fields[other].Field
			}
			p.errorf(labelTwice, n, "the label %q already belongs to %s", n.Value, at)
			continue
		}
		p.i.labels[label] = len(p.i.Fields)
		f.Labels = append(f.Labels, n.Value)
	}
}

// inner reads what a field may say beyond its labels.
func (p *parser) inner(m *yamlsrc.Mapped, f *Field) {
	f.Multiline = m.Bool("multiline", false)
	values := m.Mapping("values")
	for _, key := range values.Keys() {
		n := values.TextNode(key.Value)
		if n == nil {
			continue
		}
		if f.Values == nil {
			f.Values = map[string]string{}
		}
		f.Values[normalLabel(key.Value)] = n.Value
		p.i.Uses = append(p.i.Uses, FieldUse{Field: f.Field, Text: n.Value, Apart: true, At: p.file.Span(n)})
	}
	columns := m.Node("columns")
	separator := m.TextNode("separator")
	if columns == nil {
		if separator != nil {
			p.errorf(badMapping, separator, "a separator divides the columns of a table; name them with `columns:`")
		}
		return
	}
	f.Table = &Table{Separator: ";"}
	if separator != nil {
		if f.Table.Separator = separator.Value; strings.TrimSpace(separator.Value) == "" && separator.Value != "\t" {
			p.errorf(badMapping, separator, "the separator must be visible, such as \";\" or \"|\"")
		}
	}
	if f.Multiline || f.Values != nil {
		p.errorf(badMapping, columns, "a table has neither `multiline` nor `values`")
	}
	p.columns(m, columns, f)
}

// columns reads [item, qty] or {item: [Товар, Наименование], qty: Кол-во}.
func (p *parser) columns(m *yamlsrc.Mapped, node *yamlsrc.Node, f *Field) {
	add := func(n *yamlsrc.Node, headings []string) {
		if slices.ContainsFunc(f.Table.Columns, func(c Column) bool { return c.Name == n.Value }) {
			p.errorf(badMapping, n, "the column %q is named twice", n.Value)
			return
		}
		f.Table.Columns = append(f.Table.Columns, Column{n.Value, headings})
		p.i.Uses = append(p.i.Uses, FieldUse{Field: f.Field, Column: n.Value, At: p.file.Span(n)})
	}
	if node.Kind != yamlsrc.Mapping {
		for _, n := range m.TextNodes("columns") {
			add(n, nil)
		}
	} else {
		named := m.Mapping("columns")
		for _, key := range named.Keys() {
			add(key, named.Texts(key.Value))
		}
	}
	if len(f.Table.Columns) == 0 {
		p.errorf(badMapping, node, "a table has at least one column")
	}
}

func (p *parser) fixed(m *yamlsrc.Mapped) {
	set := m.Mapping("set")
	for _, key := range set.Keys() {
		n := set.TextNode(key.Value)
		if n == nil {
			continue
		}
		p.use(key, "set", n.Value)
		p.i.Set = append(p.i.Set, Fixed{key.Value, n.Value})
	}
}

// use notes that a field is filled, and refuses to fill it twice. The sender is
// not counted: it fills only what nothing else has.
func (p *parser) use(n *yamlsrc.Node, by, text string) {
	if before, twice := p.filled[n.Value]; twice {
		p.errorf(filledTwice, n, "the field %q is already filled by `%s`", n.Value, before)
		return
	}
	p.filled[n.Value] = by
	p.i.Uses = append(p.i.Uses, FieldUse{Field: n.Value, Text: text, At: p.file.Span(n)})
}

func (p *parser) require(m *yamlsrc.Mapped) {
	for _, n := range m.TextNodes("require") {
		_, filled := p.filled[n.Value]
		if !filled && n.Value != p.i.Sender.Name && n.Value != p.i.Sender.Email {
			var known []string
			for _, use := range p.i.Uses {
				if use.Column == "" && !slices.Contains(known, use.Field) {
					known = append(known, use.Field)
				}
			}
			p.errorf(neverFilled, n, "the required field is never filled: %s", diag.Unknown("field", n.Value, known))
			continue
		}
		p.i.Require = append(p.i.Require, n.Value)
		p.i.Uses = append(p.i.Uses, FieldUse{Field: n.Value, At: p.file.Span(n)})
	}
}

// order is the order of the fields in a card.
func (i *Import) order() []string {
	var out []string
	for _, use := range i.Uses {
		if use.Column == "" && !slices.Contains(out, use.Field) {
			out = append(out, use.Field)
		}
	}
	return out
}
