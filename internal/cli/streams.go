package cli

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// Streams is where a command reads from and writes to. Results go to Out,
// messages and progress to Err. Programs that a command runs, such as an editor,
// get the same.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// InTTY, OutTTY and ErrTTY say whether a person sits at the other end.
	InTTY, OutTTY, ErrTTY bool
	// Width is how many columns the output has, 0 when nobody knows; Height how
	// many lines the screen, 0 when Out is none.
	Width, Height int
	// Getenv reads the environment.
	Getenv func(string) string
	// Signals are what Ctrl-C does to this process.
	Signals *Signals
}

// System returns the streams of this process. The width is that of the
// variable COLUMNS, as git takes it, else that of the terminal.
func System() Streams {
	s := Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTTY:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTTY: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY: term.IsTerminal(int(os.Stderr.Fd())),
		Getenv: os.Getenv,
	}
	if s.OutTTY {
		if w, h, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
			s.Width, s.Height = w, h
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		s.Width = n
	}
	return s
}
