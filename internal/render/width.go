package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// ellipsis marks a text that was cut.
const ellipsis = "…"

// runes measures a rune without the locale of the machine: East Asian ambiguous
// characters (quotes «», dashes, Cyrillic) are one column wide everywhere.
func runes() *runewidth.Condition {
	return &runewidth.Condition{StrictEmojiNeutral: true}
}

// Width is the number of display columns of one line of text without color
// sequences. Every rune counts for itself: terminals disagree about joined
// emoji, and the sum is what none of them exceeds.
func Width(text string) int {
	ascii := true
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf || text[i] < 0x20 {
			ascii = false
			break
		}
	}
	if ascii {
		return len(text)
	}
	c := runes()
	n := 0
	for _, r := range text {
		n += runeWidth(c, r)
	}
	return n
}

// runeWidth keeps the letters of Russian and most other text off the tables.
func runeWidth(c *runewidth.Condition, r rune) int {
	if r >= 0x20 && r < 0x7f || r >= 0x400 && r < 0x480 {
		return 1
	}
	return c.RuneWidth(r)
}

// Clean makes a text harmless on a terminal and keeps it on one line.
func Clean(text string) string { return clean(text) }

// CleanLines makes a text of several lines harmless on a terminal.
func CleanLines(text string) string { return strings.Join(cleanLines(text), "\n") }

// clean makes a value harmless on a terminal and keeps it on one line: line
// breaks and tabs become blanks, other control characters and the characters
// that reorder text become U+FFFD.
func clean(text string) string {
	if !strings.ContainsFunc(text, unprintable) && utf8.ValidString(text) {
		return text
	}
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", " ")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return ' '
		case unprintable(r):
			return '\uFFFD'
		}
		return r
	}, text)
}

// unprintable reports the characters clean replaces.
func unprintable(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x2028, r == 0x2029, r == 0xfeff:
		return true
	}
	return false
}

// cleanLines splits a text of several lines into clean lines, dropping empty
// ones at the end.
func cleanLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	lines := strings.Split(strings.TrimRight(text, "\n "), "\n")
	for i, l := range lines {
		lines[i] = clean(strings.TrimRight(strings.ReplaceAll(l, "\t", "    "), " \r"))
	}
	return lines
}

// truncate shortens one clean line to at most width columns, at the end of a
// word where one ends in the last third, and marks the cut with …
func truncate(text string, width int) string {
	if Width(text) <= width {
		return text
	}
	if width <= 0 {
		return ""
	}
	c := runes()
	used, cut, word := 0, 0, -1
	for i, r := range text {
		w := runeWidth(c, r)
		if used+w > width-1 {
			break
		}
		if unicode.IsSpace(r) && used >= width*2/3 {
			word = i
		}
		used += w
		cut = i + utf8.RuneLen(r)
	}
	// A cut that falls exactly between two words needs no earlier one.
	if word >= 0 && cut < len(text) && text[cut] != ' ' {
		cut = word
	}
	return strings.TrimRight(text[:cut], " \u00a0") + ellipsis
}

// truncateName shortens the name of a file and keeps its ending.
func truncateName(name string, width int) string {
	ending := ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && Width(name[i:]) <= 6 {
		ending = name[i:]
	}
	if Width(name) <= width || Width(ending)+2 > width {
		return truncate(name, width)
	}
	return truncate(name, width-Width(ending)) + ending
}

// wrap breaks clean lines into lines of at most width columns: between words
// where possible, inside a word that is longer than a line. The indent of a
// line is kept for its first piece only.
func wrap(lines []string, width int) []string {
	width = max(width, 1)
	var out []string
	for _, line := range lines {
		out = append(out, wrapLine(line, width)...)
	}
	return out
}

func wrapLine(line string, width int) []string {
	if Width(line) <= width {
		return []string{line}
	}
	var out []string
	c := runes()
	for line != "" {
		used, cut, space := 0, 0, -1
		fits := true
		for i, r := range line {
			w := runeWidth(c, r)
			if used+w > width {
				fits = false
				if r == ' ' {
					space = i
				}
				break
			}
			if r == ' ' && strings.TrimLeft(line[:i], " ") != "" {
				space = i
			}
			used += w
			cut = i + utf8.RuneLen(r)
		}
		switch {
		case fits:
			return append(out, line)
		case space > 0:
			cut = space
		case cut == 0: // one rune wider than the whole line
			_, size := utf8.DecodeRuneInString(line)
			cut = size
		}
		out = append(out, strings.TrimRight(line[:cut], " "))
		line = strings.TrimLeft(line[cut:], " ")
	}
	return out
}

// pad fills a line with blanks up to width columns.
func pad(text string, width int, align Align) string {
	n := width - Width(text)
	if n <= 0 {
		return text
	}
	switch align {
	case Right:
		return strings.Repeat(" ", n) + text
	case Center:
		return strings.Repeat(" ", n/2) + text + strings.Repeat(" ", n-n/2)
	}
	return text + strings.Repeat(" ", n)
}
