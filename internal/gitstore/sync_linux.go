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

// writeOut writes the data of a file to the device and waits until it is
// there, without emptying the device's cache.
func writeOut(f *os.File) error {
	const all = unix.SYNC_FILE_RANGE_WAIT_BEFORE | unix.SYNC_FILE_RANGE_WRITE | unix.SYNC_FILE_RANGE_WAIT_AFTER
	if err := unix.SyncFileRange(int(f.Fd()), 0, 0, all); err != nil {
		return f.Sync()
	}
	return nil
}

// oneJournal reports that folders lie on one file system with a journal in
// which an fsync commits everything that happened before it.
func oneJournal(dirs ...string) bool {
	var first unix.Stat_t
	for i, dir := range dirs {
		var st unix.Stat_t
		var sfs unix.Statfs_t
		if unix.Stat(dir, &st) != nil || unix.Statfs(dir, &sfs) != nil {
			return false
		}
		if sfs.Type != unix.EXT4_SUPER_MAGIC && sfs.Type != unix.XFS_SUPER_MAGIC {
			return false
		}
		if i > 0 && st.Dev != first.Dev {
			return false
		}
		first = st
	}
	return true
}
