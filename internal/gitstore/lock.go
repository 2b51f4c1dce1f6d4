package gitstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// lockMarker starts the content of git lock files that e1 holds. Since e1
// takes git's locks only while it holds its own write lock, whoever holds the
// write lock knows that a marked file was left by a process that is gone.
const lockMarker = "e1 lock "

// writeLock is e1's own lock over all work trees of a repository: an flock,
// which the kernel releases when its holder dies. The file is never removed.
type writeLock struct{ f *flock.Flock }

// lockWrite waits at most until the deadline. Waiting is done by the kernel,
// which serves waiters in turn.
func (r *Repo) lockWrite(ctx context.Context, deadline time.Time, command string) (*writeLock, error) {
	path := filepath.Join(r.CommonE1Dir(), "write.lock")
	perm := fs.FileMode(0o666)
	f := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(perm))
	ok, err := f.TryLock()
	if err != nil {
		f.Close()
	} else if !ok {
		ok, err = waitLock(ctx, f, deadline)
	}
	if err != nil {
		return nil, fmt.Errorf("lock %q: %w", path, err)
	}
	if !ok {
		holder, _ := os.ReadFile(path)
		return nil, &LockedError{Path: path, Holder: strings.TrimSpace(string(holder)), Hint: "try again, or wait longer with --wait"}
	}
	// Only information for those who wait; failing to write it is no failure.
	_ = r.disk.adjust(path, perm)
	_ = os.WriteFile(path, []byte(holderText(command)+"\n"), perm)
	return &writeLock{f}, nil
}

func holderText(command string) string {
	if command == "" {
		command = "e1"
	}
	return fmt.Sprintf("process %d (%s)", os.Getpid(), cleanLine(command))
}

// waitLock blocks in the kernel. Without the lock it leaves f closed, or to the
// waiting goroutine, which gives the lock back as soon as it gets it: until
// then every method of f blocks, Close too.
func waitLock(ctx context.Context, f *flock.Flock, deadline time.Time) (bool, error) {
	left := time.Until(deadline)
	if left <= 0 {
		f.Close()
		return false, nil
	}
	got := make(chan error)
	gone := make(chan struct{})
	go func() {
		err := f.Lock()
		select {
		case got <- err:
		case <-gone:
			f.Close()
		}
	}()
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case err := <-got:
		if err != nil {
			f.Close()
		}
		return err == nil, err
	case <-timer.C:
		close(gone)
		return false, nil
	case <-ctx.Done():
		close(gone)
		return false, ctx.Err()
	}
}

func (l *writeLock) release() {
	if l != nil {
		l.f.Close()
	}
}

// lockFile is one of git's lock files, held by e1.
type lockFile struct {
	d    *disk
	path string
}

// takeLock makes a git lock file with its content in one step, so that a
// process killed at any moment leaves either nothing or a file that says whose
// it is. A file left by a dead e1 process is taken over. It tries until the
// deadline.
func (r *Repo) takeLock(ctx context.Context, path string, content string, deadline time.Time) (*lockFile, error) {
	tmp := filepath.Join(r.Dir(), "tmp", fmt.Sprintf("lock-%d", os.Getpid()))
	_ = os.Remove(tmp)
	durable := !strings.HasPrefix(content, lockMarker) // a new value of a ref
	if err := r.disk.writeFile(tmp, []byte(content), 0o666, durable); err != nil {
		return nil, err
	}
	defer os.Remove(tmp)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := r.disk.link(tmp, path)
		if err == nil {
			return &lockFile{r.disk, path}, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			if err = r.takeWithoutLink(tmp, path, content, err); err == nil {
				return &lockFile{r.disk, path}, nil
			}
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if r.ownLock(path) {
			if err := r.disk.remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			continue
		}
		if time.Until(deadline) <= 0 {
			return nil, &LockedError{Path: path, Holder: "git", Hint: fmt.Sprintf("try again; if no git command is running, remove %q", path)}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// takeWithoutLink serves file systems without hard links.
func (r *Repo) takeWithoutLink(tmp, path, content string, linkErr error) error {
	if _, err := os.Lstat(tmp); err != nil || r.disk.fault != nil {
		return linkErr
	}
	if errors.Is(linkErr, fs.ErrNotExist) {
		return linkErr
	}
	if err := r.disk.writeFile(path, []byte(content), 0o666, true); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		return linkErr
	}
	return nil
}

// ownLock reports whether a lock file was made by e1. The caller holds the
// write lock, so its maker is gone.
func (r *Repo) ownLock(path string) bool {
	b, err := os.ReadFile(path)
	return err == nil && strings.HasPrefix(string(b), lockMarker)
}

func lockContent(command string) string { return lockMarker + holderText(command) + "\n" }

func (l *lockFile) release() error {
	if l == nil {
		return nil
	}
	err := l.d.remove(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // somebody removed it by hand
	}
	return err
}
