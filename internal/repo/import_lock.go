package repo

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/e1-dms/e1/internal/gitstore"
)

// importPause is how often a waiting import looks whether it may begin.
const importPause = 50 * time.Millisecond

// LockImports keeps other imports of the repository waiting, so that two of
// them never quarrel over one folder. Nothing is doubled without it; it keeps
// what they report true. It waits as long as writes do.
func (r *Repo) LockImports(ctx context.Context) (release func(), err error) {
	dir := filepath.Join(r.git.CommonDir(), "e1")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "import.lock")
	lock := flock.New(file)
	waiting, cancel := context.WithTimeout(ctx, max(r.opt.Wait, time.Millisecond))
	defer cancel()
	free, err := lock.TryLockContext(waiting, importPause)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded), err == nil && !free:
		return nil, &gitstore.LockedError{Path: file, Holder: "another e1 import", Hint: "try again, or wait longer with --wait"}
	case err != nil:
		return nil, err
	}
	return func() { _ = lock.Unlock() }, nil
}
