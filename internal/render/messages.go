package render

import (
	"io"
	"strings"
)

// Messages writes what a run has to say besides its result: one line each,
// lower case, `e1: error: …`, `e1: hint: …`, `e1: note: …`.
type Messages struct {
	W     io.Writer
	Style Style
	Quiet bool // notes and hints are left out, errors and warnings stay
}

// Error says why the command failed.
func (m Messages) Error(text string) { m.say("error", Bad, text) }

// Warning says what may be wrong although the command went on.
func (m Messages) Warning(text string) { m.say("warning", Warn, text) }

// Hint says what to do next; a command line that can be run as it stands.
func (m Messages) Hint(text string) {
	if !m.Quiet {
		m.say("hint", Accent, text)
	}
}

// Note says something worth knowing.
func (m Messages) Note(text string) {
	if !m.Quiet {
		m.say("note", Dim, text)
	}
}

func (m Messages) say(kind string, tone Tone, text string) {
	for _, line := range cleanLines(text) {
		io.WriteString(m.W, "e1: "+m.Style.paint(tone, kind+":")+" "+strings.TrimSpace(line)+"\n")
	}
}
