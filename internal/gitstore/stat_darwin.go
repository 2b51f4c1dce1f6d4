package gitstore

import (
	"io/fs"
	"syscall"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
)

// statOf returns what git keeps of lstat(2).
func statOf(st fs.FileInfo) gitindex.Stat {
	s, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return plainStat(st)
	}
	return gitindex.Stat{
		CTimeSec: uint32(s.Ctimespec.Sec), CTimeNsec: uint32(s.Ctimespec.Nsec),
		MTimeSec: uint32(s.Mtimespec.Sec), MTimeNsec: uint32(s.Mtimespec.Nsec),
		Dev: uint32(s.Dev), Ino: uint32(s.Ino), UID: s.Uid, GID: s.Gid, Size: uint32(s.Size),
	}
}
