package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/wholefile"
)

// result is where the result of a command goes: standard output, the file of
// --output, which gets its name when everything is in it, or the screen of a
// person, who may want to turn pages.
type result struct {
	to     io.Writer // standard output until the command begins
	file   *wholefile.File
	screen *bytes.Buffer
	used   bool  // something was written
	seen   bool  // and somebody may have seen it
	err    error // the first that writing met
}

func (r *result) Write(p []byte) (int, error) {
	r.used = true
	r.seen = r.seen || r.file == nil && r.screen == nil
	n, err := r.to.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// begin opens what the result goes to.
func (r *result) begin(a *app) error {
	switch name := a.flags.output; {
	case name != "" && name != "-":
		f, err := wholefile.Create(name)
		if err != nil {
			return cannotWrite(name, err)
		}
		r.file, r.to = f, bufio.NewWriter(f)
	case a.OutTTY && a.conf.Pager != "" && !a.flags.json && !a.flags.plain:
		r.screen = &bytes.Buffer{}
		r.to = r.screen
	}
	return nil
}

// end hands the result over. One that comes with an error, of an import of which
// a part has failed for instance, is a result all the same.
func (r *result) end(ctx context.Context, a *app, err error) error {
	keep := err == nil || errors.Is(err, errNo) || r.used && !errors.Is(err, index.ErrDamaged)
	switch {
	case r.file != nil && (!keep || r.err != nil):
		r.file.Discard()
	case r.file != nil:
		if r.err = r.to.(*bufio.Writer).Flush(); r.err != nil {
			r.file.Discard()
		} else {
			r.err = r.file.Commit()
		}
	case r.screen != nil && keep:
		r.err = a.page(ctx, r.screen.Bytes())
	}
	r.seen = r.seen || keep && r.used
	for _, line := range a.later {
		fmt.Fprint(a.Err, line)
	}
	a.later = nil
	if r.err == nil {
		return nil
	}
	wrote := a.session != nil && a.session.repo.Wrote()
	if r.file != nil {
		return &lostResultError{cannotWrite(a.flags.output, r.err), wrote}
	}
	return &lostResultError{fmt.Errorf("cannot write to standard output: %w", cause(r.err)), wrote}
}

// forget drops an error of writing, where a lost result is no reason to fail.
func (r *result) forget() { r.err = nil }

// lostResultError says that a result could not be written.
type lostResultError struct {
	error
	wrote bool // what the command was to change is changed
}

func (e *lostResultError) Unwrap() error { return e.error }

// Hint keeps a person from doing it all again.
func (e *lostResultError) Hint() string {
	if e.wrote {
		return "the command itself has done its work; e1 log --limit 1 shows it"
	}
	return ""
}

// page shows a text to a person: as it is where the screen has room for it, else
// in the pager of their own configuration.
func (a *app) page(ctx context.Context, text []byte) error {
	if a.Height == 0 || bytes.Count(text, []byte("\n")) < a.Height {
		_, err := a.Out.Write(text)
		return err
	}
	// The pager takes Ctrl-C for itself; a run that is over has nothing to stop.
	defer a.Signals.Hold()()
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "sh", "-c", a.conf.Pager)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), a.Out, a.Err
	if a.Getenv("LESS") == "" {
		cmd.Env = append(cmd.Environ(), "LESS=FRX")
	}
	const notFound = 127 // by the shell's convention
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() == notFound {
		a.note("the pager %q cannot be run: %v", a.conf.Pager, err)
		_, err := a.Out.Write(text)
		return err
	}
	return nil
}
