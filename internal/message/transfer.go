package message

import (
	"bytes"
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding; an unknown one is left as
// it is.
func decodeTransfer(b []byte, encoding string) []byte {
	switch strings.ToLower(strings.Trim(dropComments(encoding), " \t\";")) {
	case "base64":
		return decodeBase64(b)
	case "quoted-printable":
		return decodeQuoted(b)
	}
	return b
}

// decodeBase64 decodes whatever of b is base64 and skips the rest: line ends,
// stray characters, padding in the middle where encoded texts were joined.
func decodeBase64(b []byte) []byte {
	out := make([]byte, 0, len(b)/4*3+3)
	var bits uint32
	n := 0
	for _, c := range b {
		v := sextet(c)
		switch {
		case v < 64:
			bits = bits<<6 | uint32(v)
			if n++; n == 4 {
				out = append(out, byte(bits>>16), byte(bits>>8), byte(bits))
				bits, n = 0, 0
			}
		case c == '=':
			out = flushBits(out, bits, n)
			bits, n = 0, 0
		}
	}
	return flushBits(out, bits, n)
}

// flushBits writes the whole bytes of an unfinished group of n sextets.
func flushBits(out []byte, bits uint32, n int) []byte {
	switch n {
	case 2:
		out = append(out, byte(bits>>4))
	case 3:
		out = append(out, byte(bits>>10), byte(bits>>2))
	}
	return out
}

// sextet is the value of a base64 character, 64 and above for others.
func sextet(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26
	case c >= '0' && c <= '9':
		return c - '0' + 52
	case c == '+' || c == '-':
		return 62
	case c == '/' || c == '_':
		return 63
	}
	return 255
}

// decodeQuoted undoes quoted-printable; an equals sign that starts no code
// stays.
func decodeQuoted(b []byte) []byte {
	if bytes.IndexByte(b, '=') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c != '=' {
			out = append(out, c)
			continue
		}
		if i+2 < len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0 {
			out = append(out, byte(unhex(b[i+1])<<4|unhex(b[i+2])))
			i += 2
			continue
		}
		if end := softBreak(b[i+1:]); end >= 0 {
			i += end
			continue
		}
		out = append(out, c)
	}
	return out
}

// softBreak is the length of the spaces and line end after an equals sign that
// ends a line, -1 where it does not.
func softBreak(b []byte) int {
	for i, c := range b {
		switch c {
		case ' ', '\t', '\r':
		case '\n':
			return i + 1
		default:
			return -1
		}
	}
	return len(b)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
