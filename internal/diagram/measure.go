package diagram

import (
	"strings"
	"unicode"
)

// The sizes of text, in pixels.
const (
	titleSize = 13.0
	noteSize  = 11.0
	titleLine = 17.0
	noteLine  = 14.0
)

// textWidth estimates the width of a text. Nobody knows the reader's font, so
// it follows DejaVu Sans, which is among the widest in use: in a narrower one
// boxes have some air, and in none does text leave them.
func textWidth(text string, size float64, bold bool) float64 {
	w := 0.0
	for _, r := range text {
		w += emWidth(r)
	}
	if bold {
		w *= 1.1
	}
	return w * size
}

func emWidth(r rune) float64 {
	switch {
	case strings.ContainsRune("ijl.,:;|!'()[]Iі ", r):
		return 0.38
	case strings.ContainsRune("frt-\"°гт", r):
		return 0.5
	case strings.ContainsRune("mwMW@%—шщжюыфмЖШЩЮФЫМД", r):
		return 0.95
	case unicode.IsUpper(r):
		return 0.74
	case unicode.IsDigit(r):
		return 0.64
	case r >= 0x1100 && !unicode.Is(unicode.Cyrillic, r) && unicode.IsLetter(r):
		return 1
	}
	return 0.62
}

// wrap breaks a text into lines of at most a width; a word that is wider alone
// is cut. The text has at most so many lines, the last ends in … when it had more.
func wrap(text string, size, width float64, bold bool, lines int) []string {
	var out []string
	line := ""
	fits := func(s string) bool { return textWidth(s, size, bold) <= width }
	// The spaces of numbers do not break.
	breaks := func(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' }
	for _, word := range strings.FieldsFunc(text, breaks) {
		if line != "" && fits(line+" "+word) {
			line += " " + word
			continue
		}
		if line != "" {
			out = append(out, line)
		}
		for !fits(word) {
			cut := []rune(word)
			n := len(cut)
			for n > 1 && !fits(string(cut[:n])) {
				n--
			}
			out = append(out, string(cut[:n]))
			word = string(cut[n:])
		}
		line = word
	}
	if line != "" {
		out = append(out, line)
	}
	if len(out) > lines {
		out = out[:lines]
		out[lines-1] += "…"
	}
	return out
}

func widest(lines []string, size float64, bold bool) float64 {
	w := 0.0
	for _, l := range lines {
		w = max(w, textWidth(l, size, bold))
	}
	return w
}
