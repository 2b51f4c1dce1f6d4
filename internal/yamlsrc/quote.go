package yamlsrc

import (
	"strings"
	"unicode/utf8"
)

func (e *encoder) key(n *Node) { e.scalarIn(n, false, true) }

func (e *encoder) scalar(n *Node, flow bool) { e.scalarIn(n, flow, false) }

// scalarIn writes a scalar on one line: plain where that is safe, else in
// double quotes. Keys are texts whatever their tag.
func (e *encoder) scalarIn(n *Node, flow, key bool) {
	tag := tagOf(n)
	if key {
		tag = TagText
	}
	switch safe := plainSafe(n.Value, flow); {
	case safe && Resolve(n.Value) == tag:
		e.buf = append(e.buf, n.Value...)
	case safe:
		// Looks like a number, date or truth value but is text.
		e.buf = append(e.buf, '"')
		e.buf = append(e.buf, n.Value...)
		e.buf = append(e.buf, '"')
	default:
		e.delicate = true
		e.buf = appendQuoted(e.buf, n.Value)
	}
}

// plainSafe tells whether a text can stand without quotes, as text or as what
// it looks like, in every reader of YAML 1.1 and 1.2. It is narrower than
// either.
func plainSafe(s string, flow bool) bool {
	if s == "" || s[len(s)-1] == ' ' || s[len(s)-1] == ':' || !plainStart(s) || !plainASCII(s, flow) {
		return false
	}
	for _, r := range s {
		if r >= utf8.RuneSelf && mustEscape(r) {
			return false
		}
	}
	return true
}

// plainStart judges the beginning of a text that is not empty.
func plainStart(s string) bool {
	switch c := s[0]; {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c >= utf8.RuneSelf,
		c == '_', c == '/', c == '(', c == '+', c == '$', c == '^', c == ';', c == ')', c == '\\':
		return true
	case c == '~':
		return s == "~"
	case c == '<':
		return len(s) > 1 && s[1] != '<'
	case c == '-' || c == '.':
		// Numbers and names such as .5 or -3, nothing like `- ` or `...`.
		if len(s) > 2 && s[1] == '.' && Resolve(s) != TagText {
			return true
		}
		return len(s) > 1 && (s[1] >= '0' && s[1] <= '9' || s[1] >= 'a' && s[1] <= 'z' || s[1] >= 'A' && s[1] <= 'Z')
	}
	return false
}

// plainASCII judges the ASCII characters of a text; bytes of others pass.
func plainASCII(s string, flow bool) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ':':
			if i+1 < len(s) && s[i+1] == ' ' {
				return false
			}
			if flow && i+1 < len(s) && strings.IndexByte(",[]{}\"'", s[i+1]) >= 0 {
				return false
			}
		case '#':
			if i > 0 && s[i-1] == ' ' {
				return false
			}
		case ',', '[', ']', '{', '}', '?':
			if flow {
				return false
			}
		default:
			if c < ' ' || c == 0x7f {
				return false
			}
		}
	}
	return true
}

// mustEscape tells which characters are never written as they are: those that
// nobody sees, that reorder text, that break lines for some readers or that
// YAML does not allow. The list is fixed, so that the canonical form does not
// change with the version of Unicode.
func mustEscape(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r <= 0xa0, r == 0xad,
		r >= 0x2000 && r <= 0x200c, r == 0x200e, r == 0x200f, r >= 0x2028 && r <= 0x202f, r >= 0x205f && r <= 0x206f,
		r == 0x3000, r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r&0xfffe == 0xfffe:
		return true
	}
	return false
}

// literalSafe tells whether a text is written as a literal block: several
// lines that start and end with something visible, without characters that
// have to be escaped.
func literalSafe(n *Node) bool {
	s := n.Value
	if strings.IndexByte(s, '\n') < 0 || tagOf(n) != TagText {
		return false
	}
	if s[0] == ' ' || s[0] == '\n' || s[0] == '\t' || strings.HasSuffix(s, "\n\n") || s == "\n" {
		return false
	}
	start := true // of a line, or only blanks since
	blanks := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\n':
			if blanks > 0 && start {
				return false // a line of blanks only
			}
			start, blanks = true, 0
			i++
			continue
		case c == ' ':
			blanks++
			i++
			continue
		case c == '\t':
			if start {
				return false
			}
			i++
			continue
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 || blockUnsafe(r) {
				return false
			}
			start = false
			i += size
			continue
		case c < ' ' || c == 0x7f:
			return false
		}
		start = false
		i++
	}
	return !start || blanks == 0
}

// blockUnsafe tells which characters keep a text out of a literal block; a
// no-break space, common in letters, does not.
func blockUnsafe(r rune) bool { return r != 0xa0 && mustEscape(r) }

const hex = "0123456789ABCDEF"

// appendQuoted writes a text in double quotes on one line.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	clean := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		r, size := rune(c), 1
		if c >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
			if !mustEscape(r) {
				i += size
				continue
			}
		}
		b = append(b, s[clean:i]...)
		b = appendEscape(b, r)
		i += size
		clean = i
	}
	b = append(b, s[clean:]...)
	return append(b, '"')
}

func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"':
		return append(b, '\\', '"')
	case '\\':
		return append(b, '\\', '\\')
	case '\n':
		return append(b, '\\', 'n')
	case '\t':
		return append(b, '\\', 't')
	case '\r':
		return append(b, '\\', 'r')
	}
	width := 2
	switch {
	case r <= 0xff:
		b = append(b, '\\', 'x')
	case r <= 0xffff:
		b = append(b, '\\', 'u')
		width = 4
	default:
		b = append(b, '\\', 'U')
		width = 8
	}
	for shift := (width - 1) * 4; shift >= 0; shift -= 4 {
		b = append(b, hex[(r>>shift)&0xf])
	}
	return b
}
