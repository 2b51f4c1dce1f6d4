package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Unwritable puts the reason for a refused write into words, with the folder
// or file that refuses it.
func Unwritable(err error) error {
	if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
		return err
	}
	var path string
	var one *fs.PathError
	var two *os.LinkError
	switch {
	case errors.As(err, &one):
		path = one.Path
	case errors.As(err, &two):
		path = two.New
	default:
		return err
	}
	if dir := nearest(filepath.Dir(path)); !mayChange(dir) {
		return noPermission(dir)
	}
	if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && !mayRead(path) {
		return err
	}
	return noPermission(path)
}

func noPermission(path string) error {
	return &StateError{What: fmt.Sprintf("no permission to write to %q", path), Hint: "check owner and permissions of the folder, or core.sharedRepository"}
}

// nearest is a folder, or the one above it that is there.
func nearest(dir string) string {
	for filepath.Dir(dir) != dir {
		if st, err := os.Stat(dir); err == nil && st.IsDir() {
			break
		}
		dir = filepath.Dir(dir)
	}
	return dir
}

// checkWritable refuses a commit that would come to a place which may not be
// written only when it has happened: the folders of the files, git's own, and
// the reflogs.
func (r *Repo) checkWritable(ref string, files []*stagedFile) error {
	dirs := []string{r.gitDir, r.CommonE1Dir(), r.Dir(), filepath.Join(r.Dir(), "tmp"), filepath.Dir(r.journalPath()), r.odb.dir, filepath.Dir(r.refPath(ref))}
	for _, f := range files {
		if !f.adopt {
			dirs = append(dirs, filepath.Dir(filepath.Join(r.root, filepath.FromSlash(f.path))))
		}
	}
	for _, log := range []string{r.reflogPath(ref), r.reflogPath("HEAD")} {
		switch _, err := os.Stat(log); {
		case err == nil && !mayAppend(log):
			return noPermission(log)
		case err != nil && r.keepsReflogs():
			dirs = append(dirs, filepath.Dir(log))
		}
	}
	known := map[string]bool{}
	for _, dir := range dirs {
		at := nearest(dir)
		if !known[at] && !mayChange(at) {
			return noPermission(at)
		}
		known[at] = true
	}
	return nil
}
