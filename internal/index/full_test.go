package index

import (
	"errors"
	"path/filepath"
	"testing"
)

// A full disk is told from other failures: what people are told of it has no SQL.
func TestFullDisk(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "index.db"))
	fill(t, db, 20)
	must(t, db.c.exec("PRAGMA max_page_count = 1")) // as many as there are
	err := db.Update(func(w *Writer) error {
		return db.c.exec("CREATE TABLE more AS SELECT hex(randomblob(100000)) AS x")
	})
	if err == nil || !errors.Is(wrap(err), ErrFull) {
		t.Errorf("a full disk is %v", err)
	}
}
