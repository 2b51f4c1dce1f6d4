package filelock

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func take(t *testing.T, path string, opt Options) *Lock {
	t.Helper()
	l, err := Take(t.Context(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestTake(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.lock")
	held := take(t, path, Options{For: "e1\nregister"})
	var locked *LockedError
	for _, wait := range []time.Duration{0, time.Millisecond} {
		_, err := Take(t.Context(), path, Options{Wait: wait})
		if !errors.As(err, &locked) || locked.Path != path || !strings.HasSuffix(locked.Holder, "(e1 register)") || !strings.Contains(locked.Hint(), "--wait") {
			t.Fatalf("after %v: %v", wait, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if _, err := Take(ctx, path, Options{Wait: time.Hour}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	})
	cancel()
	waiting.Wait()
	waiting.Go(func() {
		l, err := Take(t.Context(), path, Options{Wait: time.Hour})
		if err != nil {
			t.Error(err)
		}
		l.Release()
	})
	held.Release()
	waiting.Wait()
	// Whoever gave up waiting has given the lock back, too.
	take(t, path, Options{Wait: time.Hour}).Release()
	(*Lock)(nil).Release()
}

func TestEndedContextTakesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(t.TempDir(), "x.lock")
	if _, err := Take(ctx, path, Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file was made: %v", err)
	}
}

func TestPerm(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.lock")
	defer take(t, path, Options{Perm: func(m fs.FileMode) fs.FileMode { return m&^0o777 | 0o660 }}).Release()
	if st, err := os.Stat(path); err != nil || st.Mode() != 0o660 {
		t.Errorf("%v %v", st.Mode(), err)
	}
}

func TestNoFolder(t *testing.T) {
	t.Parallel()
	if _, err := Take(t.Context(), filepath.Join(t.TempDir(), "none", "x.lock"), Options{}); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "x.lock") {
		t.Error(err)
	}
}
