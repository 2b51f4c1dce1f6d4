package gitstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
)

const (
	// splitFrom is the size of git's index from which on it is kept split.
	splitFrom = 4 << 20
	// mergeFrom is the size of the small part from which on a new shared part
	// is written.
	mergeFrom = 3 << 20
	// keepShared is how long an unused shared part is kept for readers that
	// opened the index before.
	keepShared = time.Hour
)

// patchIndex brings git's index to the new commit at the given paths and
// leaves everything else in it alone. dirs are folders of the work tree whose
// names become durable with it.
func (r *Repo) patchIndex(x *gitindex.Index, folders []gitindex.FolderChange, files []*stagedFile, split SplitMode, dirs []string) error {
	if err := x.Smudge(r.differs); err != nil {
		return err
	}
	x.UpdateTree(folders)
	var set []gitindex.Entry
	earliest := time.Now()
	for _, f := range files {
		if f.deleted() {
			if err := x.Remove(f.path); err != nil {
				return err
			}
			continue
		}
		e, mtime, err := r.indexEntry(f)
		if err != nil {
			return err
		}
		if mtime.Before(earliest) {
			earliest = mtime
		}
		set = append(set, e)
	}
	if err := x.SetAll(set); err != nil {
		return err
	}
	renewed, err := r.splitIndex(x, split, earliest.Unix())
	if err != nil {
		return err
	}
	if err := r.writeIndex(x.Encode(), earliest, dirs); err != nil {
		return err
	}
	if renewed {
		r.pruneShared(x.SharedID())
	}
	return nil
}

// writeIndex replaces git's index. It is dated not later than the files just
// written, so that git compares their content until the next index is
// written: an edit by hand in the same second, of the same size, is seen.
func (r *Repo) writeIndex(b []byte, earliest time.Time, dirs []string) error {
	tmp := r.tmpPath("index")
	_ = os.Remove(tmp)
	if err := r.disk.writeFile(tmp, b, 0o666, true); err != nil {
		return err
	}
	if time.Now().Unix() != earliest.Unix() {
		if err := os.Chtimes(tmp, earliest, earliest); err != nil {
			return err
		}
	}
	if err := r.disk.rename(tmp, filepath.Join(r.gitDir, "index")); err != nil {
		os.Remove(tmp)
		return err
	}
	return r.disk.barrier(append(dirs, r.gitDir))
}

// indexEntry makes the entry of a written file. A file that does not have the
// committed content gets an entry that git never takes for unchanged.
func (r *Repo) indexEntry(f *stagedFile) (gitindex.Entry, time.Time, error) {
	e := gitindex.Entry{Path: f.path, Mode: uint32(f.mode), ID: gitindex.ID(f.id)}
	full := filepath.Join(r.root, filepath.FromSlash(f.path))
	st, err := os.Lstat(full)
	if f.unsure || errors.Is(err, fs.ErrNotExist) {
		return e, time.Now(), nil
	}
	if err != nil {
		return e, time.Time{}, err
	}
	e.Stat = statOf(st)
	// Written or adopted a moment ago; edited since?
	if id, _, err := hashFile(full); err != nil || id != f.id {
		e.Stat.Size = 0
	}
	return e, st.ModTime(), nil
}

// clockTick is more than the granularity of the times that file systems give
// files.
const clockTick = 20 * time.Millisecond

// differs reports whether a file whose stat data looks unchanged has another
// content than its entry. A file whose times are the same to the nanosecond,
// and older than the index by more than a tick, was not touched since the
// index was written.
func (r *Repo) differs(path string, e gitindex.Entry, written time.Time) (bool, error) {
	full := filepath.Join(r.root, filepath.FromSlash(path))
	st, err := os.Lstat(full)
	if err != nil || !st.Mode().IsRegular() || !looksSame(e.Stat, statOf(st)) {
		return false, nil // git sees that by itself
	}
	ctime := time.Unix(int64(e.Stat.CTimeSec), int64(e.Stat.CTimeNsec))
	mtime := time.Unix(int64(e.Stat.MTimeSec), int64(e.Stat.MTimeNsec))
	if e.Stat == statOf(st) && e.Stat.CTimeNsec != 0 && e.Stat.MTimeNsec != 0 &&
		ctime.Add(clockTick).Before(written) && mtime.Add(clockTick).Before(written) {
		return false, nil
	}
	id, _, err := hashFile(full)
	if err != nil {
		return true, nil
	}
	return id != Hash(e.ID), nil
}

// sameStat compares what git compares on every platform.
func sameStat(a, b gitindex.Stat) bool {
	return looksSame(a, b) && a.CTimeSec == b.CTimeSec && a.Ino == b.Ino
}

// looksSame compares what git compares whatever its settings: core.trustctime
// and core.checkStat may take the rest away.
func looksSame(a, b gitindex.Stat) bool {
	return a.MTimeSec == b.MTimeSec && a.Size == b.Size
}

// splitMode is the form of the index that is wanted: the setting's, unless git's
// own configuration forbids it.
func (r *Repo) splitMode(mode SplitMode) SplitMode {
	if v := r.cfg.value("core", "splitindex"); v != "" && !parseBool(v, true, true) && mode != SplitAlways {
		return SplitNever
	}
	return mode
}

// splitIndex keeps the index in the form the setting asks for. It reports
// whether it gave it a new shared part.
func (r *Repo) splitIndex(x *gitindex.Index, mode SplitMode, since int64) (renewed bool, err error) {
	mode = r.splitMode(mode)
	size := int64(x.SmallSize())
	switch {
	case x.Sparse() || !x.Split() && mode == SplitNever:
		return false, nil
	case x.Split() && mode == SplitNever:
		return false, x.Join()
	case x.Split() && size < mergeFrom, !x.Split() && mode != SplitAlways && size < splitFrom:
		return false, nil
	}
	return true, r.newShared(x, since)
}

// newShared writes a new shared part that holds all entries.
func (r *Repo) newShared(x *gitindex.Index, since int64) error {
	tmp := r.tmpPath("shared")
	_ = os.Remove(tmp)
	f, err := r.disk.create(tmp, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	defer os.Remove(tmp)
	b, err := x.Rebase(r.disk.writer(f), since-2)
	if err != nil {
		return err
	}
	if err := r.disk.sync(f); err != nil {
		return err
	}
	return r.adoptShared(x, b, tmp)
}

// adoptShared gives a shared part its name and puts the index on it. The one
// before stays until the index that needs it is replaced.
func (r *Repo) adoptShared(x *gitindex.Index, b *gitindex.Builder, tmp string) error {
	path := gitindex.BasePath(r.gitDir, b.ID())
	if err := r.disk.rename(tmp, path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_ = x.Adopt(b, f, r.Dir()) // the table saves time only
	return nil
}

// pruneShared removes shared parts that have not been in use for a while, once
// the index on the disk needs no other than the current one.
func (r *Repo) pruneShared(current gitindex.ID) {
	paths, err := filepath.Glob(filepath.Join(r.gitDir, "sharedindex.*"))
	if err != nil {
		return
	}
	slices.Sort(paths)
	for _, p := range paths {
		st, err := os.Stat(p)
		if err == nil && p != gitindex.BasePath(r.gitDir, current) && time.Since(st.ModTime()) > keepShared {
			_ = os.Remove(p)
		}
	}
	_ = gitindex.PruneTables(r.gitDir, r.Dir())
}
