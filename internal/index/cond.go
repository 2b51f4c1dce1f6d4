package index

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// builder writes one SELECT: it turns columns into SQL, remembering the tables
// they need and the arguments in the order of their question marks.
type builder struct {
	db       *DB
	layer    layer
	form     string // empty: attributes only
	hasF     bool   // the form has a table
	needD    bool   // the documents table is needed beside the form's
	needS    bool   // the series table is needed
	bySeries bool   // documents are found by their series
	joins    []string
	joined   map[string]string // path of a reference → alias of its document
	args     []any
}

// column is one column of a query in SQL.
type column struct {
	name    string
	spec    Column
	c, k, t string // SQL expressions; k and t may be empty
	id      bool   // the registration, as the row id
	attr    bool
	missing bool // in the schema asked for, not yet in the file: empty
}

// attributes are the columns every document has, and how they are compared.
var attributes = []struct {
	name  string
	typ   ColumnType
	inF   bool // held by the form's table as well
	sqlEx string
}{
	{"number", Text, false, "number"}, {"form", Text, false, "form"}, {"uid", Text, false, "uid"},
	{"status", Text, true, "status"}, {"title", Text, false, "title"}, {"registered", DateTime, false, "registered"},
	{"by", Text, true, "by"}, {"closed", Bool, true, "closed"}, {"comments", Int, false, "comments"},
	{"files", Int, false, "files"}, {"path", Text, false, "path"},
}

func (db *DB) newBuilder(l layer, form string) *builder {
	b := &builder{db: db, layer: l, form: form, joined: map[string]string{}}
	if form != "" {
		_, b.hasF = l.schema.form(form)
	}
	return b
}

// idSQL is the row id of the document asked for.
func (b *builder) idSQL() string {
	if b.hasF {
		return "f.id"
	}
	return "d.id"
}

// from gives the FROM clause, when all columns have been asked for.
func (b *builder) from() string {
	table := prefixed(b.layer.prefix, formTable(b.form))
	out := " FROM @documents d"
	switch {
	case b.hasF && b.bySeries:
		out += " CROSS JOIN " + table + " f ON f.id = d.id"
	case b.hasF && (b.needD || b.needS):
		out = " FROM " + table + " f JOIN @documents d ON d.id = f.id"
	case b.hasF:
		out = " FROM " + table + " f"
	}
	if b.needS {
		out += " JOIN series s ON s.id = d.series" // of all layers
	}
	return out + strings.Join(b.joins, "")
}

// where gives the condition; the form is part of it where no table says it.
func (b *builder) where(conds []Cond) (string, error) {
	text, err := b.cond(And(conds))
	if err != nil {
		return "", err
	}
	if b.form != "" && !b.hasF {
		b.args = append(b.args, b.form)
		text = "(" + text + ") AND d.form = ?"
	}
	if b.layer.hides {
		text = "(" + text + ") AND " + b.layer.visible(b.idSQL())
	}
	return text, nil
}

func (b *builder) column(path string) (column, error) {
	name, card := strings.CutPrefix(path, "card.")
	if form, ok := b.db.schema.form(b.form); ok {
		if head, rest, dotted := strings.Cut(name, "."); dotted {
			if col, ok := form.column(head); ok && col.Ref != "" {
				return b.through(path, b.field(path, "f", b.layer.schema, b.form, col), col, rest)
			}
		} else if col, ok := form.column(name); ok && (card || !isAttribute(name)) {
			return b.field(path, "f", b.layer.schema, b.form, col), nil
		}
	}
	if !card {
		for _, a := range attributes {
			if a.name != path {
				continue
			}
			if a.inF && b.hasF {
				return column{name: path, spec: Column{Name: path, Type: a.typ}, c: "f." + a.sqlEx, attr: true}, nil
			}
			if a.name == "registered" {
				b.needD = b.needD || !b.hasF
				return column{name: path, spec: Column{Name: path, Type: DateTime}, c: b.idSQL(), id: true, attr: true}, nil
			}
			b.needD = true
			return column{name: path, spec: Column{Name: path, Type: a.typ}, c: "d." + a.sqlEx, attr: true}, nil
		}
	}
	return column{}, fmt.Errorf("unknown column %q of form %q", path, b.form)
}

func isAttribute(name string) bool {
	for _, a := range attributes {
		if a.name == name {
			return true
		}
	}
	return false
}

// field is a card field of the table that alias stands for. A column the
// table does not have yet, or has with another type, is empty in every
// document there: where one holds a value its form is read again.
func (b *builder) field(path, alias string, schema Schema, form string, col Column) column {
	stored, _ := schema.form(form)
	if have, ok := stored.column(col.Name); !ok || have.Type != col.Type || have.Scale != col.Scale {
		return absent(path, col)
	}
	names := sqlColumns(col)
	out := column{name: path, spec: col, c: alias + "." + names[0]}
	if col.Type == Decimal {
		out.k = alias + "." + names[1]
	}
	if col.Type != Text {
		out.t = alias + "." + names[len(names)-1]
	}
	return out
}

// absent is a column that is empty, in the shape of its type.
func absent(path string, col Column) column {
	out := column{name: path, spec: col, c: "NULL", missing: true}
	if col.Type == Decimal {
		out.k = "NULL"
	}
	if col.Type != Text {
		out.t = "NULL"
	}
	return out
}

// through reaches a column of the document that a reference field names. That
// document may lie in any layer; with an overlay it is looked up in the views
// over all of them, one value at a time.
func (b *builder) through(path string, own column, ref Column, rest string) (column, error) {
	form, known := b.db.schema.form(ref.Ref)
	if !known {
		return column{}, fmt.Errorf("column %q refers to form %q, which is unknown", path, ref.Ref)
	}
	name, card := strings.CutPrefix(rest, "card.")
	if head, tail, dotted := strings.Cut(name, "."); dotted {
		if col, ok := form.column(head); ok && col.Ref != "" {
			return b.through(path, b.far(path, own, ref.Ref, col), col, tail)
		}
	} else if col, ok := form.column(name); ok && (card || !isAttribute(name)) {
		return b.far(path, own, ref.Ref, col), nil
	}
	for _, a := range attributes {
		if a.name != rest {
			continue
		}
		out := column{name: path, spec: Column{Name: path, Type: a.typ}, attr: true}
		if b.db.overlay {
			out.c = fmt.Sprintf("(SELECT %s FROM documents WHERE number = %s)", a.sqlEx, own.c)
		} else {
			out.c = b.join(own, ref.Ref) + "." + a.sqlEx
		}
		return out, nil
	}
	return column{}, fmt.Errorf("unknown column %q of form %q, reached by %q", rest, ref.Ref, path)
}

// far is a card field of the document whose number own holds.
func (b *builder) far(path string, own column, form string, col Column) column {
	if !b.db.overlay {
		if _, ok := b.db.stored.form(form); !ok {
			return absent(path, col)
		}
		return b.field(path, b.join(own, form)+"f", b.db.stored, form, col)
	}
	out := b.field(path, "v", b.db.schema, form, col)
	for _, sql := range []*string{&out.c, &out.k, &out.t} {
		if *sql != "" {
			*sql = fmt.Sprintf("(SELECT %s FROM %s v WHERE v.id = (SELECT id FROM documents WHERE number = %s))", *sql, formTable(form), own.c)
		}
	}
	return out
}

// join adds the tables of a referenced document once and gives their alias.
func (b *builder) join(own column, form string) string {
	key := own.c + " " + form
	if doc, ok := b.joined[key]; ok {
		return doc
	}
	doc := "r" + strconv.Itoa(len(b.joined))
	b.joined[key] = doc
	join := fmt.Sprintf(" LEFT JOIN @documents %s ON %s.number = %s", doc, doc, own.c)
	if _, ok := b.db.stored.form(form); ok {
		join += fmt.Sprintf(" LEFT JOIN %s %sf ON %sf.id = %s.id", formTable(form), doc, doc, doc)
	}
	b.joins = append(b.joins, join)
	return doc
}

// cond writes a condition. A part that is NULL counts as false, which AND and
// OR keep, and IS NOT TRUE makes true.
func (b *builder) cond(c Cond) (string, error) {
	switch c := c.(type) {
	case nil:
		return "1", nil
	case And:
		return b.list(c, " AND ", "1")
	case Or:
		return b.list(c, " OR ", "0")
	case Not:
		inner, err := b.cond(c.Cond)
		return "(" + inner + ") IS NOT TRUE", err
	case Compare:
		col, err := b.column(c.Column)
		if err != nil {
			return "", err
		}
		return b.compare(col, c.Op, c.Value)
	case CompareColumns:
		return b.compareColumns(c)
	case In:
		return b.in(c)
	case IsNull:
		col, err := b.column(c.Column)
		return col.c + " IS NULL", err
	case Contains:
		return b.textual(c.Column, c.Text, func(sql string) string {
			b.args = append(b.args, c.Text)
			return "instr(" + sql + ", ?) > 0"
		})
	case HasPrefix:
		return b.textual(c.Column, c.Text, func(sql string) string {
			b.args = append(b.args, c.Text)
			end, ok := prefixEnd(c.Text)
			if !ok {
				return sql + " >= ?"
			}
			b.args = append(b.args, end)
			return sql + " >= ? AND " + sql + " < ?"
		})
	}
	return "", fmt.Errorf("unknown condition %T", c)
}

func (b *builder) list(parts []Cond, sep, empty string) (string, error) {
	if len(parts) == 0 {
		return empty, nil
	}
	out := make([]string, len(parts))
	for i, p := range parts {
		s, err := b.cond(p)
		if err != nil {
			return "", err
		}
		out[i] = "(" + s + ")"
	}
	return strings.Join(out, sep), nil
}

func (b *builder) textual(name, text string, write func(sql string) string) (string, error) {
	col, err := b.column(name)
	if err != nil {
		return "", err
	}
	if col.spec.Type != Text {
		return "", fmt.Errorf("column %q holds no text, so it cannot contain %q", name, text)
	}
	if text == "" { // every value has it
		return col.c + " IS NOT NULL", nil
	}
	return write(col.c), nil
}

// prefixEnd is the first text after all that begin with p.
func prefixEnd(p string) (string, bool) {
	for p != "" {
		r, size := utf8.DecodeLastRuneInString(p)
		p = p[:len(p)-size]
		if r < 0xd7ff || r >= 0xe000 && r < utf8.MaxRune {
			return p + string(r+1), true
		}
		if r == 0xd7ff {
			return p + "\ue000", true
		}
	}
	return "", false
}

func (b *builder) compare(col column, op Op, v any) (string, error) {
	if t, ok := v.(time.Time); ok {
		if !t.IsZero() && col.spec.Type == DateTime {
			return b.compareMoment(col, op, t), nil
		}
		v = t.Format(time.RFC3339)
	}
	if v == nil || v == "" {
		switch op {
		case Eq, Le, Ge:
			if op == Eq {
				return col.c + " IS NULL", nil
			}
		case Ne:
			return col.c + " IS NOT NULL", nil
		}
		return "0", nil
	}
	if col.spec.Type == DateTime {
		t, err := time.Parse(time.RFC3339, fmt.Sprint(v))
		if err != nil {
			return "", fmt.Errorf("column %q is compared with %q, which is no time (2006-01-02T15:04:05+03:00)", col.name, v)
		}
		return b.compareMoment(col, op, t), nil
	}
	c, k, _ := encodeValue(col.spec, v)
	if c == nil {
		return "", fmt.Errorf("column %q is compared with %q, which is no %s", col.name, fmt.Sprint(v), col.spec.Type)
	}
	if col.k != "" {
		key, _ := k.(string)
		return b.compareDecimal(col, op, c, key), nil
	}
	b.args = append(b.args, c)
	return col.c + " " + sqlOp(op) + " ?", nil
}

func sqlOp(op Op) string {
	return [...]string{Eq: "=", Ne: "IS NOT", Lt: "<", Le: "<=", Gt: ">", Ge: ">="}[op]
}

// compareDecimal compares floors, and keys where the floors are the same.
func (b *builder) compareDecimal(col column, op Op, c any, key string) string {
	own := "coalesce(" + col.k + ", '')"
	switch {
	case op == Eq && key == "":
		b.args = append(b.args, c)
		return col.c + " = ? AND " + col.k + " IS NULL"
	case op == Eq || op == Ne:
		b.args = append(b.args, c, key)
		text := col.c + " = ? AND " + own + " = ?"
		if op == Ne {
			return "(" + text + ") IS NOT TRUE"
		}
		return text
	case key == "" && (op == Lt || op == Ge) && c != int64(minScaled):
		b.args = append(b.args, c)
		return col.c + " " + sqlOp(op) + " ?"
	}
	b.args = append(b.args, c, c, c, key)
	strict := "<"
	if op == Gt || op == Ge {
		strict = ">"
	}
	// The first comparison is implied by the rest; it is what an index serves.
	return fmt.Sprintf("%s %s= ? AND (%s %s ? OR %s = ? AND %s %s ?)", col.c, strict, col.c, strict, col.c, own, sqlOp(op))
}

// compareMoment compares seconds; whatever follows them in the stored number
// does not count.
func (b *builder) compareMoment(col column, op Op, t time.Time) string {
	unix := t.Unix()
	whole := t.Nanosecond() == 0
	low := func(sec int64) int64 {
		if col.id {
			return idFloor(sec)
		}
		return sec << offsetBits
	}
	switch op {
	case Eq, Ne:
		if !whole {
			if op == Eq {
				return "0"
			}
			return "1"
		}
		b.args = append(b.args, low(unix), low(unix+1))
		text := col.c + " >= ? AND " + col.c + " < ?"
		if op == Ne {
			return "(" + text + ") IS NOT TRUE"
		}
		return text
	case Lt, Ge:
		if !whole {
			unix++
		}
		b.args = append(b.args, low(unix))
		return col.c + " " + sqlOp(op) + " ?"
	}
	b.args = append(b.args, low(unix+1))
	if op == Le {
		return col.c + " < ?"
	}
	return col.c + " >= ?"
}

func (b *builder) compareColumns(c CompareColumns) (string, error) {
	left, err := b.column(c.Left)
	if err != nil {
		return "", err
	}
	right, err := b.column(c.Right)
	if err != nil {
		return "", err
	}
	if left.spec.Type != right.spec.Type {
		return "", fmt.Errorf("columns %q and %q are of different types", c.Left, c.Right)
	}
	l, r := left.moment(), right.moment()
	if left.spec.Type == Decimal && left.k != "" && right.k != "" {
		op := sqlOp(c.Op)
		if c.Op == Ne {
			return fmt.Sprintf("(%s IS %s AND %s IS %s) IS NOT TRUE", l, r, left.k, right.k), nil
		}
		if c.Op == Eq {
			return fmt.Sprintf("%s IS %s AND %s IS %s", l, r, left.k, right.k), nil
		}
		return fmt.Sprintf("(%s, coalesce(%s, '')) %s (%s, coalesce(%s, ''))", l, left.k, op, r, right.k), nil
	}
	if c.Op == Eq {
		return l + " IS " + r, nil
	}
	return l + " " + sqlOp(c.Op) + " " + r, nil
}

// moment is what two columns of one type are compared by.
func (c column) moment() string {
	switch {
	case c.id:
		return fmt.Sprintf("((%s >> %d) + %d)", c.c, idBits, idEpoch)
	case c.spec.Type == DateTime && !c.missing:
		return fmt.Sprintf("(%s >> %d)", c.c, offsetBits)
	}
	return c.c
}

func (b *builder) in(c In) (string, error) {
	col, err := b.column(c.Column)
	if err != nil {
		return "", err
	}
	if col.spec.Type == Decimal || col.spec.Type == DateTime {
		var or Or
		for _, v := range c.Values {
			or = append(or, Compare{c.Column, Eq, v})
		}
		return b.cond(or)
	}
	null := "0"
	var marks []string
	for _, v := range c.Values {
		enc, _, _ := encodeValue(col.spec, v)
		if enc == nil {
			if v != nil && v != "" {
				return "", fmt.Errorf("column %q is compared with %q, which is no %s", col.name, fmt.Sprint(v), col.spec.Type)
			}
			null = col.c + " IS NULL"
			continue
		}
		b.args = append(b.args, enc)
		marks = append(marks, "?")
	}
	if len(marks) == 0 {
		return null, nil
	}
	text := col.c + " IN (" + strings.Join(marks, ",") + ")"
	if null != "0" {
		text += " OR " + null
	}
	return text, nil
}

// String names the type as messages do.
func (t ColumnType) String() string {
	names := [...]string{Text: "text", Int: "whole number", Decimal: "number", Date: "date", DateTime: "time", Bool: "true or false", Duration: "duration"}
	if int(t) < len(names) {
		return names[t]
	}
	return "value"
}
