package cli

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Streams is where a command reads from and writes to. Results go to Out,
// messages and progress to Err; nothing else in this package touches the
// process's own files.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// InTTY, OutTTY and ErrTTY say whether a person sits at the other end.
	InTTY, OutTTY, ErrTTY bool
	// Width is the terminal's width in columns, 0 when Out is no terminal.
	Width int
	// Getenv reads the environment.
	Getenv func(string) string
}

// System returns the streams of this process.
func System() Streams {
	s := Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		Getenv: os.Getenv,
	}
	if s.OutTTY {
		if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
			s.Width = w
		}
	}
	return s
}
