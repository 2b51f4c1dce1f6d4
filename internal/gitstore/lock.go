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

	"github.com/e1-dms/e1/internal/filelock"
)

// lockMarker starts the content of git lock files that e1 holds. Since e1
// takes git's locks only while it holds its own write lock, whoever holds the
// write lock knows that a marked file was left by a process that is gone.
const lockMarker = "e1 lock "

// lockWrite takes e1's own lock over all work trees of a repository, waiting at
// most until the deadline.
func (r *Repo) lockWrite(ctx context.Context, deadline time.Time, command string) (*filelock.Lock, error) {
	return filelock.Take(ctx, filepath.Join(r.CommonE1Dir(), "write.lock"), filelock.Options{
		Wait: time.Until(deadline), For: command, Perm: r.SharedPerm,
	})
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
			// In one step, so that no git command slips in between.
			if err := r.disk.rename(tmp, path); err != nil {
				return nil, err
			}
			return &lockFile{r.disk, path}, nil
		}
		if time.Until(deadline) <= 0 {
			return nil, &filelock.LockedError{Path: path, Holder: "git", Try: fmt.Sprintf("try again; if no git command is running, remove %q", path)}
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

func lockContent(command string) string { return lockMarker + filelock.Holder(command) + "\n" }

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
