package index

import (
	"slices"
	"strings"
	"time"
)

// Get gives one document by its number or a former one, with the columns asked
// for.
func (db *DB) Get(number string, columns ...string) (Row, bool, error) {
	rows, err := db.rowsOf(1, newestFirst, " FROM @documents d WHERE d.number = ?", number)
	if err == nil && len(rows) == 0 {
		rows, err = db.rowsOf(1, newestFirst, " FROM @aliases a CROSS JOIN @documents d ON d.id = a.doc WHERE a.alias = ?", number)
	}
	if err != nil || len(rows) == 0 {
		return Row{}, false, wrap(err)
	}
	row := rows[0]
	if len(columns) == 0 {
		return row, true, nil
	}
	err = db.rows(Query{Form: row.Form, Where: []Cond{Compare{"number", Eq, row.Number}}, Columns: columns}, func(r Row) error {
		row = r
		return nil
	})
	return row, true, wrap(err)
}

var (
	newestFirst = []sortKey{{"d.id", true}}
	oldestFirst = []sortKey{{"d.id", false}}
)

// rowsOf gives the documents d of a query in all layers.
func (db *DB) rowsOf(limit int, keys []sortKey, tail string, args ...any) ([]Row, error) {
	var out []Row
	err := db.selectLayers(limit, 0, func(l layer) (selectQuery, error) {
		return selectQuery{rowColumns, tail + " AND " + l.visible("d.id"), keys, args}, nil
	}, func(r []value) error {
		out = append(out, scanRow(r))
		return nil
	})
	return out, err
}

// Numbers gives the documents whose numbers begin with prefix, the highest
// first, of one form or of all.
func (db *DB) Numbers(prefix, form string, limit int) ([]Row, error) {
	tail, args := " FROM @documents d WHERE d.number >= ?", []any{prefix}
	if end, ok := prefixEnd(prefix); ok {
		tail, args = tail+" AND d.number < ?", append(args, end)
	}
	if form != "" {
		tail, args = tail+" AND +d.form = ?", append(args, form)
	}
	rows, err := db.rowsOf(limit, []sortKey{{"d.number", true}}, tail, args...)
	return rows, wrap(err)
}

// RefsFrom gives the edges that a document points along, in its own order.
func (db *DB) RefsFrom(number string) ([]Edge, error) {
	edges, err := db.edges(0, []sortKey{{"r.n", false}}, " FROM @documents d CROSS JOIN @refs r ON r.doc = d.id WHERE d.number = ?", number)
	for i := range edges {
		if err != nil {
			return nil, err
		}
		edges[i].Row, _, err = db.Get(edges[i].To)
	}
	return edges, err
}

// RefsTo gives the edges that point to a document, the newest pointing
// document first; Row is that document. Numbers it had before count as well.
func (db *DB) RefsTo(number string, limit int) ([]Edge, error) {
	names := []any{number}
	for _, l := range db.layers() {
		sql := "SELECT a.alias FROM @documents d CROSS JOIN @aliases a ON a.doc = d.id WHERE d.number = ? AND " + l.visible("d.id")
		err := db.c.query(l.tables(sql), []any{number}, func(r []value) error {
			names = append(names, asString(r[0]))
			return nil
		})
		if err != nil {
			return nil, wrap(err)
		}
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(names)), ",")
	return db.edges(limit, []sortKey{{"r.doc", true}, {"r.n", false}}, " FROM @refs r CROSS JOIN @documents d ON d.id = r.doc WHERE r.target IN ("+marks+")", names...)
}

// edges gives the refs r of documents d.
func (db *DB) edges(limit int, keys []sortKey, tail string, args ...any) ([]Edge, error) {
	var out []Edge
	err := db.selectLayers(limit, 0, func(l layer) (selectQuery, error) {
		return selectQuery{rowColumns + ", r.kind, r.field, r.target, r.link", tail + " AND " + l.visible("d.id"), keys, args}, nil
	}, func(r []value) error {
		row, e := scanRow(r), r[rowWidth:]
		out = append(out, Edge{Ref{asString(e[0]), asString(e[1]), asString(e[2]), asInt(e[3]) != 0}, row.Number, row})
		return nil
	})
	return out, wrap(err)
}

// ByKey gives the documents with a key, the oldest first.
func (db *DB) ByKey(kind, value string, limit int) ([]Row, error) {
	rows, err := db.rowsOf(limit, oldestFirst, " FROM @documents d WHERE d.id IN (SELECT doc FROM @keys WHERE kind = ? AND value = ?)", kind, value)
	return rows, wrap(err)
}

// ByMessage gives the documents that a letter led to, the oldest first.
func (db *DB) ByMessage(id string) ([]Row, error) {
	rows, err := db.rowsOf(0, oldestFirst, " FROM @documents d WHERE d.id IN (SELECT doc FROM @messages WHERE message = ?)", id)
	return rows, wrap(err)
}

// Aside gives the files that cannot be used as documents, by path; of one number
// when that is given.
func (db *DB) Aside(number string) ([]Aside, error) {
	var out []Aside
	for _, l := range db.layers() {
		sql, args := "SELECT path, number, form FROM @aside WHERE 1", []any(nil)
		if l.hides {
			sql += " AND number NOT IN (SELECT number FROM temp.hidden_aside)"
		}
		if number != "" {
			sql, args = sql+" AND number = ?", []any{number}
		}
		err := db.c.query(l.tables(sql), args, func(r []value) error {
			out = append(out, Aside{asString(r[0]), asString(r[1]), asString(r[2])})
			return nil
		})
		if err != nil {
			return nil, wrap(err)
		}
	}
	slices.SortFunc(out, func(a, b Aside) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

// Events gives what overlaps the period [from, to), by start; of some people
// only where who is given.
func (db *DB) Events(from, to time.Time, who ...string) ([]EventRow, error) {
	start := func(t time.Time) int64 { return t.Unix() << offsetBits }
	tail := ` FROM @events e CROSS JOIN @documents d ON d.id = e.doc
		WHERE (e.long = 0 AND e.start >= ? AND e.start < ? OR e.long = 1 AND e.start < ?)
		AND (e.start >= ? OR e."end" >= ?)`
	f, u := start(from), start(to)
	args := []any{start(from.Add(-shortEvent)), u, u, f, f + 1<<offsetBits}
	if len(who) > 0 {
		tail += " AND e.who IN (" + strings.TrimSuffix(strings.Repeat("?,", len(who)), ",") + ")"
		for _, w := range who {
			args = append(args, w)
		}
	}
	var out []EventRow
	err := db.selectLayers(0, 0, func(l layer) (selectQuery, error) {
		columns := `e.start, e."end", e.kind, e.allday, e.who, e.client, e.title, e.done, e.task, d.number, d.form`
		return selectQuery{columns, tail + " AND " + l.visible("e.doc"), []sortKey{{"e.start >> 11", false}, {"d.number", false}, {"e.n", false}}, args}, nil
	}, func(r []value) error {
		out = append(out, EventRow{Event{Kind: asString(r[2]), Start: timeOf(r[0]), End: timeOf(r[1]), AllDay: asInt(r[3]) != 0, Who: asString(r[4]),
			Client: asString(r[5]), Title: asString(r[6]), Done: asInt(r[7]) != 0, Task: int(asInt(r[8]))}, asString(r[9]), asString(r[10])})
		return nil
	})
	return out, wrap(err)
}

// TimersDue gives the timers at or before now, the earliest first.
func (db *DB) TimersDue(now time.Time, limit int) ([]TimerRow, error) {
	var out []TimerRow
	err := db.selectLayers(limit, 0, func(l layer) (selectQuery, error) {
		return selectQuery{"t.at, t.kind, t.inst, t.task, t.key, d.number, d.form",
			" FROM @timers t CROSS JOIN @documents d ON d.id = t.doc WHERE t.at < ? AND " + l.visible("t.doc"),
			[]sortKey{{"t.at", false}, {"t.doc", false}, {"t.n", false}}, []any{(now.Unix() + 1) << offsetBits}}, nil
	}, func(r []value) error {
		out = append(out, TimerRow{Timer{timeOf(r[0]), asString(r[1]), int(asInt(r[2])), int(asInt(r[3])), asString(r[4])}, asString(r[5]), asString(r[6])})
		return nil
	})
	return out, wrap(err)
}
