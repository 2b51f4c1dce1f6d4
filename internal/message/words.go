package message

import (
	"strings"
	"unicode/utf8"
)

// decodeWords decodes a header value: encoded words (RFC 2047) wherever they
// stand, also inside quotes and without the required space around them, and raw
// 8-bit text by guessing its character set. Adjacent words of one character set
// are joined before they are decoded, because many programs cut them in the
// middle of a character.
func decodeWords(value, hint string) string {
	if !strings.Contains(value, "=?") {
		return clean(decodeText([]byte(value), "", hint))
	}
	var out strings.Builder
	var pending []byte // bytes of adjacent words of one character set
	charset, gap := "", ""
	flush := func() {
		if charset != "" {
			out.WriteString(decodeText(pending, charset, hint))
		}
		pending, charset = nil, ""
	}
	rest := value
	for rest != "" {
		i := strings.Index(rest, "=?")
		if i < 0 {
			break
		}
		w, length := encodedWord(rest[i:])
		if length == 0 {
			flush()
			out.WriteString(gap + decodeText([]byte(rest[:i+2]), "", hint))
			rest, gap = rest[i+2:], ""
			continue
		}
		between := gap + rest[:i]
		gap = ""
		if charset == "" || strings.Trim(between, " \t") != "" {
			flush()
			out.WriteString(decodeText([]byte(between), "", hint))
		} else if charset != w.charset {
			flush()
		}
		charset = w.charset
		pending = append(pending, w.bytes...)
		rest = rest[i+length:]
	}
	flush()
	out.WriteString(decodeText([]byte(gap+rest), "", hint))
	return clean(out.String())
}

type word struct {
	charset string
	bytes   []byte
}

// encodedWord reads =?charset?encoding?text?= at the start of s and its length,
// 0 when there is none. Spaces inside the text are tolerated.
func encodedWord(s string) (word, int) {
	charset, rest, ok := strings.Cut(s[2:], "?")
	if !ok || charset == "" || len(charset) > 40 || strings.ContainsAny(charset, " \t=<>\"") {
		return word{}, 0
	}
	encoding, rest, ok := strings.Cut(rest, "?")
	if !ok {
		return word{}, 0
	}
	text, _, ok := strings.Cut(rest, "?=")
	if !ok {
		return word{}, 0
	}
	charset, _, _ = strings.Cut(strings.ToLower(charset), "*") // RFC 2231: a language may follow
	w := word{charset: charset}
	switch encoding {
	case "b", "B":
		w.bytes = decodeBase64([]byte(text))
	case "q", "Q":
		w.bytes = decodeQuoted([]byte(strings.ReplaceAll(text, "_", " ")))
	default:
		return word{}, 0
	}
	// The text of a Q word may itself end in "=?": the first "?=" is the end.
	return w, len(s) - len(rest) + len(text) + 2
}

// clean makes a header value fit for one line: control characters become
// spaces, invisible direction marks disappear, the ends are trimmed.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029':
			return ' '
		case r == '\ufeff' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
