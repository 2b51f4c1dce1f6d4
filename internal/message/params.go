package message

import (
	"strconv"
	"strings"
)

// mediaType reads the value of Content-Type or Content-Disposition: the type in
// lower case and its decoded parameters by lower-case name. It follows RFC 2231
// (continuations, character sets, percent signs) and tolerates what programs
// write instead: encoded words inside quotes, raw 8-bit text, missing quotes
// and separators.
func mediaType(value, hint string) (string, map[string]string) {
	value = dropComments(value)
	kind, rest, _ := strings.Cut(value, ";")
	if first, more, found := strings.Cut(strings.TrimSpace(kind), " "); found && !strings.Contains(first, "=") {
		kind, rest = first, more+";"+rest // a semicolon is missing
	}
	if strings.Contains(kind, "=") { // the type itself is missing
		kind, rest = "", value
	}
	kind = strings.ToLower(strings.TrimSpace(kind))
	raw := map[string]piece{}
	var order []string
	for {
		var name, text string
		var ok bool
		name, text, rest, ok = nextParam(rest)
		if !ok {
			break
		}
		base, number, encoded := paramName(name)
		if base == "" {
			continue
		}
		key := base + "*" + strconv.Itoa(number)
		if _, twice := raw[key]; !twice {
			raw[key] = piece{text, encoded}
			order = append(order, base)
		}
	}
	params := map[string]string{}
	for _, base := range order {
		if _, done := params[base]; !done {
			params[base] = joinPieces(base, raw, hint)
		}
	}
	return clean(kind), params
}

// piece is one section of a parameter, its percent signs still in place.
type piece struct {
	text    string
	encoded bool
}

// nextParam cuts name=value off the front. A quoted value ends at its closing
// quote, any other at the next semicolon.
func nextParam(s string) (name, value, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t;")
	i := strings.IndexByte(s, '=')
	if i < 0 {
		return "", "", "", false
	}
	if j := strings.IndexByte(s[:i], ';'); j >= 0 { // a word without a value
		return nextParam(s[j+1:])
	}
	name = strings.ToLower(strings.TrimSpace(s[:i]))
	s = strings.TrimLeft(s[i+1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		return name, strings.TrimSpace(value), rest, true
	}
	var b strings.Builder
	for i = 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return name, b.String(), s[i+1:], true
		case c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return name, b.String(), "", true
}

// paramName takes name*1* apart: the name, the number of the section (0 for the
// first or only extended one, -1 for a plain parameter), and whether the value
// is percent-encoded.
func paramName(name string) (base string, number int, encoded bool) {
	base, sections, extended := strings.Cut(name, "*")
	base = strings.TrimSpace(base)
	if !extended {
		return base, -1, false
	}
	if sections == "" {
		return base, 0, true
	}
	digits, encoded := strings.CutSuffix(sections, "*")
	n, err := strconv.Atoi(strings.TrimSpace(digits))
	if err != nil || n < 0 || n > 999 {
		return "", 0, false
	}
	return base, n, encoded
}

// joinPieces puts the sections of one parameter together. The extended form
// wins over the plain one, which is there for old programs.
func joinPieces(base string, raw map[string]piece, hint string) string {
	first, extended := raw[base+"*0"]
	if !extended {
		return decodeWords(raw[base+"*-1"].text, hint)
	}
	charset, text := "", first.text
	if first.encoded {
		if cs, after, ok := strings.Cut(first.text, "'"); ok {
			charset = cs
			_, text, _ = strings.Cut(after, "'")
		}
	}
	var b []byte
	plain := !first.encoded
	for n := 0; ; n++ {
		p, ok := raw[base+"*"+strconv.Itoa(n)]
		if !ok {
			break
		}
		if n > 0 {
			text = p.text
		}
		if p.encoded {
			b = append(b, unpercent(text)...)
			plain = false
		} else {
			b = append(b, text...)
		}
	}
	if plain {
		return decodeWords(string(b), hint)
	}
	return clean(decodeText(b, charset, hint))
}

func unpercent(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// dropComments removes (comments) outside quotes from a structured field.
func dropComments(s string) string {
	if !strings.Contains(s, "(") {
		return s
	}
	var b strings.Builder
	quoted, depth := false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			if depth == 0 {
				b.WriteString(s[i : i+2])
			}
			i++
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			depth++
			continue
		case c == ')' && !quoted && depth > 0:
			depth--
			continue
		}
		if depth == 0 {
			b.WriteByte(s[i])
		}
	}
	if depth > 0 { // never closed: no comment but a name with a bracket in it
		return s
	}
	return b.String()
}
