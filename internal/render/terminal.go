package render

import (
	"os"

	"golang.org/x/term"
)

// Terminal reports whether a file is an interactive terminal.
func Terminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

// Columns is the width of the terminal behind a file, 0 where there is none.
func Columns(f *os.File) int {
	if f == nil {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil || w < 0 {
		return 0
	}
	return w
}

// UseColor decides about colors: mode is auto, always or never; auto means a
// terminal that is not dumb, and no NO_COLOR in the environment.
func UseColor(mode string, f *os.File, env func(string) string) bool {
	switch mode {
	case "always":
		return true
	case "never":
		return false
	}
	return env("NO_COLOR") == "" && env("TERM") != "dumb" && Terminal(f)
}
