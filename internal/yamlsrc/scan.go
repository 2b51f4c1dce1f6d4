package yamlsrc

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
)

// manyBad is how many bad characters of one file are reported one by one.
const manyBad = 20

// scan reports what must not be in any file, before it is parsed: bytes that
// are not UTF-8, control characters, foreign line separators, directives.
func scan(f *File, problems *diag.List) {
	src := f.Src
	if len(src) >= 2 && (src[0] == 0xFF && src[1] == 0xFE || src[0] == 0xFE && src[1] == 0xFF) {
		problems.Add(helped(problem(badEncoding, f.Span(nil), "file is in UTF-16"), "save it as UTF-8"))
		return
	}
	bad := 0
	for i := bomLen(src); i < len(src); {
		c := src[i]
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\t' {
			i++
			continue
		}
		if c >= 0xC3 && c <= 0xDF && i+1 < len(src) && src[i+1]&0xC0 == 0x80 {
			i += 2 // Cyrillic and other letters of two bytes
			continue
		}
		r, size := utf8.DecodeRune(src[i:])
		if p, wrong := badRune(src, i, r, size); wrong {
			bad++
			if bad <= manyBad {
				p.At = f.span(i, i+size)
				problems.Add(p)
			}
			if p.Code == badEncoding.Code {
				break // the rest is as wrong
			}
		}
		i += size
	}
	if bad > manyBad {
		problems.Add(problem(badCharacter, f.Span(nil), "%d more characters are not allowed", bad-manyBad))
	}
	for n, start := range f.lines {
		line := src[start:]
		if len(line) == 0 || line[0] == '#' || line[0] == '\n' || line[0] == '\r' {
			continue
		}
		if line[0] == '%' {
			problems.Add(helped(problem(directive, f.lineSpan(n), "directives (`%%…`) are not read"),
				"remove the line, or put text that begins with % in quotes"))
		}
		break
	}
}

// badRune judges one character that is not printable ASCII.
func badRune(src []byte, i int, r rune, size int) (diag.Problem, bool) {
	switch {
	case r == utf8.RuneError && size <= 1:
		return helped(problem(badEncoding, diag.Span{}, "byte 0x%02X is not UTF-8", src[i]), "save the file as UTF-8"), true
	case r == '\r':
		if i+1 < len(src) && src[i+1] == '\n' {
			return diag.Problem{}, false
		}
		return helped(problem(badCharacter, diag.Span{}, "carriage return inside a line"), `end lines with a line feed, or write \r in double quotes`), true
	case r == '\u0085', r == '\u2028', r == '\u2029':
		return helped(problem(badCharacter, diag.Span{}, "line separator U+%04X, which only some programs take for the end of a line", r),
			fmt.Sprintf(`write \u%04X in double quotes`, r)), true
	case r < ' ', r >= 0x7f && r <= 0x9f, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return helped(problem(badCharacter, diag.Span{}, "control character U+%04X", r),
			fmt.Sprintf(`remove it, or write \u%04X in double quotes`, r)), true
	}
	return diag.Problem{}, false
}

// lineSpan gives the text of a line, counted from 0.
func (f *File) lineSpan(n int) diag.Span {
	from := int(f.lines[n])
	to := from + len(bytes.TrimRight(f.line(n), " \t"))
	for from < to && f.Src[from] == ' ' {
		from++
	}
	return f.span(from, to)
}

// line gives a line without its end, counted from 0.
func (f *File) line(n int) []byte {
	line := f.Src[f.lines[n]:]
	if n+1 < len(f.lines) {
		line = f.Src[f.lines[n] : f.lines[n+1]-1]
	}
	return bytes.TrimSuffix(line, []byte("\r"))
}
