package diag

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Pos is a place in a text file. Line and Column count from 1, columns in
// Unicode code points; the zero value means that the place is unknown.
type Pos struct{ Line, Column int }

// IsValid tells whether the place is known.
func (p Pos) IsValid() bool { return p.Line > 0 }

// Before tells whether p lies before q.
func (p Pos) Before(q Pos) bool {
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.Column < q.Column
}

// String gives "line:column".
func (p Pos) String() string { return strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column) }

// Span is a stretch of a file; End is exclusive. A zero End means that only
// the start is known.
type Span struct {
	File       string
	Start, End Pos
}

// String gives "file:line:column".
func (s Span) String() string { return s.fileName() + ":" + s.Start.String() }

// Overlaps tells whether two stretches have a place in common. One of which only
// the start is known is that place.
func (s Span) Overlaps(t Span) bool {
	return s.File == t.File && !s.last().Before(t.Start) && !t.last().Before(s.Start)
}

// last is the last place of the stretch.
func (s Span) last() Pos {
	if s.End.Column > 1 && s.Start.Before(s.End) {
		return Pos{s.End.Line, s.End.Column - 1}
	}
	return s.Start
}

func (s Span) fileName() string {
	if s.File == "" {
		return "-"
	}
	return oneLine(s.File)
}

// Severity tells how much a problem matters.
type Severity int

// The severities, the gravest first, so that sorting puts errors first.
const (
	Error Severity = iota
	Warning
	Note
)

// String gives the word of the headline.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	default:
		return "note"
	}
}

// Related is a second place that explains a problem.
type Related struct {
	At      Span
	Message string
}

// Problem is one finding.
type Problem struct {
	Code     string // one capital letter and three digits: R012
	Slug     string // the code in words: join-waits-forever
	Severity Severity
	Message  string // lower case, no full stop, values in quotes
	At       Span
	Related  []Related
	Path     []string // steps of the shortest way to the problem
	Help     string   // what to do
	Meant    string   // the known word that the one at this place stands for, most likely; empty when none is near
}

// Headline gives the problem as one line:
// "file:line:col: error R012 join-waits-forever: message". A problem without
// a file names it "-"; line breaks and control characters of the message are
// made harmless.
func (p Problem) Headline() string {
	var b strings.Builder
	b.WriteString(p.At.String())
	b.WriteString(": ")
	b.WriteString(p.Severity.String())
	b.WriteByte(' ')
	b.WriteString(p.Code)
	b.WriteByte(' ')
	b.WriteString(p.Slug)
	b.WriteString(": ")
	b.WriteString(oneLine(p.Message))
	return b.String()
}

// Error gives the headline and the help, so that a single problem can be
// returned as an error.
func (p Problem) Error() string {
	if p.Help == "" {
		return p.Headline()
	}
	return p.Headline() + "; " + oneLine(p.Help)
}

// At makes a span of one place.
func At(file string, line, column int) Span {
	return Span{File: file, Start: Pos{line, column}}
}

// oneLine keeps a text on one line and free of what a terminal would obey.
func oneLine(s string) string {
	clean := true
	for _, r := range s {
		if !harmless(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case harmless(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// harmless tells whether a terminal shows the rune as itself: neither control
// characters nor those that reorder what is read.
func harmless(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return false
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return false
	}
	return true
}
