//go:build unix

package repo

import (
	"errors"
	"io/fs"
	"syscall"
)

// fileReader reads one file after the other into the same memory, with three
// calls of the system for each: os.ReadFile makes about ten, which a million
// documents feel.
type fileReader struct{ buf []byte }

// read gives the content of a file, valid until the next call.
func (f *fileReader) read(path string) ([]byte, error) {
	fd, err := ignoringInterrupts(func() (int, error) { return syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0) })
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	if f.buf == nil {
		f.buf = make([]byte, 1<<13)
	}
	n := 0
	for {
		got, err := ignoringInterrupts(func() (int, error) { return syscall.Read(fd, f.buf[n:]) })
		if err != nil {
			return nil, &fs.PathError{Op: "read", Path: path, Err: err}
		}
		if n += got; n < len(f.buf) { // less than was asked for: the end of a regular file
			return f.buf[:n], nil
		}
		f.buf = append(f.buf, make([]byte, len(f.buf))...)
	}
}

func ignoringInterrupts(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}
