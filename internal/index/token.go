package index

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
	"golang.org/x/text/unicode/norm"
)

// The full-text index holds the words as written (case folded, ё as е), not
// their stems: phrases and prefixes are then exact, and a table of all words
// with their stems turns a word that is searched into its forms.
//
// Marks in front of a token that no text can contain, being no letters.
const (
	formMark   = "\ue000" // the document's form
	numberMark = "\ue001" // the document's own number, whole and in short form
)

const maxToken = 64 // bytes; the rest of a longer run of letters is not searched

// eachToken calls fn with the words of a text: runs of letters and digits,
// folded.
func eachToken(text string, fn func(token []byte)) {
	if hasCombining(text) {
		text = norm.NFC.String(text)
	}
	var buf [maxToken + utf8.UTFMax]byte
	n := 0
	flush := func() {
		if n > 0 {
			fn(buf[:n])
			n = 0
		}
	}
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= 'а' && r <= 'я':
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r >= 'А' && r <= 'Я':
			r += 'а' - 'А'
		case r == 'ё' || r == 'Ё':
			r = 'е'
		case r < utf8.RuneSelf, r == utf8.RuneError:
			flush()
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			r = unicode.ToLower(r)
		default:
			flush()
			continue
		}
		if n <= maxToken-utf8.UTFMax {
			n += utf8.EncodeRune(buf[n:], r)
		}
	}
	flush()
}

// hasCombining tells whether the text may be in decomposed form, as file
// names of some systems are (и followed by a breve instead of й).
func hasCombining(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == 0xcc || text[i] == 0xcd && text[i+1] < 0xb0 {
			return true
		}
	}
	return false
}

func tokens(text string) []string {
	var out []string
	eachToken(text, func(t []byte) { out = append(out, string(t)) })
	return out
}

// eachPhone calls fn with the digits of everything in the text that looks like
// a phone or another long number written in groups.
func eachPhone(text string, fn func(digits string)) {
	var b []byte
	groups, end := 0, false
	flush := func() {
		if groups > 1 && len(b) >= 7 && len(b) <= 20 {
			fn(nationalDigits(string(b)))
		}
		b, groups, end = b[:0], 0, true
	}
	gap := 0
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			if end || len(b) == 0 {
				groups++
			}
			b, end, gap = append(b, c), false, 0
		case len(b) > 0 && gap < 3 && (c == ' ' || c == '-' || c == '(' || c == ')' || c == '.'):
			end = true
			gap++
		default:
			if len(b) > 0 {
				flush()
			}
			gap = 0
		}
	}
	if len(b) > 0 {
		flush()
	}
}

// nationalDigits writes a Russian trunk prefix as the country code.
func nationalDigits(d string) string {
	if len(d) == 11 && d[0] == '8' {
		return "7" + d[1:]
	}
	return d
}

// textOf gives the tokens of an entry, one space between each, as the text that
// is indexed.
func textOf(e *Entry, series seriesKey) string {
	var b strings.Builder
	b.WriteString(formMark)
	b.WriteString(formToken(e.Form))
	for _, number := range append([]string{e.Number}, e.Aliases...) {
		b.WriteString(" " + numberMark + joined(number))
	}
	b.WriteString(" " + numberMark + joined(series.prefix) + itoa(series.seq))
	add := func(text string) {
		eachToken(text, func(t []byte) {
			b.WriteByte(' ')
			b.Write(t)
		})
	}
	add(e.Title)
	for _, t := range e.Text {
		add(t)
	}
	for _, t := range e.Text {
		eachPhone(t, func(d string) { b.WriteString(" " + d) })
	}
	return b.String()
}

// formToken writes a form's name without what separates tokens.
func formToken(form string) string {
	var b []byte
	for i := range len(form) {
		switch c := form[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= utf8.RuneSelf:
			b = append(b, c)
		default:
			b = append(b, "\ue002"...)
			b = strconv.AppendInt(b, int64(c), 10)
			b = append(b, "\ue002"...)
		}
	}
	return string(b)
}

// joined is a number's letters and digits run together: INQ-2026-000042 is
// inq2026000042.
func joined(number string) string { return strings.Join(tokens(number), "") }

// isWord tells whether a token is a word of a text, not a number or a mark.
func isWord(token string) bool {
	if strings.HasPrefix(token, formMark) || strings.HasPrefix(token, numberMark) {
		return false
	}
	for i := range len(token) {
		if token[i] > '9' {
			return true
		}
	}
	return false
}

// stem reduces a folded word to what its forms have in common.
func stem(word string) string {
	if utf8.RuneCountInString(word) < 4 {
		return word
	}
	cyrillic, latin := false, false
	for _, r := range word {
		switch {
		case r >= 'а' && r <= 'я':
			cyrillic = true
		case r >= 'a' && r <= 'z':
			latin = true
		default:
			return word
		}
	}
	if cyrillic == latin {
		return word
	}
	env := snowballstem.NewEnv(word)
	if cyrillic {
		russian.Stem(env)
	} else {
		english.Stem(env)
	}
	if s := env.Current(); s != "" {
		return s
	}
	return word
}
