package form

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// parser reads one definition file.
type parser struct {
	*yamlsrc.Reader
	f        *yamlsrc.File
	problems *diag.List
	vague    bool // directory: not all fields of the entries are known
}

func newParser(f *yamlsrc.File, problems *diag.List) *parser {
	return &parser{f: f, problems: problems,
		Reader: yamlsrc.NewReader(f, problems).WithCodes(code(unknownKey), code(missingKey), code(wrongType))}
}

func (p *parser) errorf(c Code, n *yamlsrc.Node, format string, args ...any) {
	p.problems.Errorf(c.Code, c.Slug, p.f.Span(n), format, args...)
}

// Parse reads a form definition. What cannot be read is reported and left out; the form is nil only when there is
// nothing to read.
func Parse(file *yamlsrc.File) (*Form, diag.List) {
	if file == nil || file.Root == nil {
		return nil, nil
	}
	return yamlsrc.Forgiving(file, parseForm)
}

func parseForm(file *yamlsrc.File) (*Form, diag.List) {
	var problems diag.List
	p := newParser(file, &problems)
	m := p.Mapping(file.Root, "form")
	f := &Form{Name: m.Required("form"), File: file, At: m.Span("form"), byName: map[string]*Field{}}
	p.definitionName(m, "form", f.Name)
	f.Title, f.One = m.Label("title"), m.Label("one")
	m.Present("title")
	m.Present("one")
	p.numbers(m, f)
	f.Caption = p.expression(m, "caption")
	for _, n := range m.Items("statuses") {
		p.status(n, f)
	}
	may := m.Mapping("may")
	f.May = May{Register: may.Texts("register"), Set: may.Texts("set"), Status: may.Texts("status"), Reassign: may.Texts("reassign")}
	may.Done()
	if n := m.Node("calendar"); n != nil {
		f.Calendar = p.calendar(n)
	}
	f.Duplicates = m.Texts("duplicates")
	f.Brief = m.Texts("brief")
	groups := map[string]bool{}
	m.Present("groups")
	for _, n := range m.Items("groups") {
		p.group(n, f, groups)
	}
	m.Done()
	return f, problems
}

// Unreadable stands for a form whose file says nothing that can be read: other forms may refer to it, it has no fields
// and no numbers.
func Unreadable(name string) *Form {
	return &Form{Name: name, File: &yamlsrc.File{Root: yamlsrc.Map()}, byName: map[string]*Field{}}
}

// definitionName checks the name of a definition against its file's.
func (p *parser) definitionName(m *yamlsrc.Mapped, key, name string) {
	if name == "" {
		return
	}
	if !validName(name) {
		p.errorf(badName, m.Node(key), "%s %q: a name has small letters, digits and underscores and begins with a letter", key, name)
		return
	}
	if base := strings.TrimSuffix(path.Base(p.f.Name), ".yaml"); p.f.Name != "" && base != name && strings.HasSuffix(p.f.Name, ".yaml") {
		p.errorf(fileName, m.Node(key), "%s %q must be in a file %s.yaml, this is %s", key, name, name, path.Base(p.f.Name))
	}
}

// validName reports whether a text can name a form, field, column or directory.
func validName(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || i > 0 && (r == '_' || r >= '0' && r <= '9')) {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// validID reports whether a text can be the id of a status, choice or directory entry: also hyphens.
func validID(s string) bool {
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		case (r == '_' || r == '-') && i > 0:
		default:
			return false
		}
	}
	return s != "" && len(s) <= 64
}

func (p *parser) numbers(m *yamlsrc.Mapped, f *Form) {
	m.Present("number")
	nodes := append([]*yamlsrc.Node{m.TextNode("number")}, m.TextNodes("was")...)
	for _, n := range nodes {
		if n == nil {
			continue
		}
		t, err := ParseTemplate(n.Value)
		if err != nil {
			p.errorf(badTemplate, n, "%s", err)
			continue
		}
		f.Numbers = append(f.Numbers, t)
	}
}

func (p *parser) expression(m *yamlsrc.Mapped, key string) *Expression {
	n := m.TextNode(key)
	if n == nil {
		return nil
	}
	return &Expression{Source: n.Value, file: p.f, node: n}
}

func (p *parser) status(n *yamlsrc.Node, f *Form) {
	m := p.Mapping(n, "status")
	s := Status{ID: m.Required("status"), Title: m.Label("title"), Closed: m.Bool("closed", false), At: p.f.Span(n)}
	m.Present("title")
	m.Done()
	switch {
	case s.ID == "":
		return
	case s.ID == Void:
		p.errorf(reservedName, m.Node("status"), "status %q is built in", Void)
		return
	case !validID(s.ID):
		p.errorf(badName, m.Node("status"), "status %q: an id has small letters, digits, hyphens and underscores", s.ID)
	case slices.ContainsFunc(f.Statuses, func(o Status) bool { return o.ID == s.ID }):
		p.errorf(duplicate, m.Node("status"), "status %q is listed twice", s.ID)
		return
	}
	f.Statuses = append(f.Statuses, s)
}

func (p *parser) calendar(n *yamlsrc.Node) *CalendarMap {
	m := p.Mapping(n, "calendar")
	c := &CalendarMap{
		Start: m.Required("start"), Length: m.Text("length"), Who: m.Text("who"), Client: m.Text("client"),
		Title: p.expression(m, "title"), Done: p.expression(m, "done"), At: p.f.Span(n), node: n,
	}
	m.Done()
	return c
}

func (p *parser) group(n *yamlsrc.Node, f *Form, groups map[string]bool) {
	m := p.Mapping(n, "group")
	g := Group{Name: m.Required("group"), Title: m.Label("title"), At: p.f.Span(n)}
	m.Present("title")
	if groups[g.Name] {
		p.errorf(duplicate, m.Node("group"), "group %q is listed twice", g.Name)
	}
	groups[g.Name] = true
	m.Present("fields")
	for _, fn := range m.Items("fields") {
		field := p.field(fn, false)
		if field.Name == "" {
			continue
		}
		field.Group = g.Name
		if p.addField(f, field) {
			g.Fields = append(g.Fields, field)
		}
	}
	m.Done()
	f.Groups = append(f.Groups, g)
}

// addField registers a field under its name and former names.
func (p *parser) addField(f *Form, field *Field) bool {
	if f.byName[field.Name] != nil {
		p.errorf(duplicate, field.node.Get("field"), "field %q is there twice", field.Name)
		return false
	}
	f.byName[field.Name] = field
	f.fields = append(f.fields, field)
	for _, was := range field.Was {
		if f.byName[was] != nil {
			p.errorf(duplicate, field.node.Get("was"), "field %q: the former name %q belongs to field %q", field.Name, was, f.byName[was].Name)
			continue
		}
		f.byName[was] = field
	}
	return true
}

// attributes are in the order in which people look for them.
var attributes = []string{"number", "status", "title", "registered", "by", "form", "uid"}

// Attributes are the names by which expressions, lists and reports reach what every document has besides its card.
func Attributes() []string { return slices.Clone(attributes) }

// taken are other names that no field can have: those of expressions and of the parts of a document's file.
var taken = []string{"author", "settings", "card", "today", "now", "files", "links", "comments", "tasks", "routes", "letters", "message", "aliases"}

// reserved reports whether a name cannot be a field's or a column's. Columns are always reached through their table, so
// a function's name is no obstacle to them: sum(lines, .sum).
func reserved(name string, column bool) bool {
	if column {
		return expr.IsWord(name) || slices.Contains([]string{"settings", "card", "today", "now", "author"}, name)
	}
	return expr.Reserved(name) || slices.Contains(attributes, name) || slices.Contains(taken, name)
}

func (p *parser) field(n *yamlsrc.Node, column bool) *Field {
	what := "field"
	if column {
		what = "column"
	}
	m := p.Mapping(n, what)
	f := &Field{Name: m.Required("field"), node: n, At: p.f.Span(n)}
	if f.Name != "" {
		m = p.Mapping(n, fmt.Sprintf("%s %q", what, f.Name))
		m.Know("field")
	}
	switch {
	case f.Name == "":
	case !validName(f.Name):
		p.errorf(badName, n.Get("field"), "%s %q: a name has small letters, digits and underscores and begins with a letter", what, f.Name)
		f.Name = ""
	case reserved(f.Name, column):
		p.errorf(reservedName, n.Get("field"), "%s %q: the name is reserved, choose another", what, f.Name)
	}
	p.fieldType(m, f, column)
	f.Label, f.Hint = m.Label("label"), m.Label("hint")
	m.Present("label")
	f.Was = m.Texts("was")
	p.fieldConditions(m, f, column)
	m.Done()
	return f
}

// fieldType reads the type and the keys that belong to it.
func (p *parser) fieldType(m *yamlsrc.Mapped, f *Field, column bool) {
	text := m.Required("type")
	n := m.Node("type")
	if _, known := expr.KindOf(text); text != "" && text != "computed" && !known {
		p.errorf(wrongType, n, "field %q: %s", f.Name, diag.UnknownWord("type", text, TypeNames()))
		text = diag.Nearest(text, TypeNames()) // what else is said of the field is read with the type that was meant
	}
	var ok bool
	switch {
	case text == "":
		f.Type = expr.Text
		m.Know("directory", "form", "back", "bik", "values", "columns", "value", "as", "min", "max")
	case text == "computed":
		f.Computed = true
		if f.Value = p.expression(m, "value"); f.Value == nil {
			m.Present("value")
			f.Value = &Expression{Source: "nil", file: p.f, node: n} // always empty, so that the form can be used
		}
		as := m.Text("as")
		if f.Type, ok = expr.KindOf(as); as == "" {
			f.Type = expr.Text
		} else if !ok || f.Type == expr.Table || f.Type == expr.Choice {
			p.errorf(wrongType, m.Node("as"), "field %q: a computed field cannot be %q", f.Name, as)
			f.Type = expr.Text
		}
	default:
		f.Type, _ = expr.KindOf(text)
	}
	switch f.Type {
	case expr.Directory:
		if f.Directory = m.Required("directory"); f.Directory == "" {
			f.Type = expr.Text
		}
	case expr.Document:
		f.Form, f.Back = m.Text("form"), m.Label("back")
	case expr.Account:
		f.Bik = m.Text("bik")
	case expr.Choice:
		p.choices(m, f)
	case expr.Table:
		if column {
			p.errorf(wrongType, n, "column %q: a table has no tables inside", f.Name)
			m.Know("columns")
			f.Type = expr.Text
			return
		}
		p.columns(m, f)
	}
}

// TypeNames lists the types of fields.
func TypeNames() []string {
	names := []string{"computed"}
	for k := expr.Text; k < expr.List; k++ {
		names = append(names, k.String())
	}
	return names
}

func (p *parser) choices(m *yamlsrc.Mapped, f *Field) {
	m.Present("values")
	for _, n := range m.Items("values") {
		c := Choice{At: p.f.Span(n)}
		if n.Kind == yamlsrc.Scalar {
			c.Value = n.Value
			c.Title = yamlsrc.Label{"": n.Value}
		} else {
			v := p.Mapping(n, fmt.Sprintf("field %q: value", f.Name))
			c.Value, c.Title = v.Required("value"), v.Label("title")
			v.Done()
		}
		switch {
		case c.Value == "":
		case !validID(c.Value):
			p.errorf(badName, n, "field %q: value %q has other characters than small letters, digits, hyphens and underscores", f.Name, c.Value)
		case slices.ContainsFunc(f.Values, func(o Choice) bool { return o.Value == c.Value }):
			p.errorf(duplicate, n, "field %q: value %q is listed twice", f.Name, c.Value)
		default:
			f.Values = append(f.Values, c)
		}
	}
}

func (p *parser) columns(m *yamlsrc.Mapped, f *Field) {
	m.Present("columns")
	for _, n := range m.Items("columns") {
		c := p.field(n, true)
		switch {
		case c.Name == "":
		case f.Column(c.Name) != nil:
			p.errorf(duplicate, n.Get("field"), "field %q: column %q is there twice", f.Name, c.Name)
		default:
			c.Group = f.Name
			f.Columns = append(f.Columns, c)
		}
	}
}

// fieldConditions reads what must hold for a field.
func (p *parser) fieldConditions(m *yamlsrc.Mapped, f *Field, column bool) {
	if n := m.TextNode("required"); n != nil {
		switch n.Value {
		case "true":
			f.RequiredAlways = true
		case "false":
		default:
			f.Required = &Expression{Source: n.Value, file: p.f, node: n}
		}
	}
	f.Default = p.expression(m, "default")
	f.Check, f.Message = p.expression(m, "check"), m.Label("message")
	if !column {
		f.Unique = m.Bool("unique", false)
		f.ShownIf = p.expression(m, "shown_if")
	}
	if f.Type.IsNumber() || f.Type == expr.DateKind {
		f.Min, f.Max = p.bound(m, f, "min"), p.bound(m, f, "max")
	}
	if f.Computed {
		for _, key := range []string{"required", "unique", "default"} {
			if n := m.Node(key); n != nil {
				p.errorf(wrongType, n, "field %q: a computed field takes no %q", f.Name, key)
			}
		}
		f.RequiredAlways, f.Required, f.Unique, f.Default = false, nil, false, nil
	}
	if f.Unique && (f.Type == expr.Table || f.Type == expr.Multiline || f.Type == expr.Bool) {
		p.errorf(wrongType, m.Node("unique"), "field %q: a %s cannot be unique", f.Name, f.Type)
		f.Unique = false
	}
	if len(f.Message) > 0 && f.Check == nil {
		p.errorf(wrongType, m.Node("message"), "field %q has a message without a check", f.Name)
	}
}

func (p *parser) bound(m *yamlsrc.Mapped, f *Field, key string) string {
	n := m.TextNode(key)
	if n == nil {
		return ""
	}
	if _, err := expr.ParseValue(expr.Type{Kind: f.Type}, n.Value); err != nil {
		p.errorf(badValue, n, "field %q: %s: %s", f.Name, key, err)
		return ""
	}
	return n.Value
}
