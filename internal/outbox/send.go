package outbox

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Sender hands one letter over. An error that is *RefusedError is for good;
// *DoubtError means that the letter may have gone.
type Sender interface {
	Send(ctx context.Context, from string, to []string, letter []byte) error
}

// RefusedError is a refusal that trying again does not change.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap gives what the server said.
func (e *RefusedError) Unwrap() error { return e.Err }

// DoubtError says that the conversation broke off after the letter had been
// handed over and before the server had confirmed it.
type DoubtError struct{ Err error }

func (e *DoubtError) Error() string {
	return "it is not known whether the letter was taken: " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *DoubtError) Unwrap() error { return e.Err }

// Program hands letters to a program such as sendmail, as the user has
// configured it: a command line for the shell, which is given the envelope as
// arguments and the letter on standard input.
type Program struct {
	Command string
	grace   time.Duration // 0: stopDelay
}

// refusals are the exit codes of sendmail (sysexits.h) that are for good: bad
// usage, bad data, no such user or host, no permission.
var refusals = []int{64, 65, 67, 68, 77}

// tryLater is its exit code for a letter not taken for now.
const tryLater = 75

// Send implements Sender.
func (p Program) Send(ctx context.Context, from string, to []string, letter []byte) error {
	sender, err := Address(from)
	if err != nil {
		return &RefusedError{err}
	}
	args := []string{"-c", p.Command + ` "$@"`, "sendmail", "-i", "-f", sender, "--"}
	for _, t := range to {
		a, err := Address(t)
		if err != nil {
			return &RefusedError{err}
		}
		args = append(args, a)
	}
	cmd := exec.CommandContext(ctx, "/bin/sh", args...)
	defer endTogether(cmd)()
	cmd.WaitDelay = cmp.Or(p.grace, stopDelay)
	cmd.Stdin = bytes.NewReader(letter)
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState != nil && cmd.ProcessState.Success() {
		return nil // it has taken the letter, whatever happened to us meanwhile
	}
	if text := strings.TrimSpace(string(out)); text != "" {
		err = fmt.Errorf("%w: %s", err, text)
	}
	if cmd.ProcessState == nil {
		return err // not begun
	}
	switch code := cmd.ProcessState.ExitCode(); {
	case slices.Contains(refusals, code):
		return &RefusedError{err}
	case code < 0, ctx.Err() != nil && code != tryLater: // stopped while it worked
		return &DoubtError{err}
	}
	return err
}

// stopDelay is how long a program that was told to stop may take, and how long
// what it has started may hold its output.
const stopDelay = 5 * time.Second

// SMTP hands letters to a mail server: smtp://user@host:587 with STARTTLS,
// smtps://user@host:465 with TLS from the start.
type SMTP struct {
	URL *url.URL
	// Password gives the password when it is asked for.
	Password func() (string, error)
	Timeout  time.Duration
	// Insecure allows a conversation without TLS, for a server on this machine.
	Insecure bool
	grace    time.Duration // 0: stopDelay
}

// ParseSMTP reads the address of a mail server.
func ParseSMTP(text string) (*SMTP, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, fmt.Errorf("%q is no address of a mail server; write it like smtp://user@mail.example.com:587 or smtps://…", text)
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return &SMTP{URL: u, Timeout: 2 * time.Minute, Insecure: u.Scheme == "smtp" && (host == "localhost" || ip != nil && ip.IsLoopback())}, nil
}

func (s *SMTP) dial(ctx context.Context) (net.Conn, error) {
	port := s.URL.Port()
	if port == "" {
		port = map[string]string{"smtp": "587", "smtps": "465"}[s.URL.Scheme]
	}
	at := net.JoinHostPort(s.URL.Hostname(), port)
	d := &net.Dialer{Timeout: s.Timeout}
	if s.URL.Scheme == "smtps" {
		return (&tls.Dialer{NetDialer: d, Config: &tls.Config{ServerName: s.URL.Hostname()}}).DialContext(ctx, "tcp", at)
	}
	return d.DialContext(ctx, "tcp", at)
}

// Send implements Sender.
func (s *SMTP) Send(ctx context.Context, from string, to []string, letter []byte) error {
	sender, err := Address(from)
	if err != nil {
		return &RefusedError{err}
	}
	conn, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(s.Timeout))
	breakOff := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer breakOff()
	c, err := smtp.NewClient(conn, s.URL.Hostname())
	if err != nil {
		return err
	}
	if err := s.secure(c); err != nil {
		return err
	}
	if err := c.Mail(sender); err != nil {
		return final(err)
	}
	for _, t := range to {
		a, err := Address(t)
		if err != nil {
			return &RefusedError{err}
		}
		if err := c.Rcpt(a); err != nil {
			return final(fmt.Errorf("%s: %w", a, err))
		}
	}
	w, err := c.Data()
	if err != nil {
		return final(err)
	}
	if _, err := w.Write(letter); err != nil {
		return err // without its end the server does not take it
	}
	// From here on the letter may have gone: the answer is worth waiting for.
	if !breakOff() {
		return context.Cause(ctx)
	}
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now().Add(cmp.Or(s.grace, stopDelay))) })()
	if err := w.Close(); err != nil {
		var said *textproto.Error
		if errors.As(err, &said) {
			return final(err)
		}
		return &DoubtError{err}
	}
	_ = c.Quit()
	return nil
}

// secure begins TLS and signs in.
func (s *SMTP) secure(c *smtp.Client) error {
	if s.URL.Scheme == "smtp" {
		if ok, _ := c.Extension("STARTTLS"); ok {
			if err := c.StartTLS(&tls.Config{ServerName: s.URL.Hostname()}); err != nil {
				return err
			}
		} else if !s.Insecure {
			return fmt.Errorf("the mail server %s offers no STARTTLS; letters are not sent in the clear", s.URL.Host)
		}
	}
	user := s.URL.User.Username()
	if user == "" {
		return nil
	}
	if s.Password == nil {
		return fmt.Errorf("the mail server %s wants a password", s.URL.Host)
	}
	password, err := s.Password()
	if err != nil {
		return err
	}
	return c.Auth(smtp.PlainAuth("", user, password, s.URL.Hostname()))
}

// final tells refusals for good (5xx) from those for now.
func final(err error) error {
	var said *textproto.Error
	if errors.As(err, &said) && said.Code >= 500 {
		return &RefusedError{err}
	}
	return err
}

// maxAttempts is how often a letter is tried before it is left to a person.
const maxAttempts = 12

// Again says when a letter is tried next after so many failures: after five
// minutes, then twice as long each time, at most a day.
func Again(now time.Time, attempts int) (next time.Time, more bool) {
	wait := 5 * time.Minute
	for i := 1; i < attempts && wait < 24*time.Hour; i++ {
		wait *= 2
	}
	return now.Add(min(wait, 24*time.Hour)), attempts < maxAttempts
}
