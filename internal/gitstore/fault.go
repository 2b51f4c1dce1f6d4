package gitstore

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// FaultEnv is the environment variable that makes one write operation fail.
// For tests only: `kill:N` ends the process without cleaning up before the
// N-th operation, `enospc:N` makes that one and all later writes fail with a
// full disk, `eio:N` fails just that one, `erofs:N` makes it and all later
// operations fail as on a file system mounted read-only. Operations are counted
// from 1. `trace:FILE` lets all succeed and adds a line for each to FILE.
const FaultEnv = "E1_FAULT"

// FaultFunc is called before each write operation of this package with what
// it is about to do (create, write, fsync, rename, link, remove, append,
// mkdir, chmod) and the file. An error makes the operation fail. For tests.
type FaultFunc func(op, path string) error

// SetFault installs a hook on this repository; nil removes it. For tests.
func (r *Repo) SetFault(fn FaultFunc) { r.disk.fault = fn }

// Step asks the fault hook before a write operation that belongs to a
// transaction but is not made by this package, such as moving a letter away or
// bringing derived data up to date. Outside tests it does nothing.
func (r *Repo) Step(op, path string) error { return r.disk.step(op, path) }

// faultFromEnv reads the value of FaultEnv.
func faultFromEnv(v string) (FaultFunc, error) {
	if v == "" {
		return nil, nil
	}
	kind, num, _ := strings.Cut(v, ":")
	if kind == "trace" && num != "" {
		return traceTo(num), nil
	}
	n, err := strconv.Atoi(num)
	if err != nil || n < 1 {
		return nil, errFaultValue(v)
	}
	var mu sync.Mutex
	count := 0
	next := func() int {
		mu.Lock()
		defer mu.Unlock()
		count++
		return count
	}
	switch kind {
	case "kill":
		return func(string, string) error {
			if next() == n {
				killSelf()
			}
			return nil
		}, nil
	case "enospc":
		return func(op, _ string) error {
			if next() >= n && op != "remove" && op != "rename" {
				return syscall.ENOSPC
			}
			return nil
		}, nil
	case "erofs":
		return func(string, string) error {
			if next() >= n {
				return syscall.EROFS
			}
			return nil
		}, nil
	case "eio":
		return func(string, string) error {
			if next() == n {
				return errors.New("input/output error")
			}
			return nil
		}, nil
	}
	return nil, errFaultValue(v)
}

func errFaultValue(v string) error {
	return fmt.Errorf("%s=%q: want kill:N, enospc:N, eio:N, erofs:N or trace:FILE", FaultEnv, v)
}

// traceTo notes each operation in a file.
func traceTo(file string) FaultFunc {
	return func(op, path string) error {
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(f, "%s %s\n", op, path)
		return errors.Join(err, f.Close())
	}
}

// killSelf ends the process as SIGKILL would: no deferred call, no clean-up.
func killSelf() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Kill()
	}
	select {}
}
