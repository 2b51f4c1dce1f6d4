//go:build linux

package faults_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/e1-dms/e1/internal/filelock"
)

// start starts e1 and gives what it says on stderr when it has ended.
func (s *shop) start(stdin *os.File, args ...string) (*exec.Cmd, func() (code int, stderr string)) {
	s.t.Helper()
	cmd := exec.Command(self(), args...)
	cmd.Dir = s.dir
	cmd.Env = append(append([]string{}, s.env...), commandEnv+"=1")
	if stdin != nil {
		cmd.Stdin = stdin
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	return cmd, func() (int, string) {
		err := cmd.Wait()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			s.t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), errs.String()
	}
}

// opens waits until a process has opened a file.
func opens(t *testing.T, pid int, name string) {
	t.Helper()
	for {
		links, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
		if err != nil || len(links) == 0 {
			t.Fatalf("the process has ended: %v", err)
		}
		for _, link := range links {
			if to, err := os.Readlink(link); err == nil && to == name {
				return
			}
		}
		time.Sleep(time.Millisecond)
	}
}

// A command waits for an index that another process builds no longer than it is
// told to, and not after it was interrupted.
func TestWaitForTheIndex(t *testing.T) {
	t.Parallel()
	s := copyOf(t, standard(t))
	name := s.path(".git/e1/index.lock")
	lock, err := filelock.Take(t.Context(), name, filelock.Options{For: "e1 index rebuild"})
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	s.remove(indexFile)
	s.wants(5, "(e1 index rebuild)", "--wait", "1ms", "list", "clients")
	s.wants(5, "(e1 index rebuild)", "--wait", "1ms", "index", "rebuild")
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		cmd, wait := s.start(nil, "--wait", "24h", "list", "clients")
		opens(t, cmd.Process.Pid, name)
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if code, stderr := wait(); code != 130 || !strings.Contains(stderr, "interrupted") {
			t.Errorf("%v: ended with %d\n%s", sig, code, stderr)
		}
	}
	lock.Release()
	s.sound()
}

// What does not look whether it was interrupted, such as reading a terminal, is
// ended by another Ctrl-C.
func TestSecondInterrupt(t *testing.T) {
	t.Parallel()
	s := copyOf(t, standard(t))
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	defer in.Close()
	if _, err := out.WriteString("a comment without end"); err != nil {
		t.Fatal(err)
	}
	cmd, wait := s.start(in, "comment", "CLI-000001", "-")
	for n := 1; n > 0; {
		if n, err = unix.IoctlGetInt(int(in.Fd()), unix.TIOCINQ); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	ended := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case <-ended:
				return
			case <-time.After(20 * time.Millisecond):
				if n == 1000 {
					_ = cmd.Process.Kill()
				}
				_ = cmd.Process.Signal(os.Interrupt)
			}
		}
	}()
	code, _ := wait()
	close(ended)
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %d, not by the signal: %v", code, cmd.ProcessState)
	}
	s.sound()
}
