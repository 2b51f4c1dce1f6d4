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
				out = append(out, b.field(col.Name, "f", b.layer.schema, b.form, col))
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

// orderBy gives the keys of an order. Ties are broken by registration, in the
// direction of the last key.
func (b *builder) orderBy(order []Order) ([]sortKey, error) {
	if len(order) == 0 {
		order = []Order{{Column: "registered", Desc: true}}
	}
	var keys []sortKey
	for _, o := range order {
		if o.Column == "number" && b.form != "" {
			b.needD, b.needS = true, true
			for _, c := range []string{"s.prefix", "s.year", "d.seq"} {
				keys = append(keys, sortKey{c, o.Desc})
			}
			continue
		}
		col, err := b.column(o.Column)
		if err != nil {
			return nil, err
		}
		keys = append(keys, sortKey{col.c, o.Desc})
		if col.k != "" {
			keys = append(keys, sortKey{col.k, o.Desc})
		}
	}
	if keys[len(keys)-1].sql != b.idSQL() {
		keys = append(keys, sortKey{b.idSQL(), order[len(order)-1].Desc})
	}
	return keys, nil
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
	if err == nil && db.inTx && q.Offset == 0 && q.MaxCount >= 0 && len(res.Rows) < res.Total && (q.Limit == 0 || len(res.Rows) < q.Limit) {
		// SQLite has no sums over its pages; rows that are counted and cannot
		// be found are how overwritten ones show.
		return Result{}, fmt.Errorf("%w: %d of %d documents found", ErrDamaged, len(res.Rows), res.Total)
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
	return db.page(q, nil, fn)
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
		err := db.page(part, &id, func(r Row) error {
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

// page gives the rows of a query, or those of one series in the order of its
// numbers.
func (db *DB) page(q Query, series *int64, fn func(Row) error) error {
	var cols []column
	return db.selectLayers(q.Limit, q.Offset, func(l layer) (selectQuery, error) {
		b := db.newBuilder(l, q.Form)
		b.bySeries = series != nil
		b.needD = true
		var err error
		if cols, err = b.fields(q.Columns); err != nil {
			return selectQuery{}, err
		}
		where, err := b.where(q.Where)
		if err != nil {
			return selectQuery{}, err
		}
		keys := []sortKey{{"d.seq", false}, {"d.id", false}}
		if series == nil {
			if keys, err = b.orderBy(q.OrderBy); err != nil {
				return selectQuery{}, err
			}
		} else {
			where = "(" + where + ") AND d.series = ?"
			b.args = append(b.args, *series)
			keys[0].desc, keys[1].desc = q.OrderBy[0].Desc, q.OrderBy[0].Desc
		}
		return selectQuery{rowColumns + selectFields(cols), b.from() + " WHERE " + where, keys, b.args}, nil
	}, func(r []value) error {
		row := scanRow(r)
		row.Fields = scanFields(cols, r[rowWidth:])
		return fn(row)
	})
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
	return db.countLayers(q.MaxCount, func(l layer) (string, []any, error) {
		b := db.newBuilder(l, q.Form)
		where, err := b.where(q.Where)
		return b.from() + " WHERE " + where, b.args, err
	})
}

// countLayers counts rows up to limit and says whether there are more; 0
// counts all.
func (db *DB) countLayers(limit int, query func(l layer) (tail string, args []any, err error)) (int, bool, error) {
	total := 0
	for _, l := range db.layers() {
		tail, args, err := query(l)
		if err != nil {
			return 0, false, err
		}
		sql := "SELECT count(*)" + tail
		if limit > 0 {
			sql = fmt.Sprintf("SELECT count(*) FROM (SELECT 1%s LIMIT %d)", tail, limit+1)
		}
		n, err := db.c.int(l.tables(sql), args...)
		if err != nil {
			return 0, false, err
		}
		total += int(n)
	}
	if limit > 0 && total > limit {
		return limit, true, nil
	}
	return total, false, nil
}
