package outbox

import (
	"context"
	"path/filepath"
	"time"

	"github.com/e1-dms/e1/internal/filelock"
)

// Lock lets one process at a time send. While it is held, an entry that says
// "sending" was left by a process that died. It waits for another process, and
// fails with a *filelock.LockedError when that takes longer.
func (b *Box) Lock(ctx context.Context, wait time.Duration) (release func(), err error) {
	if err := b.make(); err != nil {
		return nil, err
	}
	lock, err := filelock.Take(ctx, filepath.Join(b.dir, "send.lock"), filelock.Options{Wait: wait, For: "e1 mail", Perm: b.perm})
	if err != nil {
		return nil, err
	}
	return lock.Release, nil
}
