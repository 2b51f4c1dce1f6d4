package render

import (
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// ICSEvent is an event for calendar programs. UID is the same whenever the
// event is written again, so that they replace it instead of doubling it.
type ICSEvent struct {
	Event
	UID     string
	Summary string
}

// ICS writes an iCalendar object (RFC 5545): times in UTC, lines ended by CRLF
// and folded at 75 octets, never inside a character.
func ICS(w io.Writer, name string, now time.Time, events []ICSEvent) error {
	out := &icsWriter{w: w}
	out.line("BEGIN", "VCALENDAR")
	out.line("VERSION", "2.0")
	out.line("PRODID", "-//e1//calendar//EN")
	out.line("CALSCALE", "GREGORIAN")
	if name != "" {
		out.line("X-WR-CALNAME", icsText(name))
	}
	for _, e := range events {
		out.event(e, now)
	}
	out.line("END", "VCALENDAR")
	return out.err
}

type icsWriter struct {
	w   io.Writer
	err error
}

const (
	icsMoment = "20060102T150405Z"
	icsDay    = "20060102"
)

func (out *icsWriter) event(e ICSEvent, now time.Time) {
	out.line("BEGIN", "VEVENT")
	out.line("UID", icsText(e.UID))
	out.line("DTSTAMP", now.UTC().Format(icsMoment))
	if e.AllDay {
		last := day(e.Start).AddDate(0, 0, 1)
		if e.End.After(last) {
			last = day(e.End.Add(-time.Second)).AddDate(0, 0, 1)
		}
		out.line("DTSTART;VALUE=DATE", e.Start.Format(icsDay))
		out.line("DTEND;VALUE=DATE", last.Format(icsDay))
	} else {
		out.line("DTSTART", e.Start.UTC().Format(icsMoment))
		if e.End.After(e.Start) {
			out.line("DTEND", e.End.UTC().Format(icsMoment))
		}
	}
	summary := e.Summary
	if summary == "" {
		summary = e.Title
	}
	if e.Done {
		summary = "✓ " + summary
	}
	out.line("SUMMARY", icsText(summary))
	var about []string
	for _, p := range []string{e.Number, e.Kind, e.Client, e.Who} {
		if p != "" {
			about = append(about, p)
		}
	}
	out.line("DESCRIPTION", icsText(strings.Join(about, "\n")))
	out.line("CATEGORIES", icsText(e.Kind))
	out.line("TRANSP", map[bool]string{true: "TRANSPARENT", false: "OPAQUE"}[e.AllDay || !e.End.After(e.Start)])
	out.line("END", "VEVENT")
}

// icsText escapes a text value.
func icsText(text string) string {
	return strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "\\n").Replace(text)
}

// maxICSLine is the longest line in octets, its end not counted.
const maxICSLine = 75

// line writes a property, folded.
func (out *icsWriter) line(name, value string) {
	if out.err != nil {
		return
	}
	var b strings.Builder
	used := 0
	for _, r := range name + ":" + value {
		if r < ' ' && r != '\t' {
			continue // control characters are not allowed
		}
		n := utf8.RuneLen(r)
		if used+n > maxICSLine {
			b.WriteString("\r\n ")
			used = 1
		}
		b.WriteRune(r)
		used += n
	}
	b.WriteString("\r\n")
	_, out.err = io.WriteString(out.w, b.String())
}
