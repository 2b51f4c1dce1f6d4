package index

import (
	"fmt"
	"slices"
	"strings"
)

// rowColumns are the columns of documents that scanRow reads.
const rowColumns = "d.id, d.number, d.form, d.uid, d.status, d.title, d.by, d.path, d.registered, d.closed, d.blob, d.comments, d.files"

const rowWidth = 13

func scanRow(r []value) Row {
	row := Row{ID: asInt(r[0]), Number: asString(r[1]), Form: asString(r[2]), UID: asString(r[3]), Status: asString(r[4]),
		Title: asString(r[5]), By: asString(r[6]), Path: asString(r[7]), Registered: timeOf(r[8]), Closed: asInt(r[9]) != 0,
		Comments: int(asInt(r[11])), Files: int(asInt(r[12]))}
	if blob, ok := r[10].([]byte); ok {
		copy(row.Blob[:], blob)
	}
	return row
}

// fields gives the columns a query asks for.
func (b *builder) fields(names []string) ([]column, error) {
	var out []column
	for _, name := range names {
		if name == "*" {
			form, _ := b.db.schema.form(b.form)
			for _, col := range form.Columns {
				out = append(out, b.field(col.Name, "f", b.form, col))
			}
			continue
		}
		col, err := b.column(name)
		if err != nil {
			return nil, err
		}
		if col.id {
			b.needD = true
			col.c = "d.registered"
		}
		out = append(out, col)
	}
	return out, nil
}

func selectFields(cols []column) string {
	var s strings.Builder
	for _, c := range cols {
		s.WriteString(", " + c.c)
		if c.t != "" {
			s.WriteString(", " + c.t)
		}
	}
	return s.String()
}

func scanFields(cols []column, r []value) []Field {
	if len(cols) == 0 {
		return nil
	}
	out := make([]Field, len(cols))
	i := 0
	for n, c := range cols {
		out[n].Name = c.name
		var t value
		if c.t != "" {
			t = r[i+1]
		}
		out[n].Value = decodeValue(c.spec, r[i], t)
		i++
		if c.t != "" {
			i++
		}
	}
	return out
}

// orderBy writes the ORDER BY clause. reverse tells the direction of the tie
// break: that of the last key, newest first when there is none.
func (b *builder) orderBy(keys []Order) (string, error) {
	if len(keys) == 0 {
		keys = []Order{{Column: "registered", Desc: true}}
	}
	var parts []string
	add := func(sql string, desc bool) {
		if desc {
			sql += " DESC"
		}
		parts = append(parts, sql)
	}
	for _, k := range keys {
		if k.Column == "number" && b.form != "" {
			b.needD, b.needS = true, true
			for _, c := range []string{"s.prefix", "s.year", "d.seq"} {
				add(c, k.Desc)
			}
			continue
		}
		col, err := b.column(k.Column)
		if err != nil {
			return "", err
		}
		add(col.c, k.Desc)
		if col.k != "" {
			add(col.k, k.Desc)
		}
	}
	if last := parts[len(parts)-1]; last != b.idSQL() && last != b.idSQL()+" DESC" {
		add(b.idSQL(), keys[len(keys)-1].Desc)
	}
	return " ORDER BY " + strings.Join(parts, ", "), nil
}

// List gives one page of documents.
func (db *DB) List(q Query) (Result, error) {
	var res Result
	err := db.rows(q, func(r Row) error {
		res.Rows = append(res.Rows, r)
		return nil
	})
	if err == nil && q.MaxCount >= 0 {
		res.Total, res.Estimated, err = db.count(q)
	}
	return res, wrap(err)
}

// Stream calls fn for each document that List would give, without holding
// them. An error of fn ends it and is returned.
func (db *DB) Stream(q Query, fn func(Row) error) error { return wrap(db.rows(q, fn)) }

func (db *DB) rows(q Query, fn func(Row) error) error {
	if len(q.OrderBy) > 0 && q.OrderBy[0].Column == "number" && q.Form != "" {
		return db.rowsByNumber(q, fn)
	}
	_, err := db.page(q, "", nil, fn)
	return err
}

// rowsByNumber walks the series of a form in order, each by its own index;
// numbers are unique in them, so that further keys do not matter.
func (db *DB) rowsByNumber(q Query, fn func(Row) error) error {
	var series []int64
	desc := q.OrderBy[0].Desc
	err := db.c.query("SELECT id FROM series WHERE form = ? ORDER BY prefix, year", []any{q.Form}, func(r []value) error {
		series = append(series, asInt(r[0]))
		return nil
	})
	if err != nil {
		return err
	}
	if desc {
		slices.Reverse(series)
	}
	skip, left := q.Offset, q.Limit
	for _, id := range series {
		part := q
		part.Offset, part.Limit = 0, 0
		if q.Limit > 0 {
			part.Limit = skip + left
		}
		_, err := db.page(part, "d.series = ?", id, func(r Row) error {
			if skip > 0 {
				skip--
				return nil
			}
			left--
			return fn(r)
		})
		if err != nil {
			return err
		}
		if q.Limit > 0 && left <= 0 {
			break
		}
	}
	return nil
}

// page runs one SELECT for rows, restricted to one series where given.
func (db *DB) page(q Query, extra string, arg any, fn func(Row) error) (int, error) {
	b := db.newBuilder(q.Form)
	cols, err := b.fields(q.Columns)
	if err != nil {
		return 0, err
	}
	where, err := b.where(q.Where)
	if err != nil {
		return 0, err
	}
	order := ""
	if extra == "" {
		order, err = b.orderBy(q.OrderBy)
	} else {
		b.args = append(b.args, arg)
		where = "(" + where + ") AND " + extra
		order = " ORDER BY d.seq, d.id"
		if q.OrderBy[0].Desc {
			order = " ORDER BY d.seq DESC, d.id DESC"
		}
	}
	if err != nil {
		return 0, err
	}
	b.needD = true
	from := b.from()
	if extra != "" && b.hasF {
		from = strings.Replace(from, formTable(b.form)+" f JOIN documents d ON d.id = f.id", "documents d CROSS JOIN "+formTable(b.form)+" f ON f.id = d.id", 1)
	}
	sql := "SELECT " + rowColumns + selectFields(cols) + from + " WHERE " + where + order
	if q.Limit > 0 || q.Offset > 0 {
		limit := q.Limit
		if limit <= 0 {
			limit = -1
		}
		sql += fmt.Sprintf(" LIMIT %d OFFSET %d", limit, max(q.Offset, 0))
	}
	n := 0
	err = db.c.query(sql, b.args, func(r []value) error {
		n++
		row := scanRow(r)
		row.Fields = scanFields(cols, r[rowWidth:])
		return fn(row)
	})
	return n, err
}

// count counts the rows of a query, up to MaxCount.
func (db *DB) count(q Query) (int, bool, error) {
	if len(q.Where) == 0 {
		sql, args := "SELECT sum(n) FROM counts", []any(nil)
		if q.Form != "" {
			sql, args = sql+" WHERE form = ?", []any{q.Form}
		}
		n, err := db.c.int(sql, args...)
		return int(n), false, err
	}
	b := db.newBuilder(q.Form)
	where, err := b.where(q.Where)
	if err != nil {
		return 0, false, err
	}
	return db.bounded("SELECT 1"+b.from()+" WHERE "+where, b.args, q.MaxCount)
}

// bounded counts rows up to limit; 0 counts all.
func (db *DB) bounded(sql string, args []any, limit int) (int, bool, error) {
	if limit <= 0 {
		n, err := db.c.int("SELECT count(*) FROM ("+sql+")", args...)
		return int(n), false, err
	}
	n, err := db.c.int(fmt.Sprintf("SELECT count(*) FROM (%s LIMIT %d)", sql, limit+1), args...)
	return min(int(n), limit), int(n) > limit, err
}
