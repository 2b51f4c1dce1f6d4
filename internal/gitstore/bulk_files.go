package gitstore

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
)

// materialise writes the work tree and the git index. An index that holds
// nothing yet is written in one stream.
func (b *Bulk) materialise(ctx context.Context, x *gitindex.Index) error {
	r := b.tx.r
	total, grow := 0, 0
	if err := b.eachChange(func(ch Change) error {
		total++
		switch {
		case ch.Old.ID.IsZero():
			grow++
		case ch.New.ID.IsZero():
			grow--
		}
		return nil
	}); err != nil {
		return err
	}
	if err := x.Smudge(r.differs); err != nil {
		return err
	}
	stream, err := b.newBulkIndex(x, grow)
	if err != nil {
		return err
	}
	defer stream.close()
	done := 0
	w := newFileWriters(r)
	chunk := make([]*stagedFile, 0, fileChunk)
	flush := func() error {
		if err := w.write(chunk); err != nil {
			return err
		}
		for _, f := range chunk {
			if err := stream.add(f); err != nil {
				return err
			}
		}
		done += len(chunk)
		b.progress("files", done, total)
		chunk = chunk[:0]
		return ctx.Err()
	}
	err = b.eachChange(func(ch Change) error {
		chunk = append(chunk, &stagedFile{path: ch.Path, old: ch.Old, id: ch.New.ID, mode: ch.New.Mode})
		if len(chunk) < fileChunk {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	b.tx.notes = append(b.tx.notes, w.notes()...)
	b.progress("disk", total, total)
	if err := syncAll(r.root); err != nil {
		return err
	}
	return stream.finish()
}

// fileChunk is how many files are written at once.
const fileChunk = 1024

// fileWriters write files on every core.
type fileWriters []*fileWriter

func newFileWriters(r *Repo) fileWriters {
	w := make(fileWriters, runtime.GOMAXPROCS(0))
	for i := range w {
		w[i] = newFileWriter(r, i)
	}
	return w
}

// write writes files, each core a part of neighbours. Where some are removed it
// keeps to the order: a folder may have to make room for a file or the other
// way round.
func (w fileWriters) write(files []*stagedFile) error {
	one := func(w *fileWriter, part []*stagedFile) error {
		for _, f := range part {
			if err := w.write(f); err != nil {
				return err
			}
		}
		return nil
	}
	if len(files) < 2*len(w) || slices.ContainsFunc(files, (*stagedFile).deleted) {
		return one(w[0], files)
	}
	errs := make([]error, len(w))
	var wait sync.WaitGroup
	for i := range w {
		part := files[i*len(files)/len(w) : (i+1)*len(files)/len(w)]
		wait.Go(func() { errs[i] = one(w[i], part) })
	}
	wait.Wait()
	return cmp.Or(errs...)
}

// notes are what all had to say, in the order of paths.
func (w fileWriters) notes() []Note {
	var out []Note
	for _, one := range w {
		out = append(out, one.notes...)
	}
	slices.SortStableFunc(out, func(a, b Note) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// fileWriter writes many files of the work tree straight from the object
// store; durability comes at the end, for all at once.
type fileWriter struct {
	r      *Repo
	number int // tells its temporary files from those of the others
	dirs   map[string]bool
	last   string
	notes  []Note
}

func newFileWriter(r *Repo, number int) *fileWriter {
	return &fileWriter{r: r, number: number, dirs: map[string]bool{}}
}

func (w *fileWriter) write(f *stagedFile) error {
	if f.deleted() {
		may, err := w.mayReplace(f)
		if err == nil && may {
			_, err = w.r.removeFile(f.path)
		}
		return err
	}
	full := filepath.Join(w.r.root, filepath.FromSlash(f.path))
	if err := w.makeFolder(filepath.Dir(full)); err != nil {
		return err
	}
	data, err := w.r.Blob(f.id)
	if err != nil {
		return err
	}
	if f.old.ID.IsZero() {
		if err := w.r.disk.writeFile(full, data, f.perm(), false); !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	may, err := w.mayReplace(f)
	if err != nil || !may || w.r.holds(f) {
		return err
	}
	f.data = data
	tmp, err := w.r.prepareFile(w.number, f)
	f.data = nil
	if err == nil {
		_, err = w.r.place(tmp, f.path)
	}
	return err
}

// mayReplace is Repo.mayReplace, with a note when it says no.
func (w *fileWriter) mayReplace(f *stagedFile) (bool, error) {
	may, err := w.r.mayReplace(f)
	if err == nil && !may {
		f.unsure = true
		w.notes = append(w.notes, keptEdit(f.path))
	}
	return may, err
}

// makeFolder remembers which folders there are.
func (w *fileWriter) makeFolder(dir string) error {
	if dir == w.last || w.dirs[dir] {
		w.last = dir
		return nil
	}
	if _, err := w.r.disk.mkdirAll(dir); err != nil {
		return err
	}
	if len(w.dirs) > 1<<16 {
		clear(w.dirs)
	}
	w.dirs[dir], w.last = true, dir
	return nil
}
