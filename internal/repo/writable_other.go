//go:build !unix

package repo

import "os"

// writable reports whether files can be made in a folder, by making one.
func writable(dir string) bool {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return false
	}
	f.Close()
	return os.Remove(f.Name()) == nil
}
