package index

import (
	"bytes"
	"slices"
	"strings"
)

// parts are what the tables of a document hold, in words.
var parts = map[string]string{
	"documents": "attributes", "refs": "references", "tasks": "tasks", "timers": "timers", "events": "calendar",
	"keys": "keys", "messages": "letters", "aliases": "former numbers", "task_people": "performers",
}

// Comparison holds entries that were read anew against what the index holds.
// Full text is compared by its checksum.
type Comparison struct {
	db        *DB
	documents int
	people    int
}

// Compare begins a comparison with the index as it answers now.
func (db *DB) Compare() *Comparison { return &Comparison{db: db} }

// Document names the parts in which the index holds something else than the
// entry of a document or of a file set aside; nothing when all is the same.
func (c *Comparison) Document(e *Entry) ([]string, error) {
	aside, err := c.db.Aside(e.Number)
	if err != nil {
		return nil, err
	}
	isAside := slices.ContainsFunc(aside, func(a Aside) bool { return a.Path == e.Path })
	for _, l := range c.db.layers() {
		row, found, err := c.db.c.one(l.tables("SELECT d.id, d.path, s.form, s.prefix, s.year, d.series FROM @documents d LEFT JOIN series s ON s.id = d.series WHERE d.number = ? AND "+l.visible("d.id")), e.Number)
		if err != nil {
			return nil, wrap(err)
		}
		if !found {
			continue
		}
		if elsewhere := asString(row[1]) != e.Path; elsewhere && isAside {
			return nil, nil // another file of the number is the document
		} else if elsewhere || e.Aside {
			return []string{"path"}, nil
		}
		c.documents++
		p := prepare(e)
		p.id = asInt(row[0])
		out, err := c.rows(l, p, asInt(row[5]))
		if s := p.series; asString(row[2]) != s.form || asString(row[3]) != s.prefix || asInt(row[4]) != s.year {
			out = append(out, "series")
		}
		if isAside {
			out = append(out, "path")
		}
		return out, wrap(err)
	}
	if e.Aside && isAside {
		return nil, nil
	}
	return []string{"path"}, nil
}

// rows compares the rows of a document.
func (c *Comparison) rows(l layer, p *prepared, series int64) (out []string, err error) {
	want := map[string][][]any{}
	p.rows(series, func(table string, row ...any) { want[table] = append(want[table], row) })
	differs := func(part string) {
		if !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	for _, t := range fixedTables {
		key, order := "id", ""
		if t.key != "" {
			key, order = t.key, " ORDER BY n"
		}
		var have [][]value
		err := c.db.c.query(l.tables("SELECT * FROM @"+t.name+" WHERE "+key+" = ?"+order), []any{p.id}, func(r []value) error {
			have = append(have, slices.Clone(r))
			return nil
		})
		if err != nil {
			return nil, err
		}
		if !slices.EqualFunc(have, want[t.name], sameRow) {
			differs(parts[t.name])
		}
	}
	for _, row := range want["task_people"] {
		c.people++
		_, found, err := c.db.c.one(l.tables("SELECT 1 FROM @task_people WHERE user = ? AND kind = ? AND open = ? AND sort = ? AND doc = ? AND n = ? AND own = ?"), row...)
		if err != nil {
			return nil, err
		}
		if !found {
			differs(parts["task_people"])
		}
	}
	f, ok := l.schema.form(p.Form)
	if !ok {
		return out, nil
	}
	w := newFormWriter(l.prefix, f)
	row, found, err := c.db.c.one("SELECT "+strings.Join(w.names, ", ")+" FROM "+prefixed(l.prefix, formTable(p.Form))+" WHERE id = ?", p.id)
	if err != nil {
		return nil, err
	}
	if !found || !sameRow(row, w.row(p)) {
		differs("card")
	}
	return out, nil
}

// sameRow compares what SQLite gives with what it was given.
func sameRow(have []value, want []any) bool {
	return slices.EqualFunc(have, want, func(h value, w any) bool {
		switch v := w.(type) {
		case nil:
			return h == nil
		case int:
			return h == int64(v)
		case bool:
			return h == boolInt(v)
		case []byte:
			b, ok := h.([]byte)
			return ok && bytes.Equal(b, v)
		case string:
			return h != nil && asString(h) == v
		}
		return h == w
	})
}

// Left says what the index holds beyond the documents that were compared, in
// words; nothing when that is all.
func (c *Comparison) Left() ([]string, error) {
	var out []string
	for _, t := range []struct {
		what, table, id string
		want            int
	}{{"documents", "documents", "id", c.documents}, {"performers", "task_people", "doc", c.people}, {"texts", "fts_docsize", "id", c.documents}} {
		n, _, err := c.db.countLayers(0, func(l layer) (string, []any, error) {
			return " FROM @" + t.table + " WHERE " + l.visible(t.id), nil, nil
		})
		if err != nil {
			return nil, err
		}
		if n != t.want {
			out = append(out, itoa(int64(n))+" "+t.what+" instead of "+itoa(int64(t.want)))
		}
	}
	n, _, err := c.db.count(Query{})
	if err == nil && n != c.documents {
		out = append(out, "a count of "+itoa(int64(n))+" documents instead of "+itoa(int64(c.documents)))
	}
	return out, wrap(err)
}
