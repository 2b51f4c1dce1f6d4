//go:build !linux && !darwin

package gitstore

import (
	"io/fs"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
)

// statOf returns what git keeps of lstat(2).
func statOf(st fs.FileInfo) gitindex.Stat { return plainStat(st) }
