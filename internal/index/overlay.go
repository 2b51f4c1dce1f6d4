package index

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"modernc.org/sqlite"
)

const overlayPrefix = "temp.o_"

// Overlay lays documents over the index without writing to it: all queries
// answer as if the entries had been put and the numbers deleted, until the
// index is closed. They are the difference between the commit the
// index describes and the one that is asked about, when the index cannot be
// brought up to date just now. A snapshot is held meanwhile, since the
// difference holds for this state of the index only.
//
// The entries go into temporary tables, which queries look at as a layer of its
// own. What is looked up by number across both (what references lead to, the
// series of numbers, words) is seen through temporary views of the same names
// as the index's tables: temporary names win over the others.
func (db *DB) Overlay(entries []Entry, deleted []string) error {
	// A snapshot held already is the state the difference was taken from.
	if db.overlay {
		if err := db.endSnapshot(); err != nil {
			return err
		}
	}
	if err := db.Snapshot(); err != nil {
		return err
	}
	err := db.layOver(entries, deleted)
	if err != nil {
		return errors.Join(wrap(err), db.endSnapshot())
	}
	return nil
}

func (db *DB) layOver(entries []Entry, deleted []string) error {
	// Whatever fails from here on, endSnapshot has to clean up after.
	db.overlay = true
	if err := db.c.script("CREATE TABLE temp.hidden(id INTEGER PRIMARY KEY);\nCREATE TABLE temp.hidden_aside(number PRIMARY KEY) WITHOUT ROWID;\n" + tablesDDL(overlayPrefix)); err != nil {
		return err
	}
	for _, f := range db.schema.Forms {
		if err := db.c.exec(formDDL(overlayPrefix, f)); err != nil {
			return err
		}
	}
	w := newWriter(db, db.c, overlayPrefix, db.schema)
	for _, n := range deleted {
		if err := errors.Join(w.DropAside(n), w.Delete(n)); err != nil {
			return err
		}
	}
	for i := range entries {
		if err := w.Put(&entries[i]); err != nil {
			return err
		}
	}
	if err := w.finish(); err != nil {
		return err
	}
	return db.createViews()
}

// createViews makes the views over both layers.
func (db *DB) createViews() error {
	view := func(name, columns, hiddenBy string) error {
		cond := ""
		if hiddenBy != "" {
			cond = " WHERE " + hiddenBy + " NOT IN (SELECT id FROM temp.hidden)"
		}
		return db.c.exec(fmt.Sprintf("CREATE TEMP VIEW %s AS SELECT %s FROM main.%s%s UNION ALL SELECT %s FROM temp.o_%s", name, columns, name, cond, columns, name))
	}
	err := errors.Join(view("documents", quoteList("id, "+fixedTables[0].columns), "id"), view("series", "id, form, prefix, year", ""),
		view("counts", "form, n", ""), view("words", "word, stem", ""))
	for _, f := range db.schema.Forms {
		if err != nil {
			break
		}
		err = db.formView(f)
	}
	db.c.forget()
	return err
}

// formView shows a form's documents with the columns asked for; those the file
// does not have, or has differently, are empty in its own documents.
func (db *DB) formView(f FormSchema) error {
	stored, exists := db.stored.form(f.Name)
	own := []string{"id", "status", "closed", "by", "day"}
	all := append([]string(nil), own...)
	for _, col := range f.Columns {
		have, ok := stored.column(col.Name)
		for _, name := range sqlColumns(col) {
			all = append(all, name)
			if ok && have.Type == col.Type && have.Scale == col.Scale {
				own = append(own, name)
			} else {
				own = append(own, "NULL AS "+name)
			}
		}
	}
	table := formTable(f.Name)
	overlay := fmt.Sprintf("SELECT %s FROM %s", strings.Join(all, ", "), prefixed(overlayPrefix, table))
	if !exists {
		return db.c.exec(fmt.Sprintf("CREATE TEMP VIEW %s AS %s", table, overlay))
	}
	return db.c.exec(fmt.Sprintf("CREATE TEMP VIEW %s AS SELECT %s FROM main.%s WHERE id NOT IN (SELECT id FROM temp.hidden) UNION ALL %s",
		table, strings.Join(own, ", "), table, overlay))
}

// Snapshot makes all queries answer for one state of the index, until it is
// closed or updated, whatever other processes write meanwhile.
func (db *DB) Snapshot() error {
	if db.inTx {
		return nil
	}
	if err := db.c.exec("BEGIN"); err != nil {
		return wrap(err)
	}
	db.inTx = true
	_, _, err := db.c.one("SELECT 1 FROM main.meta LIMIT 1") // the first read takes it
	return wrap(err)
}

// endSnapshot lets go of a snapshot and of what was laid over it.
func (db *DB) endSnapshot() error {
	db.overlay, db.past = false, nil
	if !db.inTx {
		return nil
	}
	db.inTx = false
	db.c.forget()
	// The temporary tables were made in this transaction and go with it.
	return wrap(db.c.exec("ROLLBACK"))
}

// CopyTo copies the index, with all that is committed, to another place, for a
// user who may not write where it lies.
func (db *DB) CopyTo(path string) error {
	source, ok := db.c.c.(interface {
		NewBackup(string) (*sqlite.Backup, error)
	})
	if !ok {
		return errors.New("the SQLite driver cannot copy an index")
	}
	to := &DB{ctx: db.ctx, path: path, opt: db.opt, network: OnNetwork(path)}
	file, err := to.newFile()
	if err != nil {
		return err
	}
	b, err := source.NewBackup(file)
	if err == nil {
		for more := true; more && err == nil; {
			more, err = b.Step(4096)
		}
		err = errors.Join(err, b.Finish())
	}
	if err == nil {
		err = syncFile(file)
	}
	if err == nil {
		err = to.swap(file)
	}
	if err != nil {
		removeFile(file)
	}
	return wrap(err)
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
