//go:build !unix

package repo

import "os"

// fileReader reads files; see the one for Unix.
type fileReader struct{}

func (*fileReader) read(path string) ([]byte, error) { return os.ReadFile(path) }
