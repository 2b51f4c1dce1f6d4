package form

import (
	"errors"
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
)

// Scope gives expressions the values of a document: its fields read by their types, computed fields evaluated,
// attributes, and the documents it refers to. Values are read when they are asked for and kept. The document must
// not change while the scope is used.
func (s *Set) Scope(f *Form, d *document.Document, ctx Context) *Scope {
	ctx.Now = ctx.Now.In(s.settings.Zone)
	return &Scope{set: s, form: f, doc: d, ctx: ctx, values: map[string]expr.Value{}, refs: map[string]*Scope{}}
}

// Scope is the expr.Scope of one document.
type Scope struct {
	set    *Set
	form   *Form
	doc    *document.Document
	ctx    Context
	values map[string]expr.Value
	busy   []string
	refs   map[string]*Scope // shared by all scopes reached from the first one
	depth  int
}

// maxDepth bounds how many documents an expression may reach in turn.
const maxDepth = 16

// errCircle says that a computed value needs itself.
var errCircle = errors.New("the computed value needs itself")

// ValueError says that the text of a card cannot be read by its field's type.
type ValueError struct {
	Field string
	Err   error
}

// Error names the field and what is wrong with its text.
func (e *ValueError) Error() string { return fmt.Sprintf("field %q: %s", e.Field, e.Err) }

// Unwrap is the cause.
func (e *ValueError) Unwrap() error { return e.Err }

// Value implements expr.Scope.
func (sc *Scope) Value(name string) (expr.Value, error) {
	if v, ok := sc.values[name]; ok {
		return v, nil
	}
	if slices.Contains(sc.busy, name) {
		return nil, errCircle
	}
	sc.busy = append(sc.busy, name)
	v, err := sc.read(name)
	sc.busy = sc.busy[:len(sc.busy)-1]
	if err == nil {
		sc.values[name] = v
	}
	return v, err
}

func (sc *Scope) read(name string) (expr.Value, error) {
	if len(name) > 5 && name[:5] == "card." {
		return sc.field(name[5:])
	}
	switch name {
	case "number":
		return sc.doc.Number, nil
	case "uid":
		return sc.doc.UID, nil
	case "form":
		return sc.doc.Form, nil
	case "status":
		if sc.doc.Status == "" {
			return nil, nil
		}
		return sc.set.statusValue(sc.form, sc.doc.Status), nil
	case "registered":
		if sc.doc.Registered.IsZero() {
			return nil, nil
		}
		return sc.doc.Registered, nil
	case "by":
		return sc.doc.By, nil
	case "title":
		return sc.caption(), nil
	case "author":
		if sc.ctx.Author == "" {
			return nil, nil
		}
		return sc.set.org.Value(sc.ctx.Author), nil
	case "settings":
		return sc.set.constants, nil
	case "today":
		return expr.DateOf(sc.ctx.Now), nil
	case "now":
		return sc.ctx.Now, nil
	}
	return sc.field(name)
}

func (s *Set) statusValue(f *Form, id string) expr.Entry {
	e := expr.Entry{ID: id}
	if st, ok := f.Status(id); ok {
		e.Fields = expr.Row{"title": st.Title.In(s.settings.Language)}
	}
	return e
}

func (sc *Scope) field(name string) (expr.Value, error) {
	f := sc.form.byName[name]
	if f == nil {
		return nil, nil
	}
	if f.Computed {
		return sc.set.computed(f, sc)
	}
	v := sc.form.Stored(sc.doc, f)
	if v.IsEmpty() {
		return nil, nil
	}
	if f.Type == expr.Table {
		return sc.table(f, v)
	}
	if v.Rows != nil || v.List != nil || v.Node != nil {
		return nil, &ValueError{f.Name, errors.New("the value is no single text")}
	}
	return sc.set.value(f, v.Text)
}

// Stored is what a card holds for a field, under its name or a former name; nil when there is nothing.
func (f *Form) Stored(d *document.Document, field *Field) *document.Value {
	if v := d.Card.Get(field.Name); v != nil {
		return v
	}
	for _, was := range field.Was {
		if v := d.Card.Get(was); v != nil {
			return v
		}
	}
	return nil
}

// Rename brings a document up to the form: values under former names go under the new ones, and so do the dates that
// rules have had. It reports whether anything changed. Whoever reads a document that is to be worked with calls it.
func (f *Form) Rename(d *document.Document) bool {
	changed := false
	for i := range d.Reached {
		if field := f.byName[d.Reached[i].Field]; field != nil && field.Name != d.Reached[i].Field {
			d.Reached[i].Field = field.Name
			changed = true
		}
	}
	for _, field := range f.fields {
		for _, was := range field.Was {
			v := d.Card.Get(was)
			if v == nil || d.Card.Has(field.Name) {
				continue
			}
			moved := v.Clone()
			d.Card.Delete(was)
			d.Card.Set(field.Name, &moved)
			changed = true
		}
		v := d.Card.Get(field.Name)
		if v == nil || field.Type != expr.Table {
			continue
		}
		for i := range v.Rows {
			for j := range v.Rows[i] {
				cell := &v.Rows[i][j]
				if c := field.Column(cell.Name); c != nil && c.Name != cell.Name && !v.Rows[i].Has(c.Name) {
					cell.Name = c.Name
					changed = true
				}
			}
		}
	}
	return changed
}

// value reads a stored text by the field's type, with everything an expression may ask of it.
func (s *Set) value(f *Field, text string) (expr.Value, error) {
	switch f.Type {
	case expr.UserKind:
		return s.org.Value(text), nil
	case expr.Choice:
		return expr.Entry{ID: text, Fields: expr.Row{"title": f.Title(text, s.settings.Language)}}, nil
	case expr.Directory:
		return expr.Entry{Directory: f.Directory, ID: text, Fields: s.entryRow(f.Directory, text)}, nil
	}
	v, err := expr.ParseValue(expr.Type{Kind: f.Type, Name: f.Form}, text)
	if err != nil {
		return nil, &ValueError{f.Name, err}
	}
	return v, nil
}

// entryRow is an entry as expressions see it: its title and its own fields.
func (s *Set) entryRow(directory, id string) expr.Row {
	d := s.dirsByName[directory]
	if d == nil {
		return nil
	}
	e, ok := d.Entry(id)
	if !ok {
		return nil
	}
	key := directory + "/" + id
	s.mu.Lock()
	row := s.rows[key]
	s.mu.Unlock()
	if row != nil {
		return row
	}
	row = expr.Row{"id": id, "title": e.Title.In(s.settings.Language)}
	for _, f := range d.Fields {
		if text, ok := e.Values[f.Name]; ok {
			if f.Type == expr.Directory {
				// An entry of another directory is given by id and title, so that circles end.
				row[f.Name] = expr.Entry{Directory: f.Directory, ID: text, Fields: expr.Row{"id": text, "title": s.entryTitle(f.Directory, text)}}
				continue
			}
			row[f.Name], _ = s.value(f, text) // the text was checked when the directory was read
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[key] = row
	return row
}

func (s *Set) entryTitle(directory, id string) string {
	if d := s.dirsByName[directory]; d != nil {
		if e, ok := d.Entry(id); ok {
			return e.Title.In(s.settings.Language)
		}
	}
	return ""
}

// computed evaluates a computed field; sums of money are rounded to two digits, half away from zero.
func (s *Set) computed(f *Field, scope expr.Scope) (expr.Value, error) {
	v, err := f.Value.value(scope)
	if err != nil {
		return nil, err
	}
	if d, ok := v.(interface{ Exponent() int32 }); ok && f.Type == expr.Money && d.Exponent() < -2 {
		return roundMoney(v), nil
	}
	return v, nil
}

// table reads the rows of a table, computed columns included.
func (sc *Scope) table(f *Field, v *document.Value) (expr.Value, error) {
	if v.Text != "" || v.List != nil || v.Node != nil {
		return nil, &ValueError{f.Name, errors.New("the value is no table")}
	}
	rows := make([]expr.Row, len(v.Rows))
	for i, r := range v.Rows {
		row := &rowScope{Scope: sc, field: f, row: expr.Row{}, doc: r}
		for _, c := range f.Columns {
			if _, err := row.Value(c.Name); err != nil {
				return nil, &ValueError{f.Name, fmt.Errorf("row %d: %w", i+1, err)}
			}
		}
		rows[i] = row.row
	}
	return rows, nil
}

// rowScope gives the expressions of columns the cells of a row, then the document.
type rowScope struct {
	*Scope
	field *Field
	doc   document.Row
	row   expr.Row
	busy  []string
}

// Value implements expr.Scope.
func (r *rowScope) Value(name string) (expr.Value, error) {
	c := r.field.Column(name)
	if c == nil || c.Name != name {
		return r.Scope.Value(name)
	}
	if v, ok := r.row[name]; ok {
		return v, nil
	}
	if slices.Contains(r.busy, name) {
		return nil, errCircle
	}
	r.busy = append(r.busy, name)
	defer func() { r.busy = r.busy[:len(r.busy)-1] }()
	var v expr.Value
	var err error
	if c.Computed {
		v, err = r.set.computed(c, r)
	} else if text := cellText(r.doc, c); text != "" {
		v, err = r.set.value(c, text)
	}
	if err == nil && v != nil {
		r.row[name] = v
	}
	return v, err
}

// cellText is what a row holds for a column, under its name or a former name.
func cellText(r document.Row, c *Field) string {
	if t := r.Text(c.Name); t != "" {
		return t
	}
	for _, was := range c.Was {
		if t := r.Text(was); t != "" {
			return t
		}
	}
	return ""
}

// Ref implements expr.Scope.
func (sc *Scope) Ref(form, number string) (expr.Scope, error) {
	if sub, ok := sc.refs[number]; ok {
		if sub == nil {
			return nil, nil
		}
		return sub, nil
	}
	if sc.ctx.Lookup == nil {
		return nil, nil
	}
	if sc.depth >= maxDepth {
		return nil, fmt.Errorf("more than %d documents in turn", maxDepth)
	}
	d, err := sc.ctx.Lookup.Document(number)
	if err != nil {
		return nil, err
	}
	if d == nil || sc.set.formsByName[d.Form] == nil || form != "" && d.Form != form {
		sc.refs[number] = nil
		return nil, nil
	}
	sub := sc.set.Scope(sc.set.formsByName[d.Form], d, sc.ctx)
	sub.refs, sub.depth = sc.refs, sc.depth+1
	sc.refs[number] = sub
	return sub, nil
}

// AddDuration implements expr.Calendared by the calendar of the context.
func (sc *Scope) AddDuration(from expr.Value, d expr.Duration, negative bool) (expr.Value, error) {
	if sc.ctx.Calendar != nil {
		if c := sc.ctx.Calendar(); c != nil {
			return expr.AddWorking(c, from, d, negative), nil
		}
	}
	return nil, errors.New("no working calendar is known here")
}

// Decode reads every field of a card, computed ones included. What cannot be read is absent from the values and
// reported.
func (s *Set) Decode(f *Form, d *document.Document, ctx Context) (map[string]expr.Value, []Problem) {
	sc := s.Scope(f, d, ctx)
	values := make(map[string]expr.Value, len(f.fields))
	var problems []Problem
	for _, field := range f.fields {
		v, err := sc.Value(field.Name)
		switch {
		case err != nil:
			problems = append(problems, Problem{Field: field.Name, Code: "type", Severity: diag.Error, Message: err.Error()})
		case v != nil:
			values[field.Name] = v
		}
	}
	return values, problems
}

// Caption is the title of a document in lists: the form's caption, else its first text, else its number. It depends on
// the document alone, so that an index may keep it: other documents are not looked up, see F014. It never fails; a
// caption that cannot be evaluated counts as empty.
func (s *Set) Caption(f *Form, d *document.Document, ctx Context) string {
	v, _ := s.Scope(f, d, ctx).Value("title")
	return expr.FormatValue(v)
}

func (sc *Scope) caption() string {
	if sc.form.Caption != nil {
		alone := *sc // shares the values read so far, not the other documents
		alone.ctx.Lookup, alone.refs = nil, nil
		if v, err := sc.form.Caption.value(&alone); err == nil && v != nil {
			return expr.FormatValue(v)
		}
	}
	for _, field := range sc.form.fields {
		if field.Type == expr.Text && !field.Computed {
			if v := sc.form.Stored(sc.doc, field); v != nil && v.Text != "" {
				return v.Text
			}
		}
	}
	return sc.doc.Number
}
