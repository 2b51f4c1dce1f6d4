package message

import (
	"bytes"
	"strings"
)

// field is one field of a header: its name as written and its raw value, still
// encoded, unfolded to one line.
type field struct{ name, value string }

// splitHeader divides a letter, or a part of one, into its fields and its body.
// A line that is no field continues the one before it when more fields follow,
// and begins the body otherwise, so that a missing blank line loses no text.
func splitHeader(raw []byte) ([]field, []byte) {
	rest := raw
	if after, ok := bytes.CutPrefix(rest, []byte("\xef\xbb\xbf")); ok {
		rest = after
	}
	if bytes.HasPrefix(rest, []byte("From ")) || bytes.HasPrefix(rest, []byte(">From ")) {
		_, rest = cutLine(rest) // the separator of an mbox file
	}
	for start := rest; ; { // blank lines before the header
		line, after := cutLine(start)
		if len(line) > 0 || len(start) == 0 {
			if fieldName(line) > 0 {
				rest = start
			}
			break
		}
		start = after
	}
	var fields []field
	for len(rest) > 0 {
		line, after := cutLine(rest)
		switch n := fieldName(line); {
		case len(line) == 0:
			return fields, after
		case n > 0:
			fields = append(fields, field{strings.TrimRight(string(line[:n]), " \t"), strings.Trim(string(line[n+1:]), " \t")})
		case len(fields) == 0:
			return nil, rest
		case line[0] == ' ' || line[0] == '\t':
			last := &fields[len(fields)-1]
			last.value += " " + strings.Trim(string(line), " \t")
		case bytes.HasPrefix(line, []byte("--")) || !fieldsFollow(after):
			return fields, rest
		default:
			last := &fields[len(fields)-1]
			last.value += " " + strings.Trim(string(line), " \t")
		}
		rest = after
	}
	return fields, nil
}

// fieldsFollow reports whether a field stands in the next few lines, before a
// blank one.
func fieldsFollow(rest []byte) bool {
	for range 5 {
		line, after := cutLine(rest)
		if len(line) == 0 {
			return false
		}
		if fieldName(line) > 0 {
			return true
		}
		rest = after
	}
	return false
}

// fieldName is the length of the field name that a line starts with, 0 if it
// starts with none (RFC 5322, 2.2: printable ASCII without a colon; space
// before the colon is the obsolete syntax of 4.5).
func fieldName(line []byte) int {
	for i, c := range line {
		switch {
		case c == ':':
			return i
		case c == ' ' || c == '\t':
			if i == 0 || !bytes.HasPrefix(bytes.TrimLeft(line[i:], " \t"), []byte(":")) {
				return 0
			}
		case c < '!' || c > '~':
			return 0
		}
	}
	return 0
}

// cutLine takes the first line without its end: LF, CRLF, or any number of CR
// before the LF; a lone CR where the text has no LF at all.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		if i = bytes.IndexByte(b, '\r'); i < 0 {
			return b, nil
		}
		return b[:i], b[i+1:]
	}
	return bytes.TrimRight(b[:i], "\r"), b[i+1:]
}

func fieldValue(fields []field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}
