package repo

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

// index brings the index to the commit that is being made. It is derived: when
// this cannot be done now, the next command that reads does it. All but its end
// is done while the commit waits for the disk, unless it needs files that are
// only being written.
func (tx *Tx) index(made func() (gitstore.Hash, bool), changed []changedDoc) {
	if tx.r.index == nil {
		file, err := tx.r.indexFile()
		if err != nil {
			return
		}
		tx.r.index, _ = tx.r.opened()
		tx.r.indexAt = file
	}
	db := tx.r.index
	if db == nil || !tx.r.current(db) || definitionsTouched(tx.files) || tx.attachmentsTouched(changed) {
		return
	}
	tree := tx.r.tree
	if slices.ContainsFunc(tx.files, func(f filePut) bool { return !isPinned(f.path) }) {
		id, happened := made()
		if !happened {
			return
		}
		c, err := tx.r.git.Commit(id)
		if err != nil {
			return
		}
		tree = c.Tree
	}
	base := tx.r.head.Commit.String()
	if tx.r.git.Step("index", tx.r.indexAt) != nil {
		return
	}
	defer func() { _ = tx.r.git.Step("indexed", tx.r.indexAt) }()
	_ = tx.r.writeIndex(db, func(w *index.Writer) error {
		if db.State().Commit != base {
			return errMoved // since we looked, by somebody who read another commit
		}
		if err := tx.putEntries(db, w, tree, changed); err != nil {
			return err
		}
		id, happened := made()
		if !happened {
			return errNotMade
		}
		if head, _, err := db.HistoryHead(); err == nil && head == base {
			change, err := tx.r.historyChange(db, id)
			if err != nil {
				return err
			}
			if err := w.ChangeHistory(change); err != nil {
				return err
			}
		}
		return w.SetCommit(id.String())
	})
}

// What keeps a transaction from writing the index itself; the next command
// compares trees.
var (
	errMoved   = errors.New("the index describes another commit by now")
	errAside   = errors.New("a number has more files than its document")
	errNotMade = errors.New("the commit was not made")
)

// putEntries changes what the index holds of the documents of the transaction,
// as they can be read from the commit; tree is where their files lie.
func (tx *Tx) putEntries(db *index.DB, w *index.Writer, tree gitstore.Hash, changed []changedDoc) error {
	for number, t := range tx.docs {
		if aside, err := db.Aside(number); err != nil || len(aside) > 0 {
			return cmp.Or(err, errAside)
		}
		if t.now == nil && t.was != nil {
			if err := w.Delete(t.was.Number); err != nil {
				return err
			}
		}
	}
	for _, c := range changed {
		d, err := document.Read(c.after)
		if err != nil {
			return err
		}
		e, err := tx.r.entry(tree, d, c.path, gitstore.HashBlob(c.after))
		if err != nil {
			return err
		}
		if err := w.Put(e); err != nil {
			return err
		}
	}
	return nil
}

// definitionsTouched reports whether files other than documents change, so
// that forms may have.
func definitionsTouched(files []filePut) bool {
	for _, f := range files {
		if !strings.HasPrefix(f.path, documentsDir+"/") && !isPinned(f.path) || f.adopt {
			return true
		}
	}
	return false
}

func isPinned(path string) bool { return strings.HasPrefix(path, definition.PinnedDir+"/") }

// attachmentsTouched reports whether the files of documents change that do not
// change themselves.
func (tx *Tx) attachmentsTouched(changed []changedDoc) bool {
	return slices.ContainsFunc(tx.files, func(f filePut) bool {
		owner := OwnerOfPath(f.path)
		if t := tx.docs[owner]; owner == "" || t != nil && t.now == nil {
			return false
		}
		return !slices.ContainsFunc(changed, func(c changedDoc) bool { return c.number == owner })
	})
}
