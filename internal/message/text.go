package message

import (
	"strings"
	"unicode/utf8"
)

// normalText gives \n line ends, drops control characters that no text has,
// spaces at line ends and blank lines at both ends.
func normalText(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\f", "\n", "\v", "\n", "\u0085", "\n").Replace(s)
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\u00a0")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// unflow joins the lines of format=flowed text (RFC 3676, 4) that a program
// broke: a line that ends in a space goes on in the next one of the same
// quoting depth, except the "-- " above a signature. With delSp the space was
// put there by the program and is dropped.
func unflow(s string, delSp bool) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	var out []string
	open, openDepth := false, 0
	for _, line := range lines {
		depth := len(line) - len(strings.TrimLeft(line, ">"))
		text := strings.TrimPrefix(line[depth:], " ")
		flows := strings.HasSuffix(text, " ") && text != "-- "
		if flows && delSp {
			text = text[:len(text)-1]
		}
		if open && depth == openDepth && text != "-- " {
			out[len(out)-1] += text
		} else {
			quote := strings.Repeat(">", depth)
			if depth > 0 {
				quote += " "
			}
			out = append(out, quote+text)
		}
		open, openDepth = flows, depth
	}
	return strings.Join(out, "\n")
}

// joinTexts puts the texts of several parts together.
func joinTexts(texts []string) string {
	var out []string
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			out = append(out, t)
		}
	}
	return strings.Join(out, "\n\n")
}
