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
// full disk, `eio:N` fails just that one. Operations are counted from 1.
const FaultEnv = "E1_FAULT"

// FaultFunc is called before each write operation of this package with what
// it is about to do (create, write, fsync, rename, link, remove, append,
// mkdir, chmod) and the file. An error makes the operation fail. For tests.
type FaultFunc func(op, path string) error

// SetFault installs a hook on this repository; nil removes it. For tests.
func (r *Repo) SetFault(fn FaultFunc) { r.disk.fault = fn }

// faultFromEnv reads the value of FaultEnv.
func faultFromEnv(v string) (FaultFunc, error) {
	if v == "" {
		return nil, nil
	}
	kind, num, _ := strings.Cut(v, ":")
	n, err := strconv.Atoi(num)
	if err != nil || n < 1 {
		return nil, fmt.Errorf("%s=%q: want kill:N, enospc:N or eio:N", FaultEnv, v)
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
	case "eio":
		return func(string, string) error {
			if next() == n {
				return errors.New("input/output error")
			}
			return nil
		}, nil
	}
	return nil, fmt.Errorf("%s=%q: want kill:N, enospc:N or eio:N", FaultEnv, v)
}

// killSelf ends the process as SIGKILL would: no deferred call, no clean-up.
func killSelf() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Kill()
	}
	select {}
}
