package index

import (
	"fmt"
	"slices"
	"strings"
)

// layer is one set of tables that a query looks at: those of the index, or
// those that an overlay put before them. All rows of a document lie in one
// layer, so that a query is asked of each by itself and the answers, both in
// order, are merged here; SQLite would gather all documents of both first.
type layer struct {
	prefix string
	schema Schema // of its form tables
	hides  bool   // documents of it are replaced by the next layer
}

func (db *DB) layers() []layer {
	if !db.overlay {
		return []layer{{prefix: mainPrefix, schema: db.stored}}
	}
	return []layer{{mainPrefix, db.stored, true}, {overlayPrefix, db.schema, false}}
}

// tables puts the layer's tables where the text says @name.
func (l layer) tables(sql string) string { return strings.ReplaceAll(sql, "@", l.prefix) }

// visible is a condition that leaves out replaced documents.
func (l layer) visible(id string) string {
	if !l.hides {
		return "1"
	}
	return id + " NOT IN (SELECT id FROM temp.hidden)"
}

// sortKey is one key of the order of a query over layers, an expression of SQL.
type sortKey struct {
	sql  string
	desc bool
}

func orderClause(keys []sortKey) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = k.sql
		if k.desc {
			parts[i] += " DESC"
		}
	}
	return strings.Join(parts, ", ")
}

// selectQuery is a SELECT over one layer without its order: the columns, the
// rest from FROM on, and the keys, as many in each layer.
type selectQuery struct {
	columns, tail string
	keys          []sortKey
	args          []any
}

// selectLayers calls fn for the rows of a query in the order of its keys, from
// offset on, at most limit.
func (db *DB) selectLayers(limit, offset int, query func(l layer) (selectQuery, error), fn func(r []value) error) error {
	offset = max(offset, 0)
	var keys []sortKey
	emit := func(r []value) error {
		if offset > 0 {
			offset--
			return nil
		}
		if err := fn(r[:len(r)-len(keys)]); err != nil {
			return err
		}
		if limit--; limit == 0 {
			return errStop
		}
		return nil
	}
	layers := db.layers()
	bound := ""
	if limit > 0 {
		bound = fmt.Sprintf(" LIMIT %d", limit+offset)
	} else {
		limit = 0 // which counting down never meets again
	}
	run := func(l layer, fn func(r []value) error) error {
		q, err := query(l)
		if err != nil {
			return err
		}
		keys = q.keys
		sql := "SELECT " + q.columns
		for _, k := range keys {
			sql += ", " + k.sql
		}
		return db.c.query(l.tables(sql+q.tail)+" ORDER BY "+orderClause(keys)+bound, q.args, fn)
	}
	// Only the first layer is large; the other one is held.
	var over [][]value
	for _, l := range layers[1:] {
		err := run(l, func(r []value) error {
			over = append(over, slices.Clone(r))
			return nil
		})
		if err != nil {
			return err
		}
	}
	stopped := false
	pass := func(r []value) error {
		err := emit(r)
		stopped = err != nil
		return err
	}
	err := run(layers[0], func(r []value) error {
		for len(over) > 0 && before(over[0], r, keys) {
			if err := pass(over[0]); err != nil {
				return err
			}
			over = over[1:]
		}
		return pass(r)
	})
	for _, r := range over {
		if err != nil || stopped {
			break
		}
		if err = emit(r); err == errStop {
			return nil
		}
	}
	return err
}

// before compares rows by their keys, which are their last columns.
func before(a, b []value, keys []sortKey) bool {
	for i, k := range keys {
		at := len(a) - len(keys) + i
		c := compareStored(a[at], b[at])
		if k.desc {
			c = -c
		}
		if c != 0 {
			return c < 0
		}
	}
	return false
}

// compareStored orders values as SQLite does: NULL, numbers, texts.
func compareStored(a, b value) int {
	class := func(v value) int {
		switch v.(type) {
		case nil:
			return 0
		case int64:
			return 1
		}
		return 2
	}
	if c := class(a) - class(b); c != 0 || a == nil {
		return c
	}
	return compareValues(a, b)
}
