package outbox

import (
	"path/filepath"

	"github.com/gofrs/flock"
)

// Lock lets one process at a time send. While it is held, an entry that says
// "sending" was left by a process that died. free is false when another process
// holds it.
func (b *Box) Lock() (release func(), free bool, err error) {
	if err := b.make(); err != nil {
		return nil, false, err
	}
	lock := flock.New(filepath.Join(b.dir, "send.lock"))
	if free, err = lock.TryLock(); err != nil || !free {
		return nil, false, err
	}
	return func() { _ = lock.Unlock() }, true, nil
}
