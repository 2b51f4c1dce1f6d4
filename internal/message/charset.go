package message

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// decodeText turns bytes of a declared character set into UTF-8. Without a
// declaration, or with one that cannot be true, the set is guessed; hint is
// what the rest of the letter declares. The declaration of a single-byte set is
// overruled only by text that is unmistakably UTF-8.
func decodeText(b []byte, charset, hint string) string {
	if isASCII(b) && !strings.HasPrefix(strings.ToLower(charset), "utf-16") && !strings.HasPrefix(strings.ToLower(charset), "iso-2022") {
		return string(b)
	}
	if utf8.Valid(b) {
		if enc := lookup(charset); enc == nil || enc.single || plainlyUTF8(b) {
			return string(b)
		}
	}
	if enc := lookup(charset); enc != nil && !enc.utf8 {
		if out, err := enc.NewDecoder().Bytes(b); err == nil {
			return strings.ToValidUTF8(string(out), "\ufffd")
		}
	}
	return guess(b, hint)
}

// plainlyUTF8 asks for two multi-byte characters: valid UTF-8 by accident is
// rare, twice it does not happen.
func plainlyUTF8(b []byte) bool {
	n := 0
	for _, r := range string(b) {
		if r >= 0x80 {
			if n++; n == 2 {
				return true
			}
		}
	}
	return false
}

type charsetInfo struct {
	encoding.Encoding
	utf8, single bool
}

// lookup finds a character set by the name a letter uses, which is often not a
// registered one; nil when it is unknown or says nothing.
func lookup(name string) *charsetInfo {
	name = strings.ToLower(strings.Trim(name, " \t\"'"))
	name = strings.TrimPrefix(name, "charset=")
	switch {
	case name == "", name == "us-ascii", name == "ascii", name == "unknown-8bit", name == "x-unknown", name == "default":
		return nil
	case name == "utf-8", name == "utf8", strings.HasPrefix(name, "utf-8"):
		return &charsetInfo{utf8: true}
	case strings.Contains(name, "1251"):
		return &charsetInfo{Encoding: charmap.Windows1251, single: true}
	case strings.Contains(name, "koi8-u"):
		return &charsetInfo{Encoding: charmap.KOI8U, single: true}
	case strings.Contains(name, "koi8"):
		return &charsetInfo{Encoding: charmap.KOI8R, single: true}
	case strings.HasSuffix(name, "866"), name == "dos", name == "alt":
		return &charsetInfo{Encoding: charmap.CodePage866, single: true}
	}
	enc, err := htmlindex.Get(name)
	if err != nil || enc == encoding.Replacement {
		return nil
	}
	_, single := enc.(*charmap.Charmap)
	return &charsetInfo{Encoding: enc, single: single}
}

// hintCharset is the character set a header declares for the body.
func hintCharset(fields []field) string {
	_, params := mediaType(fieldValue(fields, "Content-Type"), "")
	if lookup(params["charset"]) != nil {
		return strings.ToLower(params["charset"])
	}
	for _, f := range fields {
		if i := strings.Index(f.value, "=?"); i >= 0 {
			if w, n := encodedWord(f.value[i:]); n > 0 && lookup(w.charset) != nil {
				return w.charset
			}
		}
	}
	return ""
}

// guess decodes 8-bit text of an unknown character set with the one that makes
// it look most like Russian, or like Western European words.
func guess(b []byte, hint string) string {
	if utf8.Valid(b) {
		return string(b)
	}
	sample := eightBitSample(b)
	if mostlyUTF8(b) {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	var best encoding.Encoding = charmap.Windows1251
	bestScore := -1e18
	hinted := lookup(hint)
	for _, enc := range []encoding.Encoding{charmap.Windows1251, charmap.KOI8R, charmap.CodePage866, charmap.Windows1252} {
		text, err := enc.NewDecoder().Bytes(sample)
		if err != nil {
			continue
		}
		s := likeness(string(text))
		if hinted != nil && hinted.Encoding == enc {
			s += 3
		}
		if s > bestScore {
			best, bestScore = enc, s
		}
	}
	out, err := best.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

// mostlyUTF8 recognises UTF-8 with a little damage, such as a text cut in the
// middle of a character.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		i += n
	}
	return good > 4*bad
}

// eightBitSample is enough of the text to judge: the lines that have 8-bit
// characters, up to 16 kB.
func eightBitSample(b []byte) []byte {
	const enough = 16 << 10
	if len(b) <= enough {
		return b
	}
	var out []byte
	for len(b) > 0 && len(out) < enough {
		line := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line = b[:i+1]
		}
		b = b[len(line):]
		if !isASCII(line) {
			out = append(out, line[:min(len(line), enough)]...)
		}
	}
	return out
}

// frequencies of Russian letters in per mille, а to я.
func frequencies() [32]float64 {
	return [32]float64{80, 16, 45, 17, 30, 85, 9, 16, 74, 12, 35, 44, 32, 67, 110, 28, 47, 55, 63, 26, 3, 10, 5, 14, 7, 4, 0.4, 19, 17, 3, 6, 20}
}

// likeness scores a decoded text by what the neighbours of each non-ASCII
// character make likely: frequent Russian letters count, capitals inside a word
// and foreign neighbours count against.
func likeness(s string) float64 {
	freq := frequencies()
	score := 0.0
	previous := ' '
	for _, r := range s {
		cyrillic := r >= 'а' && r <= 'я' || r >= 'А' && r <= 'Я'
		switch {
		case cyrillic:
			f := freq[(unicode.ToLower(r)-'а')%32]
			score += f/40 - 0.8
			switch {
			case unicode.IsUpper(r) && unicode.IsLower(previous):
				score -= 4
			case unicode.IsLower(r) && unicode.IsUpper(previous) || previous == ' ' || previous == '\n':
			case unicode.IsUpper(r):
				score -= 0.2
			}
			if previous < 0x80 && unicode.IsLetter(previous) {
				score -= 3
			}
		case r == 'ё' || r == 'Ё' || strings.ContainsRune("«»№—–„“”…§ \u00a0", r):
		case r >= 0xc0 && r <= 0xff: // an accented Latin letter
			if unicode.IsLetter(previous) && previous < 0x80 {
				score++
			} else {
				score -= 2
			}
		case r >= 0x80:
			score -= 4
		case unicode.IsLetter(r) && previous >= 0xc0 && previous <= 0xff && unicode.IsLower(previous):
			score++
		case unicode.IsLetter(r) && previous >= 'А' && previous <= 'я':
			score -= 3
		}
		previous = r
	}
	return score
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// DecodeText turns the bytes of a text file of unknown character set into
// UTF-8, guessing among those that Russian mail uses.
func DecodeText(b []byte) string { return decodeText(b, "", "") }
