package maildir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A folder that a group may write to is used by several people: what is made
// in it must be theirs too, whatever the umask of who makes it.

// makeDirs makes a folder and those above it that are missing.
func makeDirs(dir string) error {
	st, err := os.Stat(dir)
	switch {
	case err == nil && st.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: dir, Err: errors.New("there is a file of that name")}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := makeDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return share(dir)
}

// writeShared writes a file.
func writeShared(path string, data []byte) error {
	if err := os.WriteFile(path, data, 0o666); err != nil {
		return err
	}
	return share(path)
}

// share gives a file or folder just made to the group of the folder it lies in,
// when that shares it.
func share(path string) error {
	in, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	if in.Mode()&0o020 == 0 {
		return nil
	}
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	bits := in.Mode() & 0o060
	if st.IsDir() {
		bits = in.Mode() & (0o070 | fs.ModeSetgid)
	}
	if want := st.Mode() | bits; want != st.Mode() {
		err = os.Chmod(path, want)
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil // somebody else made it
	}
	return err
}
