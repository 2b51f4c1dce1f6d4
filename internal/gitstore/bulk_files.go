package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
	w := newFileWriter(r)
	err = b.eachChange(func(ch Change) error {
		f := &stagedFile{path: ch.Path, old: ch.Old, id: ch.New.ID, mode: ch.New.Mode}
		if err := w.write(f); err != nil {
			return err
		}
		if done++; done%1000 == 0 {
			b.progress("files", done, total)
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return stream.add(f)
	})
	if err != nil {
		return err
	}
	b.tx.notes = append(b.tx.notes, w.notes...)
	b.progress("disk", total, total)
	if err := syncAll(r.root); err != nil {
		return err
	}
	if err := stream.finish(); err != nil {
		return err
	}
	for _, fn := range b.tx.afterCommit {
		if err := fn(b.tip); err != nil {
			b.tx.notes = append(b.tx.notes, Note{Text: fmt.Sprintf("derived data could not be brought up to date: %v", err)})
		}
	}
	return nil
}

// fileWriter writes many files of the work tree straight from the object
// store; durability comes at the end, for all at once.
type fileWriter struct {
	r     *Repo
	dirs  map[string]bool
	last  string
	notes []Note
}

func newFileWriter(r *Repo) *fileWriter { return &fileWriter{r: r, dirs: map[string]bool{}} }

func (w *fileWriter) write(f *stagedFile) error {
	if f.deleted() {
		if state, err := w.r.compare(f.path, f.old, conversion{}); err != nil || state != stateSame {
			return err
		}
		_, err := w.r.removeFile(f.path)
		return err
	}
	full := filepath.Join(w.r.root, filepath.FromSlash(f.path))
	if dir := filepath.Dir(full); dir != w.last {
		if !w.dirs[dir] {
			if _, err := w.r.disk.mkdirAll(dir); err != nil {
				return err
			}
			if len(w.dirs) > 1<<16 {
				clear(w.dirs)
			}
			w.dirs[dir] = true
		}
		w.last = dir
	}
	data, err := w.r.Blob(f.id)
	if err != nil {
		return err
	}
	perm := os.FileMode(0o666)
	if f.mode == ModeExec {
		perm = 0o777
	}
	if f.old.ID.IsZero() {
		err = w.r.disk.writeFile(full, data, perm, false)
		if !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	state, err := w.r.compare(f.path, TreeEntry{Mode: f.mode, ID: f.id}, conversion{})
	if err != nil || state == stateSame {
		return err
	}
	if state, err = w.r.compare(f.path, f.old, conversion{}); err != nil {
		return err
	}
	if state != stateSame {
		f.unsure = true
		w.notes = append(w.notes, Note{Path: f.path, Text: "was edited by hand meanwhile; the edit is kept and not committed"})
		return nil
	}
	f.data = data
	tmp, err := w.r.prepareFile(0, f)
	f.data = nil
	if err == nil {
		_, err = w.r.place(tmp, f.path)
	}
	return err
}
