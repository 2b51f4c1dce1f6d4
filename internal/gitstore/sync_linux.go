package gitstore

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncAll makes everything on the file system of a folder durable.
func syncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
