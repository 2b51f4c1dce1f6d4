package index

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// BulkOptions of Bulk.
type BulkOptions struct {
	// Commit is the commit that the entries are read at.
	Commit string
	// Schema is that of the new index; the one given to Open when nil.
	Schema *Schema
	// Progress is called now and then with the stage ("documents",
	// "indexes"), how much of it is done and the total, 0 when unknown.
	Progress func(stage string, done, total int)
	// Total is the number of documents to come, if known.
	Total int
	// KeepHistory copies the recorded history of the index that is replaced.
	KeepHistory bool
}

// Bulk builds the index from nothing, in a file of its own that takes the
// place of the other one when it is complete and durable. Killed before that,
// it leaves the old index as it was. feed hands every document to put, from as
// many goroutines as it likes, which do most of the work in there; when it
// fails nothing is replaced. Of two entries with one number the one whose path
// comes first stays; the other is set aside.
func (db *DB) Bulk(ctx context.Context, opt BulkOptions, feed func(put func(*Entry) error) error) error {
	if db.opt.ReadOnly || db.memory && db.path == "" {
		return ErrReadOnly
	}
	schema := db.schema
	if opt.Schema != nil {
		schema = *opt.Schema
	}
	if err := schema.check(); err != nil {
		return err
	}
	if opt.Progress == nil {
		opt.Progress = func(string, int, int) {}
	}
	if err := db.endSnapshot(); err != nil {
		return err
	}
	file, err := db.newFile()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	if err := db.build(ctx, file, schema, opt, feed); err != nil {
		removeFile(file)
		return wrap(err)
	}
	if err := errors.Join(syncFile(file), db.swap(file)); err != nil {
		removeFile(file)
		return err
	}
	db.schema, db.reason = schema, ""
	return db.reopen()
}

// build makes the file in four steps: SQLite creates the tables; documents come
// in and are gathered as rows and words; these become pages; SQLite writes what
// was only counted.
func (db *DB) build(ctx context.Context, file string, schema Schema, opt BulkOptions, feed func(func(*Entry) error) error) error {
	b := newBulk(schema, filepath.Dir(file))
	defer b.close()
	// Nobody else knows the file, and only a complete one is ever used: no
	// journal, no waiting for the disk until the end.
	err := db.withFile(file, "PRAGMA page_size = 8192;\n"+buildPragmas, func(c *conn) error {
		if err := db.create(c, schema); err != nil {
			return err
		}
		return b.findRoots(c)
	})
	if err != nil {
		return err
	}
	if err := b.consume(ctx, opt, feed); err != nil {
		return err
	}
	if err := b.writeTrees(ctx, file, opt); err != nil {
		return err
	}
	return db.withFile(file, buildPragmas, func(c *conn) error {
		err := c.exec("BEGIN")
		w := newWriter(db, c, mainPrefix, schema)
		if err == nil {
			err = b.complete(w)
		}
		if err == nil && opt.KeepHistory && db.c != nil {
			err = copyHistory(db.c, c)
		}
		if err == nil {
			err = errors.Join(w.finish(), db.writeMeta(c, schema, opt.Commit), c.exec("COMMIT"))
		}
		if err != nil {
			return err
		}
		c.forget()
		return c.script("PRAGMA locking_mode = NORMAL;\nPRAGMA synchronous = FULL;\nPRAGMA journal_mode = " + db.journal())
	})
}

const buildPragmas = "PRAGMA journal_mode = OFF;\nPRAGMA synchronous = OFF;\nPRAGMA locking_mode = EXCLUSIVE;\n" +
	"PRAGMA temp_store = FILE;\nPRAGMA cache_size = -32768"

// withFile runs fn with a connection of its own.
func (db *DB) withFile(file, pragmas string, fn func(c *conn) error) error {
	c, err := connect(db.ctx, file, "rw")
	if err != nil {
		return err
	}
	if err = c.script(pragmas); err == nil {
		err = fn(c)
	}
	return errors.Join(err, c.close())
}

// copyHistory copies the recorded commits of another index.
func copyHistory(from, to *conn) error {
	for table, columns := range map[string]int{"commits": 12, "doc_commits": 5} {
		insert := "INSERT INTO main." + table + " VALUES(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
		err := from.query("SELECT * FROM main."+table, nil, func(r []value) error {
			args := make([]any, len(r))
			for i, v := range r {
				args[i] = v
			}
			return to.exec(insert, args...)
		})
		if err != nil {
			return err
		}
	}
	w := &Writer{c: to}
	return from.query("SELECT key, value FROM main.meta WHERE key IN ('history', 'history_edge')", nil, func(r []value) error {
		return w.setMeta(asString(r[0]), asString(r[1]))
	})
}
