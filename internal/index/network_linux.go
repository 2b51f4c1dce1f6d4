package index

import "golang.org/x/sys/unix"

// OnNetwork tells whether a folder lies on a network file system, where
// SQLite's write-ahead log does not work.
func OnNetwork(dir string) bool {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return false
	}
	switch uint32(st.Type) {
	case 0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x5346414f, 0x00c36400, 0x0bd00bd0, 0x47504653:
		return true // NFS, SMB, CIFS, SMB2, 9P, AFS, Ceph, Lustre, GPFS
	}
	return false
}
