package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/go-git/go-git/v5/plumbing"
)

// fileState says how a file of the work tree compares with a tree entry.
type fileState int

const (
	stateSame     fileState = iota
	stateMissing            // no file, but an entry
	stateChanged            // other content or mode
	stateUnusable           // a symlink, folder or device, or below a symlink
	stateForeign            // a file, but no entry
)

// compare looks at one path of the work tree. A file that git would convert
// counts as the same when it is so after conversion.
func (r *Repo) compare(path string, want TreeEntry, conv conversion) (fileState, error) {
	full := filepath.Join(r.root, filepath.FromSlash(path))
	if ok, err := r.plainParents(path); err != nil || !ok {
		if err == nil {
			return stateUnusable, nil
		}
		if errors.Is(err, fs.ErrNotExist) {
			return missing(want), nil
		}
		return 0, err
	}
	st, err := os.Lstat(full)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			return missing(want), nil
		}
		return 0, err
	}
	switch {
	case st.Mode()&fs.ModeSymlink != 0 && want.Mode == ModeSymlink:
		target, err := os.Readlink(full)
		if err != nil {
			return 0, err
		}
		return sameIf(HashBlob([]byte(target)) == want.ID), nil
	case !st.Mode().IsRegular():
		return stateUnusable, nil
	case want.ID.IsZero():
		return stateForeign, nil
	case !want.IsFile():
		return stateChanged, nil
	}
	if r.cfg.bool("core", "filemode", true) && (want.Mode == ModeExec) != (st.Mode()&0o100 != 0) {
		return stateChanged, nil
	}
	id, _, err := hashFile(full)
	if err != nil {
		return 0, err
	}
	if id == want.ID || !conv.toLF {
		return sameIf(id == want.ID), nil
	}
	b, err := os.ReadFile(full)
	if err != nil {
		return 0, err
	}
	return sameIf(HashBlob(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))) == want.ID), nil
}

// mayReplace reports whether a file of the work tree can be brought to the new
// content without losing anything: it is as HEAD had it, or is new already.
func (r *Repo) mayReplace(f *stagedFile) (bool, error) {
	state, err := r.compare(f.path, f.old, f.conv)
	return state == stateSame || state == stateForeign && !f.deleted() && r.holds(f), err
}

// holds reports whether a file of the work tree has the new content.
func (r *Repo) holds(f *stagedFile) bool {
	id, _, err := hashFile(filepath.Join(r.root, filepath.FromSlash(f.path)))
	return err == nil && id == f.id
}

// keptEdit is said of a file that mayReplace says no to.
func keptEdit(path string) Note {
	return Note{Path: path, Text: "was edited by hand meanwhile; the edit is kept and not committed"}
}

func missing(want TreeEntry) fileState { return sameIfElse(want.ID.IsZero(), stateMissing) }
func sameIf(same bool) fileState       { return sameIfElse(same, stateChanged) }

func sameIfElse(same bool, other fileState) fileState {
	if same {
		return stateSame
	}
	return other
}

// plainParents reports whether every folder above path is a real folder. The
// error is fs.ErrNotExist when one is missing.
func (r *Repo) plainParents(path string) (bool, error) {
	for i, c := range path {
		if c != '/' {
			continue
		}
		st, err := os.Lstat(filepath.Join(r.root, filepath.FromSlash(path[:i])))
		if err != nil {
			if errors.Is(err, syscall.ENOTDIR) {
				err = fs.ErrNotExist
			}
			return false, err
		}
		if !st.IsDir() {
			return false, nil
		}
	}
	return true, nil
}

// prepareFile writes the new content of a path into a temporary file, not yet
// synced, and returns its name.
func (r *Repo) prepareFile(n int, f *stagedFile) (string, error) {
	tmp := filepath.Join(r.Dir(), "tmp", fmt.Sprintf("file-%d-%d", os.Getpid(), n))
	_ = os.Remove(tmp)
	if f.src == "" {
		return tmp, r.disk.writeFile(tmp, f.data, f.perm(), false)
	}
	in, err := os.Open(f.src)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := r.disk.create(tmp, f.perm())
	if err != nil {
		return "", err
	}
	sum := plumbing.NewHasher(plumbing.BlobObject, f.size)
	_, err = io.Copy(io.MultiWriter(r.disk.writer(out), sum), in)
	if err == nil && sum.Sum() != f.id {
		err = fmt.Errorf("%q changed while it was being read", f.src)
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		os.Remove(tmp)
	}
	return tmp, err
}

// place renames a prepared file over path, after making the folders above it.
// It returns the folders whose names must be made durable.
func (r *Repo) place(tmp, path string) (dirs []string, err error) {
	full := filepath.Join(r.root, filepath.FromSlash(path))
	made, err := r.disk.mkdirAll(filepath.Dir(full))
	if err != nil {
		return nil, err
	}
	for _, m := range made {
		dirs = append(dirs, filepath.Dir(m))
	}
	dirs = append(dirs, filepath.Dir(full))
	err = r.disk.rename(tmp, full)
	if errors.Is(err, syscall.EXDEV) {
		err = r.copyOver(tmp, full)
	}
	return dirs, err
}

// copyOver places a file when the git directory lies on another file system.
func (r *Repo) copyOver(tmp, full string) error {
	in, err := os.Open(tmp)
	if err != nil {
		return err
	}
	defer in.Close()
	st, err := in.Stat()
	if err != nil {
		return err
	}
	near := filepath.Join(filepath.Dir(full), fmt.Sprintf(".e1-tmp-%d", os.Getpid()))
	_ = os.Remove(near)
	out, err := r.disk.create(near, st.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(r.disk.writer(out), in)
	if err == nil {
		err = r.disk.sync(out)
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = r.disk.rename(near, full)
	}
	if err != nil {
		os.Remove(near)
		return err
	}
	// This file system is not the one that the barrier is for.
	if err := r.disk.syncDir(filepath.Dir(full)); err != nil {
		return err
	}
	return os.Remove(tmp)
}

// removeFile deletes a file of the work tree and the folders that it leaves
// empty, as git does.
func (r *Repo) removeFile(path string) (dirs []string, err error) {
	full := filepath.Join(r.root, filepath.FromSlash(path))
	if err := r.disk.remove(full); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	dir := filepath.Dir(full)
	for strings.HasPrefix(dir, r.root+string(filepath.Separator)) && dir != r.root {
		if err := os.Remove(dir); err != nil {
			break // not empty
		}
		dir = filepath.Dir(dir)
	}
	return []string{dir}, nil
}

// DirtyPaths returns those of the given paths at which the work tree differs
// from HEAD, in the order given.
func (r *Repo) DirtyPaths(paths []string) ([]string, error) {
	head, err := r.Head()
	if err != nil {
		return nil, err
	}
	var tree Hash
	if !head.Commit.IsZero() {
		c, err := r.Commit(head.Commit)
		if err != nil {
			return nil, err
		}
		tree = c.Tree
	}
	attrs := newAttributes(r)
	var dirty []string
	for _, p := range paths {
		if err := checkPath(p); err != nil {
			return nil, err
		}
		want, err := r.Lookup(tree, p)
		if err := ignoreNotExist(err); err != nil {
			return nil, err
		}
		conv, err := attrs.of(p)
		if err != nil {
			conv = conversion{}
		}
		state, err := r.compare(p, want, conv)
		if err != nil {
			return nil, err
		}
		if state != stateSame {
			dirty = append(dirty, p)
		}
	}
	return dirty, nil
}
