package index

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// layout is the version of the tables below; another one means rebuilding.
const layout = 5

// applicationID marks a SQLite file as an index of e1.
const applicationID = 0x65312d69

// fixedTables are the tables every index has, with the columns that follow
// the document's id. Child rows are clustered by document, so that replacing a
// document touches neighbouring pages; each has at most one further index.
var fixedTables = []struct{ name, columns, key string }{
	{"documents", "number, form, series, seq, uid, status, title, by, path, registered, closed, blob, comments, files, texthash", ""},
	{"refs", "kind, field, target, link", "doc"},
	{"tasks", "task, inst, step, title, route, who, candidates, controller, giver, state, open, outcome, comment, for, cycle, assigned, due, accepted, done, outcomes, kind, of, text, until, reminded, escalated, chosen, sort", "doc"},
	{"timers", "at, kind, inst, task, key", "doc"},
	{"events", "long, start, end, kind, allday, who, client, title, done, task", "doc"},
	{"keys", "kind, value", "doc"},
	{"messages", "message", "doc"},
	{"aliases", "alias", "doc"},
}

// secondaryIndex is an index of a fixed table.
type secondaryIndex struct {
	name, table, columns string
	where                string // "x = 1" or "x IS NOT NULL": the rows it holds; empty: all
}

func (x secondaryIndex) ddl() string {
	q := fmt.Sprintf("CREATE INDEX %s ON %s(%s)", x.name, x.table, x.columns)
	if x.where != "" {
		q += " WHERE " + x.where
	}
	return q
}

var secondary = []secondaryIndex{
	{"documents_number", "documents", "number", ""},
	{"documents_series", "documents", "series, seq", ""},
	{"refs_target", "refs", "target", ""},
	{"tasks_open", "tasks", "open, sort", "open = 1"},
	{"tasks_turn", "tasks", "route, step, assigned", "chosen IS NOT NULL"},
	{"timers_at", "timers", "at", ""},
	{"events_start", "events", "long, start", ""},
	{"keys_value", "keys", "kind, value", ""},
	{"messages_message", "messages", "message", ""},
	{"aliases_alias", "aliases", "alias", ""},
	{"words_stem", "words", "stem", ""},
}

const peopleColumns = "user, kind, open, sort, doc, n, own"

// ftsOptions: the text arrives as tokens already, so the cheapest tokenizer
// will do; contentless keeps the file small and still deletes by row id.
const ftsOptions = `fts5(t, content='', contentless_delete=1, tokenize='ascii')`

// tablesDDL creates the tables that exist in the index and in an overlay.
func tablesDDL(prefix string) string {
	var b strings.Builder
	for _, t := range fixedTables {
		if t.key == "" {
			fmt.Fprintf(&b, "CREATE TABLE %s%s(id INTEGER PRIMARY KEY, %s);\n", prefix, t.name, quoteList(t.columns))
			continue
		}
		fmt.Fprintf(&b, "CREATE TABLE %s%s(doc, n, %s, PRIMARY KEY(doc, n)) WITHOUT ROWID;\n", prefix, t.name, quoteList(t.columns))
	}
	fmt.Fprintf(&b, "CREATE TABLE %stask_people(%s, PRIMARY KEY(user, kind, open, sort, doc, n)) WITHOUT ROWID;\n", prefix, quoteList(peopleColumns))
	fmt.Fprintf(&b, "CREATE TABLE %sseries(id INTEGER PRIMARY KEY, form, prefix, year, UNIQUE(form, prefix, year));\n", prefix)
	fmt.Fprintf(&b, "CREATE TABLE %scounts(form PRIMARY KEY, n) WITHOUT ROWID;\n", prefix)
	fmt.Fprintf(&b, "CREATE VIRTUAL TABLE %sfts USING %s;\n", prefix, ftsOptions)
	fmt.Fprintf(&b, "CREATE TABLE %saside(path PRIMARY KEY, number, form) WITHOUT ROWID;\n", prefix)
	fmt.Fprintf(&b, "CREATE TABLE %swords(word PRIMARY KEY, stem) WITHOUT ROWID;\n", prefix)
	return b.String()
}

// mainDDL creates what only the index itself has.
const mainDDL = `CREATE TABLE meta(key PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE unknown(form, name, PRIMARY KEY(form, name)) WITHOUT ROWID;
CREATE TABLE commits(n INTEGER PRIMARY KEY, id, place, live, parents, op, actor, "for", time, subject, docs, undoes);
CREATE TABLE doc_commits(number, place, n, before, after, PRIMARY KEY(number, place, n)) WITHOUT ROWID;
` + historyIndexes

// historyIndexes are the indexes of the commits: each is there once, and what is
// asked for are those of the present history, the latest first.
const historyIndexes = `CREATE UNIQUE INDEX commits_id ON commits(id);
CREATE INDEX commits_place ON commits(place, id) WHERE live = 1;
CREATE INDEX commits_actor ON commits(actor, place, id) WHERE live = 1;
CREATE INDEX commits_big ON commits(place, id) WHERE docs IS NULL AND op IS NOT NULL AND op <> 'init' AND live = 1;
`

const dropHistoryIndexes = "DROP INDEX main.commits_id;\nDROP INDEX main.commits_place;\nDROP INDEX main.commits_actor;\nDROP INDEX main.commits_big"

// formTable is the table of a form. Names come from people's files: they are
// quoted, and what SQLite would fold together is told apart.
func formTable(form string) string { return ident("f_" + form) }

func ident(name string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r >= 0x80:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "$%02x", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func quoteList(columns string) string {
	parts := strings.Split(columns, ", ")
	for i, p := range parts {
		parts[i] = `"` + p + `"`
	}
	return strings.Join(parts, ", ")
}

// sqlColumns lists the SQL columns of one field: c, then k and t where the
// type has them.
func sqlColumns(col Column) []string {
	out := []string{ident("c_" + col.Name)}
	if col.Type == Decimal {
		out = append(out, ident("k_"+col.Name))
	}
	if col.Type != Text {
		out = append(out, ident("t_"+col.Name))
	}
	return out
}

// ownColumns are what a form's table has of every document.
var ownColumns = []string{"id", "status", "closed", "by", "day"}

// columnOrder is the order of a form's columns in its table: short columns
// before long texts, so that a scan over amounts and dates seldom reads past
// them.
func columnOrder(f FormSchema) []Column {
	cols := slices.Clone(f.Columns)
	slices.SortStableFunc(cols, func(a, b Column) int { return rank(a) - rank(b) })
	return cols
}

// formDDL creates a form's table.
func formDDL(prefix string, f FormSchema) string {
	var b strings.Builder
	fmt.Fprintf(&b, `CREATE TABLE %s(id INTEGER PRIMARY KEY, %s`, prefixed(prefix, formTable(f.Name)), strings.Join(ownColumns[1:], ", "))
	for _, c := range columnOrder(f) {
		for _, s := range sqlColumns(c) {
			b.WriteString(", " + s)
		}
	}
	b.WriteString(")")
	return b.String()
}

func rank(c Column) int {
	switch {
	case c.Type != Text:
		return 0
	case c.Indexed:
		return 1
	}
	return 2
}

// prefixed puts a schema and a name prefix ("temp.o_") before a quoted name.
func prefixed(prefix, quoted string) string {
	schema, rest, ok := strings.Cut(prefix, ".")
	if !ok {
		return quoted
	}
	return schema + `."` + rest + strings.TrimPrefix(quoted, `"`)
}

// formIndex is an index of a form's table; names are quoted.
type formIndex struct {
	name    string
	columns []string
}

// formIndexes lists the indexes of a form's table.
func formIndexes(f FormSchema) []formIndex {
	out := []formIndex{{ident("s_" + f.Name), []string{"status"}}}
	for _, c := range f.Columns {
		if !c.Indexed {
			continue
		}
		cols := sqlColumns(c)
		if c.Type != Text {
			cols = cols[:len(cols)-1] // the text is not searched by
		}
		out = append(out, formIndex{ident("i_" + f.Name + "." + c.Name), cols})
	}
	return out
}

func (x formIndex) ddl(form string) string {
	return fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %s ON %s(%s)`, x.name, formTable(form), strings.Join(x.columns, ", "))
}

// ChangeKind is how a form differs from what is stored.
type ChangeKind uint8

// The kinds of change.
const (
	NewForm ChangeKind = iota // it was not there
	Added                     // columns were added that no document has values for
	Reread                    // its documents have to be read again
	Gone                      // it is there no more
)

// FormChange is one difference between the stored schema and the one asked for.
type FormChange struct {
	Form    string
	Kind    ChangeKind
	Columns []string // those that were added, changed or removed
}

// compareSchemas lists what has to be done to get from have to want, in the
// order of form names. unknown tells whether a document of the form holds a
// value under a key that was no column.
func compareSchemas(have, want Schema, unknown func(form, name string) bool) []FormChange {
	var out []FormChange
	for _, w := range want.Forms {
		h, ok := have.form(w.Name)
		if !ok {
			out = append(out, FormChange{Form: w.Name, Kind: NewForm})
			continue
		}
		if c, differs := compareForms(h, w, unknown); differs {
			out = append(out, c)
		}
	}
	for _, h := range have.Forms {
		if _, ok := want.form(h.Name); !ok {
			out = append(out, FormChange{Form: h.Name, Kind: Gone})
		}
	}
	slices.SortFunc(out, func(a, b FormChange) int { return strings.Compare(a.Form, b.Form) })
	return out
}

func compareForms(have, want FormSchema, unknown func(form, name string) bool) (FormChange, bool) {
	change := FormChange{Form: want.Name, Kind: Added}
	if have.Fingerprint != want.Fingerprint {
		change.Kind = Reread
	}
	indexes := false
	for _, w := range want.Columns {
		h, ok := have.column(w.Name)
		switch {
		case !ok:
			change.Columns = append(change.Columns, w.Name)
			if unknown(want.Name, w.Name) {
				change.Kind = Reread
			}
		case h.Type != w.Type || h.Scale != w.Scale:
			change.Columns = append(change.Columns, w.Name)
			change.Kind = Reread
		case h != w:
			indexes = true
		}
	}
	for _, h := range have.Columns {
		if _, ok := want.column(h.Name); !ok {
			change.Columns = append(change.Columns, h.Name)
			change.Kind = Reread
		}
	}
	return change, len(change.Columns) > 0 || change.Kind == Reread || indexes
}

func (s Schema) form(name string) (FormSchema, bool) {
	for _, f := range s.Forms {
		if f.Name == name {
			return f, true
		}
	}
	return FormSchema{}, false
}

func (f FormSchema) column(name string) (Column, bool) {
	for _, c := range f.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

func (s Schema) check() error {
	seen := map[string]bool{}
	for _, f := range s.Forms {
		if f.Name == "" || seen[f.Name] {
			return fmt.Errorf("form %q occurs twice or has no name", f.Name)
		}
		seen[f.Name] = true
		cols := map[string]bool{}
		for _, c := range f.Columns {
			if c.Name == "" || cols[c.Name] {
				return fmt.Errorf("form %q: column %q occurs twice or has no name", f.Name, c.Name)
			}
			cols[c.Name] = true
		}
	}
	return nil
}

func (s Schema) encode() string {
	b, err := json.Marshal(s)
	if err != nil { // no type in it can fail
		return ""
	}
	return string(b)
}

func decodeSchema(text string) (Schema, error) {
	var s Schema
	err := json.Unmarshal([]byte(text), &s)
	return s, err
}
