package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/gofrs/flock"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

const (
	indexName     = "index.db"
	indexLockName = "index.lock"
	documentsDir  = "documents"
	// indexVersion changes whenever entries are built differently from the
	// same document; indexes of another version are built anew.
	indexVersion = "3"
)

// Index returns the derived index, describing HEAD. It is brought up to date
// first; while another process is doing that, or where the index cannot be
// written, the difference is answered from memory.
func (r *Repo) Index() (*index.DB, error) {
	if r.index != nil {
		return r.index, nil
	}
	schema, err := schemaOf(r.defs)
	if err != nil {
		return nil, err
	}
	file, err := r.indexFile()
	if err != nil {
		return nil, err
	}
	db, err := r.openIndex(file, schema)
	if errors.Is(err, index.ErrDamaged) {
		// A file that only turned out to be damaged while it was read.
		_ = os.Remove(file)
		db, err = r.openIndex(file, schema)
	}
	if err != nil {
		if db, err = r.scratchIndex(schema, err); err != nil {
			return nil, err
		}
	}
	r.index = db
	return db, nil
}

// ahead is the index being opened while its command does something else.
type ahead struct {
	done chan struct{}
	db   *index.DB
	err  error
}

// openAhead begins to open the index: who writes will need it, and most of a
// small command's wait for it can pass while the command decides.
func (r *Repo) openAhead() {
	if r.index != nil || r.ahead != nil {
		return
	}
	schema, err := schemaOf(r.defs)
	if err != nil {
		return // said where the forms are used
	}
	file, err := r.indexFile()
	if err != nil {
		return
	}
	a := &ahead{done: make(chan struct{})}
	r.ahead = a
	go func() {
		defer close(a.done)
		a.db, a.err = openFile(file, schema)
	}()
}

// opened is the index that openAhead began to open, as it lies there; nil when
// none was.
func (r *Repo) opened() (*index.DB, error) {
	a := r.ahead
	if a == nil {
		return nil, nil
	}
	r.ahead = nil
	<-a.done
	return a.db, a.err
}

func openFile(file string, schema index.Schema) (*index.DB, error) {
	return index.Open(file, schema, index.Options{Version: indexVersion})
}

// openIndex opens the index in a file and makes it describe HEAD.
func (r *Repo) openIndex(file string, schema index.Schema) (*index.DB, error) {
	db, err := r.opened()
	if db == nil && err == nil {
		db, err = openFile(file, schema)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open the index: %w", err)
	}
	laid, err := r.refresh(db, file, schema)
	if err == nil && !laid {
		err = r.hold(db)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// hold keeps db describing HEAD as this command knows it, whatever others
// commit meanwhile.
func (r *Repo) hold(db *index.DB) error {
	if err := db.Snapshot(); err != nil {
		return err
	}
	if db.State().Commit == r.head.Commit.String() {
		return nil
	}
	return r.overlay(db)
}

// scratchIndex builds an index for this command only, in the folder for
// temporary files: the one that stays cannot be written, because the disk is
// full or something is in its way. It fails with why when there is no room
// either.
func (r *Repo) scratchIndex(schema index.Schema, why error) (*index.DB, error) {
	dir, err := os.MkdirTemp("", "e1-index-")
	if err != nil {
		return nil, why
	}
	db, err := r.openIndex(filepath.Join(dir, indexName), schema)
	if err != nil {
		os.RemoveAll(dir)
		return nil, why
	}
	r.scratch = dir
	r.opt.note(fmt.Sprintf("the index cannot be kept: %v", why))
	return db, nil
}

// DropIndex forgets the index and its file, so that the next use builds it
// anew: it turned out to be damaged.
func (r *Repo) DropIndex() error {
	file, err := r.indexFile()
	if err != nil {
		return err
	}
	if err := errors.Join(r.closeIndex(), os.Remove(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// CloseIndex forgets the open index, so that the next use looks at HEAD again.
func (r *Repo) closeIndex() error {
	if r.index == nil {
		if db, err := r.opened(); db != nil && err == nil {
			return db.Close()
		}
		return nil
	}
	err := r.index.Close()
	r.index = nil
	if r.scratch != "" {
		os.RemoveAll(r.scratch)
		r.scratch = ""
	}
	return err
}

// RebuildIndex builds the index anew from the documents of HEAD.
func (r *Repo) RebuildIndex() (documents int, err error) {
	if err := r.closeIndex(); err != nil {
		return 0, err
	}
	schema, err := schemaOf(r.defs)
	if err != nil {
		return 0, err
	}
	file, err := r.indexFile()
	if err != nil {
		return 0, err
	}
	lock := flock.New(filepath.Join(filepath.Dir(file), indexLockName))
	if err := lock.Lock(); err != nil {
		return 0, err
	}
	defer lock.Unlock()
	db, err := openFile(file, schema)
	if err != nil {
		return 0, err
	}
	if err := r.build(db, false); err != nil {
		db.Close()
		return 0, err
	}
	r.index = db
	return db.State().Documents, nil
}

// indexFile says where the index lies: with the work tree, or in the user's
// cache folder when that cannot be written or is on a network.
func (r *Repo) indexFile() (string, error) {
	dir := r.git.Dir()
	if err := os.MkdirAll(dir, 0o777); err == nil && writable(dir) {
		return filepath.Join(dir, indexName), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return filepath.Join(dir, indexName), nil
	}
	own := filepath.Join(cache, "e1", gitstore.HashBlob([]byte(r.git.GitDir())).String())
	if err := os.MkdirAll(own, 0o700); err != nil {
		return filepath.Join(dir, indexName), nil
	}
	file := filepath.Join(own, indexName)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		// Start from what the repository's owner has already built.
		_ = copyFile(filepath.Join(dir, indexName), file)
	}
	return file, nil
}

// refresh makes db describe HEAD. It reports whether it laid the difference
// over a snapshot: that pair belongs together and must not be made again, since
// a second snapshot could be later than the difference that goes over it.
func (r *Repo) refresh(db *index.DB, file string, schema index.Schema) (laid bool, err error) {
	if r.current(db) {
		return false, nil
	}
	lock := flock.New(filepath.Join(filepath.Dir(file), indexLockName))
	free, err := lock.TryLock()
	switch {
	case err == nil && free:
		defer lock.Unlock()
		return false, r.update(db, schema)
	case db.State().NeedsRebuild && err == nil:
		// Somebody is building it; that is worth waiting for.
		if err := lock.Lock(); err != nil {
			return false, err
		}
		defer lock.Unlock()
		return false, r.update(db, schema)
	default:
		return true, r.overlay(db)
	}
}

func (r *Repo) current(db *index.DB) bool {
	s := db.State()
	return !s.NeedsRebuild && len(s.Changes) == 0 && s.Commit == r.head.Commit.String()
}

// update brings db to HEAD under the index's lock.
func (r *Repo) update(db *index.DB, schema index.Schema) error {
	if r.current(db) {
		return nil
	}
	state := db.State()
	if state.NeedsRebuild || r.tooOld(state) {
		return r.build(db, !state.NeedsRebuild)
	}
	delta, err := r.difference(state)
	if errors.Is(err, gitstore.ErrNotExist) {
		// The commit it describes is gone: rewritten history, pruned objects.
		return r.build(db, false)
	}
	if err != nil {
		return err
	}
	return db.Update(func(w *index.Writer) error {
		if len(state.Changes) > 0 {
			if err := w.SetSchema(schema); err != nil {
				return err
			}
		}
		for _, number := range delta.gone {
			if err := w.Delete(number); err != nil {
				return err
			}
		}
		if err := r.readEntries(delta.changed, func(e *index.Entry) error { return w.Put(e) }); err != nil {
			return err
		}
		return w.SetCommit(r.head.Commit.String())
	})
}

// tooOld reports whether the forms changed so that most entries have to be
// read again.
func (r *Repo) tooOld(s index.State) bool {
	for _, c := range s.Changes {
		if c.Kind == index.Reread {
			return true
		}
	}
	return false
}

// overlay answers from the difference in memory.
func (r *Repo) overlay(db *index.DB) error {
	if err := db.Snapshot(); err != nil {
		return err
	}
	delta, err := r.difference(db.State())
	if err != nil {
		return err
	}
	var entries []index.Entry
	if err := r.readEntries(delta.changed, func(e *index.Entry) error {
		entries = append(entries, *e)
		return nil
	}); err != nil {
		return err
	}
	return db.Overlay(entries, delta.gone)
}

// blobRef is a document's file in a tree.
type blobRef struct {
	path string
	id   gitstore.Hash
}

// difference is what changed among the documents since the index's commit.
type difference struct {
	changed []blobRef
	gone    []string // numbers
}

func (r *Repo) difference(s index.State) (difference, error) {
	var d difference
	old, err := gitstore.ParseHash(s.Commit)
	if err != nil {
		return d, gitstore.ErrNotExist
	}
	base, err := r.git.Commit(old)
	if err != nil {
		return d, err
	}
	added := map[string]bool{}
	var removed []string
	err = r.git.DiffTrees(base.Tree, r.tree, func(c gitstore.Change) error {
		number, ok := numberOfPath(c.Path)
		if !ok {
			return nil
		}
		if c.New.IsFile() {
			added[number] = true
			d.changed = append(d.changed, blobRef{c.Path, c.New.ID})
		} else {
			removed = append(removed, number)
		}
		return nil
	})
	for _, n := range removed {
		if !added[n] { // moved files keep their entry
			d.gone = append(d.gone, n)
		}
	}
	return d, err
}

// build fills db from nothing, with every core; the history recorded in it is
// kept when only the forms are what changed.
func (r *Repo) build(db *index.DB, keepHistory bool) error {
	total, err := r.countDocuments()
	if err != nil {
		return err
	}
	bar := r.opt.progress("index", total)
	defer bar.Done()
	// Commands collect garbage seldom, being short; here rows of some hundred
	// megabytes pass through.
	defer debug.SetGCPercent(debug.SetGCPercent(buildGCPercent))
	return db.Bulk(context.Background(), index.BulkOptions{
		Commit:      r.head.Commit.String(),
		Total:       total,
		KeepHistory: keepHistory,
		Progress:    func(_ string, n, _ int) { bar.Set(n) },
	}, func(put func(*index.Entry) error) error {
		return r.readAll(put)
	})
}

// readAll reads every document of HEAD on several goroutines, which hand the
// entries to put.
func (r *Repo) readAll(put func(*index.Entry) error) error {
	refs := make(chan []blobRef, 16)
	stop := make(chan struct{})
	var failed sync.Once
	var failure error
	fail := func(err error) {
		failed.Do(func() { failure = err; close(stop) })
	}
	var readers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			var reader documentReader
			for batch := range refs {
				for _, b := range batch {
					e, err := r.entryOf(&reader, b)
					if err == nil && e != nil {
						err = put(e)
					}
					if err != nil {
						fail(err)
						return
					}
				}
			}
		})
	}
	batch := make([]blobRef, 0, readBatch)
	send := func() error {
		select {
		case refs <- batch:
			batch = make([]blobRef, 0, readBatch)
			return nil
		case <-stop:
			return fs.SkipAll
		}
	}
	err := r.walkDocuments(func(b blobRef) error {
		if batch = append(batch, b); len(batch) == readBatch {
			return send()
		}
		return nil
	})
	if err == nil {
		err = send()
	}
	close(refs)
	if err != nil && !errors.Is(err, fs.SkipAll) {
		fail(err)
	}
	readers.Wait()
	return failure
}

// documentReader reads one document after the other.
type documentReader struct {
	files     fileReader
	documents document.Reader
}

// buildGCPercent is how much garbage may gather while an index is built.
const buildGCPercent = 200

// readBatch is how many documents pass between goroutines at a time.
const readBatch = 64

// readEntries reads documents and hands their entries on in order.
func (r *Repo) readEntries(refs []blobRef, fn func(*index.Entry) error) error {
	var reader documentReader
	for _, b := range refs {
		e, err := r.entryOf(&reader, b)
		if err != nil {
			return err
		}
		if e == nil {
			continue
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// walkDocuments visits the file of every document of HEAD.
func (r *Repo) walkDocuments(fn func(blobRef) error) error {
	return r.git.Walk(r.tree, documentsDir, func(path string, e gitstore.TreeEntry) error {
		if _, ok := numberOfPath(path); !ok || !e.IsFile() {
			return nil
		}
		return fn(blobRef{path, e.ID})
	})
}

// countDocuments is the number of documents of HEAD, for the progress bar. It
// reads trees only.
func (r *Repo) countDocuments() (int, error) {
	n := 0
	err := r.walkDocuments(func(blobRef) error { n++; return nil })
	return n, err
}

// content reads a document's committed bytes: from the work tree when that
// file is the committed one, which is the usual and by far the faster case,
// else from git's objects.
func (r *Repo) content(b blobRef) ([]byte, error) {
	return r.contentInto(&fileReader{}, b)
}

// contentInto is content for one document after the other: what it returns may
// be valid until the next call only.
func (r *Repo) contentInto(f *fileReader, b blobRef) ([]byte, error) {
	data, err := f.read(filepath.Join(r.git.Root(), filepath.FromSlash(b.path)))
	if err == nil && gitstore.IsBlob(data, b.id) {
		return data, nil
	}
	return r.git.Blob(b.id)
}
