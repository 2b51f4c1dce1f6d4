package gitstore

import (
	"io/fs"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
)

// plainStat serves platforms on which only time and size are known; git
// compares the content of such files once and fills in the rest.
func plainStat(st fs.FileInfo) gitindex.Stat {
	t := st.ModTime()
	return gitindex.Stat{MTimeSec: uint32(t.Unix()), MTimeNsec: uint32(t.Nanosecond()), Size: uint32(st.Size())}
}
