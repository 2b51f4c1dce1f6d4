package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
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

// bulkBatch is how many entries are sorted together before they are written.
// Documents come in the order of their files, form by form, so that little is
// out of order; in order, the tables grow at their ends and the full-text
// index is not made to start a new segment with each document.
const bulkBatch = 8192

// Bulk builds the index from nothing, in a file of its own that takes the
// place of the other one when it is complete and durable. Killed before that,
// it leaves the old index as it was. feed hands every document to put, from as
// many goroutines as it likes; when it fails nothing is replaced. Of two
// entries with one number the later registered one stays.
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

func (db *DB) build(ctx context.Context, file string, schema Schema, opt BulkOptions, feed func(func(*Entry) error) error) error {
	c, err := connect(file, "rw")
	if err != nil {
		return err
	}
	defer c.close()
	// Nobody else knows the file, and only a complete one is ever used: no
	// journal, no waiting for the disk until the end.
	err = c.script("PRAGMA page_size = 8192;\nPRAGMA journal_mode = OFF;\nPRAGMA synchronous = OFF;\nPRAGMA locking_mode = EXCLUSIVE;\n" +
		"PRAGMA temp_store = FILE;\nPRAGMA cache_size = -131072")
	if err != nil {
		return err
	}
	if err := db.create(c, schema, false); err != nil {
		return err
	}
	err = c.script("INSERT INTO fts(fts, rank) VALUES('automerge', 0);\nINSERT INTO fts(fts, rank) VALUES('crisismerge', 1999);\n" +
		"INSERT INTO fts(fts, rank) VALUES('hashsize', 16777216);\nBEGIN")
	if err != nil {
		return err
	}
	w := newWriter(db, c, mainPrefix, schema)
	w.fresh = true
	if err := w.consume(ctx, opt, feed); err != nil {
		return err
	}
	if err := w.complete(opt, schema); err != nil {
		return err
	}
	if opt.KeepHistory && db.c != nil {
		if err := copyHistory(db.c, c); err != nil {
			return err
		}
	}
	if err := errors.Join(db.writeMeta(c, schema, opt.Commit), c.exec("COMMIT")); err != nil {
		return err
	}
	c.forget()
	return c.script("PRAGMA locking_mode = NORMAL;\nPRAGMA synchronous = FULL;\nPRAGMA journal_mode = " + db.journal())
}

// consume writes what feed gives, in batches.
func (w *Writer) consume(parent context.Context, opt BulkOptions, feed func(func(*Entry) error) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	entries := make(chan *prepared, 256)
	var feedErr error
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		defer close(entries)
		feedErr = feed(func(e *Entry) error {
			if e.Number == "" || e.Form == "" {
				return fmt.Errorf("an index entry needs a number and a form, got %q in %q", e.Number, e.Form)
			}
			select {
			case entries <- prepare(e):
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	}()
	err := w.batches(entries, opt)
	cancel()
	for range entries { // let the feeding goroutines end
	}
	wait.Wait()
	if err != nil { // feed was told to stop, which is no error of its own
		return err
	}
	return cmp.Or(feedErr, parent.Err())
}

func (w *Writer) batches(entries <-chan *prepared, opt BulkOptions) error {
	batch := make([]*prepared, 0, bulkBatch)
	done := 0
	for {
		p, ok := <-entries
		if ok {
			batch = append(batch, p)
		}
		if len(batch) == bulkBatch || !ok {
			slices.SortFunc(batch, func(a, b *prepared) int {
				return cmp.Or(cmp.Compare(a.id, b.id), strings.Compare(a.Number, b.Number))
			})
			if err := w.putBatch(batch); err != nil {
				return err
			}
			done += len(batch)
			opt.Progress("documents", done, opt.Total)
			clear(batch)
			batch = batch[:0]
		}
		if !ok {
			return nil
		}
	}
}

// putBatch writes the rows of a batch and then its full text: an INSERT of
// several rows makes the full-text index write out what it has gathered.
func (w *Writer) putBatch(batch []*prepared) error {
	for _, p := range batch {
		if err := w.putFresh(p); err != nil {
			return err
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	for _, p := range batch {
		if err := w.insertText(p); err != nil {
			return err
		}
	}
	return nil
}

// putFresh puts an entry into an index that has no row of it; only its id may
// be another document's.
func (w *Writer) putFresh(p *prepared) error {
	if p.id <= w.lastID {
		if err := errors.Join(w.flush(), w.freeID(p)); err != nil {
			return err
		}
	}
	w.lastID = max(w.lastID, p.id)
	return w.put(p)
}

// complete drops what is there twice and makes the indexes.
func (w *Writer) complete(opt BulkOptions, schema Schema) error {
	steps, done := len(secondary)+1, 0
	for _, f := range schema.Forms {
		steps += len(formIndexes(f))
	}
	step := func() {
		done++
		opt.Progress("indexes", done, steps)
	}
	if err := w.dropDoubles(); err != nil {
		return err
	}
	if err := createIndexes(w.c, schema, step); err != nil {
		return err
	}
	err := w.c.script("INSERT INTO fts(fts) VALUES('optimize');\nINSERT INTO fts(fts, rank) VALUES('automerge', 4);\n" +
		"INSERT INTO fts(fts, rank) VALUES('crisismerge', 16);\nINSERT INTO fts(fts, rank) VALUES('hashsize', 1048576)")
	step()
	return errors.Join(err, w.finish())
}

func (w *Writer) dropDoubles() error {
	if err := w.c.exec(secondary[0]); err != nil {
		return err
	}
	type double struct {
		id   int64
		form string
	}
	var doubles []double
	err := w.c.query(`SELECT id, form FROM documents WHERE number IN (SELECT number FROM documents GROUP BY number HAVING count(*) > 1)
		AND id NOT IN (SELECT max(id) FROM documents GROUP BY number HAVING count(*) > 1)`, nil, func(r []value) error {
		doubles = append(doubles, double{asInt(r[0]), asString(r[1])})
		return nil
	})
	for _, d := range doubles {
		if err != nil {
			return err
		}
		err = w.remove(d.id, d.form, false)
	}
	return err
}

// copyHistory copies the recorded commits of another index.
func copyHistory(from, to *conn) error {
	for table, columns := range map[string]int{"commits": 9, "doc_commits": 2} {
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
	row, ok, err := from.one("SELECT value FROM main.meta WHERE key = 'history'")
	if err == nil && ok {
		err = (&Writer{c: to}).setMeta("history", asString(row[0]))
	}
	return err
}
