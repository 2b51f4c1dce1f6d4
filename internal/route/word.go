package route

import (
	"strings"
	"unicode"
)

// The shapes of words are looked at by hand: compiling expressions for them
// cost every command that reads a route a millisecond.

// isID reports whether a text is an id of a definition: ^[a-z][a-z0-9_-]*$.
func isID(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if (c < 'a' || c > 'z') && (i == 0 || (c < '0' || c > '9') && c != '_' && c != '-') {
			return false
		}
	}
	return text != ""
}

// isName reports whether a text is one word: ^[\p{L}_][\p{L}\p{N}_-]*$.
func isName(text string) bool { return isWord(text, true) }

// isPath reports whether a text is words with points between, of which the
// first may have hyphens.
func isPath(text string) bool {
	first, rest, more := strings.Cut(text, ".")
	if !isWord(first, true) {
		return false
	}
	for more {
		first, rest, more = strings.Cut(rest, ".")
		if !isWord(first, false) {
			return false
		}
	}
	return true
}

func isWord(text string, hyphens bool) bool {
	for i, r := range text {
		switch {
		case r == '_', unicode.IsLetter(r):
		case i > 0 && (unicode.IsNumber(r) || hyphens && r == '-'):
		default:
			return false
		}
	}
	return text != ""
}

// isDuration reports whether a text is a number, whole or with one point, and a
// unit of time.
func isDuration(text string) bool {
	i := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if i < 1 {
		return false
	}
	switch text[i:] {
	case "wd", "wh", "w", "d", "h", "m":
	default:
		return false
	}
	whole, part, point := strings.Cut(text[:i], ".")
	return whole != "" && (!point || part != "" && !strings.Contains(part, "."))
}

// openStep takes the condition of a milestone apart: the step is possible
// while another one is open.
func openStep(text string) (id string, ok bool) {
	id, ok = strings.CutPrefix(text, "open(")
	if ok {
		id, ok = strings.CutSuffix(id, ")")
	}
	return id, ok && isID(id)
}
