package repo

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/filelock"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

// refresh makes db describe HEAD. It reports whether it laid the difference
// over a snapshot: that pair belongs together and must not be made again, since
// a second snapshot could be later than the difference that goes over it.
func (r *Repo) refresh(db *index.DB, file string, schema index.Schema) (laid bool, err error) {
	if r.current(db) {
		return false, nil
	}
	if state := db.State(); !r.mayWriteIndex(file) {
		if state.NeedsRebuild || r.tooOld(state) {
			return false, errDryRun
		}
		return true, r.overlay(db)
	}
	lock, err := r.lockIndex(file, 0)
	var locked *filelock.LockedError
	if errors.As(err, &locked) && db.State().NeedsRebuild {
		// Somebody is building it; that is worth waiting for.
		lock, err = r.lockIndex(file, r.opt.Wait)
		if err != nil {
			return false, err
		}
	}
	switch {
	case r.ctx.Err() != nil:
		return false, r.ctx.Err()
	case err != nil && db.State().NeedsRebuild:
		return false, err
	case err != nil:
		return true, r.overlay(db)
	}
	defer lock.Release()
	return false, r.update(db, schema)
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
	if errors.Is(err, gitstore.ErrMissing) {
		// The commit it describes is gone: rewritten history, pruned objects.
		return r.build(db, true)
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
		err := r.readChanged(db, delta, func(number string, entries []index.Entry) error {
			if err := w.DropAside(number); err != nil {
				return err
			}
			if len(entries) == 0 || entries[0].Aside {
				if err := w.Delete(number); err != nil {
					return err
				}
			}
			for i := range entries {
				if err := w.Put(&entries[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
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
	var gone []string
	err = r.readChanged(db, delta, func(number string, found []index.Entry) error {
		if len(found) == 0 || found[0].Aside {
			gone = append(gone, number)
		}
		entries = append(entries, found...)
		return nil
	})
	if err != nil {
		return err
	}
	return db.Overlay(entries, gone)
}

// blobRef is a document's file in a tree.
type blobRef struct {
	path string
	id   gitstore.Hash
}

// difference are the files of documents that changed since the index's commit,
// by number: usually one each, which is gone when its id is zero.
type difference map[string][]blobRef

func (r *Repo) difference(s index.State) (difference, error) {
	old, err := gitstore.ParseHash(s.Commit)
	if err != nil {
		return nil, gitstore.ErrMissing
	}
	base, err := r.git.Commit(old)
	if err != nil {
		return nil, err
	}
	d := difference{}
	attached := map[string]string{} // documents whose attachments changed, by path
	err = r.git.DiffTrees(base.Tree, r.tree, func(c gitstore.Change) error {
		if number, ok := numberOfPath(c.Path); ok {
			now := blobRef{path: c.Path}
			if c.New.IsFile() {
				now.id = c.New.ID
			}
			d[number] = append(d[number], now)
		} else if owner := OwnerOfPath(c.Path); owner != "" {
			attached[path.Dir(c.Path)+definition.Ext] = owner
		}
		return r.ctx.Err()
	})
	for p, number := range attached {
		if slices.ContainsFunc(d[number], func(b blobRef) bool { return b.path == p }) {
			continue
		}
		e, lookErr := r.git.Lookup(r.tree, p)
		if lookErr == nil {
			d[number] = append(d[number], blobRef{p, e.ID})
		} else if !errors.Is(lookErr, fs.ErrNotExist) {
			err = errors.Join(err, lookErr)
		}
	}
	return d, err
}

// readChanged reads what the files of each number that changed are now, and
// hands it on number by number: the document first, then files set aside;
// nothing when there is none any more.
func (r *Repo) readChanged(db *index.DB, d difference, fn func(number string, entries []index.Entry) error) error {
	var reader documentReader
	for _, number := range slices.Sorted(maps.Keys(d)) {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		files, err := r.filesOf(db, number, d[number])
		if err != nil {
			return err
		}
		var entries []index.Entry
		for _, b := range files {
			e, err := r.entryOf(&reader, b)
			if err != nil {
				return err
			}
			entries = append(entries, *e)
		}
		if err := fn(number, oneDocument(entries)); err != nil {
			return err
		}
	}
	return nil
}

// filesOf are the files that a number has at HEAD: those that changed, and
// those the index knows that did not, since one may have taken the place of
// another.
func (r *Repo) filesOf(db *index.DB, number string, changed []blobRef) ([]blobRef, error) {
	var out []blobRef
	seen := map[string]bool{}
	for _, b := range changed {
		if seen[b.path] = true; !b.id.IsZero() {
			out = append(out, b)
		}
	}
	var others []string
	row, ok, err := db.Get(number)
	if err != nil {
		return nil, err
	}
	if ok && row.Number == number {
		others = append(others, row.Path)
	}
	aside, err := db.Aside(number)
	if err != nil {
		return nil, err
	}
	for _, a := range aside {
		others = append(others, a.Path)
	}
	for _, p := range others {
		if seen[p] {
			continue
		}
		seen[p] = true
		e, err := r.git.Lookup(r.tree, p)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, blobRef{p, e.ID})
	}
	return out, nil
}

// oneDocument puts the document among the entries of one number first. Of
// several the one whose path comes first is it, and the others are set aside, as
// when the index is built.
func oneDocument(entries []index.Entry) []index.Entry {
	slices.SortFunc(entries, func(a, b index.Entry) int {
		if a.Aside != b.Aside {
			if b.Aside {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Path, b.Path)
	})
	for i := range entries {
		if i > 0 {
			entries[i].Aside = true
		}
	}
	return entries
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
	return db.Bulk(r.ctx, index.BulkOptions{
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
					if err == nil {
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

// walkDocuments visits the file of every document of HEAD.
func (r *Repo) walkDocuments(fn func(blobRef) error) error {
	return r.git.Walk(r.tree, documentsDir, func(path string, e gitstore.TreeEntry) error {
		if err := r.ctx.Err(); err != nil {
			return err
		}
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
