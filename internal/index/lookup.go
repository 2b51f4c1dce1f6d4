package index

import (
	"slices"
	"strings"
	"time"
)

// Get gives one document by its number or a former one, with the columns asked
// for.
func (db *DB) Get(number string, columns ...string) (Row, bool, error) {
	const byNumber = "SELECT " + rowColumns + " FROM documents d WHERE d.number = ?"
	rows, err := db.rowsOf(byNumber, number)
	if err == nil && len(rows) == 0 {
		rows, err = db.rowsOf("SELECT "+rowColumns+" FROM aliases a JOIN documents d ON d.id = a.doc WHERE a.alias = ? ORDER BY d.id DESC LIMIT 1", number)
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
		return errStop
	})
	return row, true, wrap(err)
}

func (db *DB) rowsOf(sql string, args ...any) ([]Row, error) {
	var out []Row
	err := db.c.query(sql, args, func(r []value) error {
		out = append(out, scanRow(r))
		return nil
	})
	return out, err
}

// Numbers gives the documents whose numbers begin with prefix, the highest
// first, of one form or of all.
func (db *DB) Numbers(prefix, form string, limit int) ([]Row, error) {
	sql, args := "SELECT "+rowColumns+" FROM documents d WHERE d.number >= ?", []any{prefix}
	if end, ok := prefixEnd(prefix); ok {
		sql, args = sql+" AND d.number < ?", append(args, end)
	}
	if form != "" {
		sql, args = sql+" AND d.form = ?", append(args, form)
	}
	rows, err := db.rowsOf(sql+" ORDER BY d.number DESC LIMIT ?", append(args, limitOf(limit))...)
	return rows, wrap(err)
}

func limitOf(n int) int {
	if n <= 0 {
		return -1
	}
	return n
}

// ResolveShort gives the documents that a short number can mean: those with
// the sequence, of the prefix (a form's name or the letters of its numbers;
// empty: any) and the year (0: any), in order of numbers.
func (db *DB) ResolveShort(prefix string, year, seq int) ([]Row, error) {
	var ids []int64
	err := db.c.query("SELECT id, form, prefix, year FROM series", nil, func(r []value) error {
		named := prefix == "" || strings.EqualFold(prefix, asString(r[2])) || strings.EqualFold(prefix, asString(r[1]))
		if named && (year == 0 || asInt(r[3]) == int64(year)) {
			ids = append(ids, asInt(r[0]))
		}
		return nil
	})
	var out []Row
	for _, id := range ids {
		if err != nil {
			break
		}
		var rows []Row
		rows, err = db.rowsOf("SELECT "+rowColumns+" FROM documents d WHERE d.series = ? AND d.seq = ?", id, seq)
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b Row) int { return strings.Compare(a.Number, b.Number) })
	return slices.CompactFunc(out, func(a, b Row) bool { return a.Number == b.Number }), wrap(err)
}

// MaxSeq gives the highest sequence taken in a form's numbers with the prefix
// and year; 0 when there is none. Prefix and year are those of Entry.
func (db *DB) MaxSeq(form, prefix string, year int) (int, error) {
	best := int64(0)
	var ids []int64
	err := db.c.query("SELECT id FROM series WHERE form = ? AND prefix = ? AND year = ?", []any{form, strings.ToUpper(prefix), year}, func(r []value) error {
		ids = append(ids, asInt(r[0]))
		return nil
	})
	for _, id := range ids {
		if err != nil {
			break
		}
		var n int64
		n, err = db.c.int("SELECT seq FROM documents WHERE series = ? ORDER BY seq DESC LIMIT 1", id)
		best = max(best, n)
	}
	return int(best), wrap(err)
}

// RefsFrom gives the edges that a document points along, in its own order.
func (db *DB) RefsFrom(number string) ([]Edge, error) {
	return db.edges("SELECT r.kind, r.field, r.target, r.link, p.number, "+rowColumns+
		" FROM documents p JOIN refs r ON r.doc = p.id LEFT JOIN documents d ON d.number = r.target WHERE p.number = ? ORDER BY r.n", number)
}

// RefsTo gives the edges that point to a document, the newest pointing
// document first; Row is that document. Numbers it had before count as well.
func (db *DB) RefsTo(number string, limit int) ([]Edge, error) {
	names, err := db.names(number)
	if err != nil {
		return nil, wrap(err)
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(names)), ",")
	return db.edges("SELECT r.kind, r.field, r.target, r.link, d.number, "+rowColumns+
		" FROM refs r JOIN documents d ON d.id = r.doc WHERE r.target IN ("+marks+") ORDER BY r.doc DESC, r.n LIMIT ?", append(names, limitOf(limit))...)
}

// names gives a document's number and its former ones.
func (db *DB) names(number string) ([]any, error) {
	names := []any{number}
	err := db.c.query("SELECT a.alias FROM documents d JOIN aliases a ON a.doc = d.id WHERE d.number = ?", []any{number}, func(r []value) error {
		names = append(names, asString(r[0]))
		return nil
	})
	return names, err
}

func (db *DB) edges(sql string, args ...any) ([]Edge, error) {
	var out []Edge
	err := db.c.query(sql, args, func(r []value) error {
		e := Edge{Ref: Ref{asString(r[0]), asString(r[1]), asString(r[2]), asInt(r[3]) != 0}, From: asString(r[4])}
		if r[5] != nil {
			e.Row = scanRow(r[5:])
		}
		out = append(out, e)
		return nil
	})
	return out, wrap(err)
}

// ByKey gives the documents with a key, the oldest first.
func (db *DB) ByKey(kind, value string, limit int) ([]Row, error) {
	rows, err := db.rowsOf("SELECT DISTINCT "+rowColumns+" FROM keys k JOIN documents d ON d.id = k.doc WHERE k.kind = ? AND k.value = ? ORDER BY d.id LIMIT ?",
		kind, value, limitOf(limit))
	return rows, wrap(err)
}

// ByMessage gives the documents that a letter led to, the oldest first.
func (db *DB) ByMessage(id string) ([]Row, error) {
	rows, err := db.rowsOf("SELECT DISTINCT "+rowColumns+" FROM messages m JOIN documents d ON d.id = m.doc WHERE m.message = ? ORDER BY d.id", id)
	return rows, wrap(err)
}

// Events gives what overlaps the period [from, to), by start; of some people
// only where who is given.
func (db *DB) Events(from, to time.Time, who ...string) ([]EventRow, error) {
	start := func(t time.Time) int64 { return t.Unix() << offsetBits }
	sql := `SELECT e.start, e."end", e.kind, e.allday, e.who, e.client, e.title, e.done, e.task, d.number, d.form
		FROM events e JOIN documents d ON d.id = e.doc
		WHERE (e.long = 0 AND e.start >= ? AND e.start < ? OR e.long = 1 AND e.start < ?)
		AND (e.start >= ? OR e."end" >= ?)`
	f, u := start(from), start(to)
	args := []any{start(from.Add(-shortEvent)), u, u, f, f + 1<<offsetBits}
	if len(who) > 0 {
		sql += " AND e.who IN (" + strings.TrimSuffix(strings.Repeat("?,", len(who)), ",") + ")"
		for _, w := range who {
			args = append(args, w)
		}
	}
	var out []EventRow
	err := db.c.query(sql+" ORDER BY e.start >> 11, d.number, e.n", args, func(r []value) error {
		out = append(out, EventRow{Event{Kind: asString(r[2]), Start: timeOf(r[0]), End: timeOf(r[1]), AllDay: asInt(r[3]) != 0, Who: asString(r[4]),
			Client: asString(r[5]), Title: asString(r[6]), Done: asInt(r[7]) != 0, Task: int(asInt(r[8]))}, asString(r[9]), asString(r[10])})
		return nil
	})
	return out, wrap(err)
}

// TimersDue gives the timers at or before now, the earliest first.
func (db *DB) TimersDue(now time.Time, limit int) ([]TimerRow, error) {
	var out []TimerRow
	err := db.c.query(`SELECT t.at, t.kind, t.inst, t.task, t.key, d.number, d.form FROM timers t JOIN documents d ON d.id = t.doc
		WHERE t.at < ? ORDER BY t.at, t.doc, t.n LIMIT ?`, []any{(now.Unix() + 1) << offsetBits, limitOf(limit)}, func(r []value) error {
		out = append(out, TimerRow{Timer{timeOf(r[0]), asString(r[1]), int(asInt(r[2])), int(asInt(r[3])), asString(r[4])}, asString(r[5]), asString(r[6])})
		return nil
	})
	return out, wrap(err)
}
