//go:build unix

package outbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is a script that takes a letter.
func program(t *testing.T, script string) (Program, string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "sendmail")
	if err := os.WriteFile(file, []byte("#!/bin/sh\ncat >/dev/null\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return Program{Command: "cd " + dir + " && ./sendmail", grace: time.Millisecond}, dir
}

func (p Program) take(ctx context.Context) error {
	return p.Send(ctx, "a@example.invalid", []string{"b@example.invalid"}, []byte("letter"))
}

// when waits until a file is there.
func when(t *testing.T, file string) {
	t.Helper()
	for range 3000 {
		if _, err := os.Stat(file); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the program did not come so far")
}

// pidIn reads the number of a process.
func pidIn(t *testing.T, file string) (pid int) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(b), &pid); err != nil || pid < 2 {
		t.Fatalf("%q is no process: %v", b, err)
	}
	return pid
}

// What a program leaves behind holds its output open; the letter has gone all
// the same, and nobody waits for it.
func TestProgramLeavesAChild(t *testing.T) {
	t.Parallel()
	p, dir := program(t, "sleep 1000 &\necho $! >child\nexit 0\n")
	if err := p.take(context.Background()); err != nil {
		t.Error(err)
	}
	_ = syscall.Kill(pidIn(t, dir+"/child"), syscall.SIGKILL)
}

// A program that is stopped takes what it has started along. Whether the letter
// has gone is known only when it says so.
func TestProgramStopped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, script    string
		certain, doubts bool
	}{
		{"dies", "", false, true},
		{"ends well all the same", "trap 'exit 0' TERM\n", true, false},
		{"did not take it", "trap 'exit 75' TERM\n", false, false},
		{"says nothing of use", "trap 'exit 1' TERM\n", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, dir := program(t, c.script+"sh -c 'trap - TERM; echo $$ >pid; mv pid child; exec sleep 1000' &\nwait\n")
			p.Command = "trap : TERM; " + p.Command // the shell's own end says nothing
			p.grace = time.Minute
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			go func() { when(t, dir+"/child"); cancel() }()
			err := p.take(ctx)
			var doubt *DoubtError
			if (err == nil) != c.certain || errors.As(err, &doubt) != c.doubts {
				t.Errorf("got %v", err)
			}
			pid := pidIn(t, dir+"/child")
			for range 3000 { // it takes a moment to die
				if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
					return
				}
				if state, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); strings.Contains(string(state), ") Z ") {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Error("its child lives on")
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p, _ := program(t, "touch ran\n")
	var doubt *DoubtError
	if err := p.take(ctx); err == nil || errors.As(err, &doubt) {
		t.Errorf("not begun: %v", err)
	}
}

// A conversation ends with its context: before the end of the letter it has
// certainly not gone, after it the answer is waited for a little.
func TestSMTPStopped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		at              string // what the server has heard when it falls silent
		answers         bool   // after all
		certain, doubts bool
	}{
		{"greeting", "", false, false, false},
		{"recipient", "RCPT", false, false, false},
		{"data", "DATA", false, false, false},
		{"end of the letter", ".", false, false, true},
		{"late answer", ".", true, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Skip(err)
			}
			defer l.Close()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			go talk(l, c.at, func() {
				cancel()
				if !c.answers {
					<-t.Context().Done()
				}
			})
			s, err := ParseSMTP("smtp://" + l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			s.grace = time.Minute
			if c.doubts {
				s.grace = time.Millisecond
			}
			err = s.Send(ctx, "a@example.invalid", []string{"b@example.invalid"}, []byte("Subject: x\r\n\r\ny\r\n"))
			var doubt *DoubtError
			if (err == nil) != c.certain || errors.As(err, &doubt) != c.doubts {
				t.Errorf("got %v", err)
			}
		})
	}
}

// talk plays a mail server that does something when it hears a line.
func talk(l net.Listener, at string, then func()) {
	conn, err := l.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	if at == "" {
		then()
	}
	fmt.Fprint(conn, "220 hello\r\n")
	in := bufio.NewReader(conn)
	for data := false; ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if data && line != ".\r\n" {
			continue
		}
		if at != "" && strings.HasPrefix(line, at) {
			then()
		}
		data = strings.HasPrefix(line, "DATA")
		if data {
			fmt.Fprint(conn, "354 go on\r\n")
		} else {
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}
