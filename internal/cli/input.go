package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/e1-dms/e1/internal/maildir"
)

// Every command that takes a FILE takes - for standard input, too.

// readFile reads a file of the user's, or standard input.
func (a *app) readFile(name string) ([]byte, error) { return a.readUpTo(name, 0) }

// readLetter reads a letter. One that is larger than what an import takes is
// refused, not cut.
func (a *app) readLetter(name string) ([]byte, error) { return a.readUpTo(name, maildir.MaxSize) }

// readUpTo refuses what has more than so many bytes; 0 takes everything.
func (a *app) readUpTo(name string, most int64) ([]byte, error) {
	var in io.Reader = a.stdin
	if name == "-" {
		name = inputName(name)
	} else {
		f, err := os.Open(name)
		if err != nil {
			return nil, cannotRead(name, err)
		}
		defer f.Close()
		in = f
	}
	if most > 0 {
		in = io.LimitReader(in, most+1)
	}
	data, err := io.ReadAll(in)
	switch {
	case err != nil:
		return nil, cannotRead(name, err)
	case most > 0 && int64(len(data)) > most:
		return nil, fmt.Errorf("%q is larger than %d bytes", name, most)
	}
	return data, nil
}

// inputName is what messages call an input.
func inputName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// text is what somebody wrote on the command line, or standard input for -.
func (a *app) text(given string) (string, error) {
	if given != "-" {
		return given, nil
	}
	data, err := a.readFile(given)
	return strings.TrimRight(string(data), "\n"), err
}
