package index

import "golang.org/x/sys/unix"

// OnNetwork tells whether a folder lies on a network file system, where
// SQLite's write-ahead log does not work.
func OnNetwork(dir string) bool {
	var st unix.Statfs_t
	return unix.Statfs(dir, &st) == nil && st.Flags&unix.MNT_LOCAL == 0
}
