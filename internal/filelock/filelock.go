// Package filelock keeps processes out of each other's way: a lock is a file
// that one of them holds at a time.
//
// In go a path and how long to wait; out comes the lock, or who holds it. The
// kernel takes a lock from a process that dies. The package refuses to remove
// the file, since somebody may be about to lock it.
//
// Invariant: a wait ends with the lock, the end of its time or that of its
// context, never later.
package filelock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Options are the circumstances of taking a lock.
type Options struct {
	// Wait is how long to wait for another process; zero asks once.
	Wait time.Duration
	// For says what the lock is held for, told to those who wait.
	For string
	// Perm gives the permissions of the file from those that umask left; nil
	// leaves these. Repositories that several people share need it.
	Perm func(fs.FileMode) fs.FileMode
}

// Lock is a lock that is held.
type Lock struct{ f *flock.Flock }

// LockedError says that another process holds a lock for longer than the
// caller was willing to wait.
type LockedError struct {
	Path   string // the lock file
	Holder string // who holds it, as far as known: `process 4711 (e1 import)`
	Try    string // what the user can do
}

func (e *LockedError) Error() string {
	if e.Holder != "" {
		return fmt.Sprintf("locked by %s: %q", e.Holder, e.Path)
	}
	return fmt.Sprintf("locked by another process: %q", e.Path)
}

// Hint is what the user can do.
func (e *LockedError) Hint() string { return e.Try }

// Take takes the lock at path, made if need be. Waiting is done by the kernel,
// which serves waiters in turn. The error is a *LockedError when the time is
// up and that of ctx when that ends.
func Take(ctx context.Context, path string, opt Options) (*Lock, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o666))
	ok, err := f.TryLock()
	share(path, opt.Perm)
	if err == nil && !ok {
		ok, err = wait(ctx, f, opt.Wait)
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("lock %q: %w", path, err)
	case !ok:
		holder, _ := os.ReadFile(path)
		return nil, &LockedError{Path: path, Holder: strings.TrimSpace(string(holder)), Try: "try again, or wait longer with --wait"}
	}
	// Only information for those who wait; failing to write it is no failure.
	_ = os.WriteFile(path, []byte(Holder(opt.For)+"\n"), 0o666)
	return &Lock{f}, nil
}

// Holder is how this process is named to those who wait for it.
func Holder(what string) string {
	what = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, what)
	if what == "" {
		what = "e1"
	}
	return fmt.Sprintf("process %d (%s)", os.Getpid(), what)
}

// share gives the file its permissions. Whoever did not make it may not do
// that, and need not.
func share(path string, perm func(fs.FileMode) fs.FileMode) {
	if perm == nil {
		return
	}
	if st, err := os.Lstat(path); err == nil {
		if want := perm(st.Mode()); want != st.Mode() {
			_ = os.Chmod(path, want)
		}
	}
}

// wait blocks in the kernel. When it gives up, the waiting goroutine gives the
// lock back as soon as it gets it: until then every method of f blocks, Close
// too.
func wait(ctx context.Context, f *flock.Flock, most time.Duration) (bool, error) {
	if most <= 0 {
		return false, nil
	}
	got := make(chan error)
	gone := make(chan struct{})
	go func() {
		err := f.Lock()
		select {
		case got <- err:
		case <-gone:
			_ = f.Close()
		}
	}()
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case err := <-got:
		return err == nil, err
	case <-timer.C:
		close(gone)
		return false, nil
	case <-ctx.Done():
		close(gone)
		return false, ctx.Err()
	}
}

// Release lets go of the lock; nil holds none.
func (l *Lock) Release() {
	if l != nil {
		_ = l.f.Close()
	}
}
