//go:build soak && linux

package faults_test

import (
	"fmt"
	"os/exec"
	"testing"
)

// The seam through which writes are counted is our own, and SQLite does not go
// through it. Here the kernel kills: strace ends the process when one of its
// threads makes a system call for the n-th time.
func TestKilledAtSystemCalls(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace")
	}
	for _, c := range commands() {
		if c.name != "set" && c.name != "advance" && c.name != "import" {
			continue
		}
		for _, call := range []string{"pwrite64", "write", "fsync", "renameat", "linkat", "unlinkat", "ftruncate"} {
			t.Run(c.name+" "+call, func(t *testing.T) {
				t.Parallel()
				o := c.undisturbed(t)
				killed := 0
				for n := 1; n <= 150; n++ {
					s := copyOf(t, c.template(t))
					line := append([]string{"-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call,
						"-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n), self()}, c.args...)
					r := s.run([]string{commandEnv + "=1"}, c.stdin, strace, line...)
					if r.code == 0 {
						break
					}
					killed++
					o.reached(s)
					s.e1("comment", "CLI-000001", "next")
					s.sound()
					if t.Failed() {
						t.Fatalf("killed at %s %d: %s", call, n, r.err)
					}
				}
				t.Logf("killed %d times", killed)
			})
		}
	}
}
