// Package wholefile replaces files of the user's as a whole.
//
// In go a name and bytes; the file of that name has them when everything was
// written, and what it had before until then. It refuses to replace what is no
// ordinary file: a device or a pipe is written in place, a folder not at all. It
// does not make files durable; what must survive a loss of power is the business
// of gitstore and outbox.
//
// Invariant: nobody ever sees half of a file, whenever the program ends.
package wholefile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// File is a file on its way.
type File struct {
	*os.File
	becomes string // the name it gets; empty when it is written in place
}

// Create begins a file. What cannot be written is refused here, before there is
// anything to write.
func Create(name string) (*File, error) {
	// As a redirection of the shell does, a link is followed.
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	st, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return beside(name, 0)
	case err != nil:
		return nil, err
	case st.IsDir():
		return nil, &fs.PathError{Op: "write", Path: name, Err: errors.New("is a directory")}
	}
	there, err := os.OpenFile(name, os.O_WRONLY, 0)
	switch {
	case err != nil:
		return nil, err // one that is there and may not be written is not replaced either
	case !st.Mode().IsRegular():
		return &File{File: there}, nil
	}
	there.Close()
	return beside(name, st.Mode().Perm())
}

// beside opens a new file in the folder of the one it will replace; mode is that
// of the old one, 0 where there is none.
func beside(name string, mode fs.FileMode) (*File, error) {
	for {
		temporary := filepath.Join(filepath.Dir(name), fmt.Sprintf(".e1-%08x", rand.Uint32()))
		f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil && mode != 0 {
			err = f.Chmod(mode)
		}
		if err != nil {
			if f != nil {
				f.Close()
				os.Remove(temporary)
			}
			return nil, err
		}
		return &File{File: f, becomes: name}, nil
	}
}

// Commit gives the file its name.
func (f *File) Commit() error {
	err := f.Close()
	if f.becomes == "" {
		return err
	}
	if err == nil {
		err = os.Rename(f.Name(), f.becomes)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Discard leaves everything as it was before Create.
func (f *File) Discard() {
	f.Close()
	if f.becomes != "" {
		os.Remove(f.Name())
	}
}

// Write replaces a file by data.
func Write(name string, data []byte) error {
	f, err := Create(name)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		f.Discard()
		return err
	}
	return f.Commit()
}
