package index

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Writer changes the index inside one transaction. What it was given counts
// only if the function it was passed to returns nil.
type Writer struct {
	db      *DB
	c       *conn
	prefix  string // "main." or, for an overlay, "temp.o_"
	schema  Schema
	sql     map[string]string
	forms   map[string]*formWriter
	series  map[seriesKey]int64
	counts  map[string]int64
	words   map[string]bool
	unknown map[[2]string]bool
	reread  []string
	// committed: a commit was named, so the index describes something now
	committed bool
}

// wordsKept bounds the words remembered as already stored.
const wordsKept = 200_000

func newWriter(db *DB, c *conn, prefix string, schema Schema) *Writer {
	w := &Writer{db: db, c: c, prefix: prefix, schema: schema, sql: map[string]string{}, forms: map[string]*formWriter{},
		series: map[seriesKey]int64{}, counts: map[string]int64{}, words: map[string]bool{}, unknown: map[[2]string]bool{}}
	for _, t := range fixedTables {
		cols := t.columns
		first := "id"
		if t.key != "" {
			first = "doc, n"
		}
		all := quoteList(first + ", " + cols)
		w.sql[t.name] = insertSQL(prefix+t.name, all)
	}
	w.sql["task_people"] = insertSQL(prefix+"task_people", quoteList(peopleColumns))
	return w
}

func insertSQL(table, columns string) string {
	n := strings.Count(columns, ",") + 1
	return fmt.Sprintf("INSERT INTO %s(%s) VALUES(%s)", table, columns, strings.TrimSuffix(strings.Repeat("?,", n), ","))
}

// Put stores an entry in place of the document that the index held under its
// number. A file set aside is remembered beside the document.
func (w *Writer) Put(e *Entry) error {
	if err := e.check(); err != nil {
		return err
	}
	if e.Aside {
		return w.putAside(e)
	}
	return w.put(prepare(e))
}

func (e *Entry) check() error {
	if e.Number == "" || e.Form == "" || e.Aside && e.Path == "" {
		return fmt.Errorf("an index entry needs a number and a form, got %q in %q", e.Number, e.Form)
	}
	return nil
}

func (w *Writer) put(p *prepared) error {
	keepText := false
	old, ok, err := w.c.one("SELECT id, texthash, form FROM "+w.prefix+"documents WHERE number = ?", p.Number)
	if err != nil {
		return err
	}
	if ok {
		id := asInt(old[0])
		// The same second and number give the same id, unless it was moved
		// on to avoid another document's.
		if id>>idBits == p.id>>idBits {
			p.id = id
		}
		keepText = id == p.id && asInt(old[1]) == p.hash
		if err := w.remove(id, asString(old[2]), keepText); err != nil {
			return err
		}
	}
	if err := errors.Join(w.hide(p.Number), w.hideAside(p.Number)); err != nil {
		return err
	}
	if err := w.freeID(p); err != nil {
		return err
	}
	if err := w.insert(p); err != nil || keepText {
		return err
	}
	return w.insertText(p)
}

// freeID moves an entry on while another document has its id.
func (w *Writer) freeID(p *prepared) error {
	for {
		_, taken, err := w.c.one("SELECT 1 FROM "+w.prefix+"documents WHERE id = ?", p.id)
		if err == nil && !taken && w.prefix != mainPrefix {
			_, taken, err = w.c.one("SELECT 1 FROM main.documents WHERE id = ? AND number <> ?", p.id, p.Number)
		}
		if err != nil || !taken {
			return err
		}
		p.id++
	}
}

func (w *Writer) insert(p *prepared) error {
	series, err := w.seriesID(p.series)
	if err != nil {
		return err
	}
	w.counts[p.Form]++
	p.rows(series, func(table string, row ...any) {
		if err == nil {
			err = w.c.exec(w.sql[table], row...)
		}
	})
	if err != nil {
		return err
	}
	f := w.form(p.Form)
	if f != nil {
		err = w.c.exec(f.insert, f.row(p)...)
	}
	f.eachUnknown(p, func(name string) {
		if err == nil {
			err = w.noteUnknown(p.Form, name)
		}
	})
	return err
}

// form gives the way into a form's table; nil when the schema has no such form.
func (w *Writer) form(name string) *formWriter {
	if f, ok := w.forms[name]; ok {
		return f
	}
	var f *formWriter
	if s, ok := w.schema.form(name); ok {
		f = newFormWriter(w.prefix, s)
	}
	w.forms[name] = f
	return f
}

// formWriter writes rows of a form's table.
type formWriter struct {
	insert  string
	names   []string       // of the SQL columns
	columns []Column       // in the order of the table
	place   map[string]int // field → number of its column and of its first SQL column
}

func newFormWriter(prefix string, s FormSchema) *formWriter {
	f := &formWriter{place: map[string]int{}, names: slices.Clone(ownColumns), columns: columnOrder(s)}
	for i, col := range f.columns {
		f.place[col.Name] = i<<16 | len(f.names)
		f.names = append(f.names, sqlColumns(col)...)
	}
	f.insert = insertSQL(prefixed(prefix, formTable(s.Name)), strings.Join(f.names, ","))
	return f
}

// row gives a document's row in the order of the table.
func (f *formWriter) row(p *prepared) []any {
	row := make([]any, len(f.names))
	row[0], row[1], row[2], row[3] = p.id, orNil(p.Status), boolInt(p.Closed), orNil(p.By)
	if !p.Registered.IsZero() {
		row[4] = dayNumber(p.Registered)
	}
	for _, field := range p.Fields {
		i, ok := f.place[field.Name]
		if !ok {
			continue
		}
		at, col := i&0xffff, f.columns[i>>16]
		c, k, t := encodeValue(col, field.Value)
		row[at] = c
		if col.Type == Decimal {
			at++
			row[at] = k
		}
		if col.Type != Text {
			row[at+1] = t
		}
	}
	return row
}

// eachUnknown names the values of a document that have no column; f is nil
// when its form is not known.
func (f *formWriter) eachUnknown(p *prepared, note func(name string)) {
	for _, field := range p.Fields {
		if f == nil {
			note(field.Name)
		} else if _, ok := f.place[field.Name]; !ok {
			note(field.Name)
		}
	}
	if f != nil {
		for _, name := range p.Unknown {
			note(name)
		}
	}
}

// noteUnknown remembers that some document of the form has a value under a key
// that is no column, so that a column of that name is not taken for empty.
func (w *Writer) noteUnknown(form, name string) error {
	if key := [2]string{form, name}; w.prefix == mainPrefix && !w.unknown[key] {
		w.unknown[key] = true
		return w.c.exec("INSERT OR IGNORE INTO main.unknown VALUES(?, ?)", form, name)
	}
	return nil
}

func (w *Writer) insertText(p *prepared) error {
	for word := range strings.SplitSeq(p.text, " ") {
		if w.words[word] || !isWord(word) {
			continue
		}
		if len(w.words) >= wordsKept {
			clear(w.words)
		}
		w.words[word] = true
		if err := w.c.exec("INSERT OR IGNORE INTO "+w.prefix+"words(word, stem) VALUES(?, ?)", word, stem(word)); err != nil {
			return err
		}
	}
	return w.c.exec("INSERT INTO "+w.prefix+"fts(rowid, t) VALUES(?, ?)", p.id, p.text)
}

func (w *Writer) seriesID(s seriesKey) (int64, error) {
	s.seq = 0
	if id, ok := w.series[s]; ok {
		return id, nil
	}
	const where = "series WHERE form = ? AND prefix = ? AND year = ?"
	row, ok, err := w.c.one("SELECT id FROM main."+where, s.form, s.prefix, s.year)
	if err == nil && !ok && w.prefix != mainPrefix {
		row, ok, err = w.c.one("SELECT id FROM "+w.prefix+where, s.form, s.prefix, s.year)
	}
	if err == nil && !ok {
		// Series of an overlay count downwards, apart from those of the index.
		next := "SELECT coalesce(max(id), 0) + 1 FROM main.series"
		if w.prefix != mainPrefix {
			next = "SELECT coalesce(min(id), 0) - 1 FROM " + w.prefix + "series"
		}
		if row, _, err = w.c.one(next); err == nil {
			err = w.c.exec("INSERT INTO "+w.prefix+"series VALUES(?, ?, ?, ?)", row[0], s.form, s.prefix, s.year)
		}
	}
	if err != nil {
		return 0, err
	}
	w.series[s] = asInt(row[0])
	return w.series[s], nil
}

func (w *Writer) putAside(e *Entry) error {
	if err := w.hideAside(e.Number); err != nil {
		return err
	}
	return w.c.exec("INSERT OR REPLACE INTO "+w.prefix+"aside VALUES(?, ?, ?)", e.Path, e.Number, e.Form)
}

// DropAside forgets the files set aside under a number.
func (w *Writer) DropAside(number string) error {
	if err := w.hideAside(number); err != nil {
		return err
	}
	return w.c.exec("DELETE FROM "+w.prefix+"aside WHERE number = ?", number)
}

// hideAside takes what the index itself has set aside out of an overlay's sight.
func (w *Writer) hideAside(number string) error {
	if w.prefix == mainPrefix {
		return nil
	}
	return w.c.exec("INSERT OR IGNORE INTO temp.hidden_aside VALUES(?)", number)
}

// Delete removes a document; a number that is not there is no error.
func (w *Writer) Delete(number string) error {
	row, ok, err := w.c.one("SELECT id, form FROM "+w.prefix+"documents WHERE number = ?", number)
	if err != nil {
		return err
	}
	if ok {
		if err := w.remove(asInt(row[0]), asString(row[1]), false); err != nil {
			return err
		}
	}
	return w.hide(number)
}

// hide takes the index's own document out of the overlay's sight.
func (w *Writer) hide(number string) error {
	if w.prefix == mainPrefix {
		return nil
	}
	row, ok, err := w.c.one("SELECT id, form FROM main.documents WHERE number = ?", number)
	if err != nil || !ok {
		return err
	}
	if _, done, err := w.c.one("SELECT 1 FROM temp.hidden WHERE id = ?", row[0]); err != nil || done {
		return err
	}
	w.counts[asString(row[1])]--
	return w.c.exec("INSERT INTO temp.hidden VALUES(?)", row[0])
}

func (w *Writer) remove(id int64, form string, keepText bool) error {
	err := w.c.query("SELECT n, who, candidates, controller, open, sort, state FROM "+w.prefix+"tasks WHERE doc = ?", []any{id}, func(r []value) error {
		t := Task{Who: asString(r[1]), Controller: asString(r[3]), Open: asInt(r[4]) == isOpen, Unread: asInt(r[4]) == isUnread, State: asString(r[6])}
		if s := asString(r[2]); s != "" {
			t.Candidates = strings.Split(s, "\n")
		}
		for _, p := range t.people() {
			err := w.c.exec("DELETE FROM "+w.prefix+"task_people WHERE user = ? AND kind = ? AND open = ? AND sort = ? AND doc = ? AND n = ?",
				p.user, p.kind, p.open, r[5], id, r[0])
			if err != nil {
				return err
			}
		}
		return nil
	})
	for _, t := range fixedTables {
		if err != nil {
			return err
		}
		key := t.key
		if key == "" {
			key = "id"
		}
		err = w.c.exec("DELETE FROM "+w.prefix+t.name+" WHERE "+key+" = ?", id)
	}
	if err == nil && w.form(form) != nil {
		err = w.c.exec("DELETE FROM "+prefixed(w.prefix, formTable(form))+" WHERE id = ?", id)
	}
	if err == nil && !keepText {
		err = w.c.exec("DELETE FROM "+w.prefix+"fts WHERE rowid = ?", id)
	}
	w.counts[form]--
	return err
}

// SetCommit states the commit that the index describes from now on.
func (w *Writer) SetCommit(id string) error {
	w.committed = true
	return w.setMeta("commit", id)
}

func (w *Writer) setMeta(key, value string) error {
	return w.c.exec("INSERT INTO main.meta VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", key, value)
}

// SetSchema gives the index the columns of another schema. Forms that have to
// be read again ([Reread] in State.Changes) come out of it with their
// documents lacking all card values: the caller puts every one of them in the
// same transaction, or the transaction fails.
func (w *Writer) SetSchema(schema Schema) error {
	if err := schema.check(); err != nil {
		return err
	}
	text, err := w.db.storedSchema()
	if err != nil {
		return err
	}
	stored, changes, err := w.db.changes(text, schema)
	if err != nil {
		return err
	}
	for _, ch := range changes {
		if err := w.applyChange(stored, schema, ch); err != nil {
			return fmt.Errorf("form %q: %w", ch.Form, err)
		}
	}
	w.schema = schema
	clear(w.forms)
	w.c.forget()
	return w.setMeta("schema", schema.encode())
}

func (w *Writer) applyChange(stored, schema Schema, ch FormChange) error {
	want, _ := schema.form(ch.Form)
	have, had := stored.form(ch.Form)
	if ch.Kind != Added {
		if err := w.c.exec("DROP TABLE IF EXISTS main." + formTable(ch.Form)); err != nil || ch.Kind == Gone {
			return err
		}
		if err := w.c.exec("DELETE FROM main.unknown WHERE form = ?", ch.Form); err != nil {
			return err
		}
		w.unknown = map[[2]string]bool{}
		w.reread = append(w.reread, ch.Form)
		if err := w.c.exec(formDDL(mainPrefix, want)); err != nil {
			return err
		}
	}
	if ch.Kind == Added && had {
		for _, name := range ch.Columns {
			col, _ := want.column(name)
			for _, s := range sqlColumns(col) {
				if err := w.c.exec("ALTER TABLE main." + formTable(ch.Form) + " ADD COLUMN " + s); err != nil {
					return err
				}
			}
		}
		for _, col := range have.Columns {
			if now, _ := want.column(col.Name); col.Indexed && !now.Indexed {
				if err := w.c.exec("DROP INDEX IF EXISTS main." + ident("i_"+ch.Form+"."+col.Name)); err != nil {
					return err
				}
			}
		}
	}
	for _, x := range formIndexes(want) {
		if err := w.c.exec(x.ddl(ch.Form)); err != nil {
			return err
		}
	}
	return nil
}

// finish writes what was only counted and checks that forms which had to be
// read again were.
func (w *Writer) finish() error {
	forms := make([]string, 0, len(w.counts))
	for f := range w.counts {
		forms = append(forms, f)
	}
	slices.Sort(forms)
	for _, f := range forms {
		err := w.c.exec("INSERT INTO "+w.prefix+"counts VALUES(?, ?) ON CONFLICT(form) DO UPDATE SET n = n + excluded.n", f, w.counts[f])
		if err != nil {
			return err
		}
	}
	var missing []error
	for _, f := range w.reread {
		have, err := w.c.int("SELECT count(*) FROM main." + formTable(f))
		if err != nil {
			return err
		}
		want, err := w.c.int("SELECT n FROM main.counts WHERE form = ?", f)
		if err != nil {
			return err
		}
		if have != want {
			missing = append(missing, fmt.Errorf("form %q: %d of %d documents were not read again after its columns changed", f, want-have, want))
		}
	}
	return errors.Join(missing...)
}
