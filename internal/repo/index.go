package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/e1-dms/e1/internal/filelock"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

const (
	indexName     = "index.db"
	indexLockName = "index.lock"
	documentsDir  = "documents"
	// indexVersion changes whenever entries are built differently from the
	// same document; indexes of another version are built anew.
	indexVersion = "7"
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
	if errors.Is(err, index.ErrDamaged) && r.mayWriteIndex(file) {
		// A file that only turned out to be damaged while it was read.
		_ = os.Remove(file)
		db, err = r.openIndex(file, schema)
	}
	var locked *filelock.LockedError
	switch {
	case err == nil:
		r.index, r.indexAt = db, file
		return db, nil
	case r.ctx.Err() != nil, errors.As(err, &locked):
		return nil, err
	}
	return r.scratchIndex(schema, err)
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
		a.db, a.err = r.openFile(file, schema)
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

// ownMode is the permission of an index: what it holds is nobody else's business
// unless the repository says so.
const ownMode = 0o600

func (r *Repo) openFile(file string, schema index.Schema) (*index.DB, error) {
	opt := index.Options{Version: indexVersion, Mode: ownMode, ReadOnly: !r.mayWriteIndex(file)}
	if r.isShared(file) {
		opt.Mode = r.git.SharedPerm(ownMode)
	}
	return index.Open(r.ctx, file, schema, opt)
}

// mayWriteIndex reports whether an index may be changed: in a dry run only one
// that goes away with the command.
func (r *Repo) mayWriteIndex(file string) bool { return !r.dry || filepath.Dir(file) == r.scratch }

// isShared reports whether an index lies with the work tree, for everybody who
// uses that, and not in a folder of the user's own.
func (r *Repo) isShared(file string) bool { return filepath.Dir(file) == r.git.Dir() }

// lockIndex takes the lock of whoever changes the index in a file.
func (r *Repo) lockIndex(file string, wait time.Duration) (*filelock.Lock, error) {
	opt := filelock.Options{Wait: wait, For: "the index"}
	if r.isShared(file) {
		opt.Perm = r.git.SharedPerm
	}
	return filelock.Take(r.ctx, filepath.Join(filepath.Dir(file), indexLockName), opt)
}

// writeIndex changes the index that is in use, if no other process does that
// just now. What cannot be written is no error: it is derived. An index that
// turns out to be damaged is one.
func (r *Repo) writeIndex(db *index.DB, fn func(*index.Writer) error) error {
	lock, err := r.lockIndex(r.indexAt, 0)
	if err != nil {
		return r.ctx.Err()
	}
	defer lock.Release()
	if err = db.Update(fn); errors.Is(err, index.ErrDamaged) {
		return err
	}
	return r.ctx.Err()
}

// openIndex opens the index in a file and makes it describe HEAD.
func (r *Repo) openIndex(file string, schema index.Schema) (*index.DB, error) {
	db, err := r.opened()
	if db == nil && err == nil {
		db, err = r.openFile(file, schema)
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
// full, something is in its way, or in a dry run. It fails with why when there
// is no room either.
func (r *Repo) scratchIndex(schema index.Schema, why error) (*index.DB, error) {
	dir, err := os.MkdirTemp("", "e1-index-")
	if err != nil {
		return nil, why
	}
	r.scratch = dir
	file := filepath.Join(dir, indexName)
	db, err := r.openIndex(file, schema)
	if err != nil {
		os.RemoveAll(dir)
		r.scratch = ""
		if r.ctx.Err() != nil {
			return nil, err
		}
		return nil, why
	}
	r.index, r.indexAt = db, file
	if !errors.Is(why, errDryRun) {
		r.opt.note(fmt.Sprintf("the index cannot be kept: %v", inWords(why)))
	}
	return db, nil
}

// inWords leaves the statements of the database out of what a person is told.
func inWords(err error) error {
	for _, known := range []error{index.ErrFull, index.ErrReadOnly, index.ErrBusy, index.ErrDamaged} {
		if errors.Is(err, known) {
			return known
		}
	}
	return err
}

// DropIndex forgets the index and its file, so that the next use builds it
// anew: it turned out to be damaged.
func (r *Repo) DropIndex() error {
	file, err := r.indexFile()
	if err != nil {
		return err
	}
	if r.dry {
		return errDryRun
	}
	if err := errors.Join(r.closeIndex(), os.Remove(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// closeIndex forgets the open index, so that the next use looks at HEAD again.
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
func (r *Repo) RebuildIndex() (*index.DB, error) {
	if err := r.closeIndex(); err != nil {
		return nil, err
	}
	schema, err := schemaOf(r.defs)
	if err != nil {
		return nil, err
	}
	file, err := r.indexFile()
	if err != nil {
		return nil, err
	}
	lock, err := r.lockIndex(file, r.opt.Wait)
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	db, err := r.openFile(file, schema)
	if err != nil {
		return nil, err
	}
	if err := r.build(db, false); err != nil {
		db.Close()
		return nil, err
	}
	r.index, r.indexAt = db, file
	return db, nil
}

// indexFile says where the index lies: with the work tree, or in the user's
// cache folder when that cannot be written or is on a network.
func (r *Repo) indexFile() (string, error) {
	dir := r.git.Dir()
	if r.dry {
		return r.indexThere(dir), nil
	}
	if err := r.git.MakeDir(dir); err == nil && writable(dir) {
		return filepath.Join(dir, indexName), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return filepath.Join(dir, indexName), nil
	}
	own := r.ownFolder(cache)
	if err := os.MkdirAll(own, 0o700); err != nil {
		return filepath.Join(dir, indexName), nil
	}
	file := filepath.Join(own, indexName)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		r.copyIndex(filepath.Join(dir, indexName), file)
	}
	return file, nil
}

// copyIndex begins an index of the user's own with what the repository's owner
// has built. Where that cannot be read it is built from nothing.
func (r *Repo) copyIndex(from, to string) {
	schema, err := schemaOf(r.defs)
	if err != nil {
		return // said where the forms are used
	}
	db, err := index.Open(r.ctx, from, schema, index.Options{Version: indexVersion, Mode: ownMode, ReadOnly: true})
	if err != nil {
		return
	}
	defer db.Close()
	if !db.State().NeedsRebuild {
		_ = db.CopyTo(to)
	}
}

// ownFolder is for an index of the user's own, below the user's cache folder.
func (r *Repo) ownFolder(cache string) string {
	return filepath.Join(cache, "e1", gitstore.HashBlob([]byte(r.git.GitDir())).String())
}

// indexThere is the index that can be read without making anything.
func (r *Repo) indexThere(dir string) string {
	kept := filepath.Join(dir, indexName)
	if cache, err := os.UserCacheDir(); err == nil && !writable(dir) {
		own := filepath.Join(r.ownFolder(cache), indexName)
		if _, err := os.Stat(own); err == nil {
			return own
		}
	}
	return kept
}

// errDryRun says that what is derived is not to be written.
var errDryRun = errors.New("a dry run writes nothing")
