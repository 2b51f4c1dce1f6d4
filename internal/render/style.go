package render

import (
	"io"
	"strings"
)

// Style says for whom a run prints. The zero value is 80 columns, no color,
// English.
type Style struct {
	Width    int    // display columns of the output; 0 means 80
	Color    bool   // ANSI colors and bold are wanted
	Language string // "ru" or "en"; anything else reads as "en"
}

// Tone is what a piece of text means to the reader; it becomes a color only
// where colors are enabled, so no meaning may rest on the tone alone.
type Tone uint8

// The tones.
const (
	Normal Tone = iota
	Strong      // titles, labels
	Dim         // of lesser interest: finished, withdrawn, background
	Good        // done, in time
	Warn        // soon due, waiting
	Bad         // overdue, refused, failed
	Accent      // numbers and other things to act on
)

// minWidth is the narrowest output that is laid out; below it lines are as wide
// as minWidth, because nothing readable fits.
const minWidth = 64

func (s Style) width() int {
	if s.Width <= 0 {
		return 80
	}
	return max(s.Width, minWidth)
}

func (s Style) russian() bool { return s.Language == "ru" }

// sequence returns the ANSI introducer of a tone, "" for normal text.
func (t Tone) sequence() string {
	switch t {
	case Strong:
		return "\x1b[1m"
	case Dim:
		return "\x1b[2m"
	case Good:
		return "\x1b[32m"
	case Warn:
		return "\x1b[33m"
	case Bad:
		return "\x1b[31m"
	case Accent:
		return "\x1b[36m"
	}
	return ""
}

// paint colors one line of text. Blanks around the text stay uncolored, so that
// trailing ones can still be trimmed.
func (s Style) paint(t Tone, text string) string {
	start := t.sequence()
	if !s.Color || start == "" {
		return text
	}
	body := strings.Trim(text, " ")
	if body == "" {
		return text
	}
	at := strings.Index(text, body)
	return text[:at] + start + body + "\x1b[0m" + text[at+len(body):]
}

// Paint colors a text where colors are wanted.
func (s Style) Paint(t Tone, text string) string { return s.paint(t, text) }

// Line writes a text some columns in, on as many lines as it needs; those that
// follow stand two columns further in.
func (s Style) Line(w io.Writer, indent int, tone Tone, text string) error {
	out := &printer{w: w}
	margin := strings.Repeat(" ", indent)
	rest := clean(text)
	for first := true; first || rest != ""; first = false {
		line := wrap([]string{rest}, s.width()-len(margin))[0]
		out.line(margin + s.paint(tone, line))
		rest = strings.TrimLeft(strings.TrimPrefix(rest, line), " ")
		if first {
			margin += "  "
		}
	}
	return out.flush()
}

// Wrap breaks a text into lines that fit the style's width.
func (s Style) Wrap(text string) string { return strings.Join(wrap([]string{text}, s.width()), "\n") }
