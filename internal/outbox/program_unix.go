//go:build unix

package outbox

import (
	"os/exec"
	"syscall"
)

// endTogether makes a program end with all it has started when its context
// ends: a shell passes no signal on. What has not ended by the time that the
// program has, finish kills.
func endTogether(cmd *exec.Cmd) (finish func()) {
	stopped := false
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		stopped = true
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
	}
	return func() {
		if stopped {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		}
	}
}
